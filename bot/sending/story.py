"""One message of the outbox in sentences: what became of it, why, and what happens next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from bot.core import outbox
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.feature import things_of
from bot.core.outbox import Entry, Halt, Lane, State
from bot.features import features
from bot.sending.overview import called, moment, whom
from bot.sending.reasons import explained

LANES: Final = {
    Lane.PUBLIC: "It goes to a shared place, at any hour.",
    Lane.ANSWER: "It answers something they did, at any hour.",
    Lane.NOTICE: "It is news: not in their quiet hours, and not after they said stop.",
    Lane.NUDGE: "It is a nudge: not in their quiet hours, not after they said stop, and only so many a day.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A message and what its row refers to. `thing` is what it is to people, `halt` that its campaign was stopped."""

    entry: Entry
    thing: str
    whom: str
    workspace: str
    halt: Halt | None


def find(connection: Connection, named: str) -> Subject | None:
    """The message with an id or a key."""
    row = outbox.entry(connection, int(named)) if named.isdecimal() else outbox.entry_of(connection, named)
    if row is None:
        return None
    workspace = directory.workspace_by_id(connection, row.workspace_id)
    thing = things_of(features()).get(row.drawing, "a message")
    halt = outbox.halted(connection).get(row.campaign)
    return Subject(row, thing, whom(connection, row, workspace), called(workspace), halt)


def told(subject: Subject, now: datetime) -> Iterator[str]:
    """The story, sentence by sentence."""
    entry = subject.entry
    kind = f"a redraw of {subject.thing}" if entry.verb == "update" else subject.thing
    yield f"Message {entry.id} is {kind}, to {subject.whom} in {subject.workspace}."
    yield f"Key: {entry.key}. Campaign: {entry.campaign}."
    yield f"It was planned {moment(entry.planned_at)}, to be sent {moment(entry.due_at)}."
    yield LANES[Lane(entry.lane)]
    if entry.expires_at:
        yield f"From {moment(entry.expires_at)} on it would come too late."
    if entry.attempts:
        yield f"Attempts that failed: {entry.attempts}."
    yield from _state(subject, now)


def _state(subject: Subject, now: datetime) -> Iterator[str]:
    state = State(subject.entry.state)
    match state:
        case State.READY:
            yield from _ready(subject, now)
        case State.SENDING:
            yield f"The chat is being called since {_tried(subject.entry)}."
            yield "If whoever does it vanishes, another process takes over after about a minute."
        case State.UNKNOWN:
            yield from _unknown(subject.entry)
        case State.SENT:
            yield f"It was sent: {_why(subject.entry, 'the chat took it')}{_settled(subject.entry)}."
        case State.CANCELLED | State.EXPIRED:
            yield f"It was not sent: {_why(subject.entry, state.value)}{_settled(subject.entry)}."
        case State.FAILED:
            yield f"It could not be sent: {_why(subject.entry, state.value)}{_settled(subject.entry)}."
            yield "It is not tried again."
        case _:
            assert_never(state)


def _ready(subject: Subject, now: datetime) -> Iterator[str]:
    entry = subject.entry
    at = entry.try_at or entry.due_at
    if subject.halt and subject.halt.holds(entry):
        yield f"It waits, and will not be sent: its campaign was stopped {moment(subject.halt.at)}."
        return
    if entry.reason:
        yield f"It waits: {explained(entry.reason)}."
    yield f"It is tried {moment(at)}." if at > now else "It goes as soon as it is its turn and the chat's limits allow."


def _unknown(entry: Entry) -> Iterator[str]:
    yield f"The chat was called {_tried(entry)}, and nobody knows whether it arrived: {explained(entry.reason)}."
    if entry.try_at:
        yield f"The chat is asked for it {moment(entry.try_at)}; it is sent again only if it is not there."
        return
    yield "The chat is not asked any more. Look for it there, or ask whoever it was for; then:"
    yield f"`drumbeat outbox resend {entry.id}` sends it again,"
    yield f"`drumbeat outbox settle {entry.id}` takes it for arrived."


def _why(entry: Entry, otherwise: str) -> str:
    return explained(entry.reason) if entry.reason else otherwise


def _tried(entry: Entry) -> str:
    return moment(entry.intent_at) if entry.intent_at else "at a time that was not kept"


def _settled(entry: Entry) -> str:
    return f", {moment(entry.settled_at)}" if entry.settled_at else ""

"""After the call, or instead of it: what became of a row, written down once and only by whoever holds it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.core import outbox as core
from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.outbox import State, messages
from bot.core.ports import Platform, Posted
from scheduler import leases, limits
from scheduler.delivery import REDRAW_PAUSE, UNCONNECTED_PAUSE, Ready
from scheduler.failures import where
from scheduler.leases import Claim
from scheduler.notices import Happening, Notice, Row, told
from scheduler.patience import Patience
from scheduler.scenes import Scene, Stage, Undrawable

SHORTEST_PAUSE: Final = 0.1

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """Ask the platform whether the message with the row's key is there."""

    claim: Claim
    scene: Scene
    platform: Platform


class Outcomes:
    """The transactions that end a call, or take the place of one."""

    def __init__(self, stage: Stage, patience: Patience) -> None:
        self._stage = stage
        self._patience = patience

    def conclude(
        self, connection: Connection, ready: Ready, result: Posted | PlatformError | None, now: datetime
    ) -> Notice | None:
        """Write what became of a call; None if the lease was lost."""
        claim, row = ready.claim, ready.scene.row
        match result:
            case Posted():
                return self._receipt(connection, claim, ready.scene, result, ready.card, now)
            case None:
                done = leases.settle(connection, claim, State.SENT, now)
                return told(row, Happening.REDRAWN, now) if done else None
            case RateLimited():
                until = _pause(connection, claim, result, now)
                done = leases.retry(connection, claim, until, result.reason)
                return told(row, Happening.PAUSED, now, until, result.reason) if done else None
            case Unknown() if row.verb == "send":
                return _doubt(connection, claim, row, now, now + self._patience.before_asking, result.reason)
            case Unavailable() | Unknown():
                return self._again(connection, claim, row, result.reason, now)
            case _:
                return _fail(connection, claim, row, result, now)

    def broken(self, connection: Connection, claim: Claim, now: datetime) -> Notice | None:
        """End a row whose drawing broke."""
        row = leases.held(connection, claim, State.LEASED)
        return _fail(connection, claim, row, PlatformError("bug"), now) if row else None

    def sweep(self, connection: Connection, now: datetime, most: int) -> list[Notice]:
        """Take back what a vanished worker held: before the intent it is ready again, after it unknown."""
        rows = leases.lapsed(connection, now, most)
        settled = [self._lapse(connection, leases.claim_of(row), row, now) for row in rows]
        return [notice for notice in settled if notice]

    def question(self, connection: Connection, claim: Claim, now: datetime) -> Question | None:
        """What to ask about a row nobody knows the fate of; None if it has to wait or is not ours any more."""
        row = leases.held(connection, claim, State.UNKNOWN)
        if row is None:
            return None
        scene = self._stage.scene(connection, row)
        platform = self._stage.platform(scene)
        if platform is None:
            leases.doubt(connection, claim, now + UNCONNECTED_PAUSE, row.reason)
            return None
        return Question(claim, scene, platform)

    def answered(
        self, connection: Connection, question: Question, answer: Posted | PlatformError | None, now: datetime
    ) -> Notice | None:
        """Settle a row by what the platform says: it is there, it is not, or nobody can tell."""
        claim, row = question.claim, question.scene.row
        match answer:
            case Posted():
                return self._receipt(connection, claim, question.scene, answer, None, now)
            case None:
                return self._again(connection, claim, row, "was_not_there", now)
            case RateLimited():
                leases.doubt(connection, claim, _pause(connection, claim, answer, now), row.reason)
                return None
            case Unknown() | Unavailable():
                ask_at = self._patience.ask_again(row.intent_at, now)
            case _:
                ask_at = None
        return _doubt(connection, claim, row, now, ask_at, answer.reason)

    def _receipt(
        self, connection: Connection, claim: Claim, scene: Scene, posted: Posted, card: Card | None, now: datetime
    ) -> Notice | None:
        row = scene.row
        if row.subject:
            # From here on votes see the message or wait, so that none falls between the drawing and the receipt.
            leases.wait_for_voters(connection, row.subject)
        if not leases.settle(connection, claim, State.SENT, now):
            return None
        if row.subject:
            _remember(connection, row, posted, now)
            if card is None or self._looks_different(connection, scene, card, now):
                core.redraw(connection, row.subject, now)
        return told(row, Happening.SENT, now)

    def _looks_different(self, connection: Connection, scene: Scene, card: Card, now: datetime) -> bool:
        try:
            with connection.begin_nested():
                return self._stage.draw(connection, scene, now) != card
        except Undrawable as error:
            log.error("drawing_broke", drawing=scene.row.drawing, where=where(error.__cause__ or error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            return False

    def _lapse(self, connection: Connection, claim: Claim, row: Row, now: datetime) -> Notice | None:
        if row.state == State.SENDING.value and row.verb == "send":
            return _doubt(connection, claim, row, now, now, "lease_ran_out")
        return self._again(connection, claim, row, "lease_ran_out", now)

    def _again(self, connection: Connection, claim: Claim, row: Row, reason: str, now: datetime) -> Notice | None:
        attempts = row.attempts + 1
        if attempts >= self._patience.attempts:
            return _fail(connection, claim, row, PlatformError(reason), now)
        until = now + self._patience.after(attempts)
        done = leases.retry(connection, claim, until, reason, attempts=attempts)
        return told(row, Happening.RETRYING, now, until, reason) if done else None


def _fail(connection: Connection, claim: Claim, row: Row, error: PlatformError, now: datetime) -> Notice | None:
    if isinstance(error, Gone) and row.message_id is not None:
        connection.execute(messages.update().where(messages.c.id == row.message_id).values(gone=True))
    if not leases.settle(connection, claim, State.FAILED, now, error.reason):
        return None
    core.tell_author(connection, row, error.reason, now)
    return told(row, Happening.FAILED, now, reason=error.reason)


def _doubt(
    connection: Connection, claim: Claim, row: Row, now: datetime, ask_at: datetime | None, reason: str
) -> Notice | None:
    done = leases.doubt(connection, claim, ask_at, reason)
    return told(row, Happening.UNKNOWN, now, ask_at, reason) if done else None


def _pause(connection: Connection, claim: Claim, asked: RateLimited, now: datetime) -> datetime:
    until = now + timedelta(seconds=max(asked.retry_after, SHORTEST_PAUSE))
    limits.pause(connection, asked.bucket or limits.everything(claim.workspace), until)
    return until


def _remember(connection: Connection, row: Row, posted: Posted, now: datetime) -> None:
    connection.execute(
        messages.insert().values(
            workspace_id=row.workspace_id,
            subject=row.subject,
            drawing=row.drawing,
            arguments=row.arguments,
            person_id=row.person_id,
            place_id=row.place_id,
            place_key=posted.place,
            message_key=posted.message,
            redraw_after=now + REDRAW_PAUSE,
        )
    )

"""What must hold at the end of a bout, whatever went wrong in it: the ledger against the database and the book."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.faults.book import CALM, Ban, Book, Kind, Wish
from tests.faults.house import Row
from tests.faults.ledger import Entry
from tests.faults.worker import PATIENCE

CAUSES: Final = {Kind.STOP: "opted_out", Kind.ROLE: "role_taken", Kind.HALT: "halted"}
"""The reasons of what was cancelled."""

ATTEMPTS: Final = PATIENCE.attempts - 1
UNSENT: Final = ("cancelled", "expired", "failed")
WHOLE: Final = "everything"


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, about which message, and what is known of that message."""

    promise: str
    mark: str
    said: str
    story: Sequence[str] = ()

    def __str__(self) -> str:
        return "\n    ".join([f"{self.promise}: {self.mark}: {self.said}", *self.story])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at the end. `rows` are the outbox, `votes` the state of each subject, by the database.

    `lag` is how long after its intent a call may arrive at the latest. Where `clocks_agree`, instants of the workers,
    the campaign and the platforms can be compared.
    """

    book: Book
    entries: Sequence[Entry]
    rows: Sequence[Row]
    votes: Mapping[str, int]
    lag: timedelta
    clocks_agree: bool = True
    by_mark: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    rows_by_mark: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for entry in self.entries:
            self.by_mark[entry.mark].append(entry)
        for row in self.rows:
            self.rows_by_mark[mark_of(row)].append(row)

    @property
    def ended(self) -> datetime:
        """When the last thing happened."""
        return self.entries[-1].instant if self.entries else datetime.max.replace(tzinfo=UTC)

    def seen(self, mark: str) -> list[Entry]:
        """Every time a message was taken by its platform."""
        return [entry for entry in self.by_mark.get(mark, ()) if entry.what == "accepted" and entry.verb == "send"]

    def story(self, mark: str) -> list[str]:
        """All that is known of a message, in the order of time."""
        wish = self.book.wishes.get(mark)
        told = [f"wish: {wish.lane} to {wish.account or wish.place} of {wish.team.key}"] if wish else []
        told += [
            f"ban: {ban.kind} from {ban.since} to {ban.until}" for ban in self.book.bans if wish and ban.covers(wish)
        ]
        told += [f"outbox: {json.dumps(dict(row), default=str)}" for row in self.rows_by_mark.get(mark, ())]
        return told + [f"ledger: {json.dumps(asdict(entry))}" for entry in self.by_mark.get(mark, ())]


def mark_of(row: Row) -> str:
    """The mark that an outbox row's message shows."""
    return str(json.loads(row["arguments"]).get("mark", ""))


def violations(evidence: Evidence) -> list[Violation]:
    """Every promise that was broken."""
    checks = (_planned, _sent_once, _settled, _caused, _peaceful, _unbanned, _one_at_a_time, _drawn, _counted, _sane)
    return [violation for check in checks for violation in check(evidence)]


def doubts(evidence: Evidence) -> list[Violation]:
    """Messages of unknown fate, where nothing happened that could have left one."""
    unknown = [mark_of(row) for row in evidence.rows if row["state"] == "unknown"]
    return [_broken(evidence, "nothing is left in doubt", mark, "it is unknown") for mark in unknown]


def _broken(evidence: Evidence, promise: str, mark: str, said: str) -> Violation:
    return Violation(promise, mark, said, evidence.story(mark))


def _planned(evidence: Evidence) -> Iterator[Violation]:
    for mark, wish in evidence.book.wishes.items():
        rows = [row for row in evidence.rows_by_mark.get(mark, ()) if row["verb"] == "send"]
        if wish.acknowledged and not rows:
            yield _broken(evidence, "nothing planned is missing", mark, "it was acknowledged and has no row")
        if len(rows) > 1:
            yield _broken(evidence, "one row a message", mark, f"it has {len(rows)} rows")


def _sent_once(evidence: Evidence) -> Iterator[Violation]:
    for mark in evidence.by_mark:
        seen = len(evidence.seen(mark))
        if seen > 1:
            yield _broken(evidence, "nothing is sent twice", mark, f"it was seen {seen} times")
        if seen and mark not in evidence.rows_by_mark:
            yield _broken(evidence, "nothing unplanned is sent", mark, "it was seen and has no row")


def _settled(evidence: Evidence) -> Iterator[Violation]:
    for row in evidence.rows:
        mark, state, seen = mark_of(row), row["state"], len(evidence.seen(mark_of(row)))
        if row["verb"] == "update":
            if state not in ("sent", "cancelled"):
                yield _broken(evidence, "every redraw ends", mark, f"it is {state} ({row['reason']})")
        elif state == "sent" and not seen:
            yield _broken(evidence, "nothing is lost", mark, "it says sent and was never seen")
        elif state in UNSENT and (seen or not row["reason"]):
            yield _broken(evidence, "what is given up was not sent, for a reason", mark, f"seen {seen} times")
        elif state == "unknown" and row["try_at"] is not None:
            yield _broken(evidence, "every doubt ends", mark, "its platform is still to be asked")
        elif state in ("ready", "sending", "leased") and not waits(evidence.book, row, evidence.ended):
            yield _broken(evidence, "every message ends", mark, f"it is {state} ({row['reason']})")


def _caused(evidence: Evidence) -> Iterator[Violation]:
    """Nothing is given up, or left in doubt, but for a cause that is known."""
    for row in evidence.rows:
        wish = evidence.book.wishes.get(mark_of(row))
        if wish and row["verb"] == "send" and not _has_cause(evidence, wish, row):
            said = f"it is {row['state']} ({row['reason']}, {row['attempts']} attempts)"
            yield _broken(evidence, "nothing is given up without a cause", wish.mark, said)


def _has_cause(evidence: Evidence, wish: Wish, row: Row) -> bool:
    match row["state"]:
        case "cancelled":
            bans = [ban for ban in evidence.book.bans if ban.covers(wish) or ban.whom == wish.account]
            return any(CAUSES[ban.kind] == row["reason"] for ban in bans)  # a stop takes back answers that wait, too
        case "expired":
            return wish.expires
        case "failed":
            return bool(row["attempts"] >= ATTEMPTS)
        case "unknown" if wish.team.platform == "slack":
            return bool(row["fence"] > 1)  # it can be asked, and was: the fence counts the intent and the question
        case _:
            return True


def waits(book: Book, row: Row, at: datetime) -> bool:
    """Whether a row waits for the end of somebody's quiet hours at an instant, and for nothing else."""
    wish = book.wishes.get(mark_of(row))
    if wish is None or row["state"] != "ready" or row["lane"] not in CALM:
        return False
    return wish.team.is_quiet(wish.account, at)


def _peaceful(evidence: Evidence) -> Iterator[Violation]:
    for mark, wish in evidence.book.wishes.items():
        if wish.lane not in CALM:
            continue
        quiet = wish.team.is_quiet
        for row in evidence.rows_by_mark.get(mark, ()):
            if row["intent_at"] and quiet(wish.account, row["intent_at"]):
                yield _broken(evidence, "nothing in quiet hours", mark, "its intent was")
        for entry in evidence.seen(mark) if evidence.clocks_agree else ():
            if quiet(wish.account, entry.instant) and quiet(wish.account, entry.instant - evidence.lag):
                yield _broken(evidence, "nothing in quiet hours", mark, "it was seen then")


def _unbanned(evidence: Evidence) -> Iterator[Violation]:
    for ban in evidence.book.bans:
        for mark, wish in evidence.book.wishes.items():
            if ban.covers(wish) and _broke(evidence, wish, ban):
                said = f"it began after {ban.kind} was acknowledged"
                yield _broken(evidence, "nothing after a no that was acknowledged", mark, said)


def _broke(evidence: Evidence, wish: Wish, ban: Ban) -> bool:
    """Whether a message whose intent came while the ban held was seen then, or any was seen more than `lag` after it.

    An intent bears the instant at which its transaction began; what was seen after the ban may have been decided then.
    """
    intents = [row["intent_at"] for row in evidence.rows_by_mark.get(wish.mark, ()) if row["intent_at"]]
    begun = evidence.clocks_agree and any(ban.since < at for at in intents)
    since = ban.since if begun else ban.heard + evidence.lag
    return any(since < seen.instant and not ban.over(seen.instant) for seen in evidence.seen(wish.mark))


def _one_at_a_time(evidence: Evidence) -> Iterator[Violation]:
    """A message's calls come one after another: the next only when nothing more can come of the last."""
    undecided: dict[tuple[str, str, str], int] = {}
    for entry in evidence.entries:
        about = (entry.verb, entry.mark, entry.message if entry.verb == "update" else "")
        if entry.verb not in ("send", "update"):
            continue
        if entry.what == "arrived":
            if about in undecided:
                yield _broken(
                    evidence, "one call at a time", entry.mark, f"{entry.verb}s {undecided[about]}, {entry.call}"
                )
            undecided[about] = entry.call
        elif entry.what == "left" and undecided.get(about) == entry.call:
            del undecided[about]


def _drawn(evidence: Evidence) -> Iterator[Violation]:
    """What a message shows in the end is the final state of its subject."""
    shown: dict[tuple[str, str], Entry] = {}
    for entry in evidence.entries:
        if entry.what == "accepted" and entry.message:
            shown[entry.place, entry.message] = entry
    for entry in shown.values():
        wish = evidence.book.wishes.get(entry.mark)
        rows = evidence.rows_by_mark.get(entry.mark, ())
        receipted = any(row["state"] == "sent" and row["verb"] == "send" for row in rows)
        if wish and wish.subject and receipted and entry.state != evidence.votes.get(wish.subject, 0):
            said = f"it shows {entry.state} and should show {evidence.votes.get(wish.subject, 0)}"
            yield _broken(evidence, "the last state is drawn", entry.mark, said)


def _counted(evidence: Evidence) -> Iterator[Violation]:
    for subject, votes in evidence.book.votes.items():
        counted = evidence.votes.get(subject, 0)
        if counted != votes:
            yield Violation("every act counts once", subject, f"{votes} votes were acknowledged, {counted} counted")


def _sane(evidence: Evidence) -> Iterator[Violation]:
    for act in evidence.book.unheard:
        yield Violation("every act is acknowledged", WHOLE, act)
    for entry in evidence.entries:
        if entry.what == "strange" or entry.mark == "?":
            yield Violation("only known calls are made", WHOLE, json.dumps(asdict(entry)))
        if entry.key and not (entry.key == entry.mark or entry.mark in entry.key):
            yield _broken(evidence, "a message carries its own key", entry.mark, f"it carries {entry.key}")

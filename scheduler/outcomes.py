"""After the call, or instead of it: what became of a row, written down once and only by whoever holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.core import outbox as core
from bot.core.cards import Card
from bot.core.database import Connection, Faulty, apart, locks
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.outbox import REDRAW_PAUSE, Entry, State, messages
from bot.core.ports import Platform, Posted
from scheduler import leases, limits
from scheduler.delivery import UNCONNECTED_PAUSE, Ready
from scheduler.failures import where
from scheduler.leases import Held
from scheduler.limits import Buckets
from scheduler.notices import Happening, Notice, told
from scheduler.patience import Patience
from scheduler.scenes import Scene, Stage

SHORTEST_PAUSE: Final = 0.1

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Landed:
    """What a call came to (a redraw's success is None), and when."""

    ready: Ready
    result: Posted | PlatformError | None
    at: datetime

    @property
    def plain(self) -> bool:
        """A message that is there, and that nobody will redraw."""
        return isinstance(self.result, Posted) and not self.ready.entry.subject


@dataclass(frozen=True, slots=True)
class Question:
    """Ask the platform whether the message with the row's key is there."""

    scene: Scene
    platform: Platform

    @property
    def entry(self) -> Entry:
        """The row that is asked about."""
        return self.scene.entry


class Outcomes:
    """The transactions that end a call, or take the place of one."""

    def __init__(self, stage: Stage, patience: Patience) -> None:
        self._stage = stage
        self._patience = patience

    def conclude(self, connection: Connection, landed: Sequence[Landed], *, one_by_one: bool = False) -> list[Notice]:
        """Write what became of calls, those whose rows were lost excepted.

        `one_by_one` costs more, and keeps a row with a bug from stopping the others.
        """
        plain = [each for each in landed if each.plain]
        rest = [each for each in landed if not each.plain]
        kept = leases.sent(connection, [each.ready.entry for each in plain], landed[0].at) if plain else set()
        notices = [told(each.ready.entry, Happening.SENT, each.at) for each in plain if each.ready.entry.id in kept]
        # From here on votes see the message or wait, so that none falls between the drawing and the receipt.
        locks.alone(connection, (each.ready.entry.subject for each in rest if _comes_with_subject(each)))
        for each in rest:
            try:
                if not one_by_one:
                    notices += self._concluded(connection, each)
                    continue
                with apart(connection):
                    notices += self._concluded(connection, each)
            except Faulty as fault:
                log.error("receipt_broke", row=each.ready.entry.id, where=where(fault.__cause__ or fault))  # noqa: TRY400 -- an error's own words may hold what people wrote
        return notices

    def take_over(self, connection: Connection, lapsed: Sequence[Held], now: datetime) -> list[Notice]:
        """Take what vanished workers held: nobody knows whether their messages are there. A redraw is just redone."""
        notices: list[Notice] = []
        for entry in leases.reclaim(connection, lapsed):
            if entry.verb == "send":
                settled = _doubt(connection, entry, now, now, "lease_ran_out")
            else:
                settled = self._again(connection, entry, "lease_ran_out", now)
            if settled:
                notices += [told(entry, Happening.TAKEN_OVER, now, reason="lease_ran_out"), settled]
        return notices

    def question(self, connection: Connection, entry: Entry, now: datetime) -> Question | None:
        """What to ask about a row nobody knows the fate of; None if it has to wait."""
        (scene,) = self._stage.scenes(connection, [entry])
        platform = self._stage.platform(scene)
        if platform is None:
            leases.doubt(connection, entry, now + UNCONNECTED_PAUSE, entry.reason)
            return None
        allowed = platform.limits(scene.to, "find")
        buckets = Buckets(connection, [entry.workspace_id], [limit.key for limit in allowed], now)
        if refused := buckets.refuse(entry.workspace_id, allowed, calm=True):
            leases.doubt(connection, entry, refused.until, entry.reason)
            return None
        buckets.draw(entry.workspace_id, allowed)
        buckets.save()
        return Question(scene, platform)

    def answered(
        self, connection: Connection, question: Question, answer: Posted | PlatformError | None, now: datetime
    ) -> list[Notice]:
        """Settle a row by what the platform says: it is there, it is not, or nobody can tell."""
        entry = question.entry
        match answer:
            case Posted():
                locks.alone(connection, [entry.subject] if entry.subject else [])
                return _some(self._receipt(connection, question.scene, answer, None, now))
            case None:
                return _some(self._again(connection, entry, "was_not_there", now))
            case RateLimited():
                leases.doubt(connection, entry, _pause(connection, entry, answer, now), entry.reason)
                return []
            case Unknown() | Unavailable():
                ask_at = self._patience.ask_again(entry.intent_at or now, now)
            case _:
                ask_at = None
        return _some(_doubt(connection, entry, now, ask_at, answer.reason))

    def _concluded(self, connection: Connection, landed: Landed) -> list[Notice]:
        notice = self._conclude(connection, landed)
        entry = landed.ready.entry
        if notice is None and entry.verb == "update":
            # The row was taken over meanwhile, and this drawing may have come after the newer one: draw once more.
            core.redraw(connection, entry.subject, landed.at)
        return _some(notice)

    def _conclude(self, connection: Connection, landed: Landed) -> Notice | None:
        entry, now, result = landed.ready.entry, landed.at, landed.result
        match result:
            case Posted():
                return self._receipt(connection, landed.ready.scene, result, landed.ready.card, now)
            case None:
                done = leases.settle(connection, entry, State.SENT, now)
                if entry.message_id is not None:
                    # The call came later than its intent: the platform, too, sees them that far apart.
                    core.drawn(connection, [entry.message_id], now)
                return told(entry, Happening.REDRAWN, now) if done else None
            case RateLimited():
                until = _pause(connection, entry, result, now)
                done = leases.retry(connection, entry, until, result.reason)
                return told(entry, Happening.PAUSED, now, until, result.reason) if done else None
            case Unknown() if entry.verb == "send":
                return _doubt(connection, entry, now, now + self._patience.before_asking, result.reason)
            case Unavailable() | Unknown():
                return self._again(connection, entry, result.reason, now)
            case _:
                return self._fail(connection, entry, result, now)

    def _receipt(
        self, connection: Connection, scene: Scene, posted: Posted, card: Card | None, now: datetime
    ) -> Notice | None:
        entry = scene.entry
        if not leases.settle(connection, entry, State.SENT, now):
            return None
        if entry.subject:
            _remember(connection, entry, posted, now)
            if card is None or self._looks_different(connection, scene, card, now):
                core.redraw(connection, entry.subject, now)
        return told(entry, Happening.SENT, now)

    def _looks_different(self, connection: Connection, scene: Scene, card: Card, now: datetime) -> bool:
        try:
            with apart(connection):
                return self._stage.draw(connection, scene, now) != card
        except Faulty as fault:
            log.error("drawing_broke", drawing=scene.entry.drawing, where=where(fault.__cause__ or fault))  # noqa: TRY400 -- an error's own words may hold what people wrote
            return False

    def _again(self, connection: Connection, entry: Entry, reason: str, now: datetime) -> Notice | None:
        attempts = entry.attempts + 1
        if attempts >= self._patience.attempts:
            return self._fail(connection, entry, PlatformError(reason), now)
        until = now + self._patience.after(attempts)
        done = leases.retry(connection, entry, until, reason, attempts=attempts)
        return told(entry, Happening.RETRYING, now, until, reason) if done else None

    def _fail(self, connection: Connection, entry: Entry, error: PlatformError, now: datetime) -> Notice | None:
        if isinstance(error, Gone) and entry.under:
            done = leases.loosen(connection, entry, now, error.reason)
            return told(entry, Happening.RETRYING, now, now, error.reason) if done else None
        if isinstance(error, Gone) and entry.message_id is not None:
            for lost in core.lose(connection, entry.message_id):
                self._stage.lost(connection, lost, error.reason, now)
        if not leases.settle(connection, entry, State.FAILED, now, error.reason):
            return None
        core.tell_author(connection, entry, error.reason, now)
        return told(entry, Happening.FAILED, now, reason=error.reason)


def _comes_with_subject(landed: Landed) -> bool:
    return isinstance(landed.result, Posted) and bool(landed.ready.entry.subject)


def _some(notice: Notice | None) -> list[Notice]:
    return [notice] if notice else []


def _doubt(connection: Connection, entry: Entry, now: datetime, ask_at: datetime | None, reason: str) -> Notice | None:
    done = leases.doubt(connection, entry, ask_at, reason)
    return told(entry, Happening.UNKNOWN, now, ask_at, reason) if done else None


def _pause(connection: Connection, entry: Entry, asked: RateLimited, now: datetime) -> datetime:
    seconds = max(asked.retry_after, SHORTEST_PAUSE)
    limits.pause(connection, asked.bucket or limits.everything(entry.workspace_id), now, seconds)
    return now + timedelta(seconds=seconds)


def _remember(connection: Connection, entry: Entry, posted: Posted, now: datetime) -> None:
    connection.execute(
        messages.insert().values(
            workspace_id=entry.workspace_id,
            subject=entry.subject,
            drawing=entry.drawing,
            arguments=entry.arguments,
            person_id=entry.person_id,
            place_id=entry.place_id,
            place_key=posted.place,
            message_key=posted.message,
            redraw_after=now + REDRAW_PAUSE,
        )
    )

"""Before the call: which rows go next, may their messages go now, what do they look like, and the intent.

All of it is one transaction, so a worker that dies in it leaves every row as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, assert_never

import sqlalchemy as sa
import structlog

from bot.core.cards import Card
from bot.core.database import Connection, Faulty, Instant, Prepared, apart, locks, one_of
from bot.core.feature import Withdrawn
from bot.core.outbox import (
    HALTED,
    REDRAW_PAUSE,
    URGENT,
    Entry,
    Lane,
    State,
    drawn,
    halted,
    messages,
    outbox,
    tell_author,
)
from bot.core.ports import Limit, Platform
from scheduler import leases, queue, rules
from scheduler.failures import where
from scheduler.limits import Buckets
from scheduler.notices import Checkpoint, Happening, Notice, onward, told
from scheduler.queue import Queue
from scheduler.scenes import Scene, Stage

UNCONNECTED_PAUSE: Final = timedelta(minutes=5)
"""A workspace whose platform this process does not speak is left alone for so long."""

log = structlog.get_logger()

Choose = Callable[[Mapping[Queue, datetime]], Sequence[tuple[Queue, int]]]
"""From the heads of all queues to those that are looked into, and how many rows each may give."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The intent is written: call the platform now."""

    scene: Scene
    platform: Platform
    card: Card

    @property
    def entry(self) -> Entry:
        """The row, as it is since the intent."""
        return self.scene.entry


@dataclass(slots=True)
class Taken:
    """What a look at the queues came to.

    `ready` is to be called, `told` was settled or put off, `rests` are queues that have to wait, and until when.
    `given` is how many rows of each queue got as far as a call.
    """

    heads: Mapping[Queue, datetime] = field(default_factory=dict)
    ready: list[Ready] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)
    rests: dict[Queue, datetime] = field(default_factory=dict)
    given: dict[Queue, int] = field(default_factory=dict)


class Delivery:
    """Takes rows from the queues, up to their intents."""

    def __init__(self, stage: Stage, checkpoint: Checkpoint = onward) -> None:
        self._stage = stage
        self._checkpoint = checkpoint

    def take(self, connection: Connection, now: datetime, choose: Choose, *, one_by_one: bool = False) -> Taken:
        """Take what `choose` picks. `one_by_one` costs more, and keeps a row with a bug from stopping the others."""
        taken = Taken(queue.heads(connection))
        chosen = choose(taken.heads)
        entries = queue.due(connection, chosen, now) if chosen else []
        if entries:
            self._checkpoint("after claim")
        if not one_by_one:
            self._decide(connection, entries, now, taken)
            return taken
        for entry in entries:
            try:
                with apart(connection):
                    self._decide(connection, [entry], now, taken)
            except Faulty as fault:
                taken.told.append(_broken(connection, entry, fault, now))
        return taken

    def _decide(self, connection: Connection, entries: Sequence[Entry], now: datetime, taken: Taken) -> None:
        if not entries:
            return
        locks.alone(connection, (entry.subject for entry in entries if entry.verb == "update"))
        playable = [(scene, self._stage.platform(scene)) for scene in self._stage.scenes(connection, entries)]
        rulings = _Rulings(connection, [scene for scene, _ in playable], now)
        calls: list[tuple[Scene, Platform, Sequence[Limit]]] = []
        for scene, platform in playable:
            if platform is None:
                taken.rests[_queue_of(scene.entry)] = now + UNCONNECTED_PAUSE
            elif ruled := _carry_out(connection, scene.entry, rulings.of(scene), now):
                taken.told.append(ruled)
            else:
                calls.append((scene, platform, platform.limits(scene.to, scene.entry.verb)))
        if calls:
            self._intend(connection, self._draw(connection, calls, now, taken), now, taken)

    def _draw(
        self,
        connection: Connection,
        calls: Sequence[tuple[Scene, Platform, Sequence[Limit]]],
        now: datetime,
        taken: Taken,
    ) -> list[Ready]:
        """Draw those for which there are tokens."""
        ready: list[Ready] = []
        keys = (limit.key for _, _, limits in calls for limit in limits)
        buckets = Buckets(connection, (scene.workspace.id for scene, _, _ in calls), keys, now)
        for scene, platform, limits in calls:
            entry, mine = scene.entry, _queue_of(scene.entry)
            if mine in taken.rests:
                continue
            if refused := buckets.refuse(entry.workspace_id, limits, calm=not mine.urgent):
                if refused.shared:
                    taken.rests[mine] = refused.until
                else:
                    leases.retry(connection, entry, refused.until, "limit")
                continue
            card = self._stage.draw(connection, scene, now)
            if isinstance(card, Withdrawn):
                leases.settle(connection, entry, State.CANCELLED, now, card.reason)
                taken.told.append(told(entry, Happening.CANCELLED, now, reason=card.reason))
                continue
            buckets.draw(entry.workspace_id, limits)
            ready.append(Ready(scene, platform, card))
            taken.given[mine] = taken.given.get(mine, 0) + 1
        buckets.save()
        return ready

    def _intend(self, connection: Connection, ready: Sequence[Ready], now: datetime, taken: Taken) -> None:
        self._checkpoint("before intent")
        begun = leases.intend(connection, [each.entry for each in ready], now)
        if redrawn := [each.entry.message_id for each in ready if each.entry.message_id is not None]:
            drawn(connection, redrawn, now)
        for scene, platform, card in ((each.scene, each.platform, each.card) for each in ready):
            since = Scene(begun[scene.entry.id], scene.workspace, scene.reader, scene.to, scene.message)
            taken.ready.append(Ready(since, platform, card))


class _Rulings:
    """May a batch of messages go now? What the rules need to know of the database, read once for all of them."""

    def __init__(self, connection: Connection, scenes: Sequence[Scene], now: datetime) -> None:
        self._now = now
        self._connection = connection
        self._halted = halted(connection)
        self._nudged = _nudged(connection, scenes, now)

    def of(self, scene: Scene) -> rules.Ruling:
        entry = scene.entry
        if not scene.workspace.active:
            return rules.Unwanted("workspace_removed")
        halt = self._halted.get(entry.campaign)
        if halt and halt.holds(entry):
            return rules.Unwanted(HALTED)
        if entry.message_id is not None:
            return self._redraw(entry.message_id)
        nudged = self._nudged.get(entry.id, 0)
        settings = scene.workspace.settings
        return rules.rule(Lane(entry.lane), entry.expires_at, scene.reader, settings, nudged, self._now)

    def _redraw(self, message: int) -> rules.Ruling:
        query = sa.select(messages.c.gone, messages.c.redraw_after).where(messages.c.id == message)
        gone, after = self._connection.execute(query).one()
        if gone:
            return rules.Unwanted("message_gone")
        # Further ahead than a redraw's pause it was written by a clock that was wrong.
        just_now = self._now < after <= self._now + REDRAW_PAUSE
        return rules.Later(after, "redrawn_just_now") if just_now else rules.Now()


_NUDGED: Final = Prepared(
    lambda connection: sa.select(outbox.c.person_id, outbox.c.intent_at).where(
        one_of(connection, outbox.c.person_id, "people"),
        outbox.c.intent_at >= sa.bindparam("since", type_=Instant),
        outbox.c.lane == Lane.NUDGE.value,
        outbox.c.state.in_([State.SENDING.value, State.UNKNOWN.value, State.SENT.value]),
    )
)


def _nudged(connection: Connection, scenes: Sequence[Scene], now: datetime) -> dict[int, int]:
    """How many nudges the reader of each nudge has had in their present day, by row."""
    days = {
        scene.entry.id: (scene.reader.id, rules.day_of(scene.reader, now))
        for scene in scenes
        if scene.reader and scene.entry.lane == Lane.NUDGE.value
    }
    if not days:
        return {}
    readers = sorted({reader for reader, _ in days.values()})
    had = _NUDGED.rows(connection, people=readers, since=min(day for _, day in days.values()))
    return {row: sum(one == reader and at >= day for one, at in had) for row, (reader, day) in days.items()}


def _carry_out(connection: Connection, entry: Entry, ruling: rules.Ruling, now: datetime) -> Notice | None:
    match ruling:
        case rules.Now():
            return None
        case rules.Later(until=until, reason=reason):
            leases.displace(connection, entry, until, reason)
            return told(entry, Happening.DISPLACED, now, until, reason)
        case rules.Expired(reason=reason):
            leases.settle(connection, entry, State.EXPIRED, now, reason)
            return told(entry, Happening.EXPIRED, now, reason=reason)
        case rules.Unwanted(reason=reason):
            leases.settle(connection, entry, State.CANCELLED, now, reason)
            return told(entry, Happening.CANCELLED, now, reason=reason)
        case _:
            assert_never(ruling)


def _broken(connection: Connection, entry: Entry, fault: Faulty, now: datetime) -> Notice:
    """End a row with a bug in it."""
    log.error("message_broke", row=entry.id, drawing=entry.drawing, where=where(fault.__cause__ or fault))
    leases.settle(connection, entry, State.FAILED, now, "bug")
    tell_author(connection, entry, "bug", now)
    return told(entry, Happening.FAILED, now, reason="bug")


def _queue_of(entry: Entry) -> Queue:
    return Queue(entry.workspace_id, entry.lane in URGENT)

"""What whoever runs the house sees of the outbox, and what they can decide about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from bot.core.database import Connection, Prepared, insert
from bot.core.outbox.tables import CALM, HELD, OPEN, READY, URGENT, Entry, State, among, halts, outbox

SETTLED_BY_HAND: Final = "settled_by_hand"
SENT_AGAIN: Final = "sent_again_by_hand"
HALTED: Final = "halted"

_unknown = among(outbox.c.state, State.UNKNOWN.value)
# The index of what is held is partial, and SQLite knows it by its very words.
_given_up = sa.and_(among(outbox.c.state, *HELD), _unknown, outbox.c.try_at.is_(None))


_LANES: Final = (URGENT, CALM)
_workspaces = sa.table("workspaces", sa.column("id", sa.BigInteger))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not settled: rows by state, `due` of the ready ones, and since when the longest waiting one is due."""

    rows: Mapping[State, int]
    due: int
    oldest: datetime | None


def backlog(connection: Connection, now: datetime) -> Backlog:
    """How much there is to do. Reads the partial indexes only, so it costs nothing on a long history."""
    late = outbox.c.try_at <= now
    counting = sa.select(sa.func.count(), sa.func.count().filter(late))
    counted = [connection.execute(counting.where(READY, among(outbox.c.lane, *lanes))).one() for lanes in _LANES]
    held = connection.execute(
        sa.select(outbox.c.state, sa.func.count()).where(among(outbox.c.state, *HELD)).group_by(outbox.c.state)
    )
    rows = {State.READY: sum(count for count, _ in counted)} | {State(state): count for state, count in held}
    return Backlog(rows, sum(due for _, due in counted), _oldest(connection, now))


def _oldest(connection: Connection, now: datetime) -> datetime | None:
    """Since when the first message in each queue has been due, at the earliest."""
    first = [
        sa.select(outbox.c.due_at)
        .where(READY, among(outbox.c.lane, *lanes), outbox.c.workspace_id == _workspaces.c.id, outbox.c.try_at <= now)
        .order_by(outbox.c.try_at)
        .limit(1)
        .scalar_subquery()
        for lanes in _LANES
    ]
    found = connection.execute(sa.select(*(sa.func.min(each) for each in first)).select_from(_workspaces)).one()
    return min(filter(None, found), default=None)


def doubtful(connection: Connection, workspace: int | None = None) -> int:
    """How many messages nobody can tell the fate of, though the platform was asked as long as it is any use.

    Those of one workspace, or of all.
    """
    return connection.execute(sa.select(sa.func.count()).where(_given_up, *_of(workspace))).scalar_one()


def doubts(connection: Connection, most: int, workspace: int | None = None) -> list[Entry]:
    """The messages that `doubtful` counts, the oldest first."""
    mine = sa.select(outbox).where(_given_up, *_of(workspace))
    found = mine.order_by(outbox.c.intent_at, outbox.c.id).limit(most)
    return [Entry._make(row) for row in connection.execute(found)]


def doubtful_workspaces(connection: Connection, besides: str) -> list[int]:
    """The workspaces of the messages that `doubtful` counts, those with the drawing `besides` left out."""
    others = sa.select(outbox.c.workspace_id).where(_given_up, outbox.c.drawing != besides)
    return list(connection.execute(others.distinct()).scalars())


def entry(connection: Connection, row: int) -> Entry | None:
    """One row by its id."""
    found = connection.execute(sa.select(outbox).where(outbox.c.id == row)).one_or_none()
    return Entry._make(found) if found else None


def entry_of(connection: Connection, key: str) -> Entry | None:
    """The newest row with a key, which a message has for itself and the redraws of one message share."""
    mine = sa.select(outbox).where(outbox.c.key == key).order_by(outbox.c.id.desc()).limit(1)
    found = connection.execute(mine).one_or_none()
    return Entry._make(found) if found else None


def resend(connection: Connection, row: int, now: datetime) -> bool:
    """Send a message of unknown fate again, at the risk that it is there twice; False if its fate is known by now.

    It goes by itself: neither the end of its time nor a stop of its campaign holds for it any more.
    """
    itself = {"campaign": SENT_AGAIN, "expires_at": None, "attempts": 0, "intent_at": None}
    return _decide(connection, row, state=State.READY.value, due_at=now, try_at=now, reason=SENT_AGAIN, **itself)


def settle(connection: Connection, row: int, now: datetime) -> bool:
    """Take a message of unknown fate for sent; False if its fate is known by now."""
    return _decide(connection, row, state=State.SENT.value, settled_at=now, try_at=None, reason=SETTLED_BY_HAND)


def _of(workspace: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if workspace is None else (outbox.c.workspace_id == workspace,)


def _decide(connection: Connection, row: int, **values: object) -> bool:
    mine = sa.and_(outbox.c.id == row, _unknown)
    decided = outbox.update().where(mine).values(fence=outbox.c.fence + 1, **values)
    return connection.execute(decided).rowcount == 1


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is open of a campaign: rows by state (`ready`, `sending`, `unknown`), and the first and last instant due."""

    name: str
    workspace: int
    rows: Mapping[State, int]
    first: datetime
    last: datetime


def campaigns(connection: Connection) -> list[Campaign]:
    """Every campaign that has something open, by name."""
    grouped = (
        sa.select(
            outbox.c.campaign,
            outbox.c.workspace_id,
            outbox.c.state,
            sa.func.count(),
            sa.func.min(outbox.c.due_at),
            sa.func.max(outbox.c.due_at),
        )
        .where(among(outbox.c.state, *OPEN, State.UNKNOWN.value))
        .group_by(outbox.c.campaign, outbox.c.workspace_id, outbox.c.state)
    )
    found: dict[tuple[str, int], Campaign] = {}
    for name, workspace, state, count, first, last in connection.execute(grouped):
        known = found.get((name, workspace), Campaign(name, workspace, {}, first, last))
        rows = {**known.rows, State(state): count}
        found[name, workspace] = Campaign(name, workspace, rows, min(known.first, first), max(known.last, last))
    return [found[each] for each in sorted(found)]


def progress(connection: Connection, campaign: str) -> Mapping[State, int]:
    """How many rows of a campaign are in each state, the settled ones included. Reads the whole outbox."""
    counted = sa.select(outbox.c.state, sa.func.count()).where(outbox.c.campaign == campaign).group_by(outbox.c.state)
    return {State(state): count for state, count in connection.execute(counted)}


def waiting(connection: Connection, campaign: str) -> int:
    """How many messages of a campaign have not begun."""
    mine = sa.and_(READY, outbox.c.campaign == campaign, outbox.c.verb == "send")
    return connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()


class Halt(NamedTuple):
    """A campaign was stopped at an instant: its rows up to the id `through` do not begin any more."""

    campaign: str
    at: datetime
    through: int

    def holds(self, entry: Entry) -> bool:
        """Whether a row is one of them."""
        return entry.verb == "send" and entry.id <= self.through


def halt(connection: Connection, campaign: str, now: datetime) -> None:
    """Stop a campaign: what was planned of it and has not begun does not begin any more, from this commit on.

    The rows say so a little later (`sweep_halt`), for there may be a million of them.
    """
    through = connection.execute(sa.select(sa.func.coalesce(sa.func.max(outbox.c.id), 0))).scalar_one()
    facts = {"halted_at": now, "through": through, "swept": False}
    stop = insert(connection, halts).values(campaign=campaign, **facts)
    connection.execute(stop.on_conflict_do_update(index_elements=["campaign"], set_=facts))


_HALTED: Final = Prepared(lambda _: sa.select(halts.c.campaign, halts.c.halted_at, halts.c.through))


def halted(connection: Connection) -> Mapping[str, Halt]:
    """Every campaign that was stopped."""
    return {row[0]: Halt._make(row) for row in _HALTED.rows(connection)}


def to_sweep(connection: Connection) -> list[Halt]:
    """The campaigns that were stopped and whose rows do not all say so yet."""
    unswept = sa.select(halts.c.campaign, halts.c.halted_at, halts.c.through).where(~halts.c.swept)
    return [Halt._make(row) for row in connection.execute(unswept)]


def sweep_halt(connection: Connection, halt: Halt, after: int, most: int) -> int | None:
    """Cancel up to `most` rows of a stopped campaign with ids above `after`; the last such id, None at the end."""
    mine = sa.and_(outbox.c.campaign == halt.campaign, READY, outbox.c.verb == "send")
    found = sa.select(outbox.c.id).where(outbox.c.id.between(after + 1, halt.through), mine).order_by(outbox.c.id)
    ids: list[int] = list(connection.execute(found.limit(most)).scalars())
    if not ids:
        done = sa.and_(halts.c.campaign == halt.campaign, halts.c.through == halt.through)
        connection.execute(halts.update().where(done).values(swept=True))
        return None
    cancelled = outbox.update().where(outbox.c.id.in_(ids), READY)
    connection.execute(cancelled.values(state=State.CANCELLED.value, reason=HALTED))
    return ids[-1]

"""Before the call: is the row still ours, may its message go now, what does it look like, and the intent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

import sqlalchemy as sa

from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory.store import workspaces
from bot.core.feature import Withdrawn
from bot.core.outbox import Lane, State, messages, outbox
from bot.core.ports import Limit, Platform
from scheduler import leases, limits, rules
from scheduler.leases import Claim
from scheduler.notices import Happening, Notice, told
from scheduler.scenes import Scene, Stage

REDRAW_PAUSE: Final = timedelta(seconds=1)

UNCONNECTED_PAUSE: Final = timedelta(minutes=5)
"""A workspace whose platform this process does not speak is left alone for so long."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The intent is written: call the platform now, before `until`."""

    claim: Claim
    scene: Scene
    platform: Platform
    card: Card
    until: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Tokens are taken for a later instant: keep the row and prepare it again at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """A bucket is empty until `until`; the row was given back."""

    until: datetime


Prepared = Ready | Wait | Rest | Notice | None
"""A notice tells how the row was settled or put off. None: the lease was lost, and nothing was written."""


def prepare(
    stage: Stage, connection: Connection, claim: Claim, now: datetime, *, horizon: timedelta, granted: bool = False
) -> Prepared:
    """Check again whether the message may go, take tokens (unless `granted` before), draw it, and write the intent.

    `horizon` is how far ahead a token may be reserved.
    """
    if claim.verb == "update":
        leases.wait_for_voters(connection, claim.subject)
    row = leases.held(connection, claim, State.LEASED)
    if row is None:
        return None
    scene = stage.scene(connection, row)
    platform = stage.platform(scene)
    if platform is None:
        until = now + UNCONNECTED_PAUSE
        leases.retry(connection, claim, until, "platform_not_connected")
        return told(row, Happening.RETRYING, now, until, "platform_not_connected")
    if ruled := _rule(connection, claim, scene, now):
        return ruled
    allowed = platform.limits(scene.to, row.verb)
    if held := _tokens(connection, claim, allowed, now, horizon=horizon, granted=granted):
        return held
    return _intend(stage, connection, claim, scene, platform, now)


def _intend(
    stage: Stage, connection: Connection, claim: Claim, scene: Scene, platform: Platform, now: datetime
) -> Ready | Notice:
    row = scene.row
    card = stage.draw(connection, scene, now)
    if isinstance(card, Withdrawn):
        leases.settle(connection, claim, State.CANCELLED, now, card.reason)
        return told(row, Happening.CANCELLED, now, reason=card.reason)
    leases.intend(connection, claim, now)
    if row.message_id is not None:
        drawn = messages.update().where(messages.c.id == row.message_id)
        connection.execute(drawn.values(redraw_after=now + REDRAW_PAUSE))
    return Ready(claim, scene, platform, card, now + leases.LEASE)


def _rule(connection: Connection, claim: Claim, scene: Scene, now: datetime) -> Notice | None:
    row = scene.row
    ruling = _ruling(connection, scene, now)
    match ruling:
        case rules.Now():
            return None
        case rules.Later(until=until, reason=reason):
            leases.displace(connection, claim, until, reason)
            return told(row, Happening.DISPLACED, now, until, reason)
        case rules.Expired(reason=reason):
            leases.settle(connection, claim, State.EXPIRED, now, reason)
            return told(row, Happening.EXPIRED, now, reason=reason)
        case rules.Unwanted(reason=reason):
            leases.settle(connection, claim, State.CANCELLED, now, reason)
            return told(row, Happening.CANCELLED, now, reason=reason)
        case _:
            assert_never(ruling)


def _ruling(connection: Connection, scene: Scene, now: datetime) -> rules.Ruling:
    row, reader = scene.row, scene.reader
    if not connection.execute(sa.select(workspaces.c.active).where(workspaces.c.id == row.workspace_id)).scalar_one():
        return rules.Unwanted("workspace_removed")
    if row.message_id is not None:
        return _redraw_ruling(connection, row.message_id, now)
    lane = Lane(row.lane)
    nudged = _nudged_since(connection, reader.id, rules.day_of(reader, now)) if reader and lane is Lane.NUDGE else 0
    return rules.rule(lane, row.expires_at, reader, scene.workspace.settings, nudged, now)


def _redraw_ruling(connection: Connection, message: int, now: datetime) -> rules.Ruling:
    query = sa.select(messages.c.gone, messages.c.redraw_after).where(messages.c.id == message)
    gone, after = connection.execute(query).one()
    if gone:
        return rules.Unwanted("message_gone")
    return rules.Later(after, "redrawn_just_now") if after > now else rules.Now()


def _nudged_since(connection: Connection, person: int, since: datetime) -> int:
    begun = [State.SENDING.value, State.UNKNOWN.value, State.SENT.value]
    mine = sa.and_(outbox.c.person_id == person, outbox.c.lane == Lane.NUDGE.value)
    counted = sa.select(sa.func.count()).where(mine, outbox.c.state.in_(begun), outbox.c.intent_at >= since)
    return connection.execute(counted).scalar_one()


def _tokens(
    connection: Connection,
    claim: Claim,
    allowed: Sequence[Limit],
    now: datetime,
    *,
    horizon: timedelta,
    granted: bool,
) -> Wait | Rest | None:
    if granted:
        until = limits.paused(connection, claim.workspace, allowed, now)
        taken: limits.Granted | limits.Refused = limits.Refused(until) if until else limits.Granted(now)
    else:
        taken = limits.take(connection, claim.workspace, allowed, now, horizon)
    match taken:
        case limits.Refused(until=until):
            leases.retry(connection, claim, until, "limit")
            return Rest(until)
        case limits.Granted(at=at) if at > now:
            leases.extend(connection, claim, at)
            return Wait(at)
        case limits.Granted():
            return None
        case _:
            assert_never(taken)

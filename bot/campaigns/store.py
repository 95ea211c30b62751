"""Tables and queries of campaigns."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.campaigns.model import RUNNING, Audience, Campaign, Draft, Plan, Reader, State
from bot.core.cadence.slots import Weekly
from bot.core.cadence.store import at_minute, cadences
from bot.core.database import Connection, Id, Instant, Prepared, metadata, one_of
from bot.core.directory.store import accounts, people
from bot.core.spread import Kind

campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False, index=True),
    sa.Column("author_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("rate", sa.Double),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("counts", sa.Text, nullable=False, server_default="[]"),
    sa.Column("runs", sa.Text, nullable=False, server_default="[]"),
    sa.Column("given", sa.Text, nullable=False, server_default="[]"),
    sa.Column("beyond", sa.Integer, nullable=False, server_default="0"),
    # The buttons of a preview that a restored back-up does not know are still out there: as with polls.
    sqlite_autoincrement=True,
)
"""`cursor` is the last person who was counted, then planned. `counts`, `runs` and `given` are a `Plan` in JSON: for
each kind of people, how many there are, which slots they have, and how many of those are given away. They and the text
are emptied when the campaign is over."""

_COLUMNS: Final = (
    campaigns.c.id,
    campaigns.c.workspace_id,
    campaigns.c.author_id,
    campaigns.c.state,
    campaigns.c.title,
    campaigns.c.text,
    campaigns.c.audience,
    campaigns.c.begins_at,
    campaigns.c.minutes,
    campaigns.c.rate,
    campaigns.c.people,
    campaigns.c.cursor,
)
_MOMENTS: Final = Prepared(
    lambda connection: sa.select(cadences.c.person_id, cadences.c.weekday, cadences.c.minute).where(
        one_of(connection, cadences.c.person_id, "people")
    )
)


def keep_draft(  # noqa: PLR0913 -- one row has that many facts
    connection: Connection,
    draft: Draft,
    *,
    workspace: int,
    author: int,
    begins_at: datetime,
    minutes: int,
    rate: float | None,
    people: int,
    now: datetime,
) -> Campaign:
    """Store what is previewed."""
    row = connection.execute(
        campaigns.insert()
        .values(
            workspace_id=workspace,
            author_id=author,
            state=State.DRAFT.value,
            title=draft.title,
            text=draft.text,
            audience=draft.to,
            written_at=now,
            begins_at=begins_at,
            minutes=minutes,
            rate=rate,
            people=people,
        )
        .returning(*_COLUMNS)
    ).one()
    return _campaign(row)


def find(connection: Connection, campaign: int, workspace: int) -> Campaign | None:
    """A campaign of a workspace by its number."""
    mine = sa.and_(campaigns.c.id == campaign, campaigns.c.workspace_id == workspace)
    row = connection.execute(sa.select(*_COLUMNS).where(mine)).one_or_none()
    return _campaign(row) if row else None


def newest(connection: Connection, workspace: int, most: int) -> list[Campaign]:
    """The newest campaigns that were started."""
    mine = sa.and_(campaigns.c.workspace_id == workspace, campaigns.c.state != State.DRAFT.value)
    rows = connection.execute(sa.select(*_COLUMNS).where(mine).order_by(campaigns.c.id.desc()).limit(most))
    return [_campaign(row) for row in rows]


def start(connection: Connection, campaign: Campaign) -> bool:
    """Store a draft as started, as it is handed; False if somebody else has, or discarded it."""
    return _change(
        connection,
        campaign,
        (State.DRAFT,),
        state=State.COUNTING.value,
        begins_at=campaign.begins_at,
        minutes=campaign.takes,
        rate=campaign.rate,
        people=campaign.people,
    )


def stop(connection: Connection, campaign: Campaign) -> bool:
    """Stop a running campaign; False if it does not run any more."""
    return _change(connection, campaign, RUNNING, state=State.STOPPED.value, **_EMPTY)


def discard(connection: Connection, campaign: int) -> bool:
    """Delete a draft; False if it is none any more."""
    mine = sa.and_(campaigns.c.id == campaign, campaigns.c.state == State.DRAFT.value)
    return connection.execute(campaigns.delete().where(mine)).rowcount == 1


def discard_before(connection: Connection, before: datetime) -> None:
    """Delete drafts that nobody has started for long."""
    old = sa.and_(campaigns.c.state == State.DRAFT.value, campaigns.c.written_at < before)
    connection.execute(campaigns.delete().where(old))


def discard_of(connection: Connection, author: int) -> None:
    """Delete a person's drafts."""
    mine = sa.and_(campaigns.c.state == State.DRAFT.value, campaigns.c.author_id == author)
    connection.execute(campaigns.delete().where(mine))


def count_of(connection: Connection, author: int) -> int:
    """How many campaigns a person has started."""
    mine = sa.and_(campaigns.c.state != State.DRAFT.value, campaigns.c.author_id == author)
    return connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()


def to_plan(connection: Connection, until: datetime) -> tuple[Campaign, Plan] | None:
    """A campaign that begins until then and is not planned yet, kept from other replicas till this one is done."""
    plan = (campaigns.c.counts, campaigns.c.runs, campaigns.c.given, campaigns.c.beyond)
    row = connection.execute(
        sa.select(*_COLUMNS, *plan)
        .where(_unplanned(), campaigns.c.begins_at <= until)
        .order_by(campaigns.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    *facts, counts, runs, given, beyond = row
    return _campaign(facts), Plan(_kinds(counts), _kinds(runs), _kinds(given), beyond)


def next_to_plan(connection: Connection, after: datetime) -> datetime | None:
    """When the first campaign that is not planned yet begins, of those that begin after an instant."""
    soonest = sa.select(sa.func.min(campaigns.c.begins_at)).where(_unplanned(), campaigns.c.begins_at > after)
    return connection.execute(soonest).scalar_one_or_none()


def keep_count(connection: Connection, campaign: Campaign, cursor: int, counts: Mapping[Kind, int]) -> None:
    """Everybody up to a person is counted."""
    _change(connection, campaign, RUNNING, cursor=cursor, counts=_written(counts))


def counted(connection: Connection, campaign: Campaign, runs: Mapping[Kind, object]) -> None:
    """Everybody is counted and every kind has its slots: what follows is the planning."""
    values = {"state": State.PLANNING.value, "cursor": 0, "counts": _written({}), "runs": _written(runs)}
    _change(connection, campaign, RUNNING, **values, minutes=campaign.takes, people=campaign.people)


def keep_given(connection: Connection, campaign: Campaign, cursor: int, plan: Plan) -> None:
    """Everybody up to a person is planned."""
    _change(connection, campaign, RUNNING, cursor=cursor, given=_written(plan.given), beyond=plan.beyond)


def planned(connection: Connection, campaign: Campaign, people: int) -> None:
    """Everybody is planned."""
    values = {"counts": "[]", "runs": "[]", "given": "[]"}
    _change(connection, campaign, RUNNING, state=State.PLANNED.value, people=people, **values)


def end_before(connection: Connection, before: datetime) -> None:
    """Erase the words of campaigns that everybody can have got who will, by when they began and how long they took."""
    rows = connection.execute(
        sa.select(*_COLUMNS).where(campaigns.c.state == State.PLANNED.value, campaigns.c.begins_at < before)
    )
    for campaign in map(_campaign, rows.all()):
        if campaign.ends_at < before:
            _change(connection, campaign, RUNNING, state=State.OVER.value, **_EMPTY)


def audience_size(connection: Connection, workspace: int, audience: Audience) -> int:
    """How many people a campaign would reach now."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(people).where(*_reached(workspace, audience))
    ).scalar_one()


def readers(connection: Connection, campaign: Campaign, most: int) -> list[Reader]:
    """The next people after a campaign's cursor, with the moments of the week that they chose for something else."""
    found = connection.execute(
        sa.select(people.c.id, people.c.zone)
        .where(*_reached(campaign.workspace, campaign.audience), people.c.id > campaign.cursor)
        .order_by(people.c.id)
        .limit(most)
    ).all()
    chosen: dict[int, list[Weekly]] = {}
    for person, weekday, minute in _MOMENTS.rows(connection, people=[row.id for row in found]):
        chosen.setdefault(person, []).append(Weekly(weekday, at_minute(minute)))
    return [Reader(row.id, row.zone, tuple(chosen.get(row.id, ()))) for row in found]


def _reached(workspace: int, audience: Audience) -> tuple[sa.ColumnElement[bool], ...]:
    # As a value and not as EXISTS, which PostgreSQL joins with all accounts at once, for every bite anew.
    account = sa.select(accounts.c.key).where(
        accounts.c.person_id == people.c.id, accounts.c.workspace_id == workspace, accounts.c.active
    )
    here = account.limit(1).scalar_subquery().is_not(None)
    roles = sa.literal(",").concat(people.c.roles).concat(",")
    role = {Audience.LEADERS: "leader", Audience.COMMUNICATORS: "communicator"}.get(audience)
    holds = roles.contains(f",{role},") if role else sa.true()
    return here, ~people.c.bot, people.c.opted_out_at.is_(None), holds


def _unplanned() -> sa.ColumnElement[bool]:
    return campaigns.c.state.in_((State.COUNTING.value, State.PLANNING.value))


def _change(connection: Connection, campaign: Campaign, states: Sequence[State], **values: object) -> bool:
    mine = sa.and_(campaigns.c.id == campaign.id, campaigns.c.state.in_([state.value for state in states]))
    return connection.execute(campaigns.update().where(mine).values(values)).rowcount == 1


def _written(facts: Mapping[Kind, Any]) -> str:
    """Facts by kind as JSON: a list of zone, chosen minute and fact."""
    return json.dumps([[*kind, fact] for kind, fact in facts.items()], separators=(",", ":"))


def _kinds(written: str) -> dict[Kind, Any]:
    return {(zone, minute): fact for zone, minute, fact in json.loads(written)}


def _campaign(row: Sequence[Any]) -> Campaign:
    """A campaign from `_COLUMNS`."""
    number, workspace, author, state, title, text, audience, begins_at, minutes, rate, reached, cursor = row
    return Campaign(
        id=number,
        workspace=workspace,
        author=author,
        state=State(state),
        title=title,
        text=text,
        audience=Audience(audience),
        begins_at=begins_at,
        minutes=minutes,
        rate=rate,
        people=reached,
        cursor=cursor,
    )


_EMPTY: Final = {"text": "", "counts": "[]", "runs": "[]", "given": "[]"}

"""Two organisations become one, and two people who are one become one, with everything that points at them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from bot.core import outbox
from bot.core.database import Connection, Database, Instant, open_database
from bot.core.directory import store as directory
from bot.core.directory.references import referring, unique_with
from bot.core.directory.tables import former
from bot.core.people import Person, Profile, Role
from bot.core.places import Workspace
from bot.features import features

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANNA = Profile(account="anna", name="Anna", email="anna@example.com", zone="Europe/London")

features()  # they declare the tables


@pytest.fixture
async def database(house_url: str) -> AsyncIterator[Database]:
    """Give a database of either kind."""
    database = open_database(house_url)
    yield database
    await database.close()


def slack(connection: Connection) -> Workspace:
    return directory.workspace(connection, "slack", "T1")


def teams(connection: Connection) -> Workspace:
    return directory.workspace(connection, "teams", "contoso")


def here(connection: Connection, account: str = "anna") -> Person:
    return directory.account(connection, slack(connection), account)


def there(connection: Connection, account: str = "anna") -> Person:
    return directory.account(connection, teams(connection), account)


def twins(connection: Connection, account: str) -> tuple[Person, Person]:
    return here(connection, account), there(connection, account)


def both(connection: Connection) -> tuple[Person, Person]:
    """Anna, in two organisations."""
    return directory.learn(connection, slack(connection), ANNA), directory.learn(connection, teams(connection), ANNA)


def join(connection: Connection) -> int:
    return directory.join(connection, slack(connection), teams(connection))


async def test_the_same_verified_address_makes_one_person(database: Database) -> None:
    one, other = await database.run(both)
    assert one.id != other.id
    assert await database.read(lambda c: directory.shared(c, slack(c), teams(c))) == 1
    assert await database.run(join) == 1
    assert (await database.run(here)).id == (await database.run(there)).id == one.id
    assert await database.read(lambda c: directory.together(c, slack(c), teams(c)))


async def test_joining_again_changes_nothing(database: Database) -> None:
    await database.run(both)
    assert [await database.run(join) for _ in range(3)] == [1, 0, 0]
    assert await database.read(lambda c: directory.shared(c, slack(c), teams(c))) == 0


async def test_who_has_no_address_or_another_stays_as_they_were(database: Database) -> None:
    def others(connection: Connection) -> None:
        directory.learn(connection, slack(connection), Profile(account="ben", email="ben@example.com"))
        directory.learn(
            connection, slack(connection), Profile(account="guest", email="dora@x.com", email_verified=False)
        )
        directory.learn(connection, teams(connection), Profile(account="ben", email="ben@example.org"))
        directory.learn(connection, teams(connection), Profile(account="guest", email="dora@x.com"))
        directory.learn(connection, teams(connection), Profile(account="unknown"))

    await database.run(others)
    assert await database.run(join) == 0
    people = [await database.run(partial(here, account=each)) for each in ("ben", "guest")]
    people += [await database.run(partial(there, account=each)) for each in ("ben", "guest", "unknown")]
    assert len({person.id for person in people}) == 5
    assert len({person.organisation for person in people}) == 1


async def test_roles_are_united_and_an_opt_out_wins_wherever_it_was_said(database: Database) -> None:
    def chosen(connection: Connection) -> None:
        one, other = both(connection)
        directory.grant(connection, one, Role.LEADER)
        directory.grant(connection, other, Role.COMMUNICATOR)
        directory.speak(connection, other, "de")
        directory.opt_out(connection, other, NOW)
        join(connection)

    await database.run(chosen)
    anna = await database.run(here)
    assert anna.roles == {Role.LEADER, Role.COMMUNICATOR}
    assert anna.opted_out
    assert anna.locale == "de"


async def test_an_admin_there_is_no_admin_here(database: Database) -> None:
    def told(connection: Connection) -> None:
        both(connection)
        directory.learn(connection, slack(connection), replace(ANNA, admin=True))
        join(connection)

    await database.run(told)
    assert Role.ADMIN in (await database.run(here)).roles
    assert Role.ADMIN not in (await database.run(there)).roles


async def test_later_accounts_with_the_address_are_hers(database: Database) -> None:
    await database.run(lambda c: (directory.learn(c, slack(c), ANNA), teams(c), join(c)))
    late = await database.run(lambda c: directory.learn(c, teams(c), replace(ANNA, account="anna@teams")))
    assert late.id == (await database.run(here)).id


async def test_an_address_that_is_told_later_makes_one_person_of_two(database: Database) -> None:
    await database.run(lambda c: (slack(c), teams(c), join(c)))
    early = await database.run(there)
    anna = await database.run(lambda c: directory.learn(c, slack(c), ANNA))
    assert early.id < anna.id
    learnt = await database.run(lambda c: directory.learn(c, teams(c), replace(ANNA, email="ANNA@example.com")))
    assert learnt.id == early.id == (await database.run(here)).id


async def test_an_address_without_proof_makes_nobody_one(database: Database) -> None:
    await database.run(lambda c: (slack(c), teams(c), join(c)))
    anna = await database.run(lambda c: directory.learn(c, slack(c), ANNA))
    guest = await database.run(lambda c: directory.learn(c, teams(c), replace(ANNA, email_verified=False)))
    assert guest.id != anna.id


async def test_who_left_one_workspace_is_still_there_in_the_other(database: Database) -> None:
    await database.run(lambda c: (both(c), join(c)))
    await database.run(lambda c: directory.learn(c, slack(c), replace(ANNA, active=False)))
    await database.run(lambda c: directory.learn(c, teams(c), ANNA))
    assert not (await database.run(here)).active
    assert (await database.run(there)).active
    assert await database.run(lambda c: directory.everybody(c, slack(c))) == []
    assert [person.account for person in await database.run(lambda c: directory.everybody(c, teams(c)))] == ["anna"]


async def test_two_workspaces_that_tell_different_things_do_not_take_turns(database: Database) -> None:
    other = replace(ANNA, name="Anna Smith", zone="Europe/Paris", title="Pilot")

    def told(connection: Connection) -> tuple[Person, Person]:
        return (
            directory.learn(connection, slack(connection), ANNA),
            directory.learn(connection, teams(connection), other),
        )

    await database.run(lambda c: (told(c), join(c)))
    for _ in range(2):
        for person in await database.run(told):
            assert (person.name, person.zone, person.title) == ("Anna", "Europe/London", "Pilot")


async def test_a_number_that_went_still_leads_to_the_person(database: Database) -> None:
    one, other = await database.run(both)
    await database.run(join)

    def read(connection: Connection) -> tuple[Person, dict[tuple[int, int], Person]]:
        workspace = teams(connection)
        wanted = [(workspace.id, each.id) for each in (one, other)]
        return directory.person(connection, workspace, other.id), directory.readers(connection, wanted)

    person, readers = await database.read(read)
    assert {each.id for each in (person, *readers.values())} == {one.id}
    assert {each.account for each in (person, *readers.values())} == {"anna"}
    await database.run(lambda c: directory.opt_out(c, other, NOW))
    await database.run(lambda c: directory.grant(c, other, Role.LEADER))
    anna = await database.run(here)
    assert anna.opted_out
    assert anna.roles == {Role.LEADER}


async def test_a_number_is_never_given_out_again(database: Database) -> None:
    _, other = await database.run(both)
    await database.run(join)
    ben = await database.run(lambda c: directory.learn(c, slack(c), Profile(account="ben")))
    assert ben.id > other.id


async def test_three_workspaces_join_in_any_order(database: Database) -> None:
    def third(connection: Connection) -> Workspace:
        return directory.workspace(connection, "slack", "T3")

    await database.run(lambda c: [directory.learn(c, each(c), ANNA) for each in (slack, teams, third)])
    await database.run(lambda c: directory.join(c, third(c), teams(c)))
    await database.run(lambda c: directory.join(c, slack(c), third(c)))
    assert await database.run(join) == 0
    known = await database.run(lambda c: [directory.account(c, each(c), "anna").id for each in (slack, teams, third)])
    assert len(set(known)) == 1
    assert await database.read(lambda c: set(c.execute(sa.select(former.c.person_id)).scalars())) == set(known)


async def test_in_whatever_order_it_becomes_known_she_is_one_person(database: Database) -> None:
    """Her accounts, her address in each, a stop in one, a role in the other, and the joining itself, in every order."""

    def play(connection: Connection, number: int, order: Iterable[int]) -> Person:
        one = directory.workspace(connection, "slack", f"T{number}")
        other = directory.workspace(connection, "teams", f"contoso{number}")
        steps: Sequence[Callable[[], object]] = (
            lambda: directory.learn(connection, one, ANNA),
            lambda: directory.learn(connection, other, ANNA),
            lambda: directory.opt_out(connection, directory.account(connection, other, "anna"), NOW),
            lambda: directory.grant(connection, directory.account(connection, one, "anna"), Role.LEADER),
            lambda: directory.join(connection, other, one),
        )
        for step in order:
            steps[step]()
        anna = directory.account(connection, one, "anna")
        assert directory.account(connection, other, "anna").id == anna.id
        return anna

    for number, order in enumerate(itertools.permutations(range(5))):
        anna = await database.run(partial(play, number=number, order=order))
        assert anna.opted_out, order
        assert anna.roles == {Role.LEADER}, order


@pytest.mark.parametrize("column", list(referring(directory.people.c.id)), ids=str)
async def test_whatever_points_at_a_person_follows(database: Database, column: sa.Column[int]) -> None:
    one, other = await database.run(both)
    await database.run(lambda c: Row(c).fill(column.table, {column.name: other.id}))
    await database.run(join)
    rows = await database.read(lambda c: list(c.execute(sa.select(column)).scalars()))
    assert one.id in rows
    assert other.id not in rows


@pytest.mark.parametrize(
    "column", [each for each in referring(directory.people.c.id) if list(unique_with(each))], ids=str
)
async def test_where_both_have_what_one_may_have_once_the_older_ones_counts(
    database: Database, column: sa.Column[int]
) -> None:
    one, other = await database.run(both)

    def filled(connection: Connection) -> int:
        row = Row(connection)
        for person in (other, one):
            row.fill(column.table, {column.name: person.id})
        before = rows(connection)
        join(connection)
        return before - rows(connection)

    def rows(connection: Connection) -> int:
        return connection.execute(sa.select(sa.func.count()).select_from(column.table)).scalar_one()

    assert await database.run(filled) == len(list(unique_with(column)))
    assert await database.read(lambda c: list(c.execute(sa.select(column)).scalars())) == [one.id]


@pytest.mark.parametrize("column", list(referring(directory.organisations.c.id)), ids=str)
async def test_whatever_points_at_an_organisation_follows(database: Database, column: sa.Column[int]) -> None:
    await database.run(lambda c: (both(c), join(c)))
    organisations = await database.read(lambda c: list(c.execute(sa.select(directory.organisations.c.id)).scalars()))
    assert len(organisations) == 1
    assert await database.read(lambda c: set(c.execute(sa.select(column)).scalars())) == set(organisations)


def test_what_is_lost_to_a_rival_is_pointed_at_by_nothing() -> None:
    for column in referring(directory.people.c.id):
        if list(unique_with(column)):
            for other in column.table.columns:
                assert not list(referring(other)), f"{column} may go when people become one; what of what points at it?"


def test_every_pointer_at_a_person_has_an_index() -> None:
    """Without one, a whole table is read for each person who goes."""
    for column in referring(directory.people.c.id):
        table = column.table
        assert isinstance(table, sa.Table)
        leading = [next(iter(index.columns)).name for index in table.indexes]
        leading += [next(iter(table.primary_key.columns)).name]
        assert column.name in leading, column


async def test_two_who_join_at_the_same_time_join_once(database: Database) -> None:
    def third(connection: Connection) -> Workspace:
        return directory.workspace(connection, "slack", "T3")

    profiles = [replace(ANNA, account=str(number), email=f"{number}@example.com") for number in range(20)]
    await database.run(
        lambda c: [directory.learn(c, each(c), profile) for each in (slack, teams, third) for profile in profiles]
    )
    joined = await asyncio.gather(
        database.run(join),
        database.run(lambda c: directory.join(c, teams(c), slack(c))),
        database.run(lambda c: directory.join(c, third(c), teams(c))),
        database.run(lambda c: directory.join(c, slack(c), third(c))),
    )
    assert sum(joined) == 40
    assert (
        await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(directory.people)).scalar_one())
        == 20
    )


async def test_who_acts_meanwhile_acts_as_one_person_afterwards(database: Database) -> None:
    """Votes, roles and stops that are written while two organisations join are never lost to a number that went."""
    profiles = [replace(ANNA, account=str(number), email=f"{number}@example.com") for number in range(30)]
    await database.run(
        lambda c: [directory.learn(c, each(c), profile) for each in (slack, teams) for profile in profiles]
    )

    def stop(connection: Connection, account: str) -> None:
        directory.opt_out(connection, there(connection, account), NOW)

    def learn(connection: Connection, profile: Profile) -> None:
        directory.learn(connection, teams(connection), replace(profile, email=f"new-{profile.email}"))
        directory.learn(connection, slack(connection), replace(profile, account=f"new-{profile.account}"))

    def write(connection: Connection, account: str) -> None:
        person = there(connection, account)
        outbox.send(
            connection,
            key=f"test:{account}",
            drawing="test.note",
            lane=outbox.Lane.NOTICE,
            now=NOW,
            workspace=teams(connection).id,
            person=person.id,
        )

    await asyncio.gather(
        *(database.run(partial(write, account=profile.account)) for profile in profiles[10:20]),
        *(database.run(partial(stop, account=profile.account)) for profile in profiles[:10]),
        database.run(join),
        *(database.run(partial(stop, account=profile.account)) for profile in profiles[10:20]),
        *(database.run(partial(write, account=profile.account)) for profile in profiles[:10]),
        *(database.run(partial(learn, profile=profile)) for profile in profiles[20:]),
    )
    told = await database.read(lambda c: set(c.execute(sa.select(outbox.outbox.c.person_id)).scalars()))
    assert told == {(await database.run(partial(here, account=profile.account))).id for profile in profiles[:20]}
    for profile in profiles[:20]:
        one, other = await database.run(partial(twins, account=profile.account))
        assert one.id == other.id
        assert one.opted_out


class Row:
    """Writes rows into any table, with whatever they need in others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: dict[str, object] = {}

    def fill(self, table: sa.FromClause, given: dict[str, object]) -> None:
        """Write one row with the given values, and others where there must be some."""
        assert isinstance(table, sa.Table)
        values = {
            column.name: self._value(column)
            for column in table.columns
            if column.name not in given and self._needed(column)
        }
        self._connection.execute(table.insert().values({**values, **given}))

    def _needed(self, column: sa.Column[object]) -> bool:
        counted = column is getattr(column.table, "autoincrement_column", None)
        return not (column.nullable or column.server_default is not None or counted)

    def _value(self, column: sa.Column[object]) -> object:
        for pointer in column.foreign_keys:
            return self._parent(pointer.column)
        if isinstance(column.type, Instant):
            return NOW
        return {str: "0", int: 1, bool: False, float: 1.0, date: NOW.date()}[column.type.python_type]

    def _parent(self, target: sa.Column[object]) -> object:
        """What a column points at; made once."""
        name = f"{target.table.name}.{target.name}"
        if name not in self._made:
            if target.table is directory.people:
                self.fill(target.table, {"organisation_id": slack(self._connection).organisation})
            elif self._connection.execute(sa.select(target)).first() is None:
                self.fill(target.table, {})
            self._made[name] = self._connection.execute(sa.select(sa.func.max(target))).scalar_one()
        return self._made[name]

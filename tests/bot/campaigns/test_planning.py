"""Planning goes on where it was cut off, and two replicas at once plan nobody twice."""

import asyncio
import signal
import sys
from collections import Counter

import pytest
import sqlalchemy as sa

from bot.campaigns import service
from bot.core import outbox
from bot.core.database import Database, open_database
from bot.core.directory.store import accounts, people
from bot.core.engine import Engine
from bot.features import features
from tests.bot.campaigns.limited import Limited
from tests.bot.stage import MONDAY, Stage, buttons

PEOPLE = 2500
CAP = 50


async def begin(stage: Stage) -> None:
    """Start a campaign to many people, at fifty a minute."""
    stage.engine = Engine(
        stage.database, stage.clock, stage.features, otherwise="drumbeat", platforms={"stage": Limited(CAP / 60)}
    )
    crowd = [
        {"organisation_id": 1, "name": "", "locale": "en", "zone": zone, "roles": ""}
        for zone in ("Europe/London", "America/New_York")
        for _ in range(PEOPLE // 2)
    ]
    await stage.run(lambda c: c.execute(people.insert(), crowd))
    known = sa.select(accounts.c.person_id)
    rest = sa.select(sa.literal(1), sa.literal("U") + sa.cast(people.c.id, sa.Text), people.c.id, sa.false())
    opened = accounts.insert().from_select(
        ["workspace_id", "key", "person_id", "admin"], rest.where(people.c.id.not_in(known))
    )
    await stage.run(lambda c: c.execute(opened))
    shown = (await stage.type("U-anna", '/campaign "We are moving" "It is on Monday." --within 8h')).whisper
    await stage.press("U-anna", buttons(shown)["Start"])


async def finish(database: Database) -> None:
    """Let a planner ask until there is no more to do."""
    tick = next(feature for feature in features() if feature.name == "campaigns").ticks["plan"]
    while await database.run(lambda c: tick(c, MONDAY)):
        pass


async def everybody_once(stage: Stage) -> None:
    rows = await stage.run(
        lambda c: c.execute(
            sa.select(outbox.outbox.c.person_id, outbox.outbox.c.due_at).where(
                outbox.outbox.c.campaign == "campaigns:1"
            )
        ).all()
    )
    assert len({row.person_id for row in rows}) == len(rows) == PEOPLE + 4
    load = Counter(row.due_at.replace(second=0, microsecond=0) for row in rows)
    assert max(load.values()) <= CAP


@pytest.mark.parametrize("bites", [1, 4, 5])
async def test_a_process_that_dies_while_planning_leaves_nobody_out_and_nobody_twice(
    stage: Stage, house_url: str, bites: int
) -> None:
    await begin(stage)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.campaigns.dying", house_url, str(bites)
    )
    assert await program.wait() == -signal.SIGKILL
    await finish(stage.database)
    await everybody_once(stage)


async def test_two_replicas_that_plan_at_once_plan_nobody_twice(
    stage: Stage, house_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BITE", 100)
    await begin(stage)
    other = open_database(house_url)
    await asyncio.gather(finish(stage.database), finish(other))
    await other.close()
    await finish(stage.database)
    await everybody_once(stage)

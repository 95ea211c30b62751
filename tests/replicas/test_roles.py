"""Who hears, who sends, and what each says of its health."""

import pytest

from tests.parts import postgres
from tests.replicas.fleet import Fleet, until


async def test_what_a_web_replica_hears_a_worker_sends(fleet: Fleet) -> None:
    web, worker = await fleet.start("--role", "web"), await fleet.start(DRUMBEAT_ROLE="worker")
    assert postgres.listeners(fleet.database_url) == 1
    assert await web.poll("Lunch?", "C1") == 200
    await until(fleet.slack.messages, "the poll is posted")
    await worker.stop()
    assert await web.poll("Dinner?", "C2") == 200
    await fleet.start("--role", "worker")

    async def both() -> bool:
        return sorted(message.channel for message in await fleet.slack.messages()) == ["C1", "C2"]

    await until(both, "the second poll is posted, too")


async def test_a_worker_has_no_doors_but_those_of_its_health(fleet: Fleet) -> None:
    worker = await fleet.start("--role", "worker")
    assert await worker.poll("Lunch?", "C1") == 404
    assert (await worker.get("/privacy")).status_code == 404
    assert (await worker.get("/healthz")).status_code == 200
    assert "drumbeat_outbox_rows" in (await worker.get("/metrics")).text
    await worker.stop()


async def test_a_web_replica_sends_nothing_and_is_ready_without_a_dispatcher(fleet: Fleet) -> None:
    web = await fleet.start("--role", "web")
    assert await web.poll("Lunch?", "C1") == 200
    assert await web.reasons() == {}
    assert 'drumbeat_outbox_rows{state="ready"} 1.0' in (await web.get("/metrics")).text
    assert await fleet.slack.messages() == []


@pytest.mark.parametrize("role", ["web", "worker"])
async def test_part_of_the_work_is_refused_on_sqlite_in_one_sentence(fleet: Fleet, role: str) -> None:
    url = f"sqlite:///{fleet.folder}/drumbeat.sqlite"
    refused = fleet.launch("--role", role, DRUMBEAT_DATABASE_URL=url).program
    assert refused.popen.wait(30) == 2
    assert "needs PostgreSQL" in refused.said()
    assert refused.said().count("\n") == 1

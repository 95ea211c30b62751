"""Who hears, who sends, and what each says of its health."""

import pytest

from tests.parts import postgres
from tests.replicas.fleet import Fleet, until


async def test_what_a_web_replica_hears_a_worker_sends(fleet: Fleet) -> None:
    web, worker = fleet.start_ready("--role", "web"), fleet.start_ready(DRUMBEAT_ROLE="worker")
    assert postgres.listeners(fleet.database_url) == 1
    assert await web.poll("Lunch?", "C1") == 200
    await until(fleet.slack.messages, "the poll is posted")
    worker.program.end()
    assert await web.poll("Dinner?", "C2") == 200
    fleet.start_ready("--role", "worker")

    async def both() -> bool:
        return sorted(message.channel for message in await fleet.slack.messages()) == ["C1", "C2"]

    await until(both, "the second poll is posted, too")


async def test_a_worker_has_no_doors_but_those_of_its_health(fleet: Fleet) -> None:
    worker = fleet.start_ready("--role", "worker")
    assert await worker.poll("Lunch?", "C1") == 404
    assert worker.get("/privacy").status_code == 404
    assert worker.get("/healthz").status_code == 200
    assert "drumbeat_outbox_rows" in worker.get("/metrics").text
    worker.program.end()
    assert worker.program.popen.returncode == 0


async def test_a_web_replica_sends_nothing_and_is_ready_without_a_dispatcher(fleet: Fleet) -> None:
    web = fleet.start_ready("--role", "web")
    assert await web.poll("Lunch?", "C1") == 200
    assert web.reasons() == {}
    assert 'drumbeat_outbox_rows{state="ready"} 1.0' in web.get("/metrics").text
    web.program.end()
    assert web.program.popen.returncode == 0
    assert await fleet.slack.messages() == []


@pytest.mark.parametrize("role", ["web", "worker"])
async def test_part_of_the_work_is_refused_on_sqlite_in_one_sentence(fleet: Fleet, role: str) -> None:
    with pytest.raises(RuntimeError, match="needs PostgreSQL"):
        fleet.start("--role", role, DRUMBEAT_DATABASE_URL=f"sqlite:///{fleet.folder}/drumbeat.sqlite")
    refused = fleet.replicas[-1].program
    assert refused.popen.returncode == 2
    assert refused.said().count("\n") == 1

"""Replicas are restarted one after another while people ask and vote."""

import signal

from tests.replicas.crowd import busy, check
from tests.replicas.fleet import Fleet, until

REPLICAS = 3


async def test_a_rolling_restart_loses_nothing_doubles_nothing_and_leaves_nobody_unanswered(fleet: Fleet) -> None:
    first = [await fleet.start() for _ in range(REPLICAS)]
    async with busy(fleet) as crowd:
        for replica in first:
            await replica.stop()
            await fleet.start()
    await check(crowd)
    assert crowd.polls > REPLICAS
    assert crowd.votes > crowd.polls


async def test_a_replica_that_was_told_to_stop_says_so_and_still_answers(fleet: Fleet) -> None:
    replica = await fleet.start("--role", "web")
    replica.program.popen.send_signal(signal.SIGTERM)
    await until(replica.reasons, "it is not ready any more")
    assert await replica.reasons() == {"start": "It has been told to stop."}
    assert await replica.poll("Lunch?", "C1") == 200
    assert (await replica.get("/healthz")).headers["connection"] == "close"
    await replica.stop()  # told twice, it does not wait for others to notice

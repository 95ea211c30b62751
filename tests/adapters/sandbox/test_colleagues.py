from typing import Any

from tests.adapters.sandbox.conftest import Visit


def votes(message: dict[str, Any]) -> int:
    """How many votes a poll's bars show."""
    return sum(bar["count"] for part in message["card"]["parts"] if part["kind"] == "bars" for bar in part["bars"])


async def test_colleagues_vote_through_the_same_door_as_everybody(visit: Visit) -> None:
    await visit.ask("colleagues", "mara", wish="answer")
    await visit.ask("clock", "mara", step="hour")
    poll = next(one for one in (await visit.state("mara"))["messages"]["general"] if one["card"])
    assert votes(poll) == 23


async def test_colleagues_never_vote_for_the_one_who_looks(visit: Visit) -> None:
    await visit.ask("say", "ana", room="social", text='/poll "Tea?" "Yes" "No" --close 1d')
    await visit.ask("colleagues", "ana", wish="answer")
    await visit.ask("clock", "mara", step="hour")
    poll = await visit.newest("mara", "social")
    assert "Ana Beatriz Rocha" not in str([part for part in poll["card"]["parts"] if part["kind"] == "bars"])


async def test_colleagues_greet_and_cheer_once(visit: Visit) -> None:
    for _ in range(3):
        await visit.ask("colleagues", "mara", wish="answer")
    introductions = (await visit.state("mara"))["messages"]["introductions"]
    assert [one["author"] for one in introductions].count("drumbeat") == 2
    assert len(introductions) == 4
    assert all(one["reactions"] for one in introductions[:2])


async def test_colleagues_post_and_only_leaders_in_the_leaders_channel(visit: Visit) -> None:
    for _ in range(4):
        await visit.ask("colleagues", "mara", wish="post")
    authors = {one["author"] for one in (await visit.state("mara"))["messages"]["leaders"]}
    assert authors <= {"henrik", "ana", "priya"}


async def test_newcomers_join_until_nobody_is_left(visit: Visit) -> None:
    answers = [await visit.ask("colleagues", "mara", wish="join") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [400]
    assert answers[-1].json() == {"sentence": "Everybody who wanted to join has joined."}

import pytest

from adapters.sandbox.chat import Member
from bot.polls.cards.listing import EXAMPLES
from tests.adapters.sandbox.conftest import Visit

WHOLE = (
    '/poll "Where?" "Lisbon" "Kraków" --multi 2 --secret --close "Fri 17:00" --add-options --results after-close '
    '--remind 24h --every "Mon 9:00" --in #social --audience @design'
)
"""A line with nearly every flag at once."""


async def test_a_typed_poll_appears_with_a_button_for_each_option(visit: Visit) -> None:
    await visit.ask("say", "tomas", room="social", text='/poll "Tea?" "Yes" "No"')
    poll = await visit.newest("niamh", "social")
    bars = next(part for part in poll["card"]["parts"] if part["kind"] == "bars")["bars"]
    assert [(bar["label"], bar["button"]["address"]) for bar in bars] == [("Yes", "polls.vote"), ("No", "polls.vote")]


async def test_a_poll_may_be_typed_one_option_a_line(visit: Visit) -> None:
    await visit.ask("say", "tomas", room="social", text="/poll\nTea?\nYes, please\nNot now")
    poll = await visit.newest("niamh", "social")
    bars = next(part for part in poll["card"]["parts"] if part["kind"] == "bars")["bars"]
    assert [bar["label"] for bar in bars] == ["Yes, please", "Not now"]


async def test_a_vote_redraws_the_poll_for_everybody(visit: Visit) -> None:
    await visit.ask("say", "tomas", room="social", text='/poll "Tea?" "Yes" "No"')
    poll = await visit.newest("niamh", "social")
    bars = next(part for part in poll["card"]["parts"] if part["kind"] == "bars")["bars"]
    button = bars[1]["button"]
    await visit.ask("click", "niamh", room="social", message=poll["id"], address="polls.vote", value=button["value"])
    await visit.ask("clock", "niamh", step="hour")
    renewed = await visit.newest("tomas", "social")
    bars = next(part for part in renewed["card"]["parts"] if part["kind"] == "bars")["bars"]
    assert (renewed["id"], bars[1]["count"], bars[1]["share"]) == (poll["id"], 1, 1.0)


async def test_a_repeated_delivery_changes_nothing(visit: Visit) -> None:
    for _ in range(2):
        await visit.ask("say", "tomas", room="social", text='/poll "Tea?" "Y" "N"', delivery="once")
    messages = (await visit.state("tomas"))["messages"]["social"]
    assert sum("Tea?" in (one["card"] or {"summary": ""})["summary"] for one in messages) == 1


@pytest.mark.parametrize("line", [*(line for _, line in EXAMPLES), WHOLE])
async def test_every_line_that_people_are_shown_works_in_the_sample_company(visit: Visit, line: str) -> None:
    answer = await visit.ask("say", "tomas", room="general", text=line)
    assert answer.json()["form"] is None


async def test_somebody_sees_the_page_before_the_bot_has_heard_of_them(visit: Visit) -> None:
    visit.sandbox.chat.add_member(Member(account="hana", name="Hana Kovářová"))
    assert (await visit.state("hana"))["me"] == "hana"


async def test_a_poll_for_another_room_is_asked_there(visit: Visit) -> None:
    await visit.ask("say", "tomas", room="general", text=EXAMPLES[-1][1])
    await visit.ask("clock", "tomas", step="hour")
    assert "Where?" in (await visit.newest("niamh", "social"))["card"]["summary"]

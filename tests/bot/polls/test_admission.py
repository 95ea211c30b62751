"""Polls are asked only where their author could write themselves."""

import pytest

from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable
from bot.core.interactions import Answer, Click, Origin
from bot.core.people import Role
from bot.core.places import Place, PlaceKind
from tests.bot.polls.test_everywhere import joined
from tests.bot.stage import Stage

LUNCH = '/poll "Lunch?" "Pizza" "Sushi"'
BARRED = "You are not in #leads, so you cannot ask there."


async def leads(stage: Stage, *outside: str) -> Place:
    """A channel in which some may not write."""
    workspace = await stage.workspace()
    stage.platform.outside |= {("C-leads", account) for account in outside}
    return await stage.run(lambda c: directory.place_at(c, workspace, "C-leads", PlaceKind.CHANNEL, "leads"))


def sentence(answer: Answer) -> str:
    assert answer.form is not None
    return answer.form.problems["place"]


async def test_nobody_asks_in_a_channel_they_are_not_in(stage: Stage) -> None:
    await leads(stage, "U-ben")
    assert sentence(await stage.type("U-ben", f"{LUNCH} --in #leads")) == BARRED
    assert sentence(await stage.type("U-ben", f"{LUNCH} --in #general --in #leads")) == BARRED
    assert await stage.planned() == []


async def test_whoever_is_in_it_asks_there(stage: Stage) -> None:
    place = await leads(stage, "U-ben")
    assert (await stage.type("U-chen", f"{LUNCH} --in #leads")).form is None
    assert [each.place for each in await stage.planned()] == [place.id]


async def test_nothing_typed_is_lost_and_another_channel_can_be_chosen(stage: Stage) -> None:
    await leads(stage, "U-ben")
    form = (await stage.type("U-ben", f"{LUNCH} --in #leads --multi")).form
    again = await stage.send("U-ben", form)
    assert again.problems == {"place": BARRED}
    workspace = await stage.workspace()
    general = await stage.run(lambda c: directory.place_at(c, workspace, "C-general", PlaceKind.CHANNEL))
    await stage.send("U-ben", form, place="<#C-general>")
    assert [each.place for each in await stage.planned()] == [general.id]


async def test_a_form_that_was_changed_on_its_way_is_no_way_in(stage: Stage) -> None:
    await leads(stage, "U-ben")
    form = (await stage.type("U-ben", "/poll")).form
    sent = await stage.send("U-ben", form, question="Lunch?", options="Pizza\nSushi", place="<#C-leads>")
    assert sent.problems == {"place": BARRED}
    assert await stage.planned() == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unavailable("away"), "I cannot find out just now whether you are in #leads. Please try again in a moment."),
        (RateLimited(3), "I cannot find out just now whether you are in #leads. Please try again in a moment."),
        (Gone("channel_not_found"), "I cannot look into #leads. Invite me there first, or choose another channel."),
        (PlatformError("missing"), "I cannot look into #leads. Invite me there first, or choose another channel."),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_where_the_platform_does_not_tell_nothing_is_asked(stage: Stage, error: Exception, told: str) -> None:
    await leads(stage)
    stage.platform.errors.append(error)
    answer = await stage.type("U-ben", f"{LUNCH} --in #leads")
    assert sentence(answer) == told
    assert (await stage.send("U-ben", answer.form)).problems == {}


async def test_the_place_somebody_acts_from_is_theirs_without_a_question(stage: Stage) -> None:
    stage.platform.errors.append(Unavailable("away"))
    assert (await stage.type("U-ben", LUNCH)).form is None
    assert len(await stage.planned()) == 1


async def test_an_open_poll_goes_on_only_to_where_its_author_may_write(stage: Stage) -> None:
    place = await leads(stage, "U-ben")
    await stage.type("U-ben", LUNCH)
    origin = Origin(platform="stage", workspace="W1", account="U-ben", place="C-general")
    asked = (await stage.engine.handle(Click(origin, "polls.elsewhere", "1"))).form
    assert (await stage.send("U-ben", asked, place="<#C-leads>")).problems == {"place": BARRED}
    stage.platform.outside.clear()
    await stage.send("U-ben", asked, place="<#C-leads>")
    assert place.id in {each.place for each in await stage.planned()}


async def test_where_somebody_has_no_account_only_communicators_speak(stage: Stage) -> None:
    await joined(stage)
    refused = await stage.type("U-chen", f"{LUNCH} --in #kitchen")
    assert sentence(refused) == "You are not in #kitchen, so you cannot ask there."
    await stage.grant("U-chen", Role.COMMUNICATOR)
    assert (await stage.type("U-chen", f"{LUNCH} --in #kitchen")).form is None

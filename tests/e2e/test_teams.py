"""Teams as people use it, in Microsoft's own Agents Playground: typed in its compose box, pressed on its cards."""

from datetime import datetime, timedelta

from playwright.async_api import expect

from bot.core import outbox as core
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.outbox import Lane, outbox
from bot.core.people import Role
from tests.adapters.slack import samples
from tests.e2e.desk import Desk
from tests.parts import playground


async def test_a_poll_is_typed_and_voted_in_and_redrawn(desk: Desk) -> None:
    await desk.write('poll "Where shall we *meet*?" "By the lake" "On the roof"')
    await desk.find(desk.page.get_by_text("Where shall we *meet*?", exact=True))
    await desk.page.get_by_role("button", name="Vote").nth(1).click()
    await expect(desk.page.get_by_text("On the roof 1 · 100 %")).to_be_visible()
    desk.clock.move_by(timedelta(seconds=2))
    assert await desk.dispatcher.run_due()
    await expect(desk.page.get_by_text("On the roof 1 · 100 %")).to_be_visible()


async def test_a_scale_is_shown_whole_and_each_of_it_is_spoken(desk: Desk) -> None:
    await desk.write("help")
    await desk.find(desk.page.get_by_text("What you can type", exact=True))
    await desk.show(samples.scale())
    for number in range(11):
        tile = desk.page.get_by_role("button", name=f"{number} of 10", exact=True)
        await expect(tile).to_have_text(str(number))
        assert await tile.get_attribute("tabindex") == "0"


async def test_a_chart_is_drawn_by_teams_and_each_bar_is_spoken(desk: Desk) -> None:
    await desk.write("help")
    await desk.find(desk.page.get_by_text("What you can type", exact=True))
    await desk.show(samples.chart())
    await expect(desk.page.get_by_label("Where do we eat on Friday?, Horizontal bar chart")).to_be_visible()
    await expect(desk.page.get_by_label("On the roof, 3")).to_be_visible()


async def test_a_form_is_filled_in_the_chat(desk: Desk) -> None:
    await desk.write("poll")
    await desk.page.get_by_role("textbox", name="Question").fill("Tea or coffee?")
    await desk.page.get_by_label("Options, one a line").fill("Tea")
    await desk.page.get_by_role("button", name="Go on").click()
    await expect(desk.page.get_by_text("A poll needs at least 2 options")).to_be_visible()
    await expect(desk.page.get_by_role("textbox", name="Question")).to_have_value("Tea or coffee?")
    await desk.page.get_by_label("Options, one a line").fill("Tea\nCoffee")
    await desk.page.get_by_role("button", name="Go on").click()
    await expect(desk.page.get_by_text("Ask a poll: done.")).to_be_visible()
    await desk.find(desk.page.get_by_text("Coffee 0 · 0 %"))


async def test_a_nudge_comes_by_itself_at_the_planned_moment(desk: Desk) -> None:
    await desk.write("rhythm")
    await desk.page.get_by_role("button", name="Keep it").click()
    await expect(desk.page.get_by_text("Your rhythm is kept").first).to_be_visible()
    await desk.planner.run(desk.clock.now())
    await desk.dispatcher.run_due()
    desk.clock.move_to(desk.clock.now() + timedelta(days=3, hours=5, minutes=1))
    await desk.planner.run(desk.clock.now())
    await (await desk.find(desk.page.get_by_role("button", name="Done"))).click()
    await expect(desk.page.get_by_role("button", name="Done")).to_have_count(0)


async def test_a_poll_asked_in_a_channel_stands_there(desk: Desk) -> None:
    text = '<at>Drumbeat</at> poll "Lunch?" "Soup" "Salad"'
    await desk.playground.say(playground.CHANNEL, text, mentions={"Drumbeat": playground.BOT})
    await desk.page.get_by_text("Announcements").first.click()
    await desk.find(desk.page.get_by_text("Lunch?", exact=True))


async def test_somebody_who_never_wrote_is_praised_by_a_mention(desk: Desk) -> None:
    text = "<at>Drumbeat</at> praise <at>Megan Bowen</at> for fixing the *printer* before anybody noticed"
    people = {"Drumbeat": playground.BOT, "Megan Bowen": "29:megan"}
    await desk.playground.say(playground.CHANNEL, text, mentions=people)
    await desk.page.get_by_text("Announcements").first.click()
    await desk.find(desk.page.get_by_text("fixing the *printer* before anybody noticed", exact=True))


async def test_help_comes_for_whatever_nobody_understands(desk: Desk) -> None:
    await desk.write("what can you do?")
    await expect(desk.page.get_by_text("What you can type", exact=True)).to_be_visible()
    await expect(desk.page.get_by_text("rhythm Choose two or three")).to_be_visible()


async def test_a_message_in_doubt_is_shown_in_the_chat_and_taken_for_arrived(desk: Desk) -> None:
    await desk.write("help")
    await expect(desk.page.get_by_text("What you can type", exact=True)).to_be_visible()
    await desk.database.run(lambda connection: _doubt(connection, desk.clock.now()))
    await desk.write("unsent")
    await expect(desk.page.get_by_text("Did these arrive?")).to_be_visible()
    await desk.page.get_by_role("button", name="It arrived").click()
    await expect(desk.page.get_by_text("Taken for arrived: a nudge.")).to_be_visible()


def _doubt(connection: Connection, now: datetime) -> None:
    """Whoever is here may decide, and there is a message of which nobody knows whether it arrived."""
    (workspace,) = directory.all_workspaces(connection)
    me, *_ = directory.everybody(connection, workspace)
    directory.grant(connection, me, Role.COMMUNICATOR)
    core.send(
        connection,
        key="nudge",
        drawing="rhythm.nudge",
        lane=Lane.NUDGE,
        now=now,
        workspace=workspace.id,
        person=me.id,
    )
    nudge = outbox.update().where(outbox.c.key == "nudge")
    connection.execute(nudge.values(state="unknown", try_at=None, intent_at=now))

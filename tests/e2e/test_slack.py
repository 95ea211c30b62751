"""`drumbeat serve` beside a Slack that others wrote: what people do there, and what they see."""

from starlette.responses import JSONResponse

from tests.adapters.slack.sender import buttons
from tests.e2e.house import House, blocks
from tests.parts import emulate
from tests.parts.emulate import GENERAL, RANDOM, TEAM, Call


async def test_a_poll_from_its_question_to_its_outcome(house: House) -> None:
    answer = await house.sender.type(
        house.user("anna"), '/poll "Where do we eat?" "By the lake" "On the roof" --close never'
    )
    assert answer.status_code == 200
    asked = await house.posted("Where do we eat?", GENERAL)
    ballot = buttons(blocks(asked))
    ts = asked.answer["ts"]

    for name, option in (("ben", "By the lake"), ("chen", "On the roof"), ("dora", "On the roof")):
        assert (await house.sender.press(house.user(name), ballot[option], ts=ts)).status_code == 200
    await house.drawn("67% (2)")
    await house.sender.press(house.user("ben"), ballot["On the roof"], ts=ts)
    drawn = await house.drawn("100% (3)")
    assert drawn.arguments["ts"] == ts

    await house.sender.press(house.user("anna"), ballot["More"], ts=ts)
    menu = await house.told("Close poll")
    await house.sender.press(house.user("anna"), buttons(menu["blocks"])["Close poll"], ts=ts)
    await house.slack.seen(lambda: "Vote" not in repr(house.slack.made("chat.update")[-1].arguments["blocks"]))
    assert "*On the roof* with 100 %" in repr(blocks(await house.posted("has an answer")))
    polls = [
        call for call in house.slack.made("chat.postMessage") if "Where do we eat?" in repr(call.arguments["blocks"])
    ]
    keys = [call.arguments["metadata"]["event_payload"]["key"] for call in polls]
    assert len(set(keys)) == len(keys)


async def test_a_poll_through_its_form(house: House) -> None:
    anna = house.user("anna")
    await house.sender.type(anna, "/poll", RANDOM)
    [opened] = await house.slack.seen(lambda: house.slack.made("views.open"))
    filled = {"question": {"value": "Tea or <coffee>?"}, "options": {"value": "Tea\nCoffee"}}
    answer = await house.sender.submit(anna, opened.arguments["view"], **filled)
    assert (answer.status_code, answer.text) == (200, "")
    await house.posted("Tea or &lt;coffee&gt;?", RANDOM)


async def test_praise_is_given_and_told(house: House) -> None:
    ben = house.user("ben")
    await house.sender.type(house.user("anna"), f"/praise <@{ben}|ben> for saving the *release* #courage")
    given = await house.posted("saving the", GENERAL)
    assert f"<@{ben}>" in repr(given.arguments["blocks"])
    assert "*release*" not in repr(given.arguments["blocks"])  # the stars are words, not markup


async def test_help_comes_back_in_the_response_itself(house: House) -> None:
    answer = await house.sender.type(house.user("ben"), "/drumbeat")
    told = answer.json()
    assert told["response_type"] == "ephemeral"
    assert "/poll" in repr(told["blocks"])


async def test_home_shows_itself(house: House) -> None:
    ben = house.user("ben")
    await house.sender.happen({"type": "app_home_opened", "user": ben, "tab": "home"})
    [published] = await house.slack.seen(lambda: house.slack.made("views.publish"))
    assert published.arguments["user_id"] == ben
    assert published.answer["ok"]


async def test_what_slack_itself_sends_is_believed_and_understood(house: House) -> None:
    await house.slack.call("chat.postMessage", token="xoxp-anna", channel=GENERAL, text="Good morning")
    assert await house.slack.seen(lambda: ("message", 200) in house.slack.heard)
    assert "Good morning" not in house.program.said()


async def test_a_pause_that_slack_asks_for_is_kept_and_nothing_is_sent_twice(house: House) -> None:
    house.slack.faults["chat.postMessage"] = [JSONResponse({"ok": False}, 429, {"Retry-After": "1"})]
    await house.sender.type(house.user("anna"), '/poll "Limited?" "Yes" "No" --close never')
    asked = await house.slack.seen(lambda: _taken(house, "Limited?"), seconds=20)
    await house.sender.press(house.user("ben"), buttons(blocks(asked))["Yes"], ts=asked.answer["ts"])
    drawn = await house.drawn("100% (1)")
    assert drawn.arguments["ts"] == asked.answer["ts"]
    assert await _count(house, "Limited?") == 1


async def test_a_message_whose_answer_was_lost_is_looked_for_and_not_sent_again(house: House) -> None:
    house.slack.lost.add("chat.postMessage")
    await house.sender.type(house.user("anna"), '/poll "Lost?" "Yes" "No" --close never')
    asked = await house.posted("Lost?", GENERAL)
    await house.slack.seen(lambda: house.slack.made("conversations.history"), seconds=60)
    ballot = buttons(blocks(asked))
    await house.sender.press(house.user("ben"), ballot["Yes"], ts=asked.answer["ts"])
    drawn = await house.drawn("100% (1)")
    assert drawn.arguments["ts"] == asked.answer["ts"]
    assert await _count(house, "Lost?") == 1


def _taken(house: House, words: str) -> Call | None:
    """The call with a message that Slack took, after those that it refused."""
    calls = house.slack.made("chat.postMessage")
    return next((call for call in calls if words in repr(call.arguments) and call.answer.get("ok")), None)


async def _count(house: House, words: str) -> int:
    """How often Slack itself holds a message."""
    history = await house.slack.call("conversations.history", channel=GENERAL, limit="200")
    return sum(words in message["text"] for message in history["messages"])


async def test_a_new_colleague_is_heard_of(house: House) -> None:
    user = {"id": "U7NEW", "team_id": TEAM, "name": "eli", "tz": "Europe/Vienna", "profile": {"display_name": "Eli"}}
    assert (await house.sender.happen({"type": "team_join", "user": user})).status_code == 200


async def test_nothing_that_people_say_and_no_secret_is_in_the_log(house: House) -> None:
    await house.sender.type(house.user("anna"), '/poll "My own words?" "These" "Those" --close never')
    await house.posted("My own words?")
    said = house.program.said()
    assert all(secret not in said for secret in ("My own words", emulate.TOKEN, emulate.SECRET))

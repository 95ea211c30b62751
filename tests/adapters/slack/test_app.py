import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.responses import JSONResponse
from structlog.testing import LogCapture

from bot.core.database import Away
from bot.core.directory import store as directory
from bot.core.interactions import Event
from tests.adapters.slack.conftest import Bot
from tests.adapters.slack.sender import signed
from tests.parts.emulate import BOT, GENERAL, TEAM, Slack


async def test_a_command_opens_its_form(bot: Bot, slack: Slack) -> None:
    answer = await bot.sender.type(slack.users["anna"], "/poll")
    assert (answer.status_code, answer.text) == (200, "")
    call = await slack.seen(lambda: slack.made("views.open"))
    view = call[0].arguments["view"]
    assert view["callback_id"] == "polls.create"
    asked = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert asked[:3] == ["question", "kind", "options"]


async def test_a_wrong_command_opens_the_form_filled_with_the_problem_beside_the_field(bot: Bot, slack: Slack) -> None:
    await bot.sender.type(slack.users["anna"], '/poll "Lunch?" "Pizza"')
    [call] = await slack.seen(lambda: slack.made("views.open"))
    view = call.arguments["view"]
    assert view["blocks"][0]["element"]["initial_value"] == "Lunch?"
    at = [block.get("block_id") for block in view["blocks"]].index("options")
    assert "at least 2 options" in view["blocks"][at + 1]["elements"][0]["text"]


async def test_a_form_that_is_wrong_stays_open_with_the_problem_beside_the_field(bot: Bot, slack: Slack) -> None:
    await bot.sender.type(slack.users["anna"], "/poll")
    [call] = await slack.seen(lambda: slack.made("views.open"))
    answer = await bot.sender.submit(slack.users["anna"], call.arguments["view"], question={"value": "Lunch?"})
    assert answer.json()["response_action"] == "errors"
    assert "options" in answer.json()["errors"]


async def test_a_form_that_is_right_closes(bot: Bot, slack: Slack) -> None:
    await bot.sender.type(slack.users["anna"], "/poll")
    [call] = await slack.seen(lambda: slack.made("views.open"))
    filled = {"question": {"value": "Lunch?"}, "options": {"value": "Pizza\nSushi"}}
    answer = await bot.sender.submit(slack.users["anna"], call.arguments["view"], **filled)
    assert (answer.status_code, answer.text) == (200, "")


async def test_a_form_that_slack_does_not_open_is_told_privately(bot: Bot, slack: Slack) -> None:
    slack.faults["views.open"] = [JSONResponse({"ok": False, "error": "expired_trigger_id"})]
    await bot.sender.type(slack.users["anna"], "/poll")
    [reply] = await slack.seen(lambda: slack.replies)
    assert reply["response_type"] == "ephemeral"
    assert "try once more" in reply["text"]


async def test_what_is_only_for_others_is_refused_privately_through_the_response_url(bot: Bot, slack: Slack) -> None:
    await bot.sender.press("U1", {"type": "button", "action_id": "polls.unknown#0", "value": "1"})
    [reply] = await slack.seen(lambda: slack.replies)
    assert reply["replace_original"] is False
    assert "older version" in reply["text"]


async def test_the_same_request_twice_does_nothing_the_second_time(bot: Bot, slack: Slack) -> None:
    body = urlencode(
        {
            "command": "/poll",
            "text": "",
            "team_id": TEAM,
            "user_id": slack.users["anna"],
            "channel_id": GENERAL,
            "trigger_id": await bot.sender.trigger(slack.users["anna"]),
            "response_url": bot.sender.reply_to,
        }
    )
    headers = signed(body)
    for _ in range(2):
        assert (await bot.sender.post(body, headers=headers)).status_code == 200
    await slack.seen(lambda: slack.made("views.open"))
    await bot.adapter.stop()
    assert len(slack.made("views.open")) == 1


async def test_an_event_that_slack_repeats_counts_once(bot: Bot) -> None:
    heard: list[str] = []
    bot.engine.listen(lambda act, _: heard.append(act.name if isinstance(act, Event) else ""))
    event = {"type": "message", "channel": "C9", "channel_type": "channel", "user": "U1", "ts": "1.5", "text": "hi"}
    for _ in range(2):
        answer = await bot.sender.happen(event, event_id="EvTwice")
        assert answer.status_code == 200
    rows = await bot.database.read(lambda c: directory.find_workspace(c, "slack", TEAM))
    assert rows is not None
    assert heard == ["posted", "posted"]  # the engine hears both, and drops the second by its id


@pytest.mark.parametrize("age", [301, -301])
async def test_a_request_signed_too_long_ago_is_refused(bot: Bot, age: int, logged: LogCapture) -> None:
    body = "command=%2Fpoll"
    answer = await bot.sender.post(body, headers=signed(body, at=time.time() - age))
    assert answer.status_code == 401
    assert logged.entries == [{"event": "slack_request_refused", "status": 401, "log_level": "warning"}]


FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NAMELESS = '{"type":"event_callback","team_id":"T000000001","event_id":"E1","event":{"type":"team_join"}}'
PRESSED_BY_NOBODY = 'payload={"type":"block_actions","actions":[{"action_id":"x"}],"team":{"id":"T000000001"}}'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", FORM),
        ("payload={", FORM),
        ("payload=[1]", FORM),
        ("payload=%FF%FE", FORM),
        ("[1]", JSON),
        ("{", JSON),
        ('{"type":"event_callback","event":{"type":"message"}}', JSON),
        (NAMELESS, JSON),
        (PRESSED_BY_NOBODY, FORM),
    ],
)
async def test_signed_nonsense_is_refused_with_one_line(bot: Bot, body: str, kind: str, logged: LogCapture) -> None:
    answer = await bot.sender.post(body, kind)
    assert (answer.status_code, answer.text) == (400, "")
    assert [line["event"] for line in logged.entries] == ["slack_request_refused"]


async def test_bytes_that_are_no_text_are_refused(bot: Bot) -> None:
    answer = await bot.sender.client.post(bot.sender.url, content=b"\xff\xfe", headers=signed(""))
    assert answer.status_code == 400


async def test_a_forged_request_is_refused(bot: Bot, logged: LogCapture) -> None:
    body = "command=%2Fpoll"
    answer = await bot.sender.post(body, headers=signed(body, secret="guessed"))
    assert answer.status_code == 401
    assert "poll" not in repr(logged.entries)


async def test_an_endless_body_is_refused(bot: Bot) -> None:
    answer = await bot.sender.post("x" * 1_000_001)
    assert answer.status_code == 400


async def test_a_get_is_not_answered(bot: Bot) -> None:
    assert (await bot.sender.client.get(bot.sender.url)).status_code == 405


async def test_slack_s_first_question_about_the_address_is_answered(bot: Bot) -> None:
    answer = await bot.sender.post('{"type":"url_verification","challenge":"abc"}', "application/json")
    assert answer.status_code == 200
    assert "abc" in answer.text


async def test_a_command_that_says_payload_is_heard(bot: Bot, slack: Slack) -> None:
    await bot.sender.type(slack.users["anna"], '/poll "What payload=1 size?" "A"')
    [call] = await slack.seen(lambda: slack.made("views.open"))
    assert call.arguments["view"]["blocks"][0]["element"]["initial_value"] == "What payload=1 size?"


async def test_another_team_is_not_served(bot: Bot, slack: Slack, logged: LogCapture) -> None:
    answer = await bot.sender.type("U1", "/poll", team_id="T-other")
    assert answer.status_code == 200
    assert "slack_not_installed" in [line["event"] for line in logged.entries]
    assert not slack.made("views.open")


async def test_home_is_published_when_it_is_opened_and_after_a_click_there(bot: Bot, slack: Slack) -> None:
    user = slack.users["anna"]
    await bot.sender.happen({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})
    [first] = await slack.seen(lambda: slack.made("views.publish"))
    assert first.arguments["view"]["type"] == "home"
    await bot.sender.press_at_home(user, {"type": "button", "action_id": "polls.unknown#0", "value": ""})
    await slack.seen(lambda: len(slack.made("views.publish")) == 2)


async def test_a_mention_at_the_beginning_is_a_command(bot: Bot, slack: Slack) -> None:
    event = {
        "type": "app_mention",
        "channel": GENERAL,
        "user": slack.users["anna"],
        "ts": "1.1",
        "text": f"<@{BOT}> poll",
    }
    await bot.sender.happen(event)
    [call] = await slack.seen(lambda: slack.made("chat.postEphemeral"))
    assert "only from a command" in call.arguments["text"]


async def test_what_somebody_posts_never_reaches_a_log_or_the_database(
    bot: Bot, logged: LogCapture, sqlite_url: str
) -> None:
    event = {
        "type": "message",
        "channel": "C9",
        "channel_type": "channel",
        "user": "U1",
        "ts": "1.5",
        "text": "my-own-words",
    }
    assert (await bot.sender.happen(event)).status_code == 200
    assert "my-own-words" not in repr(logged.entries)
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    assert not any(b"my-own-words" in file.read_bytes() for file in folder.glob("drumbeat*"))


async def test_a_new_colleague_is_known_by_name_at_once(bot: Bot) -> None:
    user = {"id": "U7", "name": "eli", "tz": "Europe/Vienna", "locale": "de-DE", "profile": {"display_name": "Eli"}}
    assert (await bot.sender.happen({"type": "team_join", "user": user})).status_code == 200
    workspace = await bot.database.read(lambda c: directory.find_workspace(c, "slack", TEAM))
    assert workspace
    eli = await bot.database.read(lambda c: directory.known(c, workspace, "U7"))
    assert eli
    assert (eli.name, eli.zone, eli.locale) == ("Eli", "Europe/Vienna", "de")


async def test_after_an_uninstall_nothing_is_sent_there(bot: Bot) -> None:
    await bot.sender.happen({"type": "app_home_opened", "user": "U1", "tab": "home"})
    assert (await bot.sender.happen({"type": "app_uninstalled"})).status_code == 200
    assert await bot.database.read(lambda c: directory.all_workspaces(c, "slack")) == []


async def test_slack_away_is_503_and_one_line(bot: Bot, slack: Slack, logged: LogCapture) -> None:
    await slack.seen(lambda: slack.made("auth.test"))
    bot.adapter._tokens.forget(TEAM)
    slack.faults["auth.test"] = [JSONResponse({"ok": False, "error": "internal_error"}, 500)]
    answer = await bot.sender.type(slack.users["anna"], "/poll")
    assert answer.status_code == 503
    assert [line["event"] for line in logged.entries] == ["slack_call_failed", "slack_request_refused"]


async def test_a_private_message_gives_way_to_its_answer(bot: Bot, slack: Slack) -> None:
    await bot.sender.press(slack.users["anna"], {"type": "button", "action_id": "intros.decline#0", "value": ""})
    [reply] = await slack.seen(lambda: slack.replies)
    assert reply["replace_original"] is True


async def test_on_the_home_page_the_same_answer_comes_in_the_direct_chat(bot: Bot, slack: Slack) -> None:
    anna = slack.users["anna"]
    await bot.sender.press_at_home(anna, {"type": "button", "action_id": "intros.decline#0", "value": ""})
    [call] = await slack.seen(lambda: slack.made("chat.postMessage"))
    assert call.arguments["channel"] == anna


async def test_a_database_that_is_away_is_503_and_one_line(bot: Bot, logged: LogCapture) -> None:
    async def away(_act: object) -> None:
        raise Away("gone")

    bot.engine.handle = away  # type: ignore[assignment, method-assign]
    answer = await bot.sender.type("U1", "/poll")
    assert (answer.status_code, answer.text) == (503, "")
    assert [line["event"] for line in logged.entries] == ["slack_request_failed", "slack_request_refused"]

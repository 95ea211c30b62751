import html
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse

from bot.core.cards import Button, Buttons, Card, Prose, note
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.interactions import Answer, Click, Command, Event, Submission
from bot.core.places import PlaceKind
from bot.core.rich import plain
from tests.adapters.teams.conftest import Teams
from tests.adapters.teams.microsoft import ANNA, ANNAS_CHAT, BEN, BOT, CHANNEL, GROUP, TEAM
from tests.adapters.teams.schemas import check_card
from tests.adapters.teams.test_render import inputs, texts, within

TEA = {
    "type": "Action.Execute",
    "verb": "kiosk.choose",
    "data": {"drumbeat": {"kind": "click", "address": "kiosk.choose", "value": "tea"}},
}
ORDER = {
    "data": {"drumbeat": {"kind": "click", "address": "kiosk.open", "value": ""}, "msteams": {"type": "task/fetch"}}
}


def submit(card: dict[str, Any]) -> dict[str, Any]:
    """The button that sends a form."""
    action: dict[str, Any] = card["body"][-1]["actions"][0]
    return action


def last(teams: Teams) -> Any:  # noqa: ANN401 -- one of a closed union; the test knows which
    return teams.kiosk.acts[-1]


def events(teams: Teams) -> list[Event]:
    return [act for act in teams.kiosk.acts if isinstance(act, Event)]


@pytest.mark.parametrize(
    ("typed", "name", "text"),
    [
        ('order "Tea?" “Rum”', "order", '"Tea?" “Rum”'),
        ("/ORDER tea", "order", "tea"),
        ("order\ntwo\n\nlines", "order", "two\nlines"),
        ("order&nbsp;&lt;b&gt; &amp;amp;", "order", "<b> &amp;"),
        ("order tea<br/>rum", "order", "tea\nrum"),
        ("<p>order tea</p>", "order", "tea"),
        ("order 🥁 שלום", "order", "🥁 שלום"),
        ("hello there", "", "hello there"),
        ("settings", "", "settings"),
        ("", "", ""),
    ],
)
async def test_a_typed_line_is_a_command(teams: Teams, typed: str, name: str, text: str) -> None:
    await teams.type(typed)
    assert (last(teams).name, last(teams).text) == (name, text)


async def test_a_mention_in_a_channel_speaks_to_the_bot_and_others_become_tokens(teams: Teams) -> None:
    mentions = [
        {"type": "mention", "text": "<at>Drumbeat</at>", "mentioned": {"id": BOT, "name": "Drumbeat"}},
        {"type": "mention", "text": "<at>Ben</at>", "mentioned": {"id": BEN, "name": "Ben"}},
        {"type": "mention", "text": "<at>General</at>", "mentioned": {"id": CHANNEL, "name": "General"}},
    ]
    text = "<at>Drumbeat</at>&nbsp;order <at>Ben</at> in <at>General</at> &lt;at&gt;"
    await teams.knock(teams.activity("message", CHANNEL, text=text, entities=mentions))
    workspace = await teams.workspace()
    ben = await teams.database.run(lambda c: directory.account(c, workspace, BEN))
    place = await teams.database.run(lambda c: directory.place_at(c, workspace, CHANNEL))
    assert ben.name == "Ben"
    assert last(teams).text == f"<@{ben.id}> in <#{place.id}> <at>"
    assert (last(teams).origin.place, last(teams).origin.place_kind) == (CHANNEL, PlaceKind.CHANNEL)


async def test_what_people_say_to_one_another_is_only_counted(teams: Teams) -> None:
    await teams.knock(teams.activity("message", CHANNEL, text="order something secret"))
    assert last(teams) == Event(last(teams).origin, "posted")


async def test_a_message_that_teams_repeats_counts_once(teams: Teams) -> None:
    activity = teams.activity("message", text="order")
    await teams.knock(activity)
    await teams.knock(activity)
    assert len(teams.kiosk.acts) == 1


async def test_a_person_is_known_by_what_teams_tells(teams: Teams) -> None:
    await teams.type("menu", locale="de-DE", localTimezone="Europe/Berlin")
    person = await known(teams, ANNA)
    assert (person.name, person.locale, person.zone) == ("Anna", "de", "Europe/Berlin")


async def test_somebody_who_travels_changes_their_zone(teams: Teams) -> None:
    await teams.type("menu", localTimezone="Europe/Berlin")
    await teams.type("menu", localTimezone="Asia/Tokyo")
    assert [event.name for event in events(teams)] == ["profile_changed"]
    assert (await known(teams, ANNA)).zone == "Asia/Tokyo"


async def test_a_zone_nobody_knows_changes_nothing(teams: Teams) -> None:
    await teams.type("menu", localTimezone="Middle/Earth")
    assert (await known(teams, ANNA)).zone == "UTC"


async def test_a_private_answer_in_a_channel_goes_to_the_personal_chat(teams: Teams) -> None:
    await teams.type("menu", CHANNEL)
    (_, opened, who), (_, sent, _) = teams.microsoft.calls
    assert (opened, who["members"]) == ("/conversations", [{"id": ANNA}])
    assert sent == f"/conversations/a:{ANNA}/activities"
    await teams.type("menu", CHANNEL)
    assert len(teams.microsoft.calls) == 3


async def test_a_refusal_is_whispered(teams: Teams) -> None:
    await teams.type("no")
    assert teams.microsoft.sent()[0]["body"][0]["text"] == "No."


async def test_a_click_answers_with_the_persons_own_card(teams: Teams) -> None:
    teams.kiosk.answer = Answer(own=note("Yours"))
    answer = await teams.press(TEA, CHANNEL)
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert texts(answer["value"]) == "Yours"
    assert last(teams) == Click(last(teams).origin, "kiosk.choose", "tea", wants_card=True)
    assert last(teams).origin.message == "m1"
    assert teams.microsoft.calls == []


async def test_a_click_in_a_channel_may_answer_in_one_sentence(teams: Teams) -> None:
    teams.kiosk.answer = Answer(whisper=note("Your vote: tea."))
    answer = await teams.press(TEA, CHANNEL)
    assert (answer["type"], answer["value"]) == ("application/vnd.microsoft.activity.message", "Your vote: tea.")
    assert teams.microsoft.calls == []


async def test_a_private_card_after_a_click_goes_to_the_personal_chat(teams: Teams) -> None:
    teams.kiosk.answer = Answer(whisper=Card("", (Prose(plain("Sure?")), Buttons((Button("Yes", "kiosk.choose"),)))))
    await teams.press(TEA, GROUP)
    assert teams.microsoft.calls[-1][1] == f"/conversations/a:{ANNA}/activities"


async def test_a_replaced_private_message_stays_replaced(teams: Teams) -> None:
    teams.kiosk.answer = Answer(replace=note("Done, well done."))
    answer = await teams.press(TEA)
    assert texts(answer["value"]) == "Done, well done."
    assert [(verb, path) for verb, path, _ in teams.microsoft.calls] == [
        ("PUT", f"/conversations/{ANNAS_CHAT}/activities/m1")
    ]


async def test_a_shared_message_is_never_replaced_for_everybody(teams: Teams) -> None:
    teams.kiosk.answer = Answer(replace=note("Mine"))
    await teams.press(TEA, CHANNEL)
    assert teams.microsoft.calls == []


async def test_a_select_sends_what_was_chosen(teams: Teams) -> None:
    await teams.type("menu")
    select = next(each for each in within(teams.microsoft.sent()[0]) if each.get("title") == "OK")
    await teams.press(select, **{"kiosk.choose": "1"})
    assert (last(teams).address, last(teams).value) == ("kiosk.choose", "1")


async def test_an_old_clients_press_is_a_message_and_is_answered_by_one(teams: Teams) -> None:
    teams.kiosk.answer = Answer(whisper=note("Tea it is."))
    await teams.knock(teams.activity("message", value=TEA["data"], replyToId="m1"))
    assert texts(teams.microsoft.sent()[0]) == "Tea it is."


async def test_a_form_opens_as_a_task_module_and_closes_when_it_is_sent(teams: Teams) -> None:
    opened = await teams.invoke("task/fetch", ORDER, CHANNEL)
    task = opened["task"]["value"]
    assert (opened["task"]["type"], task["title"]) == ("continue", "Order")
    check_card(task["card"]["content"])
    data = submit(task["card"]["content"])["data"] | {"what": "Tea", "size": "1", "with": ANNA}
    assert await teams.invoke("task/submit", {"data": data}, CHANNEL) == {}
    assert isinstance(last(teams), Submission)
    assert (last(teams).address, last(teams).state) == ("kiosk.order", "table 7")
    assert last(teams).values["what"] == "Tea"
    assert last(teams).values["with"] == (f"<@{(await known(teams, ANNA)).id}>",)


async def test_a_sent_form_with_a_problem_stays_open_filled(teams: Teams) -> None:
    opened = await teams.invoke("task/fetch", ORDER)
    data = submit(opened["task"]["value"]["card"]["content"])["data"] | {"what": "wrong", "size": "1", "sauces": "0"}
    again = (await teams.invoke("task/submit", {"data": data}))["task"]["value"]["card"]["content"]
    assert "⚠ We have no wrong things." in texts(again)
    assert {key: each.get("value") for key, each in inputs(again).items() if key in {"what", "size", "sauces"}} == {
        "what": "wrong",
        "size": "1",
        "sauces": "0",
    }
    data = submit(again)["data"] | {"what": "Tea", "size": "1"}
    assert await teams.invoke("task/submit", {"data": data}) == {}


async def test_a_form_answered_in_a_sentence_says_it_in_the_dialog(teams: Teams) -> None:
    teams.kiosk.answer = Answer(whisper=note("On its way."))
    opened = await teams.invoke("task/fetch", ORDER, CHANNEL)
    data = submit(opened["task"]["value"]["card"]["content"])["data"] | {"what": "Tea"}
    answer = await teams.invoke("task/submit", {"data": data}, CHANNEL)
    assert answer == {"task": {"type": "message", "value": "On its way."}}


async def test_a_form_answered_with_buttons_says_it_in_the_chat_where_they_can_be_pressed(teams: Teams) -> None:
    teams.kiosk.answer = Answer(whisper=Card("", (Prose(plain("Sure?")), Buttons((Button("Yes", "kiosk.choose"),)))))
    opened = await teams.invoke("task/fetch", ORDER, CHANNEL)
    data = submit(opened["task"]["value"]["card"]["content"])["data"] | {"what": "Tea"}
    answer = await teams.invoke("task/submit", {"data": data}, CHANNEL)
    assert answer == {"task": {"type": "message", "value": "I have written to you in our own chat."}}
    assert teams.microsoft.calls[-1][1] == f"/conversations/a:{ANNA}/activities"
    assert await teams.invoke("task/submit", {"data": data}) == {}
    assert texts(teams.microsoft.sent()[-1]) == "Sure?"


async def test_a_form_opened_from_a_private_message_replaces_that_message(teams: Teams) -> None:
    teams.kiosk.answer = Answer(replace=note("Planned."))
    opened = await teams.invoke("task/fetch", ORDER, replyToId="m7")
    data = submit(opened["task"]["value"]["card"]["content"])["data"] | {"what": "Tea"}
    await teams.invoke("task/submit", {"data": data})
    assert teams.microsoft.calls[-1][:2] == ("PUT", f"/conversations/{ANNAS_CHAT}/activities/m7")


async def test_a_typed_command_shows_its_form_in_the_personal_chat(teams: Teams) -> None:
    await teams.type("order")
    form = teams.microsoft.sent()[0]
    check_card(form)
    wrong = await teams.press(submit(form), what="wrong")
    assert "⚠ We have no wrong things." in texts(wrong["value"])
    done = await teams.press(submit(wrong["value"]), what="Tea")
    assert texts(done["value"]) == "✓ Order: done."
    assert texts(teams.microsoft.sent("PUT")[-1]) == "✓ Order: done."


async def test_a_typed_command_in_a_channel_offers_its_form_to_whoever_presses(teams: Teams) -> None:
    await teams.type("order tea", CHANNEL)
    offered = teams.microsoft.sent()[0]
    assert teams.microsoft.calls[-1][1] == f"/conversations/{CHANNEL};messageid=1/activities"
    check_card(offered)
    action = submit(offered)
    assert action["data"]["msteams"] == {"type": "task/fetch"}
    opened = await teams.invoke("task/fetch", {"data": action["data"]}, CHANNEL)
    assert opened["task"]["value"]["title"] == "Order"
    assert isinstance(last(teams), Command)
    assert last(teams).text == "tea"


async def test_a_form_offers_the_channels_by_name(teams: Teams) -> None:
    await teams.type("menu", CHANNEL)
    for _ in range(2):
        opened = await teams.invoke("task/fetch", ORDER, CHANNEL)
        offered = inputs(opened["task"]["value"]["card"]["content"])["where"]["choices"]
        assert {each["title"]: each["value"] for each in offered} == {"Announcements": CHANNEL, "General": TEAM}
    assert [path for verb, path, _ in teams.microsoft.calls if verb == "GET"] == [f"/teams/{TEAM}/conversations"]


async def test_people_found_by_teams_search_get_their_account(teams: Teams) -> None:
    await teams.type("menu", CHANNEL)
    opened = await teams.invoke("task/fetch", ORDER, CHANNEL)
    data = submit(opened["task"]["value"]["card"]["content"])["data"]
    data |= {"what": "Tea", "with": "00000000-0000-4000-8000-00000000000b"}
    await teams.invoke("task/submit", {"data": data}, CHANNEL)
    ben = await known(teams, BEN)
    assert ben.name == "Ben"
    assert last(teams).values["with"] == (f"<@{ben.id}>",)


async def test_somebody_who_joins_a_team_is_known_by_name(teams: Teams) -> None:
    added = [{"id": BOT}, {"id": BEN}]
    await teams.knock(teams.activity("conversationUpdate", CHANNEL, membersAdded=added))
    assert {(event.name, event.origin.account) for event in events(teams)} == {("joined", BEN), ("appeared", BEN)}
    assert (await known(teams, BEN)).name == "Ben"


@pytest.mark.parametrize(("place", "team"), [(CHANNEL, [f"team:{TEAM}"]), (GROUP, [])])
async def test_who_comes_and_goes_is_on_the_roster_or_no_more(teams: Teams, place: str, team: list[str]) -> None:
    workspace = await teams.workspace()

    def rosters(connection: Connection) -> list[list[int]]:
        places = [directory.place_at(connection, workspace, place).id]
        places += [directory.place_at(connection, workspace, key, PlaceKind.PEOPLE).id for key in team]
        members.want(connection, places, teams.clock.now() + timedelta(days=1))
        return [members.of(connection, [each]) for each in places]

    assert not any(await teams.database.run(rosters))
    await teams.knock(teams.activity("conversationUpdate", place, membersAdded=[{"id": BEN}]))
    ben = await known(teams, BEN)
    assert await teams.database.run(rosters) == [[ben.id]] * (1 + len(team))
    await teams.knock(teams.activity("conversationUpdate", place, membersRemoved=[{"id": BEN}, {"id": BOT}]))
    assert not any(await teams.database.run(rosters))


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("order @design TEAM", {}),
        ("order @&quot;Design team&quot;", {}),
        ("order <at>Design team</at>", {"id": TEAM, "name": "Design team"}),
        ("order <at>Us</at>", {"id": TEAM, "name": "Us", "conversationIdentityType": "team"}),
    ],
)
async def test_a_team_is_named_by_a_mention_or_by_its_name(teams: Teams, text: str, mentioned: dict[str, str]) -> None:
    workspace = await teams.workspace()
    team = await teams.database.run(
        lambda c: directory.place_at(c, workspace, f"team:{TEAM}", PlaceKind.PEOPLE, "Design team")
    )
    mentions = (
        [{"type": "mention", "text": f"<at>{mentioned['name']}</at>", "mentioned": mentioned}] if mentioned else []
    )
    await teams.knock(teams.activity("message", text=text, entities=mentions))
    assert last(teams).text == f"<&{team.id}>"


async def test_the_first_channel_of_a_team_is_not_the_team(teams: Teams) -> None:
    """Though both have one id."""
    mention = {"type": "mention", "text": "<at>General</at>", "mentioned": {"id": TEAM, "name": "General"}}
    await teams.knock(teams.activity("message", text="order <at>General</at>", entities=[mention]))
    workspace = await teams.workspace()
    place = await teams.database.run(lambda c: directory.place_at(c, workspace, TEAM))
    assert (last(teams).text, place.kind) == (f"<#{place.id}>", PlaceKind.CHANNEL)


@pytest.mark.parametrize("typed", ["&lt;@29:anna&gt;", "&lt;#19:team&gt;", "&lt;&amp;team:19:x&gt;", "<&team:19:x>"])
async def test_nobody_can_type_a_token(teams: Teams, typed: str) -> None:
    await teams.knock(teams.activity("message", text=f"order {typed}", entities=[]))
    plain = html.unescape(typed)
    assert last(teams).text == f"<\u2060{plain[1:]}"


@pytest.mark.parametrize(
    ("kind", "more", "event"),
    [
        ("installationUpdate", {"action": "add"}, "installed"),
        ("installationUpdate", {"action": "remove"}, "removed"),
        ("messageReaction", {"reactionsAdded": [{"type": "like"}], "replyToId": "m1"}, "reacted"),
    ],
)
async def test_what_happens_by_itself_is_an_event(teams: Teams, kind: str, more: dict[str, Any], event: str) -> None:
    await teams.knock(teams.activity(kind, CHANNEL, **more))
    assert [each.name for each in events(teams)] == [event]


@pytest.mark.parametrize("kind", ["typing", "messageUpdate", "messageDelete", "event", "endOfConversation"])
async def test_what_nobody_needs_is_taken_and_forgotten(teams: Teams, kind: str) -> None:
    assert (await teams.knock(teams.activity(kind))).status_code == 200
    assert teams.kiosk.acts == []


async def test_somebody_who_cannot_be_reached_in_private_is_told_how(teams: Teams) -> None:
    teams.microsoft.trouble.append(JSONResponse({"error": {"code": "BotNotInConversationRoster"}}, 403))
    await teams.type("menu", CHANNEL)
    assert texts(teams.microsoft.sent()[-1]).startswith("<at>Anna</at>: my answer is for you alone.")


async def known(teams: Teams, account: str) -> Any:  # noqa: ANN401 -- a Person; None would fail the test anyway
    workspace = await teams.workspace()
    return await teams.database.read(lambda c: directory.known(c, workspace, account))

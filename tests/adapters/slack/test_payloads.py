from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import payloads
from bot.core.interactions import GROUP, MENTION, PLACE, Command, Event
from bot.core.places import PlaceKind

TYPED = {
    "plain &amp; simple &lt;3": "plain & simple <3",
    "thanks <@U1|anna> and <@W2>": "thanks <@U1> and <@W2>",
    "in <#C1|general> or <#C2>": "in <#C1> or <#C2>",
    "see <https://example.com/?a=1&amp;b=2|example.com>": "see https://example.com/?a=1&b=2",
    "write <mailto:a@example.com|a@example.com>": "write a@example.com",
    "<!here> <!channel> <!everyone|@everyone>": "@here @channel @everyone",
    "for <!subteam^S1|@design> and <!subteam^S2>": "for <&S1> and <&S2>",
    "&lt;@U1&gt; &lt;#C1&gt; &lt;&amp;S1&gt;": "<\u2060@U1> <\u2060#C1> <\u2060&S1>",
    "&amp;lt;@U1&amp;gt;": "&lt;@U1&gt;",
    "\u201eSchön\u201c \U0001f941 \u05e9\u05dc\u05d5\u05dd": "\u201eSchön\u201c \U0001f941 \u05e9\u05dc\u05d5\u05dd",
}


@pytest.mark.parametrize("text", TYPED)
def test_escaped_text_becomes_what_was_typed(text: str) -> None:
    assert payloads.spoken(text) == TYPED[text]


@given(st.text())
def test_nobody_can_type_a_token(typed: str) -> None:
    line = f"{typed}<@U1>{typed}<&S1>{typed}"
    heard = payloads.spoken(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    assert not any(token.search(heard) for token in (MENTION, PLACE, GROUP))
    assert heard.replace("\u2060", "") == line.replace("\u2060", "")


def heard(event: dict[str, Any], **more: Any) -> Any:  # noqa: ANN401 -- an interaction of any kind, or None
    body = {"team_id": "T1", "event_id": "Ev1", "event": event, **more}
    return payloads.event(body, "UBOT")


POSTED = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "ts": "1764000000.5",
    "text": "x",
}


def test_a_post_is_who_where_and_when() -> None:
    act = heard(POSTED)
    assert isinstance(act, Event)
    assert (act.origin.account, act.origin.place, act.name) == ("U1", "C1", "posted")
    assert act.facts == {"at": "2025-11-24T16:00:00.500000+00:00", "message": "1764000000.5", "thread": ""}


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": None},
    ],
)
def test_edits_bots_and_our_own_posts_count_for_nothing(more: dict[str, Any]) -> None:
    assert heard({**POSTED, **more}) is None


def test_somebody_of_another_company_counts_for_nothing() -> None:
    assert heard({**POSTED, "user_team": "T2"}, is_ext_shared_channel=True) is None
    assert heard({**POSTED, "user_team": "T1"}, is_ext_shared_channel=True) is not None


def test_whatever_is_written_to_us_directly_asks_for_help() -> None:
    act = heard({**POSTED, "channel": "D1", "channel_type": "im"})
    assert isinstance(act, Command)
    assert (act.name, act.text, act.origin.place_kind) == ("", "", PlaceKind.DIRECT)


def test_a_mention_at_the_beginning_is_a_command_with_its_arguments() -> None:
    act = heard(
        {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.1", "text": "<@UBOT> Praise <@U2|b> for x"}
    )
    assert isinstance(act, Command)
    assert (act.name, act.text) == ("praise", "<@U2> for x")


def test_a_mention_in_a_sentence_is_none() -> None:
    assert heard({"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.1", "text": "ask <@UBOT>"}) is None


def test_a_mention_is_a_command_in_several_lines_too() -> None:
    for typed, text in (("poll\nTea?\nYes\nNo", "Tea?\nYes\nNo"), ("poll", ""), ("", "")):
        told = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.1", "text": f"<@UBOT> {typed}"}
        command = heard(told)
        assert isinstance(command, Command)
        assert (command.name, command.text) == (typed[:4], text)


def test_a_reaction_names_its_message() -> None:
    item = {"type": "message", "channel": "C1", "ts": "1.1"}
    act = heard({"type": "reaction_added", "user": "U1", "reaction": "tada", "item": item, "item_user": "U2"})
    assert act.facts == {"emoji": "tada", "message": "1.1", "author": "U2"}
    assert heard({"type": "reaction_added", "user": "U1", "reaction": "x", "item": {"type": "file"}}) is None


def test_who_comes_to_a_channel_and_leaves_it_is_told_with_the_channel() -> None:
    for kind, name in (("member_joined_channel", "appeared"), ("member_left_channel", "left")):
        told = {"type": kind, "user": "U1", "channel": "C1", "channel_type": "C", "team": "T1"}
        act = heard(told)
        assert (act.name, act.origin.account, act.origin.place) == (name, "U1", "C1")
        assert heard({**told, "user": "UBOT"}) is None
        assert heard({**told, "user_team": "T2"}, is_ext_shared_channel=True) is None


@pytest.mark.parametrize("kind", ["subteam_created", "subteam_updated"])
def test_a_user_group_is_known_by_its_handle(kind: str) -> None:
    group = {"id": "S1", "team_id": "T1", "handle": "design", "name": "Design crew", "created_by": "U1"}
    act = heard({"type": kind, "subteam": {**group, "updated_by": "U2"}})
    assert (act.name, act.origin.account) == ("named", "U2")
    assert (act.origin.place, act.origin.place_kind, act.origin.place_name) == ("S1", PlaceKind.PEOPLE, "design")
    assert heard({"type": kind, "subteam": group}).origin.account == "U1"


def test_bots_and_strangers_do_not_join() -> None:
    assert heard({"type": "team_join", "user": {"id": "U9", "is_bot": True}}) is None
    assert heard({"type": "user_change", "user": {"id": "U9", "is_stranger": True}}) is None


def test_a_closed_account_is_somebody_who_is_gone() -> None:
    act = heard({"type": "user_change", "user": {"id": "U9", "deleted": True, "profile": {"real_name": "Eli"}}})
    assert (act.name, act.profile.active) == ("removed", False)


def test_the_messages_tab_is_not_the_home_page() -> None:
    assert heard({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "messages"}) is None


def test_an_event_nobody_asked_for_is_none() -> None:
    assert heard({"type": "file_shared", "user": "U1"}) is None


def test_in_an_organisation_the_team_is_the_person_s() -> None:
    assert payloads.team({"team": None, "user": {"id": "U1", "team_id": "T7"}}) == "T7"
    assert payloads.team({"team": None, "user": {}, "view": {"team_id": "T8"}}) == "T8"


@pytest.mark.parametrize(
    ("place", "called", "kind"),
    [
        ("C1", "general", PlaceKind.CHANNEL),
        ("D1", "directmessage", PlaceKind.DIRECT),
        ("G1", "mpdm-a--b-1", PlaceKind.GROUP),
        ("G1", "privategroup", PlaceKind.CHANNEL),
    ],
)
def test_a_command_knows_where_it_was_typed(place: str, called: str, kind: PlaceKind) -> None:
    act = payloads.command(
        {
            "command": "/Poll",
            "text": "",
            "team_id": "T1",
            "user_id": "U1",
            "channel_id": place,
            "channel_name": called,
            "trigger_id": "1",
        }
    )
    assert (act.name, act.origin.place_kind) == ("poll", kind)

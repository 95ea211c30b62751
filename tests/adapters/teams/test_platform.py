from datetime import UTC, datetime

import httpx2
import pytest
from starlette.responses import JSONResponse, Response

from adapters.teams import connector
from adapters.teams.app import TeamsAdapter
from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Destination, Limit, Platform, Posted
from tests.adapters.teams.conftest import Teams
from tests.adapters.teams.microsoft import ANNA, ANNAS_CHAT, BEN, BOT, CHANNEL, GROUP, TEAM_NAME, TENANT
from tests.adapters.teams.test_render import texts

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def met(teams: Teams) -> Workspace:
    """Anna wrote in her chat, in a group and in a channel, so the bot knows the ways."""
    for place in (ANNAS_CHAT, GROUP, CHANNEL):
        await teams.knock(teams.activity("message", place, text="x", entities=[]))
    teams.microsoft.calls.clear()
    return await teams.workspace()


def of(adapter: TeamsAdapter) -> Platform:
    return adapter.platform


async def test_a_person_is_reached_in_the_chat_they_had_with_the_bot(teams: Teams) -> None:
    posted = await of(teams.adapter).send(Destination(await met(teams), account=ANNA), note("Hello"), "k")
    assert posted == Posted(ANNAS_CHAT, "m1")
    assert texts(teams.microsoft.sent()[0]) == "Hello"


async def test_a_person_who_never_wrote_gets_a_chat_of_their_own_once(teams: Teams) -> None:
    workspace = await met(teams)
    for _ in range(2):
        assert (await of(teams.adapter).send(Destination(workspace, account=BEN), note("Hi"), "k")).place == f"a:{BEN}"
    opened = [body for _, path, body in teams.microsoft.calls if path == "/conversations"]
    assert [(each["bot"]["id"], each["members"], each["tenantId"]) for each in opened] == [(BOT, [{"id": BEN}], TENANT)]


async def test_a_channel_gets_a_thread_of_its_own_which_can_be_redrawn(teams: Teams) -> None:
    workspace = await met(teams)
    posted = await of(teams.adapter).send(Destination(workspace, place=CHANNEL), note("One"), "k")
    assert posted == Posted(f"{CHANNEL};messageid=1", "1")
    await of(teams.adapter).update(workspace, posted, note("Two"))
    assert teams.microsoft.calls[-1][:2] == ("PUT", f"/conversations/{CHANNEL};messageid=1/activities/1")
    assert texts(teams.microsoft.sent("PUT")[0]) == "Two"


async def test_a_group_chat_gets_a_message(teams: Teams) -> None:
    posted = await of(teams.adapter).send(Destination(await met(teams), place=GROUP), note("Hi"), "k")
    assert posted == Posted(GROUP, "m1")


async def test_what_answers_a_post_in_a_channel_goes_into_its_thread(teams: Teams) -> None:
    workspace = await met(teams)
    for place in (CHANNEL, f"{CHANNEL};messageid=1"):
        posted = await of(teams.adapter).send(Destination(workspace, place=place, under="1"), note("Hi"), "k")
        assert posted.place == f"{CHANNEL};messageid=1"


async def test_a_group_chat_has_no_threads(teams: Teams) -> None:
    posted = await of(teams.adapter).send(Destination(await met(teams), place=GROUP, under="m1"), note("Hi"), "k")
    assert posted.place == GROUP


async def test_the_service_address_of_a_place_is_kept_over_a_restart(teams: Teams) -> None:
    workspace = await met(teams)
    teams.adapter._ways._known.clear()
    await of(teams.adapter).send(Destination(workspace, place=GROUP), note("Hi"), "k")
    assert teams.microsoft.calls[0][1] == f"/conversations/{GROUP}/activities"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(status_code=429, headers={"Retry-After": "7"}), RateLimited),
        (Response(status_code=429), RateLimited),
        (Response(status_code=412), Unavailable),
        (Response(status_code=502), Unavailable),
        (Response(status_code=503), Unavailable),
        (Response(status_code=504), Unavailable),
        (Response(status_code=401), Unavailable),
        (Response(status_code=500), Unknown),
        (JSONResponse({"error": {"code": "BotNotInConversationRoster"}}, 403), Gone),
        (JSONResponse({"error": {"code": "ConversationNotFound"}}, 404), Gone),
        (JSONResponse({"error": {"code": "BadSyntax"}}, 400), PlatformError),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value.status_code),
)
async def test_trouble_is_sorted_by_what_helps(teams: Teams, answer: Response, error: type[PlatformError]) -> None:
    workspace = await met(teams)
    teams.microsoft.trouble.append(answer)
    with pytest.raises(error) as raised:
        await of(teams.adapter).send(Destination(workspace, place=GROUP), note("Hi"), "k")
    assert type(raised.value) is error
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after == float(answer.headers.get("Retry-After", connector.PAUSE))
    assert len(teams.microsoft.calls) == 1


async def test_whoever_is_in_a_chat_may_write_there(teams: Teams) -> None:
    workspace = await met(teams)
    place = Place(1, workspace.id, GROUP, PlaceKind.GROUP)
    assert await of(teams.adapter).admits(workspace, place, ANNA)
    assert teams.microsoft.calls[-1][:2] == ("GET", f"/conversations/{GROUP}/members/{ANNA}")
    teams.microsoft.trouble.append(JSONResponse({"error": {"code": "MemberNotFoundInConversation"}}, 404))
    assert not await of(teams.adapter).admits(workspace, place, BEN)
    teams.microsoft.trouble.append(JSONResponse({"error": {"code": "BotNotInConversationRoster"}}, 403))
    with pytest.raises(Gone):
        await of(teams.adapter).admits(workspace, place, ANNA)


async def test_an_answer_that_never_comes_is_unknown(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = await met(teams)
    monkeypatch.setattr(connector, "TIMEOUT", httpx2.Timeout(0.1))
    teams.microsoft.silence = 0.5
    with pytest.raises(Unknown):
        await of(teams.adapter).send(Destination(workspace, place=GROUP), note("Hi"), "k")


async def test_a_chat_that_may_have_been_opened_can_be_opened_again(
    teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await met(teams)
    monkeypatch.setattr(connector, "TIMEOUT", httpx2.Timeout(0.1))
    teams.microsoft.silence = 0.5
    with pytest.raises(Unavailable):
        await of(teams.adapter).send(Destination(workspace, account=BEN), note("Hi"), "k")


async def test_a_refused_connection_sent_nothing(teams: Teams) -> None:
    workspace = await met(teams)
    await teams.adapter._ways.keep(workspace, f"place:{GROUP}", {"service": "http://127.0.0.1:1/", "kind": "groupChat"})
    with pytest.raises(Unavailable):
        await of(teams.adapter).send(Destination(workspace, place=GROUP), note("Hi"), "k")


async def test_nobody_is_reached_before_teams_ever_wrote(teams: Teams) -> None:
    workspace = await teams.workspace()
    with pytest.raises(Gone):
        await of(teams.adapter).send(Destination(workspace, account=ANNA), note("Hi"), "k")


async def test_teams_cannot_be_asked_what_it_has(teams: Teams) -> None:
    with pytest.raises(Unknown):
        await of(teams.adapter).find(Destination(await met(teams), place=GROUP), "k", NOW)


async def test_everybody_in_a_team_is_listed_page_by_page(teams: Teams) -> None:
    workspace = await met(teams)
    people = [each async for each in of(teams.adapter).people(workspace)]
    assert [(each.name, each.email, each.email_verified) for each in people] == [
        ("Anna", "anna@example.com", True),
        ("Ben", "ben@example.com", True),
        ("Gus", "gus@elsewhere.example", False),
    ]
    assert len(teams.microsoft.calls) == 2


async def test_a_team_that_sent_the_bot_away_does_not_end_the_list_of_people(teams: Teams) -> None:
    workspace = await met(teams)
    await teams.adapter._ways.keep(workspace, "team:19:former", {"service": teams.microsoft.service})
    teams.microsoft.trouble.append(JSONResponse({"error": {"code": "BotNotInConversationRoster"}}, 403))
    assert len([each async for each in of(teams.adapter).people(workspace)]) == 3


async def test_a_team_that_sent_the_bot_away_is_no_group_any_more(teams: Teams) -> None:
    workspace = await met(teams)
    await teams.adapter._ways.keep(workspace, "team:19:former", {"service": teams.microsoft.service})
    teams.microsoft.trouble.append(JSONResponse({"error": {"code": "BotNotInConversationRoster"}}, 403))
    assert [each.name async for each in of(teams.adapter).groups(workspace)] == [TEAM_NAME]


async def test_strangers_in_a_group_chat_are_known_by_name(teams: Teams) -> None:
    workspace = await met(teams)
    place = Place(id=1, workspace=workspace.id, key=GROUP, kind=PlaceKind.GROUP)
    assert [each async for each in of(teams.adapter).members(workspace, place)] == [ANNA, BEN, "29:guest"]
    ben = await teams.database.read(lambda c: directory.known(c, workspace, BEN))
    assert ben
    assert ben.name == "Ben"


async def test_the_limits_stay_within_those_of_teams_in_every_window(teams: Teams) -> None:
    workspace = await met(teams)
    thread, hour, tenant = of(teams.adapter).limits(Destination(workspace, place=GROUP), "send")
    for seconds, most in ((1, 7), (2, 8), (30, 60)):
        assert most_in(thread, seconds) <= most
    assert most_in(hour, 3600) <= 1800
    assert most_in(tenant, 1) <= 50
    assert len({thread.key, hour.key, tenant.key}) == 3


def most_in(limit: Limit, seconds: int) -> int:
    return limit.burst + int(limit.rate * seconds)


async def test_doctor_finds_nothing_where_all_is_well_and_names_what_is_not(teams: Teams) -> None:
    assert await teams.adapter.findings() == [
        "Teams has never written to this bot: set its messaging endpoint, then install the app."
    ]
    await met(teams)
    assert await teams.adapter.findings() == []

    def refuse() -> str:
        raise PermissionError("expired")

    assert teams.adapter._tokens is not None
    teams.adapter._tokens._fetch = refuse
    teams.adapter._tokens.forget()
    [finding] = await teams.adapter.findings()
    assert "MICROSOFT_APP_PASSWORD" in finding

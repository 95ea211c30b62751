import asyncio
import threading

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.teams.auth import PATIENCE
from bot.core.database import Database
from tests.adapters.teams.conftest import Teams, connected
from tests.adapters.teams.microsoft import CHANNEL, Microsoft


async def test_a_signed_message_is_answered(teams: Teams) -> None:
    response = await teams.type("menu")
    assert response.status_code == 200
    assert teams.microsoft.sent()[0]["speak"] == "The menu"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-elses-bot"},
        {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
        {"iss": "https://evil.example"},
        {"serviceurl": "https://evil.example"},
        {"exp": 1},
        {"nbf": 4102444800},
    ],
    ids=str,
)
async def test_a_token_for_something_else_is_refused_with_one_log_line(teams: Teams, claims: dict[str, object]) -> None:
    with structlog.testing.capture_logs() as lines:
        response = await teams.knock(teams.activity("message", text="menu"), teams.microsoft.token(claims=claims))
    assert (response.status_code, response.content) == (401, b"")
    assert [line["event"] for line in lines] == ["teams_unauthorized"]
    assert teams.microsoft.calls == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_token_is_refused(teams: Teams, token: str) -> None:
    assert (await teams.knock(teams.activity("message", text="menu"), token)).status_code == 401


async def test_a_token_signed_by_somebody_else_is_refused(teams: Teams) -> None:
    forged = teams.microsoft.token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert (await teams.knock(teams.activity("message", text="menu"), forged)).status_code == 401


async def test_a_new_signing_key_works_at_once(teams: Teams) -> None:
    assert (await teams.type("menu")).status_code == 200
    teams.clock.move(seconds=PATIENCE + 1)
    teams.microsoft.rotate("second")
    assert (await teams.type("menu")).status_code == 200


async def test_forged_key_ids_do_not_become_requests_to_microsoft(teams: Teams) -> None:
    await teams.type("menu")
    teams.clock.move(seconds=PATIENCE + 1)
    before = teams.microsoft.reads
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for number in range(5):
        forged = teams.microsoft.token(f"forged-{number}", key=key)
        assert (await teams.knock(teams.activity("message", text="menu"), forged)).status_code == 401
    assert teams.microsoft.reads == before + 1


async def test_another_tenant_is_refused(teams: Teams) -> None:
    activity = teams.activity("message", text="menu")
    activity["channelData"]["tenant"]["id"] = "another"
    assert (await teams.knock(activity)).status_code == 401


async def test_another_channel_of_the_bot_framework_is_refused(teams: Teams) -> None:
    assert (await teams.knock(teams.activity("message", text="menu", channelId="webchat"))).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"type": "message"}', b'{"type": 3, "conversation": {}}', b"\xff"]
)
async def test_what_is_no_activity_is_refused(teams: Teams, body: bytes) -> None:
    response = await teams.knock(body)
    assert (response.status_code, response.content) == (400, b"")


async def test_an_endless_body_is_not_read(teams: Teams) -> None:
    assert (await teams.knock(b"x" * 600_000)).status_code == 413


@pytest.mark.parametrize("value", [None, 7, {}, {"data": {"drumbeat": 1}}, {"action": {"data": {"drumbeat": {}}}}])
@pytest.mark.parametrize("name", ["adaptiveCard/action", "task/fetch", "task/submit"])
async def test_a_button_that_is_not_ours_is_refused(teams: Teams, name: str, value: object) -> None:
    assert (await teams.knock(teams.activity("invoke", name=name, value=value))).status_code == 400


async def test_an_invoke_nobody_knows_is_not_implemented(teams: Teams) -> None:
    assert (await teams.knock(teams.activity("invoke", name="composeExtension/query", value={}))).status_code == 501


async def test_a_bug_shows_no_traceback_to_the_caller(teams: Teams) -> None:
    with structlog.testing.capture_logs() as lines:
        response = await teams.type("crash")
    assert (response.status_code, response.content) == (500, b"")
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["teams_failed"]


async def test_no_word_of_anybody_reaches_the_log(teams: Teams) -> None:
    with structlog.testing.capture_logs() as lines:
        await teams.type("menu xyzzy", CHANNEL)
        await teams.type("crash xyzzy")
        await teams.knock(teams.activity("message", text="xyzzy"), "xyzzy.xyzzy.xyzzy")
    assert "xyzzy" not in str([{k: v for k, v in line.items() if k != "exc_info"} for line in lines])


async def test_a_slow_sign_in_service_does_not_hold_up_the_others(teams: Teams) -> None:
    waiting = threading.Event()

    def fetch() -> str:
        assert waiting.wait(5)
        return "late"

    assert teams.adapter._tokens is not None
    teams.adapter._tokens._fetch = fetch
    slow = asyncio.create_task(teams.type("menu"))
    assert (await teams.type("hello", CHANNEL, entities=[])).status_code == 200
    assert not slow.done()
    waiting.set()
    assert (await slow).status_code == 200


async def test_local_play_takes_unsigned_messages_from_this_machine_only(
    microsoft: Microsoft, database: Database
) -> None:
    async with connected(microsoft, database, anonymous=True) as teams:
        assert (await teams.knock(teams.activity("message", text="menu"), "")).status_code == 200
        elsewhere = teams.activity("message", text="menu", serviceUrl="https://evil.example")
        assert (await teams.knock(elsewhere, "")).status_code == 401
    async with connected(microsoft, database, anonymous=True, client="192.0.2.7") as teams:
        assert (await teams.knock(teams.activity("message", text="menu"), "")).status_code == 401

"""The one HTTP application from outside: what every answer carries, and what no answer tells."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from adapters.web import health, legal
from adapters.web.app import LARGEST_BODY, application
from adapters.web.metrics import COUNTED, Metrics
from bot.core import outbox
from bot.core.database import Connection, Database, metadata, open_database
from bot.core.directory import store as directory
from bot.core.interactions import Command, Origin
from bot.core.outbox import Lane
from tests.bot.stage import HandClock

SECRET = "the words of a person"


async def _breaks(_request: Request) -> Response:
    raise RuntimeError(SECRET)


async def _echoes(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())), headers={"content-security-policy": "default-src *"})


ROUTES = [
    Route("/calendar/{token}.ics", lambda _request: PlainTextResponse("BEGIN:VCALENDAR")),
    Route("/breaks", _breaks),
    Route("/echo", _echoes, methods=["POST"]),
]


@pytest.fixture
async def database(database_url: str) -> Database:
    database = open_database(database_url)
    await database.run(metadata.create_all)
    return database


@pytest.fixture
def metrics(sqlite_url: str) -> Metrics:
    return Metrics(open_database(sqlite_url), HandClock())


@pytest.fixture
def client(metrics: Metrics) -> Iterator[TestClient]:
    app = application([*health.routes({}), *legal.routes(), *ROUTES], metrics, https=True)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_every_answer_carries_safe_headers(client: TestClient) -> None:
    for path in ("/healthz", "/nowhere", "/breaks"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"].startswith("max-age=")


def test_a_page_may_have_a_policy_of_its_own(client: TestClient) -> None:
    assert client.post("/echo", content=b"four").headers["content-security-policy"] == "default-src *"


def test_plain_http_promises_no_https(metrics: Metrics) -> None:
    with TestClient(application(ROUTES, metrics)) as client:
        assert "strict-transport-security" not in client.get("/nowhere").headers


def test_a_bug_tells_the_caller_nothing_and_the_log_where(client: TestClient) -> None:
    with capture_logs() as lines:
        answer = client.get("/breaks")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert [(line["event"], line["log_level"]) for line in lines] == [("request_failed", "error")]


def test_an_unknown_path_and_a_wrong_method_are_refused_in_json(client: TestClient) -> None:
    assert client.get("/nowhere").json() == {"error": "Not Found"}
    wrong = client.get("/echo")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


def test_a_body_without_end_is_cut_short(client: TestClient) -> None:
    assert client.post("/echo", content=b"x" * LARGEST_BODY).text == str(LARGEST_BODY)
    assert client.post("/echo", content=b"x" * (LARGEST_BODY + 1)).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    assert client.post("/echo", content=endless()).status_code == 413


async def test_figures_count_requests_by_door_and_never_by_what_a_path_holds(database: Database) -> None:
    metrics = Metrics(database, HandClock())
    with TestClient(application([*metrics.routes, *ROUTES], metrics), raise_server_exceptions=False) as client:
        client.get("/calendar/very-secret-token.ics")
        client.get("/breaks")
        client.get("/somebody@example.com")
        page = client.get("/metrics").text
    await database.close()
    assert 'drumbeat_http_request_seconds_count{door="calendar",status="200"} 1.0' in page
    assert 'drumbeat_http_request_seconds_count{door="other",status="500"} 1.0' in page
    assert 'drumbeat_http_request_seconds_count{door="other",status="404"} 1.0' in page
    assert "very-secret-token" not in page
    assert "somebody" not in page


async def test_figures_tell_what_waits_since_when_and_what_happened(database: Database) -> None:
    clock = HandClock()
    metrics = Metrics(database, clock)
    workspace = await database.run(lambda c: directory.workspace(c, "sandbox", "T1"))

    def plan(connection: Connection) -> None:
        for number, hours in enumerate((0, 11)):
            outbox.send(
                connection,
                key=f"k{number}",
                drawing="polls.ballot",
                lane=Lane.PUBLIC,
                now=clock.at,
                workspace=workspace.id,
                place=directory.place_at(connection, workspace, "C1").id,
                due=clock.at + timedelta(hours=hours),
            )

    await database.run(plan)
    await database.run(lambda connection: outbox.halt(connection, "rhythm.nudge", clock.at))
    clock.move(minutes=2)
    metrics.message("sent", "public", 0.3)
    metrics.message("sent", "public", -0.1)
    metrics.message("paused", "nudge")
    metrics.handled(Command(Origin(platform="slack", workspace="T1", account="U1"), "poll", SECRET), 0.01)
    with TestClient(application(metrics.routes, metrics)) as client:
        page = client.get("/metrics").text
    await database.close()
    assert 'drumbeat_outbox_rows{state="ready"} 2.0' in page
    assert "drumbeat_outbox_due_rows 1.0" in page
    assert "drumbeat_outbox_lateness_seconds 120.0" in page
    assert 'drumbeat_messages_total{happening="sent",lane="public"} 2.0' in page
    assert 'drumbeat_message_lag_seconds_bucket{lane="public",le="0.05"} 1.0' in page
    assert 'drumbeat_message_lag_seconds_bucket{lane="public",le="0.5"} 2.0' in page
    assert "drumbeat_outbox_doubtful_rows 0.0" in page
    assert "drumbeat_halted_campaigns 1.0" in page
    assert 'drumbeat_messages_total{happening="paused",lane="nudge"} 1.0' in page
    assert 'drumbeat_interaction_seconds_count{kind="command",platform="slack"} 1.0' in page
    assert SECRET not in page


async def test_what_has_not_happened_yet_is_told_too_so_that_its_first_time_is_noticed(database: Database) -> None:
    metrics = Metrics(database, HandClock(), ["failed"])
    with TestClient(application(metrics.routes, metrics)) as client:
        page = client.get("/metrics").text
    await database.close()
    assert 'drumbeat_messages_total{happening="failed",lane="nudge"} 0.0' in page
    assert 'drumbeat_message_lag_seconds_count{lane="answer"} 0.0' in page


async def test_the_outbox_is_counted_now_and_then_however_often_somebody_asks(database: Database) -> None:
    clock = HandClock()
    metrics = Metrics(database, clock)

    async def halted(client: TestClient, name: str) -> bool:
        await database.run(lambda connection: outbox.halt(connection, name, clock.at))
        return "drumbeat_halted_campaigns 1.0" not in client.get("/metrics").text

    with TestClient(application(metrics.routes, metrics)) as client:
        assert not await halted(client, "first")
        clock.move(seconds=COUNTED - 1)
        assert not await halted(client, "second")
        clock.move(seconds=1)
        assert await halted(client, "third")
    await database.close()


@pytest.mark.parametrize("address", ["/privacy", "/terms"])
def test_the_pages_an_app_listing_points_to_are_there_in_both_languages(client: TestClient, address: str) -> None:
    english = client.get(address, headers={"accept-language": "en-GB,en;q=0.9"})
    german = client.get(address, headers={"accept-language": "de-AT,de;q=0.9,en;q=0.8"})
    assert (english.status_code, german.status_code) == (200, 200)
    assert '<html lang="en">' in english.text
    assert '<html lang="de">' in german.text
    assert english.text != german.text.replace('lang="de"', 'lang="en"')

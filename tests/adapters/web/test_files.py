"""Downloads as a browser sees them: saved under their name, kept nowhere, and a sentence where there is none."""

from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from adapters.web import files
from adapters.web.app import application
from adapters.web.metrics import Metrics
from bot.core.database import open_database
from bot.core.errors import Refused
from bot.core.links import File
from bot.core.rich import plain
from tests.bot.stage import HandClock


async def fetch(token: str) -> File | None:
    """What lies behind a few tokens."""
    if token == "refused":
        refusal = Refused(plain("Nur für <dich>."))
        refusal.locale = "de"
        raise refusal
    if token == "broken":
        raise RuntimeError(token)
    found = {
        "table": File("Mittag & mehr.csv", "text/csv", b"a\r\n"),
        "picture": File("Où déjeuner ? 東京.png", "image/png", b"\x89PNG"),
        "trick": File('a"; filename="b.exe\r\nset-cookie: x=1', "text/html", b"<script>"),
    }
    return found.get(token)


@pytest.fixture
def metrics(sqlite_url: str) -> Metrics:
    return Metrics(open_database(sqlite_url), HandClock())


@pytest.fixture
def client(metrics: Metrics) -> Iterator[TestClient]:
    with TestClient(application(files.routes(fetch), metrics), raise_server_exceptions=False) as client:
        yield client


def test_a_file_is_saved_under_its_name_and_kept_nowhere_else(client: TestClient) -> None:
    answer = client.get("/files/table")
    assert (answer.status_code, answer.content) == (200, b"a\r\n")
    headers = answer.headers
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == (
        "attachment; filename=\"Mittag & mehr.csv\"; filename*=UTF-8''Mittag%20%26%20mehr.csv"
    )
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_name_may_be_in_any_script(client: TestClient) -> None:
    said = client.get("/files/picture").headers["content-disposition"]
    assert 'filename="O_ d_jeuner _ __.png"' in said
    assert "filename*=UTF-8''O%C3%B9%20d%C3%A9jeuner%20_%20%E6%9D%B1%E4%BA%AC.png" in said


def test_a_name_cannot_end_its_own_header(client: TestClient) -> None:
    headers = client.get("/files/trick").headers
    assert "set-cookie" not in headers
    assert headers["content-disposition"].startswith('attachment; filename="a_; filename=_b.exe__set-cookie_ x=1";')


def test_a_link_that_has_ended_says_so_in_the_browsers_language(client: TestClient) -> None:
    english = client.get("/files/ended")
    german = client.get("/files/ended", headers={"accept-language": "de-AT,de;q=0.9"})
    assert (english.status_code, german.status_code) == (404, 404)
    assert "Ask for a new one" in english.text
    assert '<html lang="de">' in german.text
    assert "Ask for a new one" not in german.text


def test_whoever_may_not_have_it_any_more_is_told_why(client: TestClient) -> None:
    answer = client.get("/files/refused")
    assert answer.status_code == 403
    assert "Nur für &lt;dich&gt;." in answer.text
    assert '<html lang="de">' in answer.text


def test_a_token_reaches_neither_the_log_nor_the_figures(client: TestClient, metrics: Metrics) -> None:
    with capture_logs() as lines:
        assert client.get("/files/broken").status_code == 500
    assert [(line["event"], line["route"]) for line in lines] == [("request_failed", "files")]
    figures = generate_latest(metrics.registry).decode()
    assert 'door="files",status="500"' in figures
    assert "broken" not in figures

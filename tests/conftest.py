"""What every test can ask for: a database of either kind, a browser, and a Slack."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, Error, Page, Route, async_playwright

from bot.core.database import metadata
from bot.features import features
from tests.parts import chromium as browser
from tests.parts import emulate, memory, postgres
from tests.parts.emulate import Slack

LOOPBACK = (
    "http://127.0.0.1:",
    "http://localhost:",
    "ws://127.0.0.1:",
    "ws://localhost:",
    "data:",
    "blob:",
    "about:",
)


def pytest_configure() -> None:
    """Have `tmp_path` lie where files are made fastest; whoever wants it elsewhere sets the same variable."""
    if memory.roomy():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory.briskest()))


def pytest_collection_finish() -> None:
    """What is loaded now stays; a collector that walks over it again and again takes a fifteenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Give a PostgreSQL server that lasts as long as the run."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.running(under=memory.briskest()) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """Give the address of a fresh, empty PostgreSQL database."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'drumbeat.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a fresh, empty database; the test runs once for each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "drumbeat.sqlite"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_house(postgres_server: postgres.Server) -> str:
    url = postgres_server.url(postgres_server.create())
    _make_tables(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def house_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database with every table, made once for the whole run."""
    if request.param == "sqlite":
        path = tmp_path / "house.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_house_url")
    return url


@pytest.fixture
def postgres_house_url(_postgres_house: str) -> str:
    """Give the address of an empty PostgreSQL database with every table: for what only several writers can meet."""
    _empty(_postgres_house)
    return _postgres_house


def _empty(url: str) -> None:
    """Forty times faster than a new database with so many files."""
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    tables = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    sequences = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("; ".join([others, *tables, sequences]).encode())


def _make_tables(url: str) -> None:
    features()  # they declare the tables
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Give a browser that lasts as long as the run; a test opens a context of its own in it."""
    async with async_playwright() as playwright:
        try:
            started = await browser.launch(playwright)
        except Error as error:
            pytest.skip(f"no browser to test with: {error.message}")
        yield started
        await started.close()


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """Give an empty page that reaches nothing beyond this machine."""
    context = await chromium.new_context()
    await context.route(lambda url: not url.startswith(LOOPBACK), _refuse)
    yield await context.new_page()
    await context.close()


@pytest.fixture(scope="session")
async def slack_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Slack]:
    """Give a Slack that lasts as long as the run."""
    if reason := emulate.missing():
        pytest.skip(reason)
    async with emulate.slack(tmp_path_factory.mktemp("slack")) as world:
        yield world


@pytest.fixture
def slack(slack_server: Slack) -> Iterator[Slack]:
    """Give that Slack with an empty ledger; what was posted there before stays. Every call must be in its reference."""
    slack_server.forget()
    yield slack_server
    unknown = slack_server.unknown()
    slack_server.forget()
    assert not unknown


async def _refuse(route: Route) -> None:
    await route.abort()

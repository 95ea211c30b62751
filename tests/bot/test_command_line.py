"""The command line as an admin meets it: real processes in a folder of their own."""

import asyncio
import json
import re
import signal
import sqlite3
import zipfile
from functools import partial
from pathlib import Path

import httpx2
import psutil

from bot import migrations
from bot.core.database import Connection, open_database
from bot.core.directory import store as directory
from bot.core.people import Profile
from bot.features import features
from tests.bot.command import COMMAND, KEY, Run, Serving, environment, until_ready
from tests.contracts.outage import away
from tests.parts import postgres, process

TOKEN = "WzEsMl0.a-token-that-nobody-signed"


def test_a_missing_setting_stops_the_start_with_one_sentence(run: Run) -> None:
    ended = run("serve")
    assert ended.returncode == 2
    assert ended.stderr.startswith("drumbeat: DRUMBEAT_SECRET_KEY is missing")
    assert ended.stderr.count("\n") == 1


def test_a_taken_port_is_one_sentence(run: Run, serving: Serving) -> None:
    _, address = serving("serve")
    ended = run("serve", DRUMBEAT_SECRET_KEY=KEY, DRUMBEAT_PORT=address.rpartition(":")[2])
    assert ended.returncode == 2
    port = address.rpartition(":")[2]
    assert ended.stderr == f"drumbeat: Port {port} is taken. Name a free one with DRUMBEAT_PORT.\n"


def test_serve_gets_ready_and_ends_cleanly_when_told(serving: Serving, tmp_path: Path) -> None:
    program, address = serving("serve")
    until_ready(program, address)
    assert httpx2.get(f"{address}/healthz").json() == {"status": "alive"}
    assert "drumbeat_outbox_rows" in httpx2.get(f"{address}/metrics").text
    no_file(address)
    program.end()
    assert program.popen.returncode == 0
    lines = [json.loads(line) for line in program.said().splitlines()]
    assert {line["level"] for line in lines} <= {"info", "warning"}
    assert KEY not in program.said()
    assert TOKEN not in program.said()
    assert (tmp_path / "data" / "drumbeat.sqlite").exists()
    assert not (tmp_path / "data" / "drumbeat.sqlite-wal").exists()


def test_the_idle_process_stays_small(serving: Serving) -> None:
    program, address = serving(
        "serve",
        DRUMBEAT_TEAMS_ANONYMOUS="1",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_SIGNING_SECRET="signing",
        SLACK_API_URL="http://127.0.0.1:9/api/",
    )
    until_ready(program, address)
    assert psutil.Process(program.pid).memory_info().rss < 150 * 1024 * 1024


def test_the_demo_opens_the_sandbox_and_leaves_nothing(serving: Serving, tmp_path: Path) -> None:
    program, address = serving("demo")
    until_ready(program, address)
    assert f"{address}/sandbox/" in program.said()
    page = httpx2.get(address, follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == "/sandbox/"
    no_file(address)
    with httpx2.stream("GET", f"{address}/sandbox/live", params={"as": "nobody"}) as refused:
        assert refused.status_code == 400
    program.end(by=signal.SIGINT)
    assert program.popen.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def no_file(address: str) -> None:
    """The door to downloads is there, and knows a forged token."""
    answer = httpx2.get(f"{address}/files/{TOKEN}")
    assert answer.status_code == 404
    assert "Ask for a new one" in answer.text


def test_the_demo_takes_another_port_where_its_own_is_taken(tmp_path: Path) -> None:
    program = process.start([*COMMAND, "demo"], log=tmp_path / "log", cwd=tmp_path, env=environment())
    other = process.start([*COMMAND, "demo"], log=tmp_path / "other", cwd=tmp_path, env=environment())
    for each in (program, other):
        each.wait_until(partial(_answers_where_it_says, each), "answers where it says it is")
    assert program.said() != other.said()
    assert "DRUMBEAT_PORT=" in program.said() + other.said()
    for each in (program, other):
        each.end(by=signal.SIGINT)
        assert each.popen.returncode == 0


def test_a_database_from_a_newer_version_keeps_it_from_getting_ready(
    run: Run, serving: Serving, tmp_path: Path
) -> None:
    assert run("migrate").returncode == 0
    with sqlite3.connect(tmp_path / "data" / "drumbeat.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE schema_compatibility SET min_compatible = '9999'")
    connection.close()
    assert "newer version" in run("migrate").stderr
    assert "newer version" in run("doctor").stdout
    _, address = serving("serve")
    answer = httpx2.get(f"{address}/readyz")
    assert answer.status_code == 503
    assert "newer version" in answer.json()["reasons"]["start"]
    assert httpx2.get(f"{address}/healthz").status_code == 200


def test_a_database_that_is_away_keeps_it_from_being_ready_until_it_comes_back(
    serving: Serving, postgres_url: str, postgres_server: postgres.Server
) -> None:
    with away(postgres_url, postgres_server):
        program, address = serving("serve", DRUMBEAT_DATABASE_URL=postgres_url)
        reasons = httpx2.get(f"{address}/readyz").json()["reasons"]
        assert reasons["start"] == "The start is not finished."
        assert "database" in reasons
        assert httpx2.get(f"{address}/healthz").status_code == 200
    until_ready(program, address)
    with away(postgres_url, postgres_server):
        answer = httpx2.get(f"{address}/readyz")
        assert answer.status_code == 503
        assert "database" in answer.json()["reasons"]
    until_ready(program, address)
    program.end(seconds=20)
    assert program.popen.returncode == 0


def test_migrate_says_where_the_database_is(run: Run) -> None:
    ended = run("migrate")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"The database is at {migrations.head()}.\n"


def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(run: Run) -> None:
    ended = run("migrate", DRUMBEAT_DATABASE_URL="postgresql://drumbeat:geheim@127.0.0.1:9/drumbeat")
    assert ended.returncode == 2
    assert ended.stderr.startswith("drumbeat: The database of DRUMBEAT_DATABASE_URL cannot be reached")
    assert ended.stderr.count("\n") == 1
    assert "geheim" not in ended.stderr


def test_settings_lists_every_one_and_hides_secrets(run: Run) -> None:
    ended = run("settings", DRUMBEAT_SECRET_KEY=KEY, DRUMBEAT_PORT="9000")
    assert "DRUMBEAT_DATABASE_URL" in ended.stdout
    assert "set to ********" in ended.stdout
    assert "set to 9000" in ended.stdout
    assert "not set, so 127.0.0.1" in ended.stdout
    assert KEY not in ended.stdout


def test_a_secret_is_long_and_never_the_same(run: Run) -> None:
    first, second = (run("secret").stdout.strip() for _ in range(2))
    assert first != second
    assert len(first) >= 40


def test_roles_are_given_listed_and_taken(run: Run, tmp_path: Path) -> None:
    run("migrate")
    asyncio.run(_somebody(f"sqlite:///{tmp_path}/data/drumbeat.sqlite"))
    assert "Nobody" in run("role", "list").stdout
    assert run("role", "add", "slack", "U1", "communicator").stdout == "Ada: communicator\n"
    assert run("role", "add", "slack", "Ada@Example.com", "leader").stdout == "Ada: communicator, leader\n"
    assert run("role", "list").stdout == "slack  U1  Ada  communicator, leader\n"
    with sqlite3.connect(tmp_path / "data/drumbeat.sqlite") as connection:
        assert connection.execute("SELECT name FROM cadences").fetchall() == [("rhythm:leader:1",)]
    assert run("role", "add", "slack", "U1", "leader").stdout == "Ada: communicator, leader\n"
    with sqlite3.connect(tmp_path / "data/drumbeat.sqlite") as connection:
        told = connection.execute("SELECT count(*) FROM outbox WHERE drawing = 'rhythm.appointed'").fetchone()
    assert told == (1,)
    assert run("role", "remove", "slack", "U1", "communicator").stdout == "Ada: leader\n"


def test_a_role_for_somebody_unknown_is_one_sentence(run: Run) -> None:
    ended = run("role", "add", "slack", "U404", "leader")
    assert ended.returncode == 2
    assert (
        ended.stderr == "drumbeat: Nobody on slack has the account or e-mail address U404, as far as Drumbeat knows.\n"
    )


def test_the_doctor_says_what_is_missing_without_touching_a_network(run: Run) -> None:
    ended = run("doctor")
    assert ended.returncode == 1
    assert "DRUMBEAT_SECRET_KEY is missing" in ended.stdout
    assert "The database is empty" in ended.stdout
    assert "No chat is connected" in ended.stdout
    assert ended.stderr == ""


def test_two_workspaces_are_joined_once_it_is_said_twice(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'drumbeat.sqlite'}"
    for platform in ("slack", "teams"):
        run("role", "list")
        asyncio.run(_somebody(url, platform))
    asked = run("join", "slack:T1", "teams:T1")
    assert asked.stdout == (
        "1 person with the same verified e-mail address in both would become one. "
        "Nobody can undo it: add --yes to do it.\n"
    )
    assert run("join", "slack:T1", "teams:T1").stdout == asked.stdout
    done = run("join", "slack:T1", "teams:T1", "--yes")
    assert "slack:T1 and teams:T1 are one organisation now; 1 person" in done.stdout
    assert (
        run("join", "teams:T1", "slack:T1", "--yes").stdout == "teams:T1 and slack:T1 are one organisation already.\n"
    )


def test_a_workspace_that_nobody_knows_is_one_sentence(run: Run, tmp_path: Path) -> None:
    assert "Those that Drumbeat knows: none." in run("join", "slack:T1", "teams:T1").stderr
    asyncio.run(_somebody(f"sqlite:///{tmp_path / 'data' / 'drumbeat.sqlite'}"))
    ended = run("join", "slack:T1", "contoso")
    assert ended.returncode == 2
    assert ended.stderr == "drumbeat: There is no workspace contoso. Those that Drumbeat knows: slack:T1.\n"


def test_the_doctor_names_a_role_that_does_not_go_with_the_database(run: Run) -> None:
    assert "missing  The role web needs PostgreSQL" in run("doctor", DRUMBEAT_ROLE="web").stdout


def test_the_doctor_says_what_it_could_not_check(run: Run) -> None:
    ended = run(
        "doctor",
        DRUMBEAT_SECRET_KEY="short",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:9/api/",
    )
    assert ended.returncode == 1
    assert "http://127.0.0.1:9/api/ cannot be reached" in ended.stdout
    assert "DRUMBEAT_SECRET_KEY is short" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_the_doctor_is_content_with_an_anonymous_teams_that_wrote(run: Run, tmp_path: Path) -> None:
    run("migrate")
    asyncio.run(_somebody(f"sqlite:///{tmp_path}/data/drumbeat.sqlite", "teams"))
    ended = run("doctor", DRUMBEAT_SECRET_KEY=KEY, DRUMBEAT_TEAMS_ANONYMOUS="1")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "better" in ended.stdout
    assert "no channel for introductions" in ended.stdout
    assert ended.stdout.endswith("Drumbeat has everything it needs.\n")


def test_the_teams_package_is_made_from_the_settings(run: Run, tmp_path: Path) -> None:
    app = {"MICROSOFT_APP_ID": "11111111-1111-1111-1111-111111111111", "MICROSOFT_APP_PASSWORD": "x"}
    assert "DRUMBEAT_PUBLIC_URL" in run("teams", "package", **app).stderr
    assert "MICROSOFT_APP_ID" in run("teams", "package").stderr
    ended = run("teams", "package", "--to", "app.zip", DRUMBEAT_PUBLIC_URL="https://drumbeat.example.com", **app)
    assert (ended.returncode, ended.stdout) == (0, "app.zip\n")
    assert "manifest.json" in zipfile.ZipFile(tmp_path / "app.zip").namelist()


def _answers_where_it_says(program: process.Program) -> bool:
    """Once it answers, it ends in order when told to; before that, as any program does."""
    found = re.search(r"http://\S+/sandbox/", program.said())
    return found is not None and httpx2.get(found[0], timeout=20).is_success


async def _somebody(url: str, platform: str = "slack") -> None:
    features()
    database = open_database(url)

    def learn(connection: Connection) -> None:
        workspace = directory.workspace(connection, platform, "T1")
        directory.learn(connection, workspace, Profile(account="U1", name="Ada", email="ada@example.com"))

    await database.run(learn)
    await database.close()

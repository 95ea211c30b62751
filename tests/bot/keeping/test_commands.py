"""Back-up, restore and move as an admin types them: real processes, a real `drumbeat serve`, and PostgreSQL's own."""

import asyncio
import re
import shlex
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from bot import migrations
from bot.keeping.commands import DUMP, LOAD
from tests.bot.command import ROOT, Run, Serving, until_ready
from tests.bot.keeping import house
from tests.parts import postgres

DOCS = (ROOT / "docs" / "running.md").read_text()


def libpq(url: str) -> str:
    """An address as PostgreSQL's programs take it."""
    return url.replace("postgresql+psycopg", "postgresql")


def test_a_backup_while_drumbeat_serves_is_told_and_restored_when_it_has_stopped(
    run: Run, serving: Serving, tmp_path: Path
) -> None:
    program, address = serving("serve")
    until_ready(program, address)
    made = run("backup")
    assert (made.returncode, made.stderr) == (0, "")
    file = made.stdout.partition(":")[0]
    assert re.fullmatch(r"data/drumbeat-\d{8}T\d{6}Z\.sqlite", file)
    refused = run("restore", file)
    assert refused.returncode == 2
    assert refused.stderr.startswith("drumbeat: data/drumbeat.sqlite is in use: stop Drumbeat first")
    assert httpx2.get(f"{address}/readyz").status_code == 200
    program.end()
    with closing(sqlite3.connect(tmp_path / "data/drumbeat.sqlite")) as connection, connection:
        connection.execute("INSERT INTO organisations (name) VALUES ('since')")
    restored = run("restore", file)
    assert (restored.returncode, restored.stderr) == (0, "")
    kept, said, aftermath = restored.stdout.splitlines()
    assert kept.startswith("What was there is kept: data/drumbeat-before-restore-")
    assert said == f"data/drumbeat.sqlite is what {file} holds."
    assert "Cancelled (`restored` in the outbox): 0." in aftermath
    with closing(sqlite3.connect(tmp_path / "data/drumbeat.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM organisations").fetchone() == (0,)
    program, address = serving("serve")
    until_ready(program, address)


def test_a_move_prints_what_to_set_and_the_new_house_serves(
    run: Run, serving: Serving, tmp_path: Path, postgres_url: str
) -> None:
    run("migrate")
    moved = run("move", postgres_url)
    assert (moved.returncode, moved.stderr) == (0, "")
    lines = moved.stdout.splitlines()
    assert lines[0].split() == ["table", "old", "new", "checksum"]
    assert lines[-1] == f"DRUMBEAT_DATABASE_URL={postgres_url}"
    assert all(line.endswith(" same") for line in lines[1:-3])
    refused = run("migrate")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("drumbeat: This database was moved: set DRUMBEAT_DATABASE_URL")
    assert "This database was moved" in run("doctor").stdout
    program, address = serving("serve")
    answer = httpx2.get(f"{address}/readyz")
    assert "This database was moved" in answer.json()["reasons"]["start"]
    program.end()
    program, address = serving("serve", DRUMBEAT_DATABASE_URL=postgres_url)
    until_ready(program, address)
    busy = run("move", f"sqlite:///{tmp_path}/back.sqlite", DRUMBEAT_DATABASE_URL=postgres_url)
    assert busy.returncode == 2
    assert "is in use: stop every Drumbeat on it first" in busy.stderr


def test_a_move_into_something_else_is_one_sentence(run: Run) -> None:
    run("migrate")
    ended = run("move", "mysql://somewhere")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    ended = run("move", "postgresql://drumbeat:geheim@127.0.0.1:9/drumbeat")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "cannot be reached" in ended.stderr
    assert "geheim" not in ended.stderr


def test_a_difference_in_the_end_is_exit_status_1(run: Run, tmp_path: Path, postgres_url: str) -> None:
    url = f"sqlite:///{tmp_path}/data/drumbeat.sqlite"
    asyncio.run(house.build(url, count=3))
    asyncio.run(house.half(url, postgres_url))
    asyncio.run(house.rename_somebody(postgres_url))
    ended = run("move", postgres_url)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert re.search(r"^people +3 +3 +DIFFERS$", ended.stdout, re.MULTILINE)
    assert ended.stdout.splitlines()[-1].startswith("Not the same: people.")


def test_postgresql_is_told_its_own_lines(run: Run, postgres_url: str) -> None:
    ended = run("backup", DRUMBEAT_DATABASE_URL=postgres_url)
    assert (ended.returncode, ended.stderr) == (2, f"drumbeat: PostgreSQL has a back-up of its own: `{DUMP}`.\n")
    ended = run("restore", "x", DRUMBEAT_DATABASE_URL=postgres_url)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert LOAD in ended.stderr


@pytest.mark.parametrize("line", [DUMP, LOAD])
def test_the_lines_for_postgresql_are_in_the_docs(line: str) -> None:
    assert f"\n{line}\n" in DOCS


def test_the_lines_for_postgresql_back_it_up_and_restore_it(
    run: Run, tmp_path: Path, postgres_url: str, postgres_server: postgres.Server
) -> None:
    asyncio.run(house.build(postgres_url, count=3))
    there = asyncio.run(house.contents(postgres_url))
    name = postgres_server.create()
    again = postgres_server.url(name)
    for line, url in ((DUMP, postgres_url), (LOAD, again)):
        _do(line.replace("postgresql://USER@HOST/NAME", shlex.quote(libpq(url))), tmp_path)
    ended = run("restore", "--after-pg-restore", "--send-missed", DRUMBEAT_DATABASE_URL=again)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("What has fallen due since the back-up is sent when Drumbeat starts")
    assert asyncio.run(house.contents(again)) == there
    assert run("migrate", DRUMBEAT_DATABASE_URL=again).stdout == f"The database is at {migrations.head()}.\n"
    postgres_server.drop(name)


def _do(line: str, folder: Path) -> None:
    """Run a line of PostgreSQL's own programs."""
    package = postgres._package()
    assert package is not None
    name, *words = shlex.split(line)
    command = [str(package / postgres.VERSION / "bin" / name), *words]
    ended = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr

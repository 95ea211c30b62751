"""What a replica of `drumbeat serve` costs while there is nothing to do: its share of a core, and its queries.

PostgreSQL itself writes down every statement it is sent (`log_statement = all`). Those that only begin and end
transactions are counted apart.
"""

import re
import secrets
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import sqlalchemy as sa

from benchmarks import serving, slack
from benchmarks.verdict import Verdict
from tests.parts import postgres

BUSY: Final = 0.01
QUERIES: Final = 2.0
PEOPLE: Final = 1_000
STATEMENT: Final = re.compile(r"LOG:  (?:statement|execute [^:]+): (\w+)")
FRAMES: Final = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET"})


@dataclass(frozen=True)
class Cost:
    """The share of a core, queries a second, and statements a second that only frame transactions."""

    busy: float
    queries: float = 0.0
    frames: float = 0.0


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """One after the other, when what a start sets off has been done."""
    settle, look = (1.0, 2.0) if small else (15.0, 60.0)
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        place = Path(folder)
        embedded = _measure(place, serving.sqlite(place), settle, look)
        url = server.url(server.create())
        _log_everything(url)
        served = _measure(place, url, settle, look, server.folder / "log")
    print(f"  PostgreSQL: {served.frames:.2f} statements/s that begin or end transactions")
    return Verdict(
        f"SQLite {embedded.busy:.2%} of a core; PostgreSQL {served.busy:.2%} and {served.queries:.2f} queries/s",
        f"under {BUSY:.0%} of a core and at most {QUERIES:.0f} queries/s",
        embedded.busy < BUSY and served.busy < BUSY and served.queries <= QUERIES,
    )


def _measure(place: Path, url: str, settle: float, look: float, log: Path | None = None) -> Cost:
    settings = {
        "DRUMBEAT_DATABASE_URL": url,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
    }
    with ExitStack() as stack:
        stub = stack.enter_context(slack.serving(place, people=PEOPLE))
        program = stack.enter_context(serving.serve(place, serving.environment(place, stub, settings)))
        serving.wait(lambda: serving.count(url, "accounts") >= PEOPLE, "the directory is learnt")
        time.sleep(settle)
        process = psutil.Process(program.pid)
        before, read = sum(process.cpu_times()[:2]), log.stat().st_size if log else 0
        time.sleep(look)
        after = sum(process.cpu_times()[:2])
        words = _statements(log, read) if log else []
    framing = sum(word in FRAMES for word in words)
    return Cost((after - before) / look, (len(words) - framing) / look, framing / look)


def _log_everything(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("ALTER SYSTEM SET log_statement = 'all'"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))


def _statements(log: Path, begin: int) -> list[str]:
    """The first word of each statement that the server was sent since its log was `begin` bytes long."""
    with log.open("rb") as lines:
        lines.seek(begin)
        return STATEMENT.findall(lines.read().decode(errors="replace"))

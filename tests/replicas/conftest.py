import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import process
from tests.replicas.fleet import Fleet
from tests.replicas.slack import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Give a Slack with an empty ledger."""
    port = process.free_port()
    command = [sys.executable, "-m", "tests.replicas.slack", str(port)]
    with process.running(command, log=tmp_path / "slack", port=port):
        yield Ledger(port)


@pytest.fixture
def fleet(tmp_path: Path, postgres_url: str, ledger: Ledger) -> Iterator[Fleet]:
    """Give a place to start replicas on an empty PostgreSQL."""
    fleet = Fleet(tmp_path, postgres_url, ledger)
    yield fleet
    fleet.end()

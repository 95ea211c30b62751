"""Alive and ready are two questions, and a no says why."""

import asyncio
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.web import health
from adapters.web.health import Probe


def ask(probes: Mapping[str, Probe], path: str = "/readyz") -> tuple[int, object]:
    with TestClient(Starlette(routes=health.routes(probes))) as client:
        answer = client.get(path)
        return answer.status_code, answer.json()


async def well() -> str:
    return ""


async def ill() -> str:
    return "It is at 0001, not at 0002."


async def broken() -> str:
    raise ConnectionError("drumbeat:geheim@db")


async def stuck() -> str:
    await asyncio.sleep(60)
    return ""


def test_ready_means_that_every_probe_is_well() -> None:
    assert ask({"database": well, "dispatcher": well}) == (200, {"status": "ready"})


def test_not_ready_names_what_is_wrong_and_only_that() -> None:
    status, told = ask({"database": well, "migrations": ill})
    assert status == 503
    assert told == {"status": "not ready", "reasons": {"migrations": "It is at 0001, not at 0002."}}


def test_a_probe_that_breaks_tells_no_more_than_its_kind() -> None:
    status, told = ask({"database": broken})
    assert status == 503
    assert told == {"status": "not ready", "reasons": {"database": "It cannot be reached (ConnectionError)."}}


def test_a_probe_that_hangs_does_not_hang_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    status, told = ask({"database": stuck, "dispatcher": well})
    assert status == 503
    assert "database" in str(told)
    assert "dispatcher" not in str(told)


def test_being_alive_asks_nobody() -> None:
    assert ask({"database": broken}, "/healthz") == (200, {"status": "alive"})

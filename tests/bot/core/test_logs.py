"""What must never be seen in a log, however it got there."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.core.logs import HIDDEN, configure_logs

KEY = "a-secret-key-that-is-known"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    configure_logs(stream=stream, known=[KEY, ""])
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_is_json_with_its_time_level_and_facts(log: io.StringIO) -> None:
    structlog.get_logger("here").info("sent", workspace=7, lane="nudge")
    (line,) = lines(log)
    assert (line["event"], line["level"], line["workspace"], line["lane"]) == ("sent", "info", 7, "nudge")
    assert line["timestamp"].endswith("Z")


def test_libraries_write_the_same_lines(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("slow: %s s", 3)
    (line,) = lines(log)
    assert (line["event"], line["level"], line["logger"]) == ("slow: 3 s", "warning", "some.library")


def test_words_votes_and_secrets_are_hidden_by_their_names(log: io.StringIO) -> None:
    structlog.get_logger().info("got", text="hello", choices=[1], token="t", inner={"email": "a@b.c", "kind": "x"})
    (line,) = lines(log)
    assert (line["text"], line["choices"], line["token"]) == (HIDDEN, HIDDEN, HIDDEN)
    assert line["inner"] == {"email": HIDDEN, "kind": "x"}


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abcDEF",
        "xapp-1-A1-2-3abc",
        "xoxe.xoxp-1-abc",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
        "Bearer abc.def",
        "https://hooks.slack.com/actions/T1/2/abc",
        KEY,
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(log: io.StringIO, secret: str) -> None:
    logger = structlog.get_logger()
    logger.info("it said %s once", secret, place=secret, many=[secret, (secret, {"k": secret})])
    try:
        int(secret)
    except ValueError:
        logger.exception("broke")
    logging.getLogger("library").error("it said %s", secret)
    assert len(lines(log)) == 3
    assert secret.removeprefix("Bearer ") not in log.getvalue()


def test_an_address_loses_its_password_and_our_links_their_token(log: io.StringIO) -> None:
    structlog.get_logger().info(
        "a", at="postgresql://drumbeat:geheim@db/x", links=["https://d.example/calendar/abc.def.ics", "/files/g-h.i_j"]
    )
    assert "geheim" not in log.getvalue()
    assert "abc.def" not in log.getvalue()
    assert "g-h.i_j" not in log.getvalue()
    assert "@db/x" in log.getvalue()


def test_an_exception_tells_where_and_never_what_it_says(log: io.StringIO) -> None:
    def asks(words: str) -> None:
        try:
            int(words)
        except ValueError as error:
            raise LookupError(words) from error

    try:
        asks("their very words".upper())
    except LookupError:
        structlog.get_logger().exception("broke")
        logging.getLogger("library").exception("broke, too")
    ours, theirs = lines(log)
    assert ours["exception"].startswith("ValueError\n")
    assert "LookupError\n" in ours["exception"]
    assert "in asks: int(words)" in ours["exception"]
    assert theirs["exception"] == ours["exception"]
    assert "THEIR VERY WORDS" not in log.getvalue()

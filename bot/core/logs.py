"""How the program writes its log: JSON lines, or readable ones on a terminal, and never a secret or anybody's words.

What must not be logged is not handed to the log in the first place. The redaction here is the last line of defence,
for what libraries say and for what stands in a traceback.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

HIDDEN: Final = "[hidden]"

PRIVATE: Final = frozenset(
    {
        *("answer", "answers", "arguments", "authorization", "blocks", "body", "choice", "choices", "client_secret"),
        *("cookie", "cookies", "email", "facts", "headers", "message", "options", "params", "parameters", "password"),
        *("payload", "question", "reason_text", "secret", "sql", "statement", "text", "token", "value", "values"),
        *("vote", "votes"),
    }
)
"""Keys whose values are people's words, votes or secrets, whatever they hold."""

_SECRETS: Final = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+"  # Slack's tokens
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON web tokens, which Teams sends
    r"|(?i:bearer)\s+\S+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # name and password in an address
    r"|hooks\.slack\.com/\S+"  # a response_url lets anybody answer
    r"|(?:(?<=/calendar/)|(?<=/files/))[\w.~-]+|(?<=[?&]token=)[^&\s]+"  # our own signed links
)


def configure_logs(*, known: Iterable[str] = (), level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Send what we and the libraries log to `stream`, from `level`. `known` are secrets to look for literally."""
    readable = stream.isatty()
    redact = Redaction(known)
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_words, redact, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in (
        "alembic",
        "apscheduler",
        "httpx",
        "httpx2",
        "slack_bolt",
        "slack_sdk",
        "uvicorn",
        "botbuilder",
        "asyncio",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An exception as its kinds and where it came from: its own words may be a person's, or hold a row's values."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
    yield type(error).__qualname__
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"


class Redaction:
    """Hides private keys, and whatever looks like a secret in any text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        literal = [re.escape(secret) for secret in known if len(secret) >= _SHORTEST]
        self._secrets = re.compile("|".join([*literal, _SECRETS.pattern]))

    def __call__(self, _logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        """The event without what must not be seen."""
        return {key: HIDDEN if key in PRIVATE else self._clean(value) for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if isinstance(value, str):
            return self._secrets.sub(HIDDEN, value)
        if isinstance(value, dict):
            return {key: HIDDEN if key in PRIVATE else self._clean(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(each) for each in value]
        return value


_SHORTEST: Final = 8

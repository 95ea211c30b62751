"""What a pretend platform took and answered, an entry a happening, in a file that only its own process writes."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One happening, at an instant of the machine's clock.

    `what` is `arrived`, `accepted` (the message is there for everybody), `left` (the call is over, nothing more can
    come of it) or `strange` (a call no client of ours should make). `call` numbers the calls, `mark` is the message's
    own sign, `key` what travelled with it, `state` the state of its subject that it shows, `fate` what befell the call.
    """

    at: str
    what: str
    call: int
    verb: str
    mark: str = ""
    key: str = ""
    place: str = ""
    message: str = ""
    state: int = 0
    fate: str = ""

    @property
    def instant(self) -> datetime:
        """When it happened."""
        return datetime.fromisoformat(self.at)


class Ledger:
    """Appends entries; each is in the file's kernel buffers before anybody is answered."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, what: str, call: int, verb: str, **facts: Any) -> None:  # noqa: ANN401 -- fields of an entry
        """Append what has just happened."""
        entry = Entry(at=datetime.now(UTC).isoformat(), what=what, call=call, verb=verb, **facts)
        os.write(self._file, json.dumps(asdict(entry)).encode() + b"\n")


def read(lines: Iterable[str]) -> list[Entry]:
    """The entries of a ledger's file."""
    return [Entry(**json.loads(line)) for line in lines]

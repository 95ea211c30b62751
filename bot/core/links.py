"""Private downloads: signed links for one person each, which end by themselves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

PATH: Final = "/files/"
"""Where files are fetched, below our address; a token follows."""

LIVES: Final = timedelta(minutes=30)
"""Long enough to find the message again, too short for a link to wander."""


@dataclass(frozen=True, slots=True)
class File:
    """What is downloaded: its `name` with the ending, in any script, and its media type, such as `text/csv`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link asks for: the file at an address (`feature.name`), for one person of one workspace (our own ids)."""

    workspace: int
    person: int
    address: str
    arguments: Mapping[str, str] = field(default_factory=dict)


class Links:
    """Makes and reads links.

    `address` is where browsers find us, without a slash at the end. Of several `secret_keys`, with commas between, the
    first one signs and all are accepted, as `DRUMBEAT_SECRET_KEY` has it.
    """

    def __init__(self, address: str, secret_keys: str) -> None:
        keys = [key for key in map(str.strip, secret_keys.split(",")) if key]
        if not keys:
            raise ValueError("An empty key signs nothing.")
        self._address = address
        self._signer = URLSafeSerializer(keys[::-1], salt="files", signer_kwargs={"digest_method": hashlib.sha256})

    def url(self, wanted: Wanted, now: datetime, lives: timedelta = LIVES) -> str:
        """The address of a file, good for `lives` from `now` on. Whoever has it can fetch the file."""
        until = int((now + lives).timestamp())
        token = self._signer.dumps([wanted.workspace, wanted.person, wanted.address, dict(wanted.arguments), until])
        return f"{self._address}{PATH}{token}"

    def read(self, token: str, now: datetime) -> Wanted | None:
        """What a token asks for; None if it is not ours, or too old."""
        try:
            workspace, person, address, arguments, until = self._signer.loads(token)
        except BadData:
            return None
        return Wanted(workspace, person, address, arguments) if now.timestamp() < until else None

"""Slack's blocks on a page, as a library that others wrote draws them."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.parts import npm

PACKAGE: Final = "slack-blocks-to-jsx"
DRAWER: Final = npm.FOLDER / "blocks.mjs"


def missing() -> str:
    """Say why nothing can be drawn here, or nothing if it can: for `pytest.skip`."""
    return npm.missing(PACKAGE)


def page(messages: Sequence[Mapping[str, Any]], people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Draw messages, an `article` each, as HTML. `people` and `channels` are names by account and key."""
    named = {"people": people, "channels": channels}
    asked = {what: [{"id": key, "name": name} for key, name in names.items()] for what, names in named.items()}
    done = subprocess.run(
        [npm.node(), DRAWER],
        input=json.dumps({**asked, "messages": list(messages)}),
        capture_output=True,
        text=True,
        check=True,
        cwd=npm.FOLDER,
    )
    return done.stdout

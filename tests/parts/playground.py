"""Microsoft's Agents Playground: a Teams client on this machine, which knows our bot and nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.parts import npm, process

PACKAGE = "@microsoft/m365agentsplayground"

PERSONAL = "personal-chat"
GROUP = "group-chat"
TEAM = "19:team"
CHANNEL = "19:announcements"
BOT = "28:drumbeat"
TENANT = "00000000-0000-0000-0000-000000000001"
ME = "29:alex"
"""Alex, who sits at the Playground: whatever is sent comes from him."""
PEOPLE = {
    "29:megan": "Megan Bowen",
    "29:adele": "Adele Vance",
    "29:isaiah": "Isaiah Langer",
    "29:patti": "Patti Fernandez",
    "29:lynne": "Lynne Robbins",
}


def missing() -> str:
    """Say why there is no Playground here, or nothing if there is: for `pytest.skip`."""
    return npm.missing(PACKAGE)


def company() -> dict[str, Any]:
    """Return the Playground's configuration: it wants a current user and exactly five others."""
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": "Drumbeat"},
        "currentUser": _user(ME, "Alex Wilber", 0),
        "users": [_user(key, name, number) for number, (key, name) in enumerate(PEOPLE.items(), 1)],
        "personalChat": {"id": PERSONAL},
        "groupChat": {"id": GROUP, "name": "Lunch"},
        "team": {
            "id": TEAM,
            "name": "Example Ltd",
            "aadGroupId": "00000000-0000-0000-0000-000000000031",
            "channels": [{"id": CHANNEL, "name": "Announcements"}],
        },
    }


def _user(key: str, name: str, number: int) -> dict[str, str]:
    given, surname = name.split()
    return {
        "id": key,
        "name": name,
        "userPrincipleName": f"{given.lower()}@example.com",
        "aadObjectId": f"00000000-0000-4000-8000-{number:012}",
        "givenName": given,
        "surname": surname,
        "email": f"{given.lower()}@example.com",
    }


@dataclass(frozen=True)
class Playground:
    """A running Playground."""

    address: str

    async def say(self, conversation: str, text: str, *, mentions: dict[str, str] | None = None) -> str:
        """Type a message and return its id. `mentions` are account ids by the name behind their `@`."""
        found = [{"mentioned": {"id": key}, "text": f"<at>{name}</at>"} for name, key in (mentions or {}).items()]
        body = {"textFormat": "xml", "text": text, "from": {"id": ME}, "mentions": found}
        return str((await self._post(f"conversations/{conversation}/messages", body))["messageId"])

    async def press(self, conversation: str, message: str, action: dict[str, Any]) -> dict[str, Any]:
        """Press an Action.Execute of a message and return what the bot answers."""
        body = {
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "from": {"id": ME},
            "conversation": {"id": conversation},
            "replyToId": message,
        }
        return await self._post("invoke", body)

    async def happen(self, activity: dict[str, Any]) -> None:
        """Send the bot an activity of one's own making."""
        async with httpx2.AsyncClient() as client:
            response = await client.post(f"{self.address}/_internal/v1/customActivities", json=activity)
            response.raise_for_status()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=20) as client:
            response = await client.post(f"{self.address}/_conversation/v1/{path}", json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


@contextmanager
def running(bot: str, folder: Path) -> Iterator[Playground]:
    """Run a Playground for the bot at an address; it works in `folder`."""
    port = process.free_port()
    # JSON is YAML, too.
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(company()))
    command: list[str | Path] = [
        *(npm.node(), npm.MODULES / PACKAGE / "cli.js", "start", "-e", bot, "-c", "msteams"),
        *("-p", str(port), "--disable-telemetry"),
    ]
    env = npm.environment() | {"TEAMSAPPTESTER_BROWSER": "none"}
    address = f"http://127.0.0.1:{port}"
    program = process.start(command, log=folder / "playground.log", cwd=folder, env=env)
    try:
        program.wait_until(lambda: _answers(address), "answers")
        yield Playground(address)
    finally:
        program.end()


def _answers(address: str) -> bool:
    try:
        found = httpx2.get(f"{address}/_internal/v1/testConfig", timeout=5)
    except httpx2.TransportError:
        return False
    return found.is_success and TENANT in found.text

"""Slack's side of the HTTP door: signed requests as Slack documents them."""

import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.parts.emulate import GENERAL, SECRET, TEAM, Slack

_COUNTER = itertools.count(1)


def signed(body: str, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers that prove a body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


@dataclass
class Sender:
    """Sends what somebody does in Slack to the bot at `url`. `reply_to` is the response URL of all of it."""

    url: str
    reply_to: str = ""
    slack: Slack | None = None
    client: httpx2.AsyncClient = field(default_factory=httpx2.AsyncClient)

    async def type(self, account: str, line: str, place: str = GENERAL, **more: str) -> httpx2.Response:
        """Somebody types a slash command; what they type is escaped, as `should_escape` asks."""
        name, _, text = line.partition(" ")
        form = {
            "command": name,
            "text": text,
            "team_id": TEAM,
            "user_id": account,
            "user_name": account.lower(),
            "channel_id": place,
            "channel_name": "directmessage" if place.startswith("D") else "general",
            "trigger_id": await self.trigger(account),
            "response_url": self.reply_to,
            "is_enterprise_install": "false",
            **more,
        }
        return await self.post(urlencode(form))

    async def press(
        self, account: str, button: dict[str, Any], place: str = GENERAL, ts: str = "1.1"
    ) -> httpx2.Response:
        """Somebody presses a button as it stands in a message's blocks."""
        container = {"type": "message", "message_ts": ts, "channel_id": place, "is_ephemeral": False}
        return await self.act(account, button, container=container, response_url=self.reply_to)

    async def press_at_home(self, account: str, button: dict[str, Any]) -> httpx2.Response:
        """Somebody presses a button on their home page."""
        return await self.act(account, button, container={"type": "view", "view_id": "V1"}, view={"type": "home"})

    async def act(self, account: str, action: dict[str, Any], **more: Any) -> httpx2.Response:  # noqa: ANN401 -- JSON
        """Somebody uses an interactive element."""
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": account, "username": account.lower(), "team_id": TEAM},
            "api_app_id": "A0DRUM",
            "trigger_id": await self.trigger(account),
            "actions": [{**action, "block_id": "b1", "action_ts": "1.1"}],
            **more,
        }
        return await self.post(urlencode({"payload": json.dumps(payload)}))

    async def submit(self, account: str, view: dict[str, Any], **values: dict[str, Any]) -> httpx2.Response:
        """Somebody sends a form; `values` by field id are what the elements hold (`{"value": "Lunch?"}`)."""
        filled = {
            block["block_id"]: {
                block["element"]["action_id"]: {"type": block["element"]["type"], **held(block, values)}
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": account, "username": account.lower(), "team_id": TEAM},
            "trigger_id": await self.trigger(account),
            "view": {**view, "id": "V1", "state": {"values": filled}},
        }
        return await self.post(urlencode({"payload": json.dumps(payload)}))

    async def happen(self, event: dict[str, Any], **more: Any) -> httpx2.Response:  # noqa: ANN401 -- JSON
        """Something happens by itself."""
        body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{next(_COUNTER)}", "event": event, **more}
        return await self.post(json.dumps(body), kind="application/json")

    async def trigger(self, account: str) -> str:
        """A new trigger id: Slack's own where it knows the person, and therefore lets it open a form."""
        if self.slack and account in self.slack.users.values():
            told = await self.slack.call("views.generateTriggerId", user_id=account)
            return str(told["trigger_id"])
        return trigger()

    async def post(
        self, body: str, kind: str = "application/x-www-form-urlencoded", headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Post a body, signed unless `headers` say otherwise."""
        proof = signed(body) if headers is None else headers
        return await self.client.post(self.url, content=body, headers={"Content-Type": kind, **proof})


def held(block: dict[str, Any], values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What an element holds: what a test says, else what it was filled with."""
    element = block["element"]
    if block["block_id"] in values:
        return values[block["block_id"]]
    filled = {
        "plain_text_input": {"value": element.get("initial_value")},
        "checkboxes": {"selected_options": element.get("initial_options", [])},
        "multi_static_select": {"selected_options": element.get("initial_options", [])},
        "radio_buttons": {"selected_option": element.get("initial_option")},
        "static_select": {"selected_option": element.get("initial_option")},
        "multi_users_select": {"selected_users": element.get("initial_users", [])},
        "conversations_select": {"selected_conversation": element.get("initial_conversation")},
        "datetimepicker": {"selected_date_time": element.get("initial_date_time")},
        "timepicker": {"selected_time": element.get("initial_time")},
    }
    return filled[element["type"]]


def trigger() -> str:
    """A new trigger id."""
    return f"{next(_COUNTER)}.{time.time_ns()}.abc"


def buttons(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The buttons in blocks, by what they say; those beside text also by its first line."""
    found: dict[str, dict[str, Any]] = {}
    for block in blocks:
        accessory = block.get("accessory") or {}
        elements = [*block.get("elements", []), accessory]
        for element in elements:
            if element.get("type") == "button":
                found[element["text"]["text"]] = element
        if accessory.get("type") == "button":
            found[block["text"]["text"].split("\n")[0].strip("*")] = accessory
    return found

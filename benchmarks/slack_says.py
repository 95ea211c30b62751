"""Whole requests as Slack sends them to an app's door, signed."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode


def command(secret: str, name: str, words: str, *, team: str, channel: str, user: str, number: int = 1) -> bytes:
    """Somebody typed a command; `number` makes it one of its own."""
    form = {
        "command": name,
        "text": words,
        "channel_id": channel,
        "channel_name": "general",
        "team_id": team,
        "user_id": user,
        "trigger_id": f"{number}.1.cmd",
    }
    return _signed(secret, urlencode(form))


def click(secret: str, address: str, value: str, *, team: str, channel: str, user: str, number: int) -> bytes:
    """Somebody pressed a button; `number` makes the press one of its own."""
    payload = {
        "type": "block_actions",
        "user": {"id": user, "username": "person", "name": "person", "team_id": team},
        "api_app_id": "A1",
        "token": "legacy",
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": channel, "is_ephemeral": False},
        "trigger_id": f"{number}.1.abc",
        "team": {"id": team, "domain": "bench"},
        "channel": {"id": channel, "name": "general"},
        "response_url": f"http://127.0.0.1:9/actions/{team}/1/abc",
        "actions": [
            {
                "type": "button",
                "action_id": address,
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "Vote", "emoji": True},
                "value": value,
                "action_ts": f"{number}.1",
            }
        ],
    }
    return _signed(secret, urlencode({"payload": json.dumps(payload)}))


def _signed(secret: str, body: str) -> bytes:
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()

"""The one call that every contestant makes, with either client. `plainly` needs nothing but aiohttp."""

from typing import Any

import aiohttp


def message(account: str, key: str) -> dict[str, Any]:
    """What is sent, in the words of Slack's Web API."""
    text = "Hello! How was your week? One sentence is plenty."
    return {
        "channel": account,
        "text": text,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
        "metadata": {"event_type": "drumbeat_message", "event_payload": {"key": key}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def plainly(client: aiohttp.ClientSession, port: int, account: str, key: str) -> dict[str, Any]:
    """Post a message with aiohttp alone, and hand back what the platform said."""
    address = f"http://127.0.0.1:{port}/api/chat.postMessage"
    async with client.post(address, json=message(account, key), headers={"Authorization": "Bearer xoxb"}) as answer:
        answer.raise_for_status()
        said: dict[str, Any] = await answer.json()
    return said

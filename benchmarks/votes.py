"""A vote through Slack's HTTP door against Bolt alone with the very same requests, in the same run."""

import hashlib
import hmac
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

from benchmarks import load, serving
from benchmarks.verdict import Verdict
from tests.parts.process import free_port, running

SHARE: Final = 0.5
TAIL: Final = 3.0
WHOLE: Final = (20_000, 5)
SMALL: Final = (200, 1)
"""How many votes a round, and how many rounds."""

CONNECTIONS: Final = 32
PEOPLE: Final = 5_000
SECRET: Final = secrets.token_hex(16)


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """How votes through the door compare with Bolt alone, over several rounds in turn."""
    share, tail = _measure(*(SMALL if small else WHOLE))
    return Verdict(
        f"{share:.2f} of Bolt's requests/s, {tail:.1f} times its p99",
        f"at least {SHARE} of its requests/s, at most {TAIL:.0f} times its p99, at {CONNECTIONS} connections",
        share >= SHARE and tail <= TAIL,
    )


def _measure(votes: int, rounds: int) -> tuple[float, float]:
    with ExitStack() as parts, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        bare = parts.enter_context(_bare(place))
        house = parts.enter_context(serving.house(place, _settings(), people=PEOPLE))
        _ask(house, place)
        shares, tails = [], []
        for number in range(rounds):
            file = place / f"votes{number}"
            load.write((_vote(number * votes + vote) for vote in range(votes)), file)
            against, ours = load.run(bare, CONNECTIONS, file), load.run(house, CONNECTIONS, file)
            _tell("Bolt alone", against)
            _tell("votes", ours)
            shares.append(ours.rate / against.rate)
            tails.append(ours.p99 / against.p99)
        _check(place, min(votes * rounds, PEOPLE))
        return median(shares), median(tails)


def _tell(name: str, figures: load.Figures) -> None:
    print(f"  {name}: {figures.rate:.0f}/s, p50 {figures.p50:.1f} ms, p99 {figures.p99:.1f} ms")
    if figures.refused:
        raise SystemExit(f"{figures.refused} were refused")


def _settings() -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET}


@contextmanager
def _bare(place: Path) -> Iterator[int]:
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.noop", str(port), SECRET], log=place / "noop.log", port=port):
        yield port


def _ask(port: int, place: Path) -> None:
    form = {
        "command": "/poll",
        "text": '"Lunch?" "Pizza" "Sushi" "Salad" --close never',
        "channel_id": "C1",
        "channel_name": "general",
        "team_id": "T1",
        "user_id": "U000001",
        "trigger_id": "1.1",
    }
    file = place / "ask"
    load.write([_signed(urlencode(form))], file)
    load.run(port, 1, file)
    serving.wait(lambda: serving.count(place, "messages") > 0, "the poll is posted")


def _vote(number: int) -> bytes:
    payload = {
        "type": "block_actions",
        "user": {"id": f"U{number % PEOPLE:06}", "username": "person", "name": "person", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "legacy",
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": "C1", "is_ephemeral": False},
        "trigger_id": f"{number}.1.abc",
        "team": {"id": "T1", "domain": "bench"},
        "channel": {"id": "C1", "name": "general"},
        "response_url": "http://127.0.0.1:9/actions/T1/1/abc",
        "actions": [
            {
                "type": "button",
                "action_id": f"polls.vote#{number % 3}",
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "Vote", "emoji": True},
                "value": f"1:{number % 3}",
                "action_ts": f"{number}.1",
            }
        ],
    }
    return _signed(urlencode({"payload": json.dumps(payload)}))


def _signed(body: str) -> bytes:
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _check(place: Path, voters: int) -> None:
    """Every vote that was answered is in the database."""
    counted = serving.count(place, "ballots")
    if counted != voters:
        raise SystemExit(f"{voters} people voted, {counted} are counted")

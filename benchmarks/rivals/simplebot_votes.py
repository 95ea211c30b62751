"""simplebot-polls, a poll bot for Delta Chat: its own handler of `/vote`, on its own SQLite database.

Run as `python -m benchmarks.rivals.simplebot_votes FOLDER VOTES`; prints votes a second. It is spared what it does
before and after: to receive an e-mail and to send one.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import simplebot_polls
from simplebot_polls.orm import init

OPTIONS = ("Pizza", "Sushi", "Salad", "Soup")


@dataclass(frozen=True)
class Contact:
    """Somebody, by e-mail address."""

    addr: str


@dataclass(frozen=True)
class Message:
    """A message, as far as the handlers look at it."""

    sender: Contact

    def get_sender_contact(self) -> Contact:
        """Who wrote it."""
        return self.sender

    def get_sender_chat(self) -> None:
        """Where an answer would go."""


class Bot:
    """The bot, as far as the handlers look at it: without any settings."""

    self_contact = Contact("bot@example.com")

    def get(self, key: str, scope: str) -> None:
        """A setting."""


class Replies:
    """What would be answered, by text."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str, **_rest: object) -> None:
        """Take an answer."""
        self.texts.append(text)


def main() -> None:
    """Ask a poll, and let people vote."""
    folder, people = Path(sys.argv[1]), int(sys.argv[2])
    init(f"sqlite:///{folder}/simplebot.sqlite")
    bot, replies = Bot(), Replies()
    simplebot_polls.poll_new(bot, "\n".join(("Lunch?", *OPTIONS)), Message(Contact("author@example.com")), Replies())
    began = time.perf_counter()
    for number in range(people):
        voted = ["1", str(number % len(OPTIONS) + 1)]
        simplebot_polls.poll_vote(bot, voted, Message(Contact(f"{number}@example.com")), replies)
    took = time.perf_counter() - began
    if len(replies.texts) != people or "Lunch?" not in min(replies.texts):
        raise SystemExit(f"not every vote was taken: {min(replies.texts)}")
    print(people / took)


if __name__ == "__main__":
    main()

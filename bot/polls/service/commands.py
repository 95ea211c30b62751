"""`/poll` and the words that may follow it."""

from bot.core.feature import Turn
from bot.core.interactions import Answer, Command
from bot.polls.service import asking


def poll(turn: Turn) -> Answer:
    """`/poll "Question?" "A" "B"` asks at once; without words the form opens."""
    if not isinstance(turn.act, Command):
        raise TypeError(turn.act)
    text = turn.act.text.strip()
    return asking.line(turn, text) if text else asking.begin(turn)

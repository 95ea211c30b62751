"""`/poll` and the words that may follow it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.core.feature import Turn
from bot.core.interactions import Answer, Command
from bot.polls.service import asking, downloads, drafts, listing, managing, results, spreading

Word = Callable[[Turn, str], Answer]

WORDS: Final[Mapping[str, Word]] = {
    "close": managing.close_typed,
    "help": listing.explained,
    "list": listing.listed,
    "export": downloads.typed,
    "repeat": spreading.repeat_typed,
    "results": results.typed,
    "templates": drafts.templates,
}
"""What may stand behind `/poll` in the place of a question, each with what is done with the words after it."""

_LONELY: Final = re.compile(r"[^\W\d_]+(\s+#?\d+)?")
"""A word alone, or with a number: nobody asks a question so, but many misremember a word."""


def poll(turn: Turn) -> Answer:
    """`/poll "Question?" "A" "B"` asks at once; without words the form opens; `/poll close 12` does that."""
    if not isinstance(turn.act, Command):
        raise TypeError(turn.act)
    text = turn.act.text.strip()
    word, _, rest = text.partition(" ")
    if handler := WORDS.get(word.lower()):
        return handler(turn, rest.strip())
    if _LONELY.fullmatch(text):
        return listing.unknown(turn, word)
    return asking.line(turn, text) if text else asking.begin(turn)

"""Every feature, in the order people meet them."""

from bot import polls, rhythm
from bot.core.feature import Feature


def features() -> tuple[Feature, ...]:
    """The features of the product. Rhythm points to what the others have waiting for an answer."""
    others = (polls.feature(),)
    return (*others, rhythm.feature(others))

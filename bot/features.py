"""Every feature, in the order people meet them."""

from bot import polls
from bot.core.feature import Feature


def features() -> tuple[Feature, ...]:
    """The features of the product."""
    return (polls.feature(),)

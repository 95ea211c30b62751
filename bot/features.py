"""Every feature, in the order people meet them."""

from bot import campaigns, home, intros, outgoing, polls, praise, rhythm
from bot.core.feature import Feature
from bot.core.routes import store as _routes  # noqa: F401 -- its table is in every database, whichever adapters there are


def features() -> tuple[Feature, ...]:
    """The features of the product.

    Rhythm points to what the others have waiting, outgoing shows what all of them sent, home tells of all of them.
    """
    others = (polls.feature(), intros.feature(), praise.feature(), campaigns.feature())
    every = (*others, rhythm.feature(others))
    unsent = outgoing.feature((home.feature(()), *every))
    return (home.feature((*every, unsent)), *every, unsent)

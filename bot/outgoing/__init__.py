"""Outgoing: messages of which nobody knows whether they arrived, shown to those who can decide about them.

service: handlers. cards: what people see.
"""

from collections.abc import Sequence

from bot.core.feature import Feature, Word
from bot.core.people import Role
from bot.core.texts import later
from bot.outgoing.service import Outgoing


def feature(others: Sequence[Feature]) -> Feature:
    """Outgoing, declared. What `others` send is what it shows."""
    things = {"doubts": later("a word about messages that may not have arrived")}
    outgoing = Outgoing((*others, Feature(name="outgoing", things=things)))
    return Feature(
        name="outgoing",
        words={
            "unsent": Word(
                handler=outgoing.typed,
                about=later("Shows messages that may not have arrived"),
                example=later("/drumbeat unsent"),
                role=Role.COMMUNICATOR,
            )
        },
        clicks={"show": outgoing.show, "resend": outgoing.resend, "settle": outgoing.settle},
        roles=dict.fromkeys(("show", "resend", "settle"), Role.COMMUNICATOR),
        drawings={"doubts": outgoing.draw_doubts},
        things=things,
        upkeep={"tell": outgoing.tell},
    )

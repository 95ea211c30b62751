"""Praise: say in public what somebody did well, tell them privately, and look back on Fridays.

model: reading a typed line, limits, weeks. store: tables and queries. service: handlers. cards: what people see.
"""

from bot.core.feature import CommandHelp, Feature
from bot.core.texts import later
from bot.praise.cards import EXAMPLE
from bot.praise.service import Praises


def feature() -> Feature:
    """Praise, declared."""
    praises = Praises()
    return Feature(
        name="praise",
        commands={
            "praise": CommandHelp(
                handler=praises.praise,
                about=later("Praise somebody for what they did"),
                hint=later("@somebody for what they did #value"),
                example=EXAMPLE,
                button=later("Praise somebody"),
            )
        },
        clicks={"praise": praises.praise},
        forms={"give": praises.give},
        events={"settings_changed": praises.settings_changed},
        drawings={"praise": praises.draw_praise, "told": praises.draw_told, "digest": praises.draw_digest},
        things={
            "praise": later("praise"),
            "told": later("a word to somebody who was praised"),
            "digest": later("the week's praise"),
        },
        home=praises.home,
        data=praises.data,
        forget=praises.forget,
    )

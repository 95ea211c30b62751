"""Introductions: a welcome at a good hour, four lines about oneself, a question to the others, a profile with a face.

model: limits, moments and the ladder. store: tables and queries. service: handlers. cards: what people see.
"""

from bot.core.feature import CommandHelp, Feature
from bot.core.texts import later
from bot.intros.service import Intros


def feature() -> Feature:
    """Introductions, declared."""
    intros = Intros()
    return Feature(
        name="intros",
        commands={
            "intro": CommandHelp(
                handler=intros.intro,
                about=later("Introduce yourself, or change what you said"),
                example="/intro",
                button=later("Introduce yourself"),
            )
        },
        clicks={"intro": intros.intro, "decline": intros.decline, "hush": intros.hush},
        forms={"write": intros.write},
        events={
            "joined": intros.joined,
            "appeared": intros.appeared,
            "installed": intros.installed,
            "profile_changed": intros.profile_changed,
            "removed": intros.left,
            "settings_changed": intros.settings_changed,
        },
        drawings={
            "welcome": intros.draw_welcome,
            "reminder": intros.draw_reminder,
            "blank": intros.draw_blank,
            "introduction": intros.draw_introduction,
        },
        things={
            "welcome": later("a welcome"),
            "reminder": later("a reminder to introduce oneself"),
            "blank": later("a word about a blank profile"),
            "introduction": later("an introduction"),
        },
        upkeep={"settle": intros.settle},
        home=intros.home,
        waiting=intros.waiting,
        data=intros.data,
        forget=intros.forget,
        united=intros.united,
    )

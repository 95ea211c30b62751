"""Rhythm: two or three small moments a week, one concrete thing each; for leaders a weekly reminder to post.

model: moments, prompts, streaks. store: tables and queries. service: handlers. cards: what people see.
"""

from collections.abc import Sequence

from bot.core.feature import CommandHelp, Feature
from bot.core.texts import later
from bot.rhythm.service import Rhythm


def feature(others: Sequence[Feature] = ()) -> Feature:
    """Rhythm, declared. A nudge to answer somebody points to what `others` have waiting."""
    rhythm = Rhythm(others)
    return Feature(
        name="rhythm",
        commands={
            "rhythm": CommandHelp(
                handler=rhythm.rhythm,
                about=later("Choose two or three small moments a week to read, post or answer"),
                example="/rhythm",
                button=later("Your rhythm"),
            )
        },
        clicks={
            "rhythm": rhythm.rhythm,
            "done": rhythm.done,
            "later": rhythm.later,
            "skip": rhythm.skip,
            "stop": rhythm.stop,
            "another": rhythm.another,
            "unremind": rhythm.unremind,
        },
        forms={"plan": rhythm.plan},
        events={
            "posted": rhythm.posted,
            "profile_changed": rhythm.moved,
            "removed": rhythm.removed,
            "joined": rhythm.moved,
            "stopped": rhythm.ended,
            "resumed": rhythm.resumed,
            "role_given": rhythm.given,
            "role_taken": rhythm.taken,
            "settings_changed": rhythm.settings_changed,
        },
        drawings={
            "nudge": rhythm.draw_nudge,
            "reminder": rhythm.draw_reminder,
            "appointed": rhythm.draw_appointed,
        },
        things={
            "nudge": later("a nudge"),
            "reminder": later("the weekly reminder to post"),
            "appointed": later("a word to a new leader"),
        },
        upkeep={"sweep": rhythm.sweep},
        home=rhythm.home,
        data=rhythm.data,
        forget=rhythm.forget,
        united=rhythm.united,
    )

"""Campaigns: one message to everybody, or to some, spread so that it fits under the platform's limit.

model: limits, length, and who gets which slot. store: tables and queries. service: handlers. cards: what people see.
"""

from bot.campaigns.service import Campaigns
from bot.core.feature import CommandHelp, Feature
from bot.core.people import Role
from bot.core.texts import later


def feature() -> Feature:
    """Campaigns, declared."""
    campaigns = Campaigns()
    clicks = {
        "campaign": campaigns.begin,
        "start": campaigns.start,
        "change": campaigns.change,
        "discard": campaigns.discard,
        "progress": campaigns.progress,
        "stop": campaigns.stop,
    }
    forms = {"create": campaigns.create}
    return Feature(
        name="campaigns",
        commands={
            "campaign": CommandHelp(
                handler=campaigns.campaign,
                about=later("Write to everybody at once, within the limits of the chat"),
                hint=later('"Title" "Message" --to leaders --at "Mon 9:00" --within 4h | list'),
                example=later('/campaign "We are moving" "The new office opens on Monday."'),
                button=later("Start a campaign"),
                role=Role.COMMUNICATOR,
            )
        },
        clicks=clicks,
        forms=forms,
        roles=dict.fromkeys([*clicks, *forms], Role.COMMUNICATOR),
        drawings={"message": campaigns.draw_message},
        things={"message": later("a campaign")},
        ticks={"plan": campaigns.plan},
        upkeep={"sweep": campaigns.sweep},
        upcoming=campaigns.next_planning,
        data=campaigns.data,
        forget=campaigns.forget,
    )

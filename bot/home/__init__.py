"""Home: help, settings, roles, silence, one's own data, and the top of the home page.

words: what can be typed behind `/drumbeat`. service: handlers for everybody. settings, roles: handlers for
communicators. joining: handlers for admins. cards: what people see.
"""

from collections.abc import Sequence

from bot.core.feature import CommandHelp, Feature
from bot.core.people import Role
from bot.core.texts import later
from bot.home.service import COMMAND, Home


def feature(others: Sequence[Feature]) -> Feature:
    """Home, declared. It tells of the commands, the words, the data and the buttons of all the `others`."""
    home = Home(others)
    return Feature(
        name="home",
        commands={
            COMMAND: CommandHelp(
                handler=home.drumbeat,
                about=later("Help, settings, language, stop, my data"),
                hint=later("help | settings | language | stop | start | my data | leaders | communicators | watch"),
                example=later("/drumbeat help"),
            )
        },
        clicks={
            "help": home.help,
            "language": home.speak,
            "settings": home.settings.open,
            "erase": home.erase,
            "join": home.joining.join,
        },
        forms={"settings": home.settings.save},
        roles={"settings": Role.COMMUNICATOR, "join": Role.ADMIN},
        events={"installed": home.installed, "synced": home.synced},
        drawings={
            "welcome": home.draw_welcome,
            "communicator": home.draw_communicator,
            "undelivered": home.draw_undelivered,
            "joined": home.joining.draw_joined,
        },
        things={
            "welcome": later("the first three steps"),
            "communicator": later("a word to a new communicator"),
            "undelivered": later("why a post did not appear"),
            "joined": later("that two chats were joined"),
        },
        upkeep={"unite": home.unite},
        home=home.home,
    )

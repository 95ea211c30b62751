"""The page's own words, each once, in English; the page is handed them in the language of whoever one is."""

from collections.abc import Mapping
from typing import Final

from bot.core.people import Role
from bot.core.texts import Texts, best_locale, later

PAGE: Final[Mapping[str, str]] = {
    # Around everything.
    "title": later("{name} · Drumbeat sandbox"),
    "skip": later("Skip to the message box"),
    "script": later("The sandbox is a chat and needs JavaScript."),
    "close": later("Close"),
    "cancel": later("Cancel"),
    "sure": later("Are you sure?"),
    "failed": later("That did not work. Is the sandbox still running?"),
    "app": later("APP"),
    "app_title": later("App"),
    # The side bar and the switchers.
    "side": later("Channels and direct messages"),
    "channels": later("Channels"),
    "direct": later("Direct messages"),
    "unread": later("{name}, {count} unread"),
    "jump_button": later("Jump to…"),
    "keys": later("Ctrl K"),
    "jump": later("Jump to"),
    "jump_hint": later("A channel or a person"),
    "write": later("Write to somebody"),
    "self": later("You are {name}. Be somebody else"),
    "no_title": later("No title yet"),
    "theme": later("Switch between light and dark"),
    "persons": later("Who do you want to be?"),
    "persons_hint": later("Find somebody"),
    "you": later("You"),
    "role_in": later("{role} in {city}"),
    # The room and its messages.
    "view": later("View"),
    "messages": later("Messages"),
    "home": later("Home"),
    "log": later("Messages in {room}"),
    "below": later("New messages ↓"),
    "new": later("New"),
    "answers": later("Answers: {words}"),
    "answered": later("Answer: {words}"),
    "only": later("Only visible to you"),
    "react": later("React with {emoji}"),
    "reactions": later("Reactions"),
    "delete": later("Delete message"),
    "delete_sure": later("It is gone for everybody then, as if somebody had deleted it in a real chat."),
    "room_menu": later("What can be done to this channel"),
    "rename": later("Rename channel"),
    "new_name": later("New name"),
    "archive": later("Archive channel"),
    "archive_sure": later("Nobody can write in it any more then, Drumbeat neither."),
    "archived": later("archived"),
    "with_bot": later("Your direct chat with Drumbeat. Type a command, with or without the slash."),
    "pair": later("Only the two of you read this."),
    "heard": later("{name}: {words}"),
    "heard_in": later("{name} in {room}: {words}"),
    "most_votes": later("Most votes:"),
    # The message box and forms.
    "box": later("Message {room}"),
    "box_hint": later("Message #{room}, or type / for commands"),
    "send": later("Send"),
    "example": later("Use the example"),
    "suggestions": later("Suggestions"),
    "optional": later("optional"),
    "choose": later("Choose…"),
    "choose_channel": later("Choose a channel…"),
    "none": later("None"),
    "type_name": later("Type a name"),
    "remove": later("Remove {name}"),
    "people": later("{count} people"),
    # Backstage.
    "stage": later("Backstage"),
    "lead": later(
        "A made-up company to try Drumbeat in. Type /poll, /praise, /intro or /rhythm, press the buttons, move the "
        "clock."
    ),
    "you_are": later("You are"),
    "switch": later("Switch person"),
    "clock": later("Clock"),
    "step_hour": later("+1 hour"),
    "step_day": later("+1 day"),
    "step_week": later("+1 week"),
    "step_morning": later("Next morning"),
    "step_due": later("Next thing due"),
    "colleagues": later("Colleagues"),
    "let": later("Let colleagues"),
    "wish_join": later("Join"),
    "about_join": later("Join: somebody new"),
    "wish_answer": later("Answer"),
    "about_answer": later("Answer: polls, introductions, praise"),
    "wish_post": later("Post"),
    "about_post": later("Post: in the channels"),
    "strip": later("Behind the scenes"),
    "strip_order": later("What happened, newest first"),
    "strip_empty": later("Nothing yet. Type /poll in a channel, or move the clock."),
    "times": later("{count} times"),
    "time_in": later("{time} in {city}"),
}
"""By key; the page fills the places in braces itself."""

ABOUT: Final[Mapping[str, str]] = {
    "mara": later("Communicator: plans what people are asked, and sees what works."),
    "henrik": later("Leader: gets a nudge when a week goes by without a word from him."),
    "ana": later("Leader in São Paulo, four hours behind Berlin."),
    "priya": later("Leader in Bangalore, where the day starts first."),
    "tomas": later("Employee in New York; wakes up when Berlin has lunch."),
    "lukas": later("Employee who reads German: the bot writes to him in German."),
    "dana": later("Admin: installed the bot and keeps it running."),
}
"""Who the people of the cast are, by account."""

ROLES: Final[Mapping[Role | None, str]] = {
    None: later("Employee"),
    Role.LEADER: later("Leader"),
    Role.COMMUNICATOR: later("Communicator"),
    Role.ADMIN: later("Admin"),
}

CITIES: Final[Mapping[str, str]] = {
    "America/Sao_Paulo": later("São Paulo"),
    "Asia/Kolkata": later("Bangalore"),
    "Europe/Prague": later("Prague"),
    "Europe/Vienna": later("Vienna"),
}
"""Where the name of a zone is not what everybody calls the city."""


def page(t: Texts) -> dict[str, str]:
    """The page's words in one language."""
    return {key: t(sentence) for key, sentence in PAGE.items()}


def about(t: Texts, account: str) -> str:
    """Who somebody is, in a line; empty where there is nothing to say."""
    return t(ABOUT[account]) if account in ABOUT else ""


def city(t: Texts, zone: str) -> str:
    """Where a zone's clock hangs."""
    return t(CITIES[zone]) if zone in CITIES else zone.rpartition("/")[2].replace("_", " ")


def stranger(accepted: str) -> Texts:
    """Words for somebody of whom nothing is known but the browser's `Accept-Language`."""
    tags = (tag.partition(";")[0].strip() for tag in accepted.split(","))
    return Texts(next(filter(None, (best_locale(tag, "") for tag in tags)), "en"))

"""What happens behind `/drumbeat`: help that fits, a language, silence and return, one's own data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.core import outbox
from bot.core.cards import Button, Card, Part, note
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.feature import CommandHelp, Feature, Turn, View, Withdrawn, Word
from bot.core.interactions import Answer, Click, Command
from bot.core.people import Role
from bot.core.places import PlaceKind
from bot.core.texts import LOCALES, Texts, later
from bot.home import cards, words
from bot.home.cards import Hint
from bot.home.joining import Joining
from bot.home.roles import Roles
from bot.home.settings import Settings

COMMAND: Final = "drumbeat"
PAIRS: Final = 50
"""People who became one and are told of in one transaction."""


class Home:
    """The handlers of `/drumbeat`. `others` are all the other features: their commands, their words, their data."""

    def __init__(self, others: Sequence[Feature]) -> None:
        self.others = others
        self.settings = Settings()
        self.joining = Joining()
        self.words = {**self._words(), **{name: word for other in others for name, word in other.words.items()}}

    def drumbeat(self, turn: Turn) -> Answer:
        """`/drumbeat` with a word, or a line that begins with a word no feature knows."""
        if not isinstance(turn.act, Command):
            raise TypeError(turn.act)
        typed = turn.act.text if turn.act.name == COMMAND else f"{turn.act.name} {turn.act.text}"
        name, rest = words.find(typed, self.words)
        if word := self.words.get(name):
            turn.require(word.role)
            return word.handler(turn, rest)
        if not rest or rest.strip("!.,").casefold() in words.GREETINGS:
            return self._hello(turn, rest)
        said = rest if len(rest) <= words.LONGEST else f"{rest[: words.LONGEST]}…"
        known = self._known(turn)
        meant = known.get(words.nearest(rest, known))
        return Answer(whisper=cards.unknown(turn.t, said, meant, self._hints(turn)))

    def help(self, turn: Turn) -> Answer:
        """A button that stands for `/drumbeat help`."""
        return self._hello(turn, "")

    def speak(self, turn: Turn) -> Answer:
        """A language was chosen from the list."""
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        return Answer(replace=self._speak(turn, turn.act.value))

    def erase(self, turn: Turn) -> Answer:
        """Everything that is stored about somebody goes, in every feature."""
        view = _view(turn)
        for feature in self.others:
            if feature.forget:
                feature.forget(view)
        outbox.cancel_person(turn.connection, turn.me.id, "erased")
        members.forget(turn.connection, turn.me.id)
        directory.forget(turn.connection, turn.me)
        said = turn.t(
            "Everything I kept about you is erased. While you have an account here, your name and picture come back "
            "from its profile."
        )
        return Answer(replace=note(said))

    def unite(self, connection: Connection, now: datetime) -> int:
        """Tell the features of people who became one since."""
        pairs = directory.untold(connection, PAIRS, now)
        for kept, gone in pairs:
            if workspace := directory.workspace_of(connection, kept):
                reader = directory.person(connection, workspace, kept)
                texts = Texts(reader.locale, reader.zone)
                view = View(connection=connection, workspace=workspace, now=now, t=texts, reader=reader)
                for feature in self.others:
                    if feature.united:
                        feature.united(view, gone)
        return len(pairs)

    def installed(self, turn: Turn) -> None:
        """The bot is new here, or in one more team: there are people to learn, and an admin gets three steps."""
        directory.sync_again(turn.connection, turn.workspace, turn.now)
        self.synced(turn)

    def synced(self, turn: Turn) -> None:
        """An admin gets three steps, once: at the latest when it is known who is one."""
        admins = directory.everybody(turn.connection, turn.workspace, Role.ADMIN)
        reader = turn.me if turn.me.may(Role.ADMIN) or not admins else admins[0]
        outbox.send(
            turn.connection,
            key=f"home:welcome:{turn.workspace.id}",
            drawing="home.welcome",
            lane=outbox.Lane.ANSWER,
            now=turn.now,
            workspace=turn.workspace.id,
            person=reader.id,
        )

    def draw_welcome(self, view: View) -> Card | Withdrawn:
        """Three steps to set up."""
        return cards.welcome(view.t, able=view.reader is not None and view.reader.may(Role.COMMUNICATOR))

    def draw_communicator(self, view: View) -> Card | Withdrawn:
        """What a new communicator is told."""
        holds = view.reader is not None and Role.COMMUNICATOR in view.reader.roles
        return cards.communicator(view.t) if holds else Withdrawn("role_taken")

    def draw_undelivered(self, view: View) -> Card | Withdrawn:
        """Why something somebody asked for did not appear."""
        place = view.place(int(view.arguments["place"]))
        return cards.undelivered(view.t, place, view.arguments["reason"]) if place else Withdrawn("place_forgotten")

    def home(self, view: View) -> Sequence[Part]:
        """A greeting and what can be begun with one press."""
        name = view.reader.name if view.reader else ""
        buttons = [
            Button(view.t(command.button), f"{feature.name}.{called}", opens_form=True)
            for feature in self.others
            for called, command in feature.commands.items()
            if command.button and _may(view, command.role)
        ]
        if _may(view, Role.COMMUNICATOR):
            buttons.append(Button(view.t("Settings"), "home.settings", opens_form=True))
        return cards.home(view.t, name, buttons)

    def _words(self) -> Mapping[str, Word]:
        communicator = Role.COMMUNICATOR
        return {
            "help": Word(handler=self._hello, about=later("Shows what you can type"), example=later("/drumbeat help")),
            "language": Word(
                handler=self._language,
                about=later("Chooses the language I speak with you"),
                example=later("/drumbeat language de"),
            ),
            "stop": Word(
                handler=self._stop,
                about=later("Ends every message I start by myself, at once"),
                example=later("/drumbeat stop"),
            ),
            "start": Word(
                handler=self._start, about=later("Brings me back after a stop"), example=later("/drumbeat start")
            ),
            "my data": Word(
                handler=self._data,
                about=later("Shows what I keep about you, and erases it"),
                example=later("/drumbeat my data"),
            ),
            "settings": Word(
                handler=self.settings.typed,
                about=later("Channels, quiet hours and language for everybody"),
                example=later("/drumbeat settings"),
                role=communicator,
            ),
            "watch": Word(
                handler=self.settings.watch,
                about=later("Counts posts in a channel for leaders; `unwatch` ends it"),
                example=later("/drumbeat watch #general"),
                role=communicator,
            ),
            "unwatch": Word(
                handler=self.settings.unwatch,
                about="",
                example=later("/drumbeat unwatch #general"),
                role=communicator,
            ),
            "leaders": Word(
                handler=Roles(Role.LEADER).typed,
                about=later("Names who is reminded to post; also `remove` and `list`"),
                example=later("/drumbeat leaders add @name"),
                role=communicator,
            ),
            "communicators": Word(
                handler=Roles(Role.COMMUNICATOR).typed,
                about=later("Names who may change all this; also `remove` and `list`"),
                example=later("/drumbeat communicators add @name"),
                role=communicator,
            ),
            "join": Word(
                handler=self.joining.typed,
                about=later("Makes one organisation of two chats, such as Slack and Teams"),
                example=later("/drumbeat join"),
                role=Role.ADMIN,
            ),
        }

    def _hello(self, turn: Turn, _rest: str) -> Answer:
        return Answer(whisper=cards.hello(turn.t, turn.me.name, self._hints(turn)))

    def _language(self, turn: Turn, rest: str) -> Answer:
        named = {name.casefold(): locale for locale, name in cards.LANGUAGES.items()}
        locale = named.get(rest.casefold(), rest.casefold())
        return Answer(whisper=self._speak(turn, locale) if locale in LOCALES else cards.language(turn.t))

    def _speak(self, turn: Turn, locale: str) -> Card:
        if locale not in LOCALES:
            return cards.language(turn.t)
        directory.speak(turn.connection, turn.me, locale)
        return cards.speaking(Texts(locale, turn.me.zone))

    def _stop(self, turn: Turn, _rest: str) -> Answer:
        directory.opt_out(turn.connection, turn.me, turn.now)
        replace(turn, me=replace(turn.me, opted_out=True)).emit("stopped")
        outbox.cancel_person(turn.connection, turn.me.id, "opted_out")
        said = turn.t.rich("Done: I start no conversation with you any more. `/drumbeat start` brings me back.")
        return Answer(whisper=note(said))

    def _start(self, turn: Turn, _rest: str) -> Answer:
        directory.opt_out(turn.connection, turn.me, None)
        replace(turn, me=replace(turn.me, opted_out=False)).emit("resumed")
        return Answer(whisper=note(turn.t.rich("Good to be back. `/rhythm` shows what I have planned with you.")))

    def _data(self, turn: Turn, _rest: str) -> Answer:
        view = _view(turn)
        stored = [*_profile(turn)]
        for feature in self.others:
            stored += feature.data(view) if feature.data else ()
        return Answer(whisper=cards.my_data(turn.t, stored))

    def _commands(self) -> list[tuple[str, CommandHelp]]:
        return [found for feature in self.others for found in feature.commands.items()]

    def _known(self, turn: Turn) -> dict[str, Hint]:
        """Everything the person may type, by its word."""
        commands = {
            name: Hint(command.example or f"/{name}", command.about, command.role) for name, command in self._commands()
        }
        mine = {name: Hint(word.example, word.about, word.role) for name, word in self.words.items()}
        return {name: hint for name, hint in (commands | mine).items() if turn.me.may(hint.role)}

    def _hints(self, turn: Turn) -> list[Hint]:
        return [hint for hint in self._known(turn).values() if hint.about]


def _profile(turn: Turn) -> list[tuple[str, str]]:
    t, me = turn.t, turn.me
    roles = {
        Role.LEADER: t("leader"),
        Role.COMMUNICATOR: t("communicator"),
        Role.ADMIN: t("admin"),
    }
    return [
        (t("Name"), me.name),
        (t("E-mail"), directory.email(turn.connection, me)),
        (t("Title"), me.title),
        (t("Picture"), t("its address") if me.photo else ""),
        (t("Language"), cards.LANGUAGES.get(me.locale, me.locale)),
        (t("Time zone"), me.zone),
        (t("In channels and groups that are asked something now"), _whereabouts(turn)),
        (t("Roles"), t.every([roles[role] for role in Role if role in me.roles]) if me.roles else ""),
        (t("Messages"), t("stopped") if me.opted_out else t("wanted")),
    ]


def _whereabouts(turn: Turn) -> str:
    there = members.places_with(turn.connection, turn.me.id)
    return turn.t.every(
        [f"{'@' if place.kind is PlaceKind.PEOPLE else '#'}{place.name or place.key}" for place in there]
    )


def _view(turn: Turn) -> View:
    return View(connection=turn.connection, workspace=turn.workspace, now=turn.now, t=turn.t, reader=turn.me)


def _may(view: View, role: Role | None) -> bool:
    return view.reader is not None and view.reader.may(role)

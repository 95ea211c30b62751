"""The one door: every interaction, from every platform, goes through `Engine.handle`."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never
from weakref import WeakValueDictionary

import structlog

from bot.core.access import Access, Known, Unasked, ask
from bot.core.batching import Batching, Outcome
from bot.core.cards import Card, Part, note
from bot.core.database import Connection, Database, Faulty, faulty, locks
from bot.core.directory import store as directory
from bot.core.entrance import Entrance, account_of
from bot.core.errors import Refused
from bot.core.feature import CommandHelp, Feature, Handler, Scene, Together, Turn, View, Withdrawn
from bot.core.files import made
from bot.core.gathering import MOMENT, Gathering
from bot.core.interactions import NOTHING, Answer, Change, Click, Command, Event, Interaction, Submission
from bot.core.links import File, Links
from bot.core.outbox import Lost, lose_at
from bot.core.pace import paces
from bot.core.people import Role
from bot.core.ports import Clock, Platform
from bot.core.texts import Texts
from bot.core.tokens import outside

Listener = Callable[[Interaction, float], None]
"""Told of each interaction once it is committed (or refused), with the seconds it took."""

FILES_AT_ONCE: Final = 1
"""A large one takes a second of a core and tens of megabytes; and on SQLite there are two readers, for all who read."""

log = structlog.get_logger()


class Engine:
    """Knows the person, checks the role, drops repeats, runs the handler in one transaction, and answers.

    `otherwise` names the command that takes every word nobody knows (help). `platforms` by name, for their limits and
    for who may write where.
    `links` makes links to files; without it nobody is given one.
    `moment` is how many seconds people are gathered for what is written together (`Feature.together`).
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        features: Sequence[Feature],
        otherwise: str = "",
        platforms: Mapping[str, Platform] | None = None,
        links: Links | None = None,
        moment: float = MOMENT,
    ) -> None:
        self.database = database
        self.clock = clock
        self.features = {feature.name: feature for feature in features}
        self.commands: dict[str, CommandHelp] = {
            name: command for feature in features for name, command in feature.commands.items()
        }
        self._otherwise = otherwise
        self._platforms = {} if platforms is None else platforms
        self._links = links
        self._entrance = Entrance(clock, self._emit, paces(self._platforms), links)
        self._making = asyncio.Semaphore(FILES_AT_ONCE)
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._listeners: list[Listener] = []
        self._together: dict[str, Together] = {
            f"{feature.name}.{name}": handler
            for feature in features
            for name, handler in (*feature.together.items(), *feature.batched.items())
        }
        gathering, batching = Gathering(self._gathered, moment), Batching(self._batched)
        self._batches: dict[str, Batching] = {
            f"{feature.name}.{name}": batches
            for feature in features
            for names, batches in ((feature.together, gathering), (feature.batched, batching))
            for name in names
        }

    def listen(self, listener: Listener) -> None:
        """Have `listener` called after every interaction: the scheduler wakes, the figures count."""
        self._listeners.append(listener)

    async def handle(self, act: Interaction) -> Answer:
        """What somebody did, once: the answer is for the response itself, everything else is in the outbox by then."""
        began = time.perf_counter()
        try:
            if isinstance(act, Click | Submission) and (batches := self._batches.get(act.address)):
                return await batches.join(act)
            return await self._answered(act)
        except Refused as refusal:
            return Answer(whisper=replace(note(refusal.sentence), locale=refusal.locale))
        finally:
            for listener in self._listeners:
                listener(act, time.perf_counter() - began)

    def draw(self, view: View, address: str) -> Card | Withdrawn:
        """The card at an address as it should look now."""
        feature, _, name = address.partition(".")
        drawn = self.features[feature].drawings[name](view)
        return replace(drawn, locale=view.t.locale) if isinstance(drawn, Card) else drawn

    async def file(self, token: str) -> File | None:
        """The file a link's token asks for; None if the token is not ours, too old, or what it names is gone.

        `Refused` is for the one it was made for, who may not have the file any more.
        """
        now = self.clock.now()
        wanted = self._links.read(token, now) if self._links else None
        if wanted is None:
            return None
        async with self._making:
            return await self.database.read(lambda connection: made(self.features, connection, wanted, now))

    async def hear(self, change: Change) -> None:
        """A place has another name, or messages are gone."""
        await self.database.briefly(lambda connection: self._change(connection, change))

    def tell_lost(self, connection: Connection, lost: Lost, reason: str, now: datetime) -> None:
        """Tell the feature whose message it was that it is gone."""
        feature, _, name = lost.drawing.partition(".")
        if told := self.features[feature].lost.get(name):
            told(_lost_view(connection, lost, reason, now))

    def addresses(self) -> set[str]:
        """Every address a button, a select or a form may carry."""
        return {
            f"{feature.name}.{name}"
            for feature in self.features.values()
            for name in (*feature.clicks, *feature.forms, *feature.together, *feature.batched)
        }

    async def _answered(self, act: Interaction) -> Answer:
        """The answer to one who is heard alone, once the platforms have said what its handler must know.

        What somebody does, they do one after the other, also if they press twice, on whatever replica.
        """
        doors: dict[Known, Access] = {}

        def turn(connection: Connection) -> Answer:
            return self._turn(connection, act, doors)

        while True:
            try:
                # Not only in the database: whoever waits there has a thread, and somebody may press again and again.
                async with self._busy.setdefault(account_of(act.origin), asyncio.Lock()):
                    return await self.database.briefly(turn)
            except Unasked as unasked:
                doors.update(await ask(self._platforms, unasked.doors))

    async def _gathered(self, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        return await self.database.run(lambda connection: self._settled(connection, acts))

    async def _batched(self, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        """Everybody's outcome from one transaction; where a bug undoes it, from one each: it is not the others'."""
        if len(acts) > 1:
            try:
                return await self.database.briefly(lambda connection: self._settled_or_faulty(connection, acts))
            except Faulty as fault:
                log.warning("batch_undone", acts=len(acts), error=type(fault.__cause__).__name__)
        return [await self._alone(act) for act in acts]

    async def _alone(self, act: Interaction) -> Outcome:
        try:
            return (await self.database.briefly(lambda connection: self._settled(connection, [act])))[0]
        except Exception as error:  # noqa: BLE001 -- it is raised where this one waits
            return error

    def _settled_or_faulty(self, connection: Connection, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        with faulty(connection):
            return self._settled(connection, acts)

    def _settled(self, connection: Connection, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        """Every act's outcome, each handler having been called once for all of its own."""
        outcomes: list[Outcome] = [NOTHING] * len(acts)
        gathered: dict[Together, list[tuple[int, Turn]]] = {}
        for number, turn in enumerate(self._entrance.enter_all(connection, acts)):
            if turn and isinstance(turn.act, Click | Submission):
                gathered.setdefault(self._together[turn.act.address], []).append((number, turn))
        for settle, turns in gathered.items():
            told = settle([turn for _, turn in turns])
            for (number, turn), outcome in zip(turns, told, strict=True):
                if isinstance(outcome, Refused):
                    outcome.locale = turn.t.locale
                outcomes[number] = outcome if isinstance(outcome, Refused) else outside(turn, outcome)
        return outcomes

    def _change(self, connection: Connection, change: Change) -> None:
        workspace = directory.workspace(connection, change.platform, change.workspace)
        place = directory.place_at(connection, workspace, change.place, change.place_kind, change.name)
        if change.reason:
            for lost in lose_at(connection, workspace.id, place.id, place.key, change.message):
                self.tell_lost(connection, lost, change.reason, self.clock.now())

    def _turn(self, connection: Connection, act: Interaction, doors: Mapping[Known, Access]) -> Answer:
        locks.alone(connection, [account_of(act.origin)])
        turn = self._entrance.enter(connection, act)
        if turn is None:
            return NOTHING
        turn = replace(turn, answered=doors) if doors else turn
        try:
            return outside(turn, self._route(turn, turn.act))
        except Refused as refusal:
            refusal.locale = turn.t.locale
            raise

    def _route(self, turn: Turn, act: Interaction) -> Answer:
        match act:
            case Command(name=name):
                return self._command(turn, name)
            case Click(address=address):
                return self._addressed(turn, address, "clicks")
            case Submission(address=address):
                return self._addressed(turn, address, "forms")
            case Event(name="home_opened"):
                return Answer(home=self._home(turn))
            case Event(name=name, facts=facts):
                self._emit(turn, name, facts)
                return NOTHING
            case _:
                assert_never(act)

    def _command(self, turn: Turn, name: str) -> Answer:
        command = self.commands.get(name) or self.commands[self._otherwise]
        return self._allowed(turn, command.role, command.handler)

    def _addressed(self, turn: Turn, address: str, kind: str) -> Answer:
        owner, _, name = address.partition(".")
        feature = self.features.get(owner)
        handlers: Mapping[str, Handler] = getattr(feature, kind) if feature else {}
        if feature is None or name not in handlers:
            log.warning("address_unknown", kind=kind, address=address[:80])
            raise Refused(turn.t("This button is from an older version of me. Please start again from the command."))
        return self._allowed(turn, feature.roles.get(name), handlers[name])

    def _allowed(self, turn: Turn, role: Role | None, handler: Handler) -> Answer:
        turn.require(role)
        return handler(turn) or NOTHING

    def _emit(self, scene: Scene, name: str, facts: Mapping[str, str]) -> None:
        if not isinstance(scene, Turn):
            raise TypeError(scene)
        event = replace(scene, act=Event(scene.act.origin, name, facts))
        for feature in self.features.values():
            if handler := feature.events.get(name):
                handler(event)

    def _home(self, turn: Turn) -> Card:
        view = View(connection=turn.connection, workspace=turn.workspace, now=turn.now, t=turn.t, reader=turn.me)
        parts: list[Part] = []
        for feature in self.features.values():
            if feature.home:
                parts += feature.home(view)
        return Card(turn.t("Your Drumbeat"), tuple(parts))


def _lost_view(connection: Connection, lost: Lost, reason: str, now: datetime) -> View:
    workspace = directory.workspace_by_id(connection, lost.workspace)
    reader = directory.person(connection, workspace, lost.person) if lost.person else None
    return View(
        connection=connection,
        workspace=workspace,
        now=now,
        t=Texts(reader.locale, reader.zone) if reader else Texts(workspace.locale, workspace.zone),
        reader=reader,
        arguments={**lost.arguments, "place": str(lost.place or ""), "reason": reason},
    )

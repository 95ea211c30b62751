"""A company on a real database, driven through the engine's one door, with a clock that is moved by hand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TypeVar

import sqlalchemy as sa

from bot.core.cards import Bars, Button, Buttons, Card, Chart, Context, Divider, Fields, Heading, Picture, Prose, Select
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.feature import Feature, View, Withdrawn
from bot.core.forms import Form, filling
from bot.core.interactions import Answer, Click, Command, Event, Origin, Submission, Value
from bot.core.links import PATH, File, Links
from bot.core.outbox import State, outbox
from bot.core.people import Person, Profile, Role
from bot.core.places import PlaceKind, Workspace
from bot.core.rich import Link, spoken
from bot.core.texts import Texts
from tests.scheduler.pretend import Pretend

T = TypeVar("T")
Only = Callable[[str, str], bool]
"""Whether a planned message matters, by its key and its drawing."""

ADDRESS = "https://drumbeat.example.com"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that stands until somebody moves it."""

    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return self.at.timestamp()

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True)
class Said:
    """One message that is planned, and the card it would be if it were sent now."""

    key: str
    lane: str
    due: datetime
    expires: datetime | None
    person: int | None
    place: int | None
    card: Card | Withdrawn
    drawing: str

    @property
    def text(self) -> str:
        return read_aloud(self.card) if isinstance(self.card, Card) else f"withdrawn: {self.card.reason}"


@dataclass
class Stage:
    """`anna` is an admin, `ben` and `chen` are employees, `dora` speaks German in Berlin; all in one workspace.

    `moment` is how many seconds somebody waits for others whose vote is written together with theirs. `platform` is
    asked who may write where: everybody everywhere, but for its `outside`.
    """

    database: Database
    features: Sequence[Feature]
    clock: HandClock = field(default_factory=HandClock)
    moment: float = 0.002
    platform: Pretend = field(default_factory=Pretend)

    def __post_init__(self) -> None:
        links = Links(ADDRESS, "a key that signs links")
        self.engine = Engine(
            self.database,
            self.clock,
            self.features,
            otherwise="drumbeat",
            platforms=dict.fromkeys(("stage", "slack", "teams", "sandbox"), self.platform),
            links=links,
            moment=self.moment,
        )

    async def set_up(self) -> None:
        """Fill the directory."""
        people = [
            Profile(account="U-anna", name="Anna", email="anna@example.com", zone="Europe/London", admin=True),
            Profile(account="U-ben", name="Ben", email="ben@example.com", zone="Europe/London", title="Engineer"),
            Profile(account="U-chen", name="Chen", email="chen@example.com", zone="America/New_York"),
            Profile(account="U-dora", name="Dora", email="dora@example.com", zone="Europe/Berlin", locale="de"),
        ]
        for profile in people:
            await self.learn(profile)
        await self.run(lambda c: directory.place_at(c, self._workspace(c), "C-general", PlaceKind.CHANNEL, "general"))

    async def learn(self, profile: Profile) -> Person:
        return await self.run(lambda c: directory.learn(c, self._workspace(c), profile))

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await self.database.run(work)

    async def person(self, account: str) -> Person:
        return await self.run(lambda c: directory.account(c, self._workspace(c), account))

    async def workspace(self) -> Workspace:
        return await self.run(self._workspace)

    async def grant(self, account: str, role: Role) -> None:
        person = await self.person(account)
        await self.run(lambda c: directory.grant(c, person, role))

    async def type(self, account: str, line: str, place: str = "C-general") -> Answer:
        """Somebody types a command, such as `/poll "A?" "B"`, in a channel (or a direct chat: place `D-...`)."""
        name, _, text = line.removeprefix("/").partition(" ")
        return await self.engine.handle(Command(self.origin(account, place), name, text))

    async def press(self, account: str, button: Button | Select, value: str = "") -> Answer:
        """Somebody presses a button they see, or chooses an option of a select."""
        chosen = button.value if isinstance(button, Button) else value
        return await self.engine.handle(Click(self.origin(account), button.address, chosen))

    async def send(self, account: str, form: Form | None, **values: Value) -> Answer:
        """Somebody sends a form as it is filled, but for the given fields."""
        assert form is not None
        filled = {each.id: filling(each) for each in form.fields} | values
        return await self.engine.handle(Submission(self.origin(account), form.address, filled, form.state))

    async def happen(self, account: str, event: str, place: str = "C-general", **facts: str) -> Answer:
        """Something happens by itself: `joined`, `posted`, ..."""
        return await self.engine.handle(Event(self.origin(account, place), event, facts))

    async def download(self, link: Link) -> File | None:
        """Whoever holds a link follows it; `Refused` if the one it was made for may not have the file any more."""
        return await self.engine.file(link.url.removeprefix(ADDRESS + PATH))

    async def data(self, account: str, feature: str) -> dict[str, str]:
        """What a feature tells somebody it stores of them."""
        tell = self.engine.features[feature].data
        assert tell is not None
        return dict(await self.run(lambda c: tell(self.view(c, account))))

    async def forget(self, account: str, feature: str) -> None:
        """Let a feature forget somebody."""
        erase = self.engine.features[feature].forget
        assert erase is not None
        await self.run(lambda c: erase(self.view(c, account)))

    def view(self, connection: Connection, account: str) -> View:
        """What a drawing for somebody is handed."""
        workspace = self._workspace(connection)
        reader = directory.account(connection, workspace, account)
        texts = Texts(reader.locale, reader.zone)
        return View(connection=connection, workspace=workspace, now=self.clock.now(), t=texts, reader=reader)

    async def tick(self) -> None:
        """Let every feature settle what is due now."""
        for feature in self.features:
            for tick in (*feature.ticks.values(), *feature.upkeep.values()):
                await self.run(lambda c, tick=tick: tick(c, self.clock.now()))  # type: ignore[misc]

    async def planned(self, account: str = "", *, only: Only = lambda _key, _drawing: True) -> list[Said]:
        """What is planned and not yet sent, in the order it is due; for everybody, or for one person."""
        person = (await self.person(account)).id if account else None
        return await self.run(lambda c: self._planned(c, person, only))

    async def states(self) -> dict[str, str]:
        """The state of each outbox row, by key."""
        rows = await self.run(lambda c: c.execute(sa.select(outbox.c.key, outbox.c.state)).all())
        return {row.key: row.state for row in rows}

    def origin(self, account: str, place: str = "C-general") -> Origin:
        kind = PlaceKind.DIRECT if place.startswith("D-") else PlaceKind.CHANNEL
        return Origin(platform="stage", workspace="W1", account=account, place=place, place_kind=kind)

    def _workspace(self, connection: Connection) -> Workspace:
        return directory.workspace(connection, "stage", "W1")

    def _planned(self, connection: Connection, person: int | None, only: Only) -> list[Said]:
        found = sa.select(outbox).where(outbox.c.state == State.READY.value).order_by(outbox.c.due_at, outbox.c.id)
        if person is not None:
            found = found.where(outbox.c.person_id == person)
        view = cache(partial(self._view, connection))
        return [self._said(view, row) for row in connection.execute(found).all() if only(row.key, row.drawing)]

    def _said(self, view: Callable[[int, int | None], View], row: sa.Row) -> Said:  # type: ignore[type-arg]
        seen = replace(view(row.workspace_id, row.person_id), arguments=json.loads(row.arguments))
        card = self.engine.draw(seen, row.drawing)
        return Said(row.key, row.lane, row.due_at, row.expires_at, row.person_id, row.place_id, card, row.drawing)

    def _view(self, connection: Connection, workspace_id: int, person_id: int | None) -> View:
        workspace = directory.workspace_by_id(connection, workspace_id)
        reader = directory.person(connection, workspace, person_id) if person_id else None
        texts = Texts(reader.locale, reader.zone) if reader else Texts(workspace.locale, workspace.zone)
        return View(connection=connection, workspace=workspace, now=self.clock.now(), t=texts, reader=reader)


def buttons(card: Card | Withdrawn | None) -> dict[str, Button]:
    """The buttons of a card by their label; those of bars by the bar's label."""
    assert isinstance(card, Card), card
    found: dict[str, Button] = {}
    for part in card.parts:
        if isinstance(part, Buttons):
            found |= {button.label: button for button in part.buttons}
        elif isinstance(part, Bars):
            found |= {bar.label: bar.button for bar in part.bars if bar.button}
    return found


def read_aloud(card: Card | None) -> str:
    """Everything a card says, line by line, as somebody would read it."""
    assert card is not None
    lines: list[str] = []
    for part in card.parts:
        match part:
            case Heading(text=heading):
                lines.append(heading)
            case Prose(text=text) | Context(text=text):
                lines.append(spoken(text))
            case Fields(pairs=pairs):
                lines += [f"{label}: {spoken(value)}" for label, value in pairs]
            case Bars(bars=bars):
                lines += [f"{bar.label}: {bar.count} ({spoken(bar.note)})" for bar in bars]
            case Chart(title=title, bars=bars):
                lines += [title, *(f"{bar.label}: {bar.count}" for bar in bars)]
            case Buttons() | Select() | Divider() | Picture():
                pass
    return "\n".join(lines)

"""A poll of every kind, asked and voted in by a small company: what the pictures show."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from bot.core.cards import Card
from bot.core.database import metadata, open_database
from bot.core.directory import store as directory
from bot.core.interactions import Value
from bot.core.people import Profile
from bot.core.places import PlaceKind
from bot.features import features
from tests.bot.stage import Stage, buttons

PEOPLE: Final = {
    "U-ana": "Ana Rocha",
    "U-ben": "Ben Okafor",
    "U-chen": "Chen Li",
    "U-dora": "Dora Fuchs",
    "U-elif": "Elif Demir",
    "U-finn": "Finn Berg",
    "U-gus": "Gus Whitlock",
}
CROWD: Final = tuple(PEOPLE)[1:]


@dataclass(frozen=True)
class Asked:
    """A poll of one question: what Ana types, and what the others press or fill in, in turn.

    A press is the words on a button; a form is opened by `opens` and filled with a mapping.
    """

    line: str
    answers: tuple[str | Mapping[str, Value], ...]
    opens: str = ""
    closed: bool = False


ASKED: Final[Mapping[str, Asked]] = {
    "single": Asked(
        '"Where should the summer party be?" "By the lake" "On the roof" "In the park"',
        ("By the lake", "By the lake", "On the roof", "By the lake", "In the park"),
    ),
    "several": Asked(
        '"Which days suit you for the workshop?" "Tuesday" "Wednesday" "Thursday" --multi 2 --close Fri 17:00',
        (
            *("Tuesday", "Wednesday", "Tuesday", "Tuesday", "Thursday", "Tuesday"),
            *("Thursday", "Thursday", "Wednesday", "Thursday"),
        ),
    ),
    "ranked": Asked(
        '"Where do we meet in spring?" "Lisbon" "Kraków" "Malmö" --ranked',
        tuple(
            {f"rank{place}": option for place, option in enumerate(order, start=1)}
            for order in ("012", "021", "120", "120", "210", "102")
        ),
        opens="Rank the options",
    ),
    "rating": Asked('"How was the town hall?" --rating', ("4", "5", "4", "3", "5")),
    "nps": Asked(
        '"How likely are you to recommend working here to a friend?" --nps --confidential',
        ("9", "10", "8", "9", "6", "10"),
        closed=True,
    ),
    "yesno": Asked('"Shall we keep the quiet Wednesday?" --yesno', ("Yes", "Yes", "No", "Yes", "Abstain")),
    "text": Asked(
        '"What would you love to see in this channel?" --text',
        tuple({"answer": text} for text in ("Photos of the workshop", "Customer stories", "customer stories!")),
        opens="Write an answer",
    ),
    "quiz": Asked(
        '"Since when do we build bicycles?" "1998" "2004" "2011" --quiz 2004 '
        '--explain "The first one left the workshop in May 2004, and is still ridden."',
        ("2004", "1998", "2004", "2004", "2011"),
        closed=True,
    ),
    "secret": Asked('"Do you feel heard by your team lead?" "Yes" "Partly" "No" --secret --close Fri 17:00', ()),
}

SURVEY: Final = ("How was your week?", "I know what is expected of me this month.", "What would make next week better?")


@asynccontextmanager
async def company(folder: Path) -> AsyncIterator[Stage]:
    """A company on a database of its own in `folder`."""
    database = open_database(f"sqlite:///{folder / 'gallery.sqlite'}")
    await database.run(metadata.create_all)
    stage = Stage(database, features())
    for account, name in PEOPLE.items():
        await stage.learn(Profile(account=account, name=name, zone="Europe/Berlin"))
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.place_at(c, workspace, "C-general", PlaceKind.CHANNEL, "general"))
    yield stage
    await database.close()


async def cards(stage: Stage) -> dict[str, Card]:
    """Each kind's card as it stands in the channel, by the name of its picture."""
    shown = {name: await _asked(stage, asked) for name, asked in ASKED.items()}
    return {**shown, "survey": await _survey(stage)}


async def _asked(stage: Stage, asked: Asked) -> Card:
    await stage.type("U-ana", f"/poll {asked.line}")
    for account, answer in zip(cycle(CROWD), asked.answers, strict=False):
        pressed = buttons(await _newest(stage))[asked.opens or str(answer)]
        opened = await stage.press(account, pressed)
        if isinstance(answer, Mapping):
            await stage.send(account, opened.form, **answer)
    stage.clock.move(minutes=30)  # by then confidential figures are shown
    await stage.tick()
    if asked.closed:
        menu = (await stage.press("U-ana", buttons(await _newest(stage))["More"])).whisper
        await stage.press("U-ana", buttons(menu)["Close poll"])
    return await _newest(stage)


async def _survey(stage: Stage) -> Card:
    form = (await stage.type("U-ana", "/poll")).form
    for question, kind in zip(SURVEY[:-1], ("rating", "rating"), strict=True):
        form = (await stage.send("U-ana", form, question=question, kind=kind, then="question")).form
    await stage.send("U-ana", form, question=SURVEY[-1], kind="text", then="ask")
    return await _newest(stage)


async def _newest(stage: Stage) -> Card:
    said = [said for said in await stage.planned() if said.drawing == "polls.ballot"][-1]
    assert isinstance(said.card, Card)
    return said.card

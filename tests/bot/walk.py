"""A walk through everything that is ever said: whoever acts also looks at all that comes of it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from gettext import NullTranslations
from typing import Any, assert_never

from babel.messages.pofile import read_po

from adapters.sandbox import render as sandbox
from adapters.slack import forms as slack_forms
from adapters.slack import render as slack
from adapters.teams import forms as teams_forms
from adapters.teams import render as teams
from bot.core.cards import (
    Bars,
    Button,
    Buttons,
    Card,
    Chart,
    Context,
    Divider,
    Fields,
    Heading,
    Part,
    Picture,
    Prose,
    Select,
)
from bot.core.forms import FORM_STATE, ChoiceField, Form, TextField
from bot.core.interactions import Answer, Value
from bot.core.rich import Text, When, spoken
from bot.core.texts import FOLDER, Texts
from scheduler.planner import plan
from tests.adapters.slack.limits import fit
from tests.adapters.teams.schemas import check_card
from tests.bot.stage import Said, Stage

PSEUDO = "ja"
"""Nobody translates into it here, and Babel writes its dates without a Latin letter."""

KEEP_TO_THEMSELVES = {"intros", "polls", "praise", "rhythm"}
"""Features that change what only they draw: none knows another one (see the contracts of the imports)."""
SPEAK_OF_ALL = {"home", "outgoing"}
"""Features that draw what others did."""

LONGEST = {"value": 2000, "label": 75, "state": FORM_STATE, "title": 24}
"""Characters that every platform takes."""

_LABELS = {"title", "label", "placeholder", "errorMessage", "tooltip", "altText"}
_LATIN = re.compile(r"[A-Za-z]+")
_MARKED = re.compile(r"⟦[^⟧]*(⟧|$)")
_NEUTRAL = re.compile(
    r"/[a-z]+\b|--[a-z-]+|Asia/Kolkata|English|Deutsch|CSV|JSON|Excel|\bOK\b|Stage|\b[UC]-\w+|\b\w{4}-\w{4}-\w{4}\b",
    re.ASCII,
)
"""Not translated on purpose: commands, flags, codes, zones, languages, platforms and formats by their own names,
accounts and channels without a name."""


class Marked(NullTranslations):
    """A language that says the message itself between marks; what stands in its places stays outside them.

    Only messages of the catalogues are marked: what `make words` does not find is not translated.
    """

    def __init__(self) -> None:
        super().__init__()
        with (FOLDER / "de" / "LC_MESSAGES" / "drumbeat.po").open("rb") as written:
            ids = [message.id for message in read_po(written, "de")]
        self._known = {each for id_ in ids for each in ([id_] if isinstance(id_, str) else id_)}

    def gettext(self, message: str) -> str:
        """The message with its marks."""
        return re.sub(r"(\{\w+\})", r"⟧\1⟦", f"⟦{message}⟧") if message in self._known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for a number, with its marks."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@dataclass
class Walk:
    """A stage whose every answer and planned message is looked at.

    `met` is what it came by: `typed`, `pressed`, `sent` or `drawn`, and a name or an address. `seen` are the planned
    cards so far, `known` the keys of their messages; `line` is what was typed last behind a command.
    """

    stage: Stage
    locale: str
    met: set[tuple[str, str]] = field(default_factory=set)
    seen: set[Card] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    line: str = ""

    async def type(self, account: str, line: str, place: str = "C-general") -> Answer:
        """Somebody types."""
        command = line.split(maxsplit=1)[0].removeprefix("/")
        self.met.add(("typed", command))
        self.line = line.partition(" ")[2]
        return await self._hear(await self.stage.type(account, line, place), by=self._whose(command))

    async def press(self, account: str, card: Card | Form | None, address: str, value: str = "") -> Answer:
        """Somebody presses the first button of a card that leads to `address`."""
        assert isinstance(card, Card)
        self.met.add(("pressed", address))
        button = next(each for each in pressable(card) if each.address == address)
        return await self._hear(await self.stage.press(account, button, value), by=_feature(address))

    async def force(self, account: str, address: str, value: str = "") -> Answer:
        """Somebody presses a button of a card that is older than what happened since."""
        return await self._hear(await self.stage.press(account, Button("", address, value)), by=_feature(address))

    async def send(self, account: str, answer: Answer, /, **values: Value) -> Answer:
        """Somebody sends the form they got."""
        assert answer.form is not None
        self.met.add(("sent", answer.form.address))
        sent = await self.stage.send(account, answer.form, **values)
        if sent.problems:
            self.see(replace(answer.form, problems=dict(sent.problems)))
        return await self._hear(sent, by=_feature(answer.form.address))

    async def happen(self, account: str, event: str) -> Answer:
        """Something happens by itself."""
        return await self._hear(await self.stage.happen(account, event))

    async def pass_time(self, **span: float) -> None:
        """Time goes by, and what has become due is planned."""
        self.stage.clock.move(**span)
        await self.stage.tick()
        await self.stage.run(lambda connection: plan(connection, self.stage.clock.now()))
        await self._look()

    async def newest(self, drawing: str) -> Card:
        """The card of the newest planned message with a drawing."""
        cards = [said.card for said in await self.stage.planned(only=lambda _, drawn: drawn == drawing)]
        assert isinstance(cards[-1], Card)
        return cards[-1]

    async def draw(self, account: str, drawing: str, **arguments: str) -> None:
        """Look at a card that this walk does not lead to by itself."""
        self.met.add(("drawn", drawing))
        drawn = await self.stage.run(
            lambda c: self.stage.engine.draw(replace(self.stage.view(c, account), arguments=arguments), drawing)
        )
        assert isinstance(drawn, Card)
        self.see(drawn)

    async def _hear(self, answer: Answer, by: str = "") -> Answer:
        for said in (answer.whisper, answer.replace, answer.own, answer.home, answer.form):
            if said:
                self.see(said)
        await self._look(by)
        return answer

    async def _look(self, by: str = "") -> None:
        """Look at all that is planned; after an act of a feature that keeps to itself, not at what is others'."""
        changed = SPEAK_OF_ALL | {by}

        def matters(key: str, drawing: str) -> bool:
            return by not in KEEP_TO_THEMSELVES or _feature(drawing) in changed or key not in self.known

        for said in await self.stage.planned(only=matters):
            self._witness(said)

    def _whose(self, command: str) -> str:
        return next(name for name, each in self.stage.engine.features.items() if command in each.commands)

    def _witness(self, said: Said) -> None:
        self.known.add(said.key)
        if isinstance(said.card, Card) and said.card not in self.seen:
            self.seen.add(said.card)
            self.met.add(("drawn", said.drawing))
            self.see(said.card)

    def see(self, shown: Card | Form) -> None:
        """Hold one card or form to everything that is promised."""
        assert shown.locale == self.locale, shown
        self._understand(visible(shown))
        if isinstance(shown, Card):
            self._see_card(shown)
        else:
            self._see_form(shown)

    def _understand(self, texts: Iterable[str]) -> None:
        """Nothing is said in English, but for what is neutral and what is only said back."""
        for text in texts if self.locale == PSEUDO else ():
            own = text.replace(f"⟧{self.line}⟦", "⟧⟦")
            assert not _LATIN.search(_NEUTRAL.sub("", _MARKED.sub("", own))), text

    def _see_card(self, card: Card) -> None:
        for each in pressable(card):
            assert each.address in self.stage.engine.addresses()
            assert self.locale == PSEUDO or 0 < len(each.label) <= LONGEST["label"]
            assert isinstance(each, Select) or len(each.value) <= LONGEST["value"]
        fit(slack.message(card)["blocks"])
        fit(slack.home(card)["blocks"])
        self._understand(labels(slack.message(card)["blocks"]))
        self._see_teams(teams.adaptive(card))
        json.dumps(sandbox.card(card))

    def _see_form(self, form: Form) -> None:
        assert form.address in self.stage.engine.addresses()
        assert len(form.state) <= LONGEST["state"]
        assert self.locale == PSEUDO or max(len(form.title), len(form.submit)) <= LONGEST["title"]
        fit(slack_forms.view(form)["blocks"])
        self._understand(labels(slack_forms.view(form)))
        for dialog in (True, False):
            self._see_teams(teams_forms.card(form, Texts(self.locale), teams_forms.Choices(), dialog=dialog))
        json.dumps(sandbox.form(form, "Asia/Kolkata"))

    def _see_teams(self, card: dict[str, Any]) -> None:
        check_card(card)
        assert teams.size(card) <= teams.LARGEST
        self._understand(labels(card))


def _feature(address: str) -> str:
    return address.partition(".")[0]


def labels(value: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON value
    """What is written on a rendered card's buttons and fields, in Slack's or Adaptive Cards' JSON."""
    if isinstance(value, dict):
        if value.get("type") == "plain_text":
            yield value["text"]
        yield from (said for name, said in value.items() if name in _LABELS and isinstance(said, str))
        for inner in value.values():
            yield from labels(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from labels(inner)


def pressable(card: Card) -> Iterator[Button | Select]:
    """Every button and select of a card."""
    for part in card.parts:
        match part:
            case Buttons(buttons=buttons):
                yield from buttons
            case Bars(bars=bars):
                yield from (bar.button for bar in bars if bar.button)
            case Select():
                yield part
            case Heading() | Prose() | Fields() | Picture() | Chart() | Divider() | Context():
                pass
            case _:
                assert_never(part)


def visible(shown: Card | Form) -> Iterator[str]:
    """Everything that somebody can read, but for instants, which platforms write."""
    if isinstance(shown, Card):
        yield shown.summary
        for part in shown.parts:
            yield from _part(part)
        return
    yield from (shown.title, shown.submit, _read(shown.intro), *shown.problems.values())
    for asked in shown.fields:
        yield from (asked.label, asked.hint)
        if isinstance(asked, TextField):
            yield from (asked.placeholder, asked.value)
        elif isinstance(asked, ChoiceField):
            yield from (option.label for option in asked.options)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Heading(text=heading):
            yield heading
        case Prose(text=text) | Context(text=text):
            yield _read(text)
        case Fields(pairs=pairs):
            yield from (said for label, text in pairs for said in (label, _read(text)))
        case Buttons(buttons=buttons):
            yield from (said for button in buttons for said in (button.label, button.confirm, button.spoken))
        case Select(label=label, options=options):
            yield from (label, *(option.label for option in options))
        case Picture(alt=alt):
            yield alt
        case Bars(bars=bars):
            yield from (said for bar in bars for said in (bar.label, _read(bar.note)))
            yield from (bar.button.label for bar in bars if bar.button)
        case Chart(title=title, bars=bars):
            yield from (title, *(bar.label for bar in bars))
        case Divider():
            pass
        case _:
            assert_never(part)


def _read(text: Text) -> str:
    return spoken(tuple(span for span in text if not isinstance(span, When)))

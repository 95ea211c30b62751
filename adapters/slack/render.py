"""Cards as Block Kit: what a message, a private reply and the home page look like in Slack.

Limits are Slack's (docs.slack.dev/reference/block-kit); the one on all characters together is undocumented and known
from slackapi/bolt-js issue 2509.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, assert_never

from babel.numbers import format_percent
from slackblocks import (
    ActionsBlock,
    Block,
    ConfirmationDialogue,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    HomeTabView,
    ImageBlock,
    Markdown,
    PlainText,
    SectionBlock,
    StaticSelectMenu,
    WebhookMessage,
)
from slackblocks import Button as ButtonElement
from slackblocks import Option as OptionObject

from adapters.slack import charts
from adapters.slack.mrkdwn import clip, flow, size, written
from bot.core.cards import (
    Bar,
    Bars,
    Button,
    Buttons,
    Card,
    Chart,
    Context,
    Divider,
    Fields,
    Heading,
    Option,
    Part,
    Picture,
    Prose,
    Select,
    Style,
)
from bot.core.rich import Plain, Text
from bot.core.texts import Texts

Json = dict[str, Any]

MOST_BLOCKS: Final = 50
MOST_HOME_BLOCKS: Final = 100
MOST_CHARACTERS: Final = 13_000
MOST_OPTIONS: Final = 100
LONGEST_TEXT: Final = 3000
LONGEST_FIELD: Final = 2000
LONGEST_LINE: Final = 1000
LONGEST_HEADING: Final = 150
LONGEST_LABEL: Final = 75
LONGEST_ALT: Final = 2000
LONGEST_SUMMARY: Final = 3000
LONGEST_CONFIRM: Final = 300
LONGEST_CONFIRM_BUTTON: Final = 30
LONGEST_CONFIRM_TITLE: Final = 100
BUTTONS_A_ROW: Final = 25
FIELDS_A_SECTION: Final = 10
BAR_WIDTH: Final = 16
SHORTER: Final = (LONGEST_TEXT, 1000, 400, 150, 60, 20)
"""How much a single text may take: all there is, and less where a card is too long as a whole."""

_STYLES: Final[dict[Style, Literal["primary", "danger"] | None]] = {
    Style.PLAIN: None,
    Style.PRIMARY: "primary",
    Style.DANGER: "danger",
}


@lru_cache(maxsize=64)
def message(card: Card) -> Json:
    """A card as `text` (for notifications and screen readers) and `blocks`."""
    rendered = WebhookMessage(summary(card), blocks=_fitting(card, MOST_BLOCKS)).to_dict()
    return {"text": rendered["text"], "blocks": nameless(rendered["blocks"])}


def home(card: Card) -> Json:
    """A card as the view of somebody's home page."""
    view: Json = HomeTabView(_fitting(card, MOST_HOME_BLOCKS)).to_dict()
    return {**view, "blocks": nameless(view["blocks"])}


def nameless(blocks: list[Json]) -> list[Json]:
    """Blocks without the random ids slackblocks gives them: the same card is drawn the same twice."""
    kept = ("input",)
    return [
        {name: value for name, value in block.items() if name != "block_id" or block["type"] in kept}
        for block in blocks
    ]


def summary(card: Card) -> str:
    """What a notification says; Slack reads markup in it, so people's own is taken away."""
    return written((Plain(card.summary),), LONGEST_SUMMARY)


def address(action_id: str) -> str:
    """The address that a button or a select was given."""
    return action_id.partition("#")[0]


def options(chosen: Sequence[Option], longest: int = LONGEST_LABEL) -> list[OptionObject]:
    """Options of a select, at most a hundred."""
    return [OptionObject(label(each.label, min(longest, LONGEST_LABEL)), each.value) for each in chosen[:MOST_OPTIONS]]


def label(text: str, longest: int = LONGEST_LABEL) -> PlainText:
    """Short plain text; Slack refuses an empty one."""
    return PlainText(clip(text, longest) if text.strip() else "\u2013", emoji=True)


def markup(text: str) -> Markdown:
    """Text that is markup already; Slack must not look for further names and addresses in it."""
    return Markdown(text, verbatim=True)


def _fitting(card: Card, most: int) -> list[Block]:
    """Shorter texts first, then fewer blocks, until Slack takes the whole."""
    blocks: list[Block] = []
    for longest in SHORTER:
        blocks = _at_most(list(_blocks(card, longest)), most)
        if sum(map(_characters, blocks)) <= MOST_CHARACTERS:
            return blocks
    while sum(map(_characters, blocks)) > MOST_CHARACTERS:
        blocks = _at_most(blocks, len(blocks) - 1)
    return blocks


def _at_most(blocks: list[Block], most: int) -> list[Block]:
    """Where there are too many, the middle goes: what a card is about stands first, its buttons last."""
    if len(blocks) <= most:
        return blocks
    tail = 2
    return [*blocks[: most - tail - 1], ContextBlock([markup("\u2026")]), *blocks[-tail:]]


def _characters(block: Block) -> int:
    return sum(map(size, _texts(block._resolve())))  # noqa: SLF001 -- slackblocks has no public way to one block's JSON


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON value
    match value:
        case {"type": "mrkdwn" | "plain_text", "text": str(text)}:
            yield text
        case {"type": "data_visualization", "title": str(title), "chart": dict(chart)}:
            yield title
            yield from (point["label"] for series in chart["series"] for point in series["data"])
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case _:
            pass


def _blocks(card: Card, longest: int) -> Iterator[Block]:
    numbers = iter(range(10_000))
    for part in charts.drawable(card.parts or (Prose((Plain(card.summary),)),)):
        yield from _part(part, longest, _Maker(card.locale, longest, lambda address: f"{address}#{next(numbers)}"))


class _Maker:
    """Makes what can be pressed; each gets an id of its own, since Slack refuses two alike in one row."""

    def __init__(self, locale: str, longest: int, name: Callable[[str], str]) -> None:
        self._t = Texts(locale)
        self._longest = longest
        self._locale = locale
        self._name = name

    def button(self, button: Button, about: str = "") -> ButtonElement:
        spoken = button.spoken or (f"{button.label}: {about}" if about else "")
        return ButtonElement(
            self._label(button.label, LONGEST_LABEL),
            action_id=self._name(button.address),
            value=button.value or None,
            style=_STYLES[button.style],
            confirm=self._confirm(button) if button.confirm else None,
            accessibility_label=clip(spoken, LONGEST_LABEL) if spoken else None,
        )

    def select(self, select: Select) -> StaticSelectMenu:
        shown = options(select.options, self._longest)
        chosen = next((each for each in shown if each.value == select.chosen), None)
        return StaticSelectMenu(
            self._name(select.address),
            shown,
            initial_option=chosen,
            placeholder=self._label(select.label, LONGEST_HEADING),
        )

    def chart(self, chart: Chart) -> Block:
        return charts.drawn(chart, self._t("Count"))

    def percent(self, share: float) -> str:
        return format_percent(round(share, 2), locale=self._locale.replace("-", "_"))

    def _confirm(self, button: Button) -> ConfirmationDialogue:
        return ConfirmationDialogue(
            title=self._label(button.label, LONGEST_CONFIRM_TITLE),
            text=self._label(button.confirm, LONGEST_CONFIRM),
            confirm=self._label(button.label, LONGEST_CONFIRM_BUTTON),
            deny=self._label(self._t("Cancel"), LONGEST_CONFIRM_BUTTON),
            style="danger" if button.style is Style.DANGER else None,
        )

    def _label(self, text: str, longest: int) -> PlainText:
        return label(text, min(longest, self._longest))


def _part(part: Part, longest: int, make: _Maker) -> Iterator[Block]:  # noqa: C901, PLR0912 -- one branch a part
    match part:
        case Heading(text=text):
            yield HeaderBlock(label(text, min(LONGEST_HEADING, longest)))
        case Prose(text=text):
            yield from (SectionBlock(markup(piece)) for piece in _pieces(text, longest))
        case Fields(pairs=pairs):
            yield from _fields(pairs, min(LONGEST_FIELD, longest))
        case Buttons(buttons=buttons):
            for row in _rows(buttons, BUTTONS_A_ROW):
                yield ActionsBlock([make.button(button) for button in row])
        case Select():
            yield SectionBlock(markup(written((Plain(part.label),), longest)), accessory=make.select(part))
        case Picture(url=url, alt=alt):
            yield ImageBlock(url, clip(alt, min(LONGEST_ALT, longest)) or " ")
        case Bars(bars=bars, hidden=hidden):
            yield from (_bar(bar, longest, make, hidden=hidden) for bar in bars)
        case Chart():
            yield from _chart(part, longest, make)
        case Divider():
            yield DividerBlock()
        case Context(text=text):
            if shown := written(text, longest):
                yield ContextBlock([markup(shown)])
        case _:
            assert_never(part)


def _pieces(text: Text, longest: int) -> Iterable[str]:
    """A long paragraph goes on in the next block; only a card that is too long as a whole loses words."""
    pieces = flow(text, longest) if longest == LONGEST_TEXT else [written(text, longest)]
    return (piece for piece in pieces if piece.strip())


def _fields(pairs: Sequence[tuple[str, Text]], longest: int) -> Iterator[Block]:
    for row in _rows(pairs, FIELDS_A_SECTION):
        yield SectionBlock(
            fields=[
                markup(written((Plain(name, bold=True), Plain("\n"), *(value or (Plain("\u2013"),))), longest))
                for name, value in row
            ]
        )


def _bar(bar: Bar, longest: int, make: _Maker, *, hidden: bool) -> Block:
    """The label, the drawn bar with its figures in digits, and who."""
    lines = [written((*_crown(bar), Plain(bar.label, bold=True)), min(longest, LONGEST_LINE))]
    if not hidden:
        lines.append(f"{drawn(bar.share)}  {_figures(bar, make)}")
    if bar.note:
        lines.append(written(bar.note, min(longest, LONGEST_LINE)))
    text = "\n".join(lines)
    return SectionBlock(markup(text), accessory=make.button(bar.button, bar.label) if bar.button else None)


def _chart(chart: Chart, longest: int, make: _Maker) -> Iterator[Block]:
    """Slack's own chart, whose labels are short, and all of it in words below."""
    yield make.chart(chart)
    words = [(*_crown(bar), Plain(bar.label, bold=True), Plain(f" {_figures(bar, make)}")) for bar in chart.bars]
    text = tuple(span for number, bar in enumerate(words) for span in ((Plain(" \u00b7 "),) * bool(number) + bar))
    yield ContextBlock([markup(written(text, longest))])


def _figures(bar: Bar, make: _Maker) -> str:
    return f"{make.percent(bar.share)} ({bar.count})"


def _crown(bar: Bar) -> Text:
    return (Plain("\U0001f3c6 "),) if bar.winner else ()


def drawn(share: float) -> str:
    """A bar of characters; whoever has a vote has at least a sliver."""
    full = max(round(share * BAR_WIDTH), 1 if share > 0 else 0)
    return "\u2587" * full + "\u2581" * (BAR_WIDTH - full)


def _rows(items: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    return (items[at : at + most] for at in range(0, len(items), most))

"""What the bot says: a card is a summary and a few parts, from a closed union that every adapter renders totally."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.rich import Text, plain, spoken


class Style(StrEnum):
    """How much a button asks for attention."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `address` is `feature.method`, `value` what the handler gets back (at most 2,000 characters).

    `opens_form` says that the answer to it is a form: Teams must know before the click.
    `confirm` is a question asked before the click counts; empty asks nothing. `spoken` is what a screen reader says
    where the label alone would tell too little (`7 of 10`).
    """

    label: str
    address: str
    value: str = ""
    style: Style = Style.PLAIN
    opens_form: bool = False
    confirm: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A short line that names what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: Text


@dataclass(frozen=True, slots=True)
class Fields:
    """Label and value pairs."""

    pairs: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a select: what the handler gets and what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Select:
    """A drop-down that acts at once; the chosen option's value reaches the handler as the click's value."""

    label: str
    address: str
    options: tuple[Option, ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its address, with the words that stand for it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how many of a whole (`share` from 0 to 1), who (`note`), and a button that adds to it."""

    label: str
    count: int
    share: float
    note: Text = ()
    button: Button | None = None
    winner: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that say their figures in words too, so that nobody needs the colours. `hidden` shows no figures yet."""

    bars: tuple[Bar, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars as the platform draws charts, with their figures in words beside it; notes and buttons of bars do not show.

    A platform that takes no more charts, or no chart of so many bars, shows them as `Bars`.
    """

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A thin line."""


@dataclass(frozen=True, slots=True)
class Context:
    """Small print."""

    text: Text


Part = Heading | Prose | Fields | Buttons | Select | Picture | Bars | Chart | Divider | Context


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `summary` is what a notification and a screen reader say.

    `locale` is the language it is written in, set by the engine, for the few words a renderer adds itself.
    """

    summary: str
    parts: tuple[Part, ...] = ()
    locale: str = "en"


def note(text: str | Text) -> Card:
    """A card of one sentence."""
    rich = plain(text) if isinstance(text, str) else text
    return Card(spoken(rich), (Prose(rich),))

"""What people see of `/drumbeat` and at the top of their home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Fields,
    Heading,
    Option,
    Part,
    Prose,
    Select,
    Style,
    note,
)
from bot.core.forms import ChoiceField, Field, Form, PlaceField, TimeField
from bot.core.interactions import place_token
from bot.core.people import Role
from bot.core.places import Place, Workspace
from bot.core.rich import PlaceLink, Text, plain, spoken
from bot.core.texts import LOCALES, Texts

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""Each language by its own name, so that whoever reads only that one finds it."""

MOST_WATCHED: Final = 5
NUDGES: Final = range(1, 6)
FEWEST: Final = range(3, 11)


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing a person can type. `about` is a message to translate."""

    example: str
    about: str
    role: Role | None = None


def help_parts(t: Texts, hints: Sequence[Hint]) -> list[Part]:
    """What somebody can type: what everybody can, then what their role adds."""
    parts: list[Part] = [Heading(t("What you can type")), _listed(t, [hint for hint in hints if hint.role is None])]
    if added := [hint for hint in hints if hint.role is not None]:
        parts += [Heading(t("For communicators")), _listed(t, added)]
    return parts


def hello(t: Texts, name: str, hints: Sequence[Hint]) -> Card:
    """Help, after a greeting."""
    said = t("Hello {name}. I help people here to meet, to decide together and to be heard.", name=name)
    return Card(said, (Prose(plain(said)), *help_parts(t, hints)))


def unknown(t: Texts, typed: str, meant: Hint | None, hints: Sequence[Hint]) -> Card:
    """A word nobody knows, the one it is nearest to, and help."""
    if meant is None:
        said = t.rich("I do not know “{typed}” yet. Here is what I do know.", typed=typed)
        return Card(spoken(said), (Prose(said), *help_parts(t, hints)))
    said = t.rich("I do not know “{typed}”. Did you mean `{example}`?", typed=typed, example=t(meant.example))
    return Card(spoken(said), (Prose(said), Context(t.rich("Everything I know: `/drumbeat help`"))))


def home(t: Texts, name: str, buttons: Sequence[Button]) -> list[Part]:
    """The top of the home page."""
    said = t.rich("Hello {name}. What would you like to do?", name=name)
    return [Prose(said), *([Buttons(tuple(buttons))] if buttons else []), Divider()]


def language(t: Texts) -> Card:
    """Which languages there are."""
    said = t("Which language shall I speak with you?")
    return Card(said, (Prose(plain(said)), Select(t("Language"), "home.language", _languages(), t.locale)))


def speaking(t: Texts) -> Card:
    """The language is chosen; said in that language."""
    said = t("From now on I speak {language} with you.", language=LANGUAGES[t.locale])
    return Card(said, (Prose(plain(said)),))


def my_data(t: Texts, stored: Sequence[tuple[str, str]]) -> Card:
    """Everything stored of a person, and the button that erases it."""
    said = t("What I keep about you")
    pairs = Fields(tuple((label, plain(value or t("nothing"))) for label, value in stored))
    erase = Button(
        t("Erase everything"),
        "home.erase",
        style=Style.DANGER,
        confirm=t("Erase everything I keep about you, roles included? Nobody can bring it back."),
    )
    about = t.rich("I never keep what you write in channels, only what you tell me by command or form.")
    return Card(said, (Heading(said), pairs, Context(about), Buttons((erase,))))


def welcome(t: Texts, *, able: bool) -> Card:
    """What the first admin reads after the installation."""
    said = t("Drumbeat is here. Three steps and it is set up.")
    steps = (
        t.rich("*1. Choose the channels* for introductions and praise, and when I keep quiet."),
        t.rich("*2. Name who helps you:* `/drumbeat communicators add @name` and `/drumbeat leaders add @name`."),
        t.rich('*3. Try it:* type `/poll "Lunch on Friday?" "Pizza" "Sushi"` in a channel I am in.'),
    )
    row = Buttons(
        (
            Button(t("Choose channels"), "home.settings", style=Style.PRIMARY, opens_form=True),
            Button(t("What I can do"), "home.help"),
        )
    )
    whom = Context(t.rich("An admin has to do the first two steps."))
    return Card(said, (Heading(said), *map(Prose, steps), *(() if able else (whom,)), row))


def undelivered(t: Texts, place: Place, reason: str) -> Card:
    """What an author is told when the platform did not take their message. `reason` is the platform's own word."""
    where = PlaceLink(place.name, place.key)
    said = t.rich("I could not post in {place}. Add me to it, and ask again.", place=where)
    why = t.rich("What I was told: `{reason}`", reason=reason)
    return Card(spoken(said), (Prose(said), Context(why)))


def communicator(t: Texts) -> Card:
    """What a new communicator is told."""
    said = t("You are a communicator now: you can change settings, name leaders and close any poll.")
    row = (
        Button(t("Settings"), "home.settings", opens_form=True),
        Button(t("What I can do"), "home.help"),
    )
    return Card(said, (Prose(plain(said)), Buttons(row)))


def chat(workspace: Workspace) -> str:
    """A workspace by its platform and name: `Slack Acme`."""
    return f"{workspace.platform.capitalize()} {workspace.name or workspace.key}"


def join_code(t: Texts, here: Workspace, code: str) -> Card:
    """The code with which an admin of another chat joins it to this one."""
    said = t.rich("Let an admin of the other chat type `/drumbeat join {code}` there, within 15 minutes.", code=code)
    about = t("It joins that chat to {here}. Before anything happens, it says what would.", here=chat(here))
    return Card(spoken(said), (Prose(said), Context(plain(about))))


def join(t: Texts, here: Workspace, there: Workspace, people: int, value: str) -> Card:
    """What joining two chats would do, with the button that does it."""
    said = t("Join {here} and {there}: one organisation from then on?", here=chat(here), there=chat(there))
    one = t.many(
        "{count} person has the same verified e-mail address in both, and becomes one person: with one vote, the roles "
        "of both, and silence in both if they said stop in one. So does whoever gets the same address later.",
        "{count} people have the same verified e-mail address in both, and each becomes one person: with one vote, the "
        "roles of both, and silence in both if they said stop in one. So does whoever gets the same address later.",
        people,
    )
    button = Button(
        t.many("Join them: {count} person becomes one", "Join them: {count} people become one", people),
        "home.join",
        value,
        style=Style.DANGER,
        confirm=t("Join them for good? Nobody can undo it."),
    )
    return Card(said, (Heading(said), Prose(plain(one)), Context(plain(t("Nobody can undo it."))), Buttons((button,))))


def joined(t: Texts, here: Workspace, there: Workspace, people: int) -> Card:
    """Two chats are one organisation."""
    return note(
        t.many(
            "{here} and {there} are one organisation now; {count} person in both is one person.",
            "{here} and {there} are one organisation now; {count} people in both are one person each.",
            people,
            here=chat(here),
            there=chat(there),
        )
    )


def settings(t: Texts, workspace: Workspace) -> Form:
    """The communicator's settings, filled with what holds now."""
    chosen = workspace.settings
    return Form(
        address="home.settings",
        title=t("Drumbeat settings"),
        submit=t("Save"),
        fields=(
            _place(t("Introductions go to"), "introductions", chosen.introductions),
            _place(t("Praise goes to"), "praise", chosen.praise, t("Empty: where it was given.")),
            *_watched(t, chosen.watched),
            TimeField(id="quiet_begin", label=t("Quiet from"), value=f"{chosen.quiet.begin:%H:%M}"),
            TimeField(
                id="quiet_end",
                label=t("Quiet until"),
                value=f"{chosen.quiet.end:%H:%M}",
                hint=t("In each person's own time. Twice the same time: never quiet."),
            ),
            ChoiceField(
                id="weekends",
                label=t("Weekends"),
                options=(Option("quiet", t("Quiet on Saturday and Sunday")),),
                chosen=("quiet",) if chosen.quiet.weekends else (),
                many=True,
                required=False,
            ),
            ChoiceField(
                id="nudges",
                label=t("Most nudges a person and day"),
                options=tuple(Option(str(number), str(number)) for number in NUDGES),
                chosen=(str(chosen.daily_nudges),),
            ),
            ChoiceField(
                id="fewest",
                label=t("Fewest voters shown together"),
                options=tuple(Option(str(number), str(number)) for number in FEWEST),
                chosen=(str(chosen.fewest),),
                hint=t("In polls that hide names, and by group. It holds for polls that open from now on."),
            ),
            ChoiceField(id="locale", label=t("Language in channels"), options=_languages(), chosen=(workspace.locale,)),
        ),
    )


def saved(t: Texts, changed: Sequence[str]) -> Card:
    """What has changed, by the names that `settings_changed` has."""
    words = {
        "introductions": t("channel for introductions"),
        "praise": t("channel for praise"),
        "watched": t("watched channels"),
        "quiet": t("quiet hours"),
        "nudges": t("nudges a day"),
        "fewest": t("fewest voters shown together"),
        "locale": t("language in channels"),
    }
    if not changed:
        return note(t("Nothing has changed."))
    return note(t("Saved: {changes}.", changes=t.every([words[name] for name in changed])))


def _listed(t: Texts, hints: Sequence[Hint]) -> Prose:
    lines = [t.rich("`{example}` {about}", example=t(hint.example), about=t.rich(hint.about)) for hint in hints]
    text: Text = ()
    for number, line in enumerate(lines):
        text += (*(plain("\n") if number else ()), *line)
    return Prose(text)


def _languages() -> tuple[Option, ...]:
    return tuple(Option(locale, LANGUAGES[locale]) for locale in LOCALES)


def _place(label: str, name: str, place: int | None, hint: str = "") -> PlaceField:
    return PlaceField(id=name, label=label, place=place_token(place) if place else "", hint=hint, required=False)


def _watched(t: Texts, watched: Sequence[int]) -> list[Field]:
    """One field a watched channel and an empty one more."""
    places = [*watched[:MOST_WATCHED], None][:MOST_WATCHED]
    hint = t("Posts of leaders count here; none chosen: everywhere. I count, I never keep the text.")
    first, *more = (_place(t("Watched channel"), f"watched{number}", place) for number, place in enumerate(places))
    return [PlaceField(id=first.id, label=first.label, place=first.place, hint=hint, required=False), *more]

"""A feature that shows every kind of answer, and remembers what reached it."""

from dataclasses import dataclass, field

from bot.core.cards import Bar, Bars, Button, Buttons, Card, Context, Fields, Heading, Option, Prose, Select, note
from bot.core.errors import Refused
from bot.core.feature import CommandHelp, Feature, Turn
from bot.core.forms import ChoiceField, Form, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.interactions import Answer, Interaction, Submission
from bot.core.rich import plain

FORM = Form(
    address="kiosk.order",
    title="Order",
    submit="Send",
    state="table 7",
    fields=(
        TextField(id="what", label="What", longest=20),
        ChoiceField(
            id="sauces",
            label="Sauces",
            options=(Option("a,b", "Both"), Option("c", "Chili")),
            many=True,
            required=False,
        ),
        ChoiceField(id="size", label="Size", options=(Option("s", "Small"), Option("l", "Large")), chosen=("s",)),
        PeopleField(id="with", label="With whom", required=False),
        PlaceField(id="where", label="Where", required=False),
        WhenField(id="when", label="When"),
        TimeField(id="daily", label="Every day at", required=False),
    ),
)

MENU = Card(
    "The menu",
    (
        Heading("Menu"),
        Prose(plain("What would you like?")),
        Fields((("Price", plain("3")),)),
        Bars((Bar("Tea", 2, 0.5, plain("Anna"), Button("Tea", "kiosk.choose", "tea")), Bar("Rum", 2, 0.5))),
        Select("Sugar", "kiosk.choose", (Option("0", "none"), Option("1", "one"))),
        Buttons(
            (Button("Order", "kiosk.open", opens_form=True), Button("Drop", "kiosk.choose", "drop", confirm="Sure?"))
        ),
        Context(plain("fresh")),
    ),
)


@dataclass
class Kiosk:
    """`answer` is what the next press or form is answered with."""

    answer: Answer = field(default_factory=Answer)
    acts: list[Interaction] = field(default_factory=list)

    def feature(self) -> Feature:
        return Feature(
            name="kiosk",
            commands={
                "menu": CommandHelp(handler=self._say(Answer(whisper=MENU)), about="Show the menu"),
                "order": CommandHelp(handler=self._say(Answer(form=FORM)), about="Order something"),
                "no": CommandHelp(handler=self._refuse, about="Be refused"),
                "crash": CommandHelp(handler=self._crash, about="Break"),
                "drumbeat": CommandHelp(handler=self._say(Answer(whisper=note("Help"))), about="Help"),
            },
            clicks={"choose": self._given, "open": self._say(Answer(form=FORM))},
            forms={"order": self._given},
            events=dict.fromkeys(
                ("joined", "appeared", "left", "installed", "removed", "posted", "reacted", "profile_changed"),
                self._say(Answer()),
            ),
        )

    def _say(self, answer: Answer):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a handler
        def handler(turn: Turn) -> Answer:
            self.acts.append(turn.act)
            return answer

        return handler

    def _given(self, turn: Turn) -> Answer:
        self.acts.append(turn.act)
        if isinstance(turn.act, Submission) and turn.act.values["what"] == "wrong":
            return Answer(problems={"what": "We have no wrong things."})
        return self.answer

    def _refuse(self, turn: Turn) -> Answer:
        raise Refused(turn.t("No."))

    def _crash(self, turn: Turn) -> Answer:
        raise RuntimeError(turn.me.name)

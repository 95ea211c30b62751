"""Cards and forms in which every part stands, as real ones and at their largest."""

from datetime import UTC, datetime

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
    Picture,
    Prose,
    Select,
    Style,
)
from bot.core.forms import ChoiceField, Form, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.rich import Link, Mention, PlaceLink, Plain, Text, When

AT = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


def poll() -> Card:
    """Return an open poll."""
    anna, ben, chen = Mention("Anna", "U1"), Mention("Ben", "U2"), Mention("Chen", "U3")
    options: list[tuple[str, int, Text]] = [
        ("By the lake", 5, (anna, Plain(", "), ben, Plain(" and 3 more"))),
        ("On the roof & in the sun", 3, (chen, Plain(" and 2 more"))),
        ("At our desks", 2, (ben, Plain(" and "), anna)),
        ("I bring my own", 0, ()),
    ]
    bars = tuple(
        Bar(label, count, count / 10, note, Button("Vote", "polls.vote", f"1:{number}"))
        for number, (label, count, note) in enumerate(options)
    )
    foot: Text = (Plain("Asked by "), Mention("Chen", "U3"), Plain(" · 10 votes · closes "), When(AT, "Fri 17:00 UTC"))
    return Card(
        "Poll: Where do we eat on Friday?",
        (
            Heading("Where do we eat on Friday?"),
            Bars(bars),
            Context(foot),
            Buttons(
                (
                    Button("Take back my vote", "polls.withdraw", "1"),
                    Button("Close poll", "polls.close", "1", Style.DANGER, confirm="Close this poll now?"),
                )
            ),
        ),
    )


def scale() -> Card:
    """Return a question that is answered on a scale from 0 to 10."""
    figures = (Button(str(n), "polls.vote", f"1:{n}", spoken=f"{n} of 10") for n in range(11))
    return Card("How likely?", (Heading("How likely are you to recommend us?"), Buttons(tuple(figures))))


def chart() -> Card:
    """Return the figures of a poll as a chart."""
    bars = (
        Bar("By the lake, if the weather is fine", 5, 0.5, winner=True),
        Bar("On the roof", 3, 0.3),
        Bar("At our desks", 2, 0.2),
        Bar("Nowhere", 0, 0.0),
    )
    return Card("Where do we eat on Friday?", (Heading("Lunch"), Chart("Where do we eat on Friday?", bars)))


def everything(locale: str = "en") -> Card:
    """Return a card with one of each part."""
    praise: Text = (
        Mention("Anna", "U1"),
        Plain(" praises "),
        Mention("Ben"),
        Plain(" for "),
        Plain("fixing *everything* in snake_case", bold=True),
        Plain(" in "),
        PlaceLink("general", "C1"),
        Plain(": see "),
        Link("the page", "https://example.com/?a=1&b=2"),
        Plain(" or type "),
        Plain("/praise", code=True),
    )
    return Card(
        "Everything & more",
        (
            Heading("Everything"),
            Prose(praise),
            Prose((Plain("> not a quotation\n<!channel> <@U1> `not code`"),)),
            Fields((("Role", (Plain("Engineer"),)), ("Loves", (Plain("Gardens"),)), ("Empty", ()))),
            Select("Language", "home.speak", (Option("en", "English"), Option("de", "Deutsch")), "de"),
            Picture("https://example.com/a.png", "A drum"),
            Bars((Bar("Winner", 2, 1.0, winner=True), Bar("Loser", 0, 0.0))),
            Bars((Bar("Secret", 0, 0.0, button=Button("Vote", "polls.vote", "2:0")),), hidden=True),
            Chart("Votes & more", (Bar("Winner", 2, 1.0, winner=True), Bar("Loser", 0, 0.0))),
            Divider(),
            Buttons((Button("Do", "rhythm.done", "1", Style.PRIMARY), Button("Later", "rhythm.later", "1"))),
            Context((Plain("until "), When(AT, "Fri 17:00 UTC"))),
        ),
        locale,
    )


def largest() -> Card:
    """Return a card in which every part is as large as anybody may make it, and larger than Slack takes."""
    long = "&" * 6000
    button = Button("b" * 100, "polls.vote", "v" * 2000, confirm="c" * 500, spoken="s" * 500)
    return Card(
        long,
        (
            Heading(long),
            Prose((Plain(long), Plain(long, bold=True), Plain(long, code=True))),
            Fields(tuple((long, (Plain(long),)) for _ in range(25))),
            Buttons((button,) * 60),
            Select(long, "home.speak", tuple(Option(str(number), "o" * 100) for number in range(150))),
            Picture("https://example.com/a.png", long),
            Bars(tuple(Bar("l" * 3000, 1, 0.5, note=(Plain(long),), button=button) for _ in range(60))),
            *(Chart(long, tuple(Bar("l" * 3000, 1, 0.5) for _ in range(count))) for count in (20, 21, 0, 20, 1)),
            Divider(),
            Context((Plain(long),)),
            Buttons((Button("Last", "polls.close", "1"),)),
        ),
    )


def form() -> Form:
    """Return a form with one of each field, some of them filled, one of them wrong."""
    few = (Option("a", "A"), Option("b", "B"))
    many = tuple(Option(str(number), f"Option {number}") for number in range(20))
    return Form(
        address="polls.create",
        title="Ask a poll",
        submit="Ask",
        intro=(Plain("Short is *better*."),),
        state='{"place": 1}',
        fields=(
            TextField(id="question", label="Question", value="Lunch?", longest=300, placeholder="Where?", hint="Short"),
            TextField(id="options", label="Options", multiline=True),
            ChoiceField(id="one", label="One of few", options=few, chosen=("b",)),
            ChoiceField(id="maybe", label="Perhaps one", options=few, required=False),
            ChoiceField(id="some", label="Some of few", options=few, chosen=("a",), many=True, required=False),
            ChoiceField(id="lot", label="Some of many", options=many, chosen=("1", "2"), many=True, required=False),
            PeopleField(id="people", label="People", people=("<@U1>", "<@U2>")),
            PlaceField(id="place", label="Where", place="<#C1>"),
            WhenField(id="closes", label="Closes", value=AT.isoformat()),
            TimeField(id="at", label="At", value="09:30"),
        ),
        problems={"options": "A poll needs at least 2 options."},
    )


def largest_form() -> Form:
    """Return a form whose parts are larger than Slack takes."""
    long = "x" * 5000
    options = tuple(Option(str(number), long) for number in range(150))
    return Form(
        address="polls.create",
        title=long,
        submit=long,
        intro=(Plain(long),),
        state="s" * 2500,
        fields=(
            TextField(id="text", label=long, value=long, longest=300, hint=long, placeholder=long, multiline=True),
            ChoiceField(id="one", label=long, options=options, hint=long),
            ChoiceField(id="some", label=long, options=options, many=True),
            WhenField(id="when", label="w", value="tomorrow"),
            TimeField(id="at", label="a"),
            PeopleField(id="people", label="p"),
            PlaceField(id="place", label="p"),
        ),
        problems={"text": long, "nowhere": long},
    )

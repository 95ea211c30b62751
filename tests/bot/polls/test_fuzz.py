"""Whatever is typed, pressed or sent: never an unhandled exception, never silence without an effect, nothing lost."""

import asyncio
import hashlib
import json
import shutil
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox import render as sandbox
from adapters.slack import forms as slack_forms
from adapters.slack import render as slack
from adapters.teams import forms as teams_forms
from adapters.teams import render as teams
from bot.core.database import Connection, open_database
from bot.core.forms import Form, filling
from bot.core.interactions import Answer, Click, Command, Submission, Value
from bot.core.outbox import outbox
from bot.core.texts import Texts
from bot.features import features
from bot.polls.store.tables import ballots, participations, polls, series, suggestions, tallies
from tests.bot.stage import Stage

EVERY_KIND = (
    '"Open?" "A" "B" --add-options',
    '"Confidential?" "A" "B" --confidential',
    '"Secret?" "A" "B" --secret',
    '"Several?" "A" "B" "C" --multi 2',
    '"Order?" "A" "B" "C" --ranked',
    '"Why?" --text',
    '"Right?" "A" "*B" --quiz',
    '"Rate" --rating 10',
    '"Later?" "A" "B" --start 2d',
    '"Weekly?" "A" "B" --every Mon 9:00',
    '"Promised?" "A" "B" --owner <@U-ben> --answer-by 2w',
    '"Secretly several?" "A" "B" "C" --secret --multi',
)
TABLES = (polls, series, ballots, participations, tallies, suggestions, outbox)
FUZZ = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
PIECES = st.sampled_from(
    [
        *("--multi", "--multi 0", "--multi -1", "--multi 99", "--secret", "--confidential", "--open", "--anonymous"),
        *("--close", "--close never", "--close 2h", "--close Fri 25:00", "--close 31.2.", "--start", "--start 1h"),
        *("--every Mon 9:00", "--every", "--every 31.", "--remind 24h", "--remind 999w", "--answer-by 2w", "--owner"),
        *("--rating", "--rating 7", "--nps", "--yesno", "--text", "--ranked", "--quiz", "--add-options approve", "--"),
        *(
            "--results after-close",
            "--results ?",
            "--in #nowhere",
            "--in <#C-general>",
            "--in <#99999999999999999999>",
            "--audience everybody",
        ),
        *("--audience @nobody", "--audience <&G-x>", "--owner <@U-ben>", "--nosuch 1", "list", "results 1", "close 2"),
        *("repeat 3", "export 1", "results ²", "close 99999999999999999999", "results -1", "templates", "help", '"'),
        *("“", "„", "«", "—close 2h", "\u202e", "<@U-ghost>", "<@99999999999999999999>", "<#1>", "\n", "| A | B"),
    ]
)
LINES = st.one_of(
    ANY_TEXT,
    st.lists(st.one_of(PIECES, WORDS, WORDS.map('"{}"'.format), ANY_TEXT), max_size=9).map(" ".join),
)
NUMBERS = st.one_of(
    st.integers(-2, 20).map(str),
    st.sampled_from(
        ["", "0", "-0", "99999999999999999999", "9" * 400, "²", "\u0661", "1.0", "1e3", " 1", "1_0", "\0", "None"]
    ),
)
PRESSED = st.one_of(
    NUMBERS,
    st.tuples(NUMBERS, NUMBERS).map(":".join),
    st.tuples(NUMBERS, NUMBERS, NUMBERS).map(":".join),
    ANY_TEXT,
)
GIVEN: st.SearchStrategy[Value] = st.one_of(
    ANY_TEXT,
    NUMBERS,
    PIECES,
    st.lists(NUMBERS, max_size=4).map(tuple),
    st.sampled_from(["2h", "<#1>", "<#99>", "<#99999999999999999999>", "<@99999999999999999999>"]),
)
PEOPLE = st.sampled_from(["U-anna", "U-ben", "U-dora"])


@dataclass(repr=False)
class Crowd:
    """A stage in an event loop of its own, on which there is a poll of every kind."""

    stage: Stage
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 -- whatever the work comes to
        return self.loop.run_until_complete(work)

    def state(self) -> str:
        """What the database holds, in short."""

        def read(connection: Connection) -> str:
            rows = [connection.execute(sa.select(table)).all() for table in TABLES]
            return hashlib.sha256(repr(rows).encode(errors="replace")).hexdigest()

        return str(self.do(self.stage.run(read)))

    def hear(self, act: Click | Command | Submission) -> Answer:
        """Handle what somebody does, and hold the answer to what is promised."""
        before = self.state()
        answer: Answer = self.do(self.stage.engine.handle(act))
        shown = [each for each in (answer.whisper, answer.replace, answer.own, answer.home) if each]
        for card in shown:
            slack.message(card)
            teams.adaptive(card)
            json.dumps(sandbox.card(card))
        if answer.form:
            _render(answer.form)
        said = [*shown, answer.form, answer.problems, *getattr(answer, "links", ())]
        assert any(said) or self.state() != before, act
        return answer

    def questions(self) -> str:
        """The questions of all polls, as they are kept."""
        written = sa.select(polls.c.questions)
        rows = self.do(self.stage.run(lambda c: c.execute(written).scalars().all()))
        return "\n".join(json.dumps(json.loads(each), ensure_ascii=False) for each in rows)


def _render(form: Form) -> None:
    slack_forms.view(form)
    teams_forms.card(form, Texts("en"), teams_forms.Choices(), dialog=True)
    json.dumps(sandbox.form(form, "Asia/Kolkata"))


@pytest.fixture
def crowd(tmp_path: Path, _sqlite_template: Path) -> Iterator[Crowd]:
    path = tmp_path / "fuzz.sqlite"
    shutil.copy(_sqlite_template, path)
    loop = asyncio.new_event_loop()
    stage = Stage(open_database(f"sqlite:///{path}"), features(), moment=0)
    crowd = Crowd(stage, loop)
    crowd.do(stage.set_up())
    for line in EVERY_KIND:
        crowd.do(stage.type("U-anna", f"/poll {line}"))
    yield crowd
    crowd.do(stage.database.close())
    loop.close()


def addresses(*kinds: str) -> list[str]:
    """Where the polls' buttons or forms lead."""
    (feature,) = (each for each in features() if each.name == "polls")
    return sorted({f"polls.{name}" for kind in kinds for name in getattr(feature, kind, ())})


@FUZZ
@given(account=PEOPLE, line=LINES, place=st.sampled_from(["C-general", "D-anna"]))
def test_any_text_is_a_command_that_is_answered(crowd: Crowd, account: str, line: str, place: str) -> None:
    crowd.hear(Command(crowd.stage.origin(account, place), "poll", line))


@FUZZ
@given(
    words=st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=12),
    flags=st.lists(PIECES, max_size=3),
    names=st.lists(WORDS, max_size=3),
)
def test_nothing_typed_is_lost(crowd: Crowd, words: list[tuple[str, bool]], flags: list[str], names: list[str]) -> None:
    phrases = [word for word, _ in words]
    typed = [f'"{word}"' if quoted else word for word, quoted in words]
    named = ["--audience", *(f"@{name}" for name in names)] if names else []
    line = " ".join(['"?"', *typed, *named, *(flag for flag in flags if flag.startswith("--"))])
    answer = crowd.hear(Command(crowd.stage.origin("U-anna"), "poll", line))
    kept = str([filling(field) for field in answer.form.fields] if answer.form else answer.whisper) + crowd.questions()
    assert all(phrase in kept for phrase in (*phrases, *names)), (line, kept)


@pytest.mark.parametrize("address", addresses("clicks", "together", "batched"))
@settings(FUZZ, max_examples=25)
@given(account=PEOPLE, value=PRESSED)
def test_any_value_of_any_button_is_answered(crowd: Crowd, address: str, account: str, value: str) -> None:
    crowd.hear(Click(crowd.stage.origin(account), address, value))


@pytest.mark.parametrize("address", addresses("forms", "together"))
@settings(FUZZ, max_examples=25)
@given(
    account=PEOPLE,
    poll=st.integers(1, len(EVERY_KIND)),
    values=st.dictionaries(
        st.sampled_from(
            [
                *("question", "options", "kind", "promise", "showing", "place", "closes", "then", "most", "least"),
                *(
                    "answer",
                    "rank1",
                    "rank2",
                    "option",
                    "every",
                    "explanation",
                    "opens",
                    "remind",
                    "owner",
                    "answer_by",
                ),
                *("adding", "groups", "audience", "option1", "option0"),
            ]
        ),
        GIVEN,
    ),
    state=st.one_of(st.none(), ANY_TEXT, st.sampled_from(["", "{}", "[]", "null", '{"poll": "x"}', '{"poll": 99}'])),
)
def test_any_values_of_any_form_are_answered(
    crowd: Crowd, address: str, account: str, poll: int, values: dict[str, Value], state: str | None
) -> None:
    usual = {"poll": poll, "page": 0, "answers": [], "number": 0, "place": None}
    held = json.dumps(usual) if state is None else state
    crowd.hear(Submission(crowd.stage.origin(account), address, values, held))

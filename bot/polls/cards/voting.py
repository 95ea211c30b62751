"""What a voter fills in, and what only the voter sees."""

import json
from collections.abc import Mapping, Sequence

from bot.core.cards import Button, Buttons, Card, Context, Heading, Option, Part, Prose
from bot.core.forms import ChoiceField, Field, Form, TextField
from bot.core.rich import Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.ballot import promise
from bot.polls.cards.labels import labels, rule, said, spoken_step
from bot.polls.cards.results import question_parts
from bot.polls.model.ballots import Ballot, Wrong, choices
from bot.polls.model.definition import LONGEST_TEXT, Kind, Promise, Question
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing

RANK = "rank"


def form(
    t: Texts, poll: Poll, page: int, question: Text, answers: Ballot, problems: Mapping[str, str], *, longest: int
) -> Form:
    """One question as a form; of several, the page says how far along it is. Answers travel with the form."""
    asked = poll.questions[page]
    last = page == len(poll.questions) - 1
    sealed = poll.promise is Promise.SECRET and last
    intro: Text = t.rich("*{question}*", question=question)
    if poll.survey:
        bar = "●" * (page + 1) + "○" * (len(poll.questions) - page - 1)
        intro = (
            *plain(t("Question {page} of {pages}", page=page + 1, pages=len(poll.questions)) + f"  {bar}\n"),
            *intro,
        )
    return Form(
        address="polls.seal" if sealed else "polls.answer",
        title=t("Your answer"),
        submit=_submit(t, poll, last=last),
        fields=tuple(_fields(t, poll, asked, answers[page], longest)),
        intro=(*intro, *plain("\n" + promise(t, poll))),
        state=travelling(poll.id, page, answers),
        problems=dict(problems),
    )


def wrong(t: Texts, question: Question, why: Wrong) -> dict[str, str]:
    """What is wrong with an answer, beside the field it belongs to."""
    sentences = {
        Wrong.TOO_FEW: t("Please {rule}.", rule=rule(t, question) or t("choose one answer")),
        Wrong.TOO_MANY: t("Please {rule}.", rule=rule(t, question) or t("choose one answer")),
        Wrong.TWICE: t("Each option can have only one rank."),
        Wrong.TOO_LONG: t("An answer can have {limit} characters.", limit=LONGEST_TEXT),
        Wrong.UNKNOWN: t("The options have changed. Please choose once more."),
    }
    return {first_field(question): sentences[why]}


def first_field(question: Question) -> str:
    """The field of a question's form beside which it is said what is wrong."""
    return f"{RANK}1" if question.kind is Kind.RANKED else "answer"


def travelling(poll: int, page: int, answers: Ballot) -> str:
    """A form's state: the poll, the page, and what was answered on the pages before."""
    return json.dumps({"poll": poll, "page": page, "answers": answers}, ensure_ascii=False)


def your_vote(t: Texts, poll: Poll, questions: Sequence[Text], ballot: Ballot, standing: Standing | None) -> Card:
    """What only the voter sees, where the card does not say it; with the results, where voting opens them."""
    answered = [(number, answer) for number, answer in enumerate(ballot) if answer]
    parts: list[Part] = []
    if not answered:
        parts.append(Prose(t.rich("You have no vote in this poll now.")))
    for number, answer in answered:
        line = t.rich("Your vote: *{chosen}*.", chosen=said(t, poll.questions[number], answer))
        parts.append(Prose((*questions[number], *plain("\n"), *line) if poll.survey else line))
    if poll.promise is Promise.CONFIDENTIAL and answered:
        parts.append(Context(t.rich("Nobody in chat sees your name beside it.")))
    if standing and standing.results:
        parts += results(t, poll, questions, standing)
    first = parts[0]
    return Card(spoken(first.text) if isinstance(first, Prose) else "", tuple(parts))


def results(t: Texts, poll: Poll, questions: Sequence[Text], standing: Standing) -> list[Part]:
    """Every question with what was answered."""
    parts: list[Part] = []
    for number, question in enumerate(questions):
        parts.append(Prose(t.rich("*{question}*", question=question)))
        parts += question_parts(t, poll, number, standing)
    return parts


def sealed(t: Texts) -> Card:
    """A secret vote is in. It says nothing of what was voted: nothing of that goes anywhere any more."""
    said_ = t.rich("Your vote is counted. It is secret and final.")
    return Card(spoken(said_), (Prose(said_),))


def who(t: Texts, poll: Poll, questions: Sequence[Text], standing: Standing) -> Card:
    """Who voted what, as a private list."""
    parts: list[Part] = [Heading(t("Who voted what"))]
    for number, question in enumerate(poll.questions):
        if poll.survey:
            parts.append(Prose(t.rich("*{question}*", question=questions[number])))
        if question.kind is Kind.TEXT:
            written = [(name, ballot[number]) for name, ballot in standing.voters if ballot[number]]
            parts += [Prose(t.rich("{name}: {answer}", name=name, answer=answer)) for name, answer in written]
        for option, label in enumerate(labels(t, question)):
            if names := standing.names(poll, number, option):
                parts.append(Prose(t.rich("*{option}*: {names}", option=label, names=t.every(names))))
    return Card(t("Who voted what"), tuple(parts))


def _submit(t: Texts, poll: Poll, *, last: bool) -> str:
    if not last:
        return t("Next")
    return t("Vote, finally") if poll.promise is Promise.SECRET else t("Vote")


def _fields(t: Texts, poll: Poll, question: Question, answer: str, longest: int) -> Sequence[Field]:
    required = not poll.survey
    if question.kind is Kind.TEXT:
        return [
            TextField(
                id="answer", label=t("Your answer"), value=answer, longest=longest, multiline=True, required=required
            )
        ]
    chosen = choices(answer)
    options = tuple(Option(str(number), label) for number, label in enumerate(labels(t, question)))
    if question.kind is Kind.RANKED:
        return _ranks(t, question, options, chosen, required=required)
    if question.kind in (Kind.RATING, Kind.NPS):
        options = tuple(Option(str(step), spoken_step(t, question, step)) for step in range(question.size))
    return [
        ChoiceField(
            id="answer",
            label=t("Your answer"),
            options=options,
            chosen=tuple(map(str, chosen)),
            many=question.several,
            hint=rule(t, question),
            required=required,
        )
    ]


def _ranks(
    t: Texts, question: Question, options: tuple[Option, ...], chosen: Sequence[int], *, required: bool
) -> list[Field]:
    return [
        ChoiceField(
            id=f"{RANK}{place + 1}",
            label=t("Rank {place}", place=place + 1),
            options=options,
            chosen=(str(chosen[place]),) if place < len(chosen) else (),
            required=required and place < question.least,
        )
        for place in range(min(question.most, len(options)))
    ]


def menu(t: Texts, parts: Sequence[Part], buttons: Sequence[Button]) -> Card:
    """What somebody can do with a poll, privately."""
    shown = (*parts, Buttons(tuple(buttons))) if buttons else tuple(parts)
    return Card(t("This poll"), shown)

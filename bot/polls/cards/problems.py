"""What is wrong with a draft, in sentences."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from bot.core.cards import Card, Part, Prose
from bot.core.forms import FORM_TEXT, Form, TextField
from bot.core.rich import plain
from bot.core.texts import Texts
from bot.polls.model.definition import (
    FEWEST_OPTIONS,
    LONGEST_EXPLANATION,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    MOST_RANKED,
    repeated,
)
from bot.polls.model.draft import Draft, Problem
from bot.polls.model.flags import EXAMPLES, KNOWN

_NEAREST: Final = {"most": "limits", "place": "who", "closes": "opens"}
"""Where a form has no field for something, the one that is closest."""


def problems(t: Texts, draft: Draft, found: Mapping[str, Problem]) -> dict[str, str]:
    """What is wrong with a draft, in sentences, by form field."""
    return {name: _sentence(t, draft, problem) for name, problem in found.items()}


def beside(problems: Mapping[str, str], fields: Collection[str], otherwise: str) -> dict[str, str]:
    """Problems by the fields that a form has: what has none there stands at the nearest, or at `otherwise`."""
    shown = {name: sentence for name, sentence in problems.items() if name in fields}
    for name, sentence in problems.items():
        nearest = _NEAREST.get(name, otherwise)
        shown.setdefault(name if name in fields else nearest if nearest in fields else otherwise, sentence)
    return shown


def fits(asked: Form) -> bool:
    """Whether every platform's form can hold what is filled in."""
    return all(not isinstance(field, TextField) or len(field.value) <= FORM_TEXT for field in asked.fields)


def too_long(t: Texts, sentences: Mapping[str, str], draft: Draft) -> Card:
    """The words come back to be shortened, since no form can hold them."""
    question = draft.questions[0]
    lines = [question.text, *question.options]
    parts: list[Part] = [Prose(plain(sentence)) for sentence in sentences.values()]
    parts.append(Prose(t.rich("Here is what you typed, so that nothing is lost:")))
    text = "\n".join(lines)
    parts += [Prose(plain(text[at : at + FORM_TEXT - 100])) for at in range(0, len(text), FORM_TEXT - 100)]
    return Card(next(iter(sentences.values())), tuple(parts))


def _sentence(t: Texts, draft: Draft, problem: Problem) -> str:
    question = draft.questions[0]
    longest = max(map(len, question.options), default=0)
    sentences: dict[Problem, Callable[[], str]] = {
        Problem.NO_QUESTION: lambda: t('A poll needs a question. Try: /poll "Lunch on Friday?" "Pizza" "Sushi"'),
        Problem.LONG_QUESTION: lambda: t(
            "A question can have {limit} characters; yours has {count}.",
            limit=LONGEST_QUESTION,
            count=len(question.text),
        ),
        Problem.FEW_OPTIONS: lambda: t(
            "A poll needs at least {limit} options, each on its own line here or in quotes in the command.",
            limit=FEWEST_OPTIONS,
        ),
        Problem.MANY_OPTIONS: lambda: t(
            "A poll can have {limit} options; yours has {count}.", limit=MOST_OPTIONS, count=len(question.options)
        ),
        Problem.MANY_RANKED: lambda: t(
            "Nobody can put more than {limit} options in order; yours has {count}.",
            limit=MOST_RANKED,
            count=len(question.options),
        ),
        Problem.LONG_OPTION: lambda: t(
            "An option can have {limit} characters; your longest has {count}.", limit=LONGEST_OPTION, count=longest
        ),
        Problem.NEEDLESS_OPTIONS: lambda: t("This kind of question brings its own answers: leave the options out."),
        Problem.TWICE: lambda: t("“{option}” stands there twice.", option=repeated(question.options)),
        Problem.LIMITS: lambda: t(
            "I need how many people may choose, such as 2 or 2-3, and no more than there are options."
        ),
        Problem.SCALE: lambda: t("A rating goes up to 5 or up to 10."),
        Problem.NO_RIGHT: lambda: t(
            "A quiz needs its right answer: put {star} before it, or name it behind --quiz.", star="*"
        ),
        Problem.LONG_EXPLANATION: lambda: t(
            "An explanation can have {limit} characters; yours has {count}.",
            limit=LONGEST_EXPLANATION,
            count=len(question.explanation),
        ),
        Problem.MANY_QUESTIONS: lambda: t("A poll can ask {limit} questions.", limit=MOST_QUESTIONS),
        Problem.OPENS_PAST: lambda: t("I need an opening time in the future, such as tomorrow 9:00 or Mon 9:00."),
        Problem.PAST: lambda: t("I need a closing time in the future, such as 2h, 17:00 or Fri 17:00."),
        Problem.EARLY: lambda: t("It would close before it opens. Please choose a later closing time."),
        Problem.UNREAD_RHYTHM: lambda: t("I need a rhythm such as Mon 9:00, weekdays 9:00 or first Monday 10:00."),
        Problem.UNREAD_REMINDER: lambda: t("I need how long before closing, such as 24h or 2d."),
        Problem.NO_END_TO_REMIND: lambda: t("A reminder needs a closing time. When does the poll close?"),
        Problem.EARLY_REMINDER: lambda: t(
            "The reminder would be due before the poll opens. Please choose a shorter time, or let the poll run longer."
        ),
        Problem.UNREAD_ANSWER: lambda: t("I need a day in the future for the answer, such as 2 weeks or Dec 15."),
        Problem.NO_OWNER: lambda: t("By when will it be answered? Add --answer-by and a day."),
        Problem.SECRET_LIVE: lambda: t(
            "A secret poll shows nothing before it has closed: otherwise each vote could be told from the next figures."
        ),
        Problem.UNKNOWN_FLAG: lambda: t(
            "I do not know {flag}. I know {flags}.",
            flag=f"--{draft.unknown[0]}",
            flags=t.every([f"--{flag}" for flag in KNOWN]),
        ),
        Problem.UNKNOWN_VALUE: lambda: t("I cannot read what stands behind {flag}.", flag=f"--{draft.unread[0]}"),
        Problem.NO_VALUE: lambda: t(
            "Behind {flag} I need something more, such as {example}.",
            flag=f"--{draft.empty[0]}",
            example=f"--{draft.empty[0]} {EXAMPLES[draft.empty[0]]}",
        ),
        Problem.STRAY: lambda: t(
            "I am not sure about “{words}” and put it with the options. Please have a look.", words=draft.stray[0]
        ),
        Problem.TWO_KINDS: lambda: t(
            "{flags} do not go together. Please choose one way to answer.",
            flags=t.every([f"--{flag}" for flag in draft.kinds]),
        ),
        Problem.TWO_PROMISES: lambda: t("Please choose one of open, confidential and secret."),
        Problem.NO_PLACE: lambda: t("Choose the channel to ask in."),
        Problem.FIXED_OPTIONS: lambda: t(
            "Options can be added to one choice or one ranking only. Ask one of those, or set “{field}” to “{nobody}”.",
            field=t("Who may add options"),
            nobody=t("Nobody"),
        ),
        Problem.BARRED: lambda: t("You are not in {place}, so you cannot ask there.", place=_shut(draft)),
        Problem.HIDDEN: lambda: t(
            "I cannot look into {place}. Invite me there first, or choose another channel.", place=_shut(draft)
        ),
        Problem.UNCERTAIN: lambda: t(
            "I cannot find out just now whether you are in {place}. Please try again in a moment.", place=_shut(draft)
        ),
        Problem.UNKNOWN_GROUP: lambda: t("I do not know {name} here.", name=draft.unfound[0]),
    }
    return sentences[problem]()


def _shut(draft: Draft) -> str:
    return f"#{draft.shut[1]}" if draft.shut else ""

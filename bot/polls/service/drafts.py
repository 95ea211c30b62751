"""Polls that nobody has seen yet: kept, added to, set, asked or thrown away. And templates, which begin one."""

from dataclasses import replace

from bot.core.cards import Card, note
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.forms import Form
from bot.core.interactions import Answer, Click
from bot.polls.cards import asking as forms
from bot.polls.cards import drafts as shown
from bot.polls.cards import extras as further
from bot.polls.cards.problems import beside, problems
from bot.polls.model.definition import Question
from bot.polls.model.draft import Draft, Problem, Typed, question_problems
from bot.polls.model.poll import Poll, Stage
from bot.polls.model.templates import Template, template
from bot.polls.service import asking, extras, finding, outreach, reading, repeating
from bot.polls.service.admission import admitted
from bot.polls.service.rights import managed
from bot.polls.service.series import moved
from bot.polls.service.standing import questions, worded
from bot.polls.service.voting import found
from bot.polls.store import asking as store


def create(turn: Turn) -> Answer:
    """The form behind `/poll` was sent."""
    first, number, values = asking.first(turn)
    before = draft_of(turn, mine(turn, number)) if number else first
    draft = replace(
        before,
        questions=(*first.questions, *before.questions[1:]),
        promise=first.promise,
        showing=first.showing,
        places=first.places,
        closes_at=first.closes_at,
        typed=first.typed,
    )
    draft = extras.said(turn, before, draft, values)
    removed = len(draft.questions) > 1 and not draft.questions[0].text
    draft = replace(draft, questions=draft.questions[1:]) if removed else draft
    if wrong := draft.problems(turn.now):
        return Answer(problems=beside(problems(turn.t, draft, wrong), values, "question"))
    return onward(turn, draft, number, reading.one(values.get("then")), page=0 if removed else 1)


def question(turn: Turn) -> Answer:
    """The button that adds a question to a draft, or the form of one; one that was there is removed by emptying it."""
    if isinstance(turn.act, Click):
        poll = mine(turn, found(turn).id)
        return Answer(form=_page(turn, poll, len(poll.questions)))
    number, page, values = finding.sent(turn)
    poll = mine(turn, number)
    page = min(max(page, 0), len(poll.questions))
    asked = reading.asked(values)
    draft = admitted(turn, draft_of(turn, poll))
    removed = _removable(poll, page) and not asked.text
    everything = (*poll.questions[:page], *(() if removed else (asked,)), *poll.questions[page + 1 :])
    wrong: dict[str, Problem] = {} if removed else question_problems(asked)
    wrong = wrong or replace(draft, questions=everything).problems(turn.now)
    if wrong:
        sentences = problems(turn.t, replace(draft, questions=(asked,)), wrong)
        return Answer(problems=beside(sentences, values, "question"))
    draft = replace(draft, questions=everything)
    return onward(turn, draft, poll.id, reading.one(values.get("then")), page=page if removed else page + 1)


def settings(turn: Turn) -> Answer:
    """The button that opens a draft's settings, or their form."""
    if isinstance(turn.act, Click):
        poll = mine(turn, found(turn).id)
        return Answer(form=_settings(turn, poll.id, draft_of(turn, poll)))
    number, _, values = finding.sent(turn)
    poll = mine(turn, number)
    kept = draft_of(turn, poll)
    draft = _open_as_long(turn, kept, extras.said(turn, kept, kept, values))
    if wrong := draft.problems(turn.now):
        return Answer(problems=beside(problems(turn.t, draft, wrong), values, "then"))
    return onward(turn, draft, poll.id, reading.one(values.get("then")), page=len(draft.questions))


def revise(turn: Turn) -> Answer:
    """The button that opens a draft's first form again."""
    poll = mine(turn, found(turn).id)
    draft = draft_of(turn, poll)
    more = extras.unusual(turn, draft)
    return Answer(form=forms.form(turn.t, draft, {}, private=False, number=poll.id, more=more))


def launch(turn: Turn) -> Answer:
    """A draft is asked, now or at its time; what waits for its time is asked now."""
    poll = mine(turn, found(turn).id)
    if poll.series:
        return Answer(replace=repeating.card(turn, poll))
    draft = admitted(turn, draft_of(turn, poll))
    draft = replace(draft, opens_at=None, scheduled=False) if draft.scheduled else draft
    if wrong := draft.problems(turn.now):
        sentences, more = problems(turn.t, draft, wrong), extras.unusual(turn, draft, wrong)
        return Answer(form=forms.form(turn.t, draft, sentences, private=False, number=poll.id, more=more))
    planned = asking.ask(turn, draft, poll.id).whisper
    return Answer(replace=planned or note(turn.t("Asked.")))


def discard(turn: Turn) -> Answer:
    """A draft is thrown away."""
    poll = mine(turn, found(turn).id)
    store.drop(turn.connection, poll.id)
    return Answer(replace=note(turn.t("Your draft is gone.")))


def templates(turn: Turn, _text: str) -> Answer:
    """`/poll templates`."""
    return Answer(whisper=shown.templates(turn.t))


def use(turn: Turn) -> Answer:
    """A template was chosen: it opens as a form, or as a draft where it asks several questions."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    chosen = template(turn.act.value)
    if chosen is None:
        raise Refused(turn.t("I do not have this template any more."))
    draft = reading.dated(turn, _from(turn, chosen))
    if len(draft.questions) == 1:
        return Answer(form=forms.form(turn.t, draft, {}, private=False))
    return keep(turn, draft)


def onward(turn: Turn, draft: Draft, number: int, then: str, page: int) -> Answer:
    """What the person chose to do next with a draft. `page` is the question that comes next, or a new one."""
    match then:
        case "ask" | "":
            return asking.ask(turn, draft, number)
        case "question":
            kept = asking.write(turn, draft, number)
            return Answer(form=_page(turn, kept, page))
        case "more":
            kept = asking.write(turn, draft, number)
            return Answer(form=_settings(turn, kept.id, draft))
        case _:
            return keep(turn, draft, number)


def keep(turn: Turn, draft: Draft, number: int = 0) -> Answer:
    """A draft is kept, and shown with what can be done with it."""
    kept = asking.write(turn, draft, number)
    return Answer(whisper=repeating.card(turn, kept) if kept.stage is Stage.SCHEDULED else preview(turn, kept))


def preview(turn: Turn, poll: Poll) -> Card:
    """A draft as its author sees it."""
    draft = draft_of(turn, poll)
    return shown.preview(turn.t, worded(turn, poll), questions(turn, poll), draft.opens_at, draft.every)


def waits(turn: Turn, poll: Poll) -> bool:
    """Whether a draft opens at its time, once it is scheduled."""
    return poll.opens_at is None and _ahead(turn, poll).draft_opens_at is not None


def mine(turn: Turn, number: int) -> Poll:
    """A draft, or a poll that is only scheduled, that somebody may change."""
    poll = managed(turn, number)
    if poll.stage not in (Stage.DRAFT, Stage.SCHEDULED):
        raise Refused(turn.t("This poll has been asked already."))
    return poll


def draft_of(turn: Turn, poll: Poll) -> Draft:
    """A kept draft as it was typed; what passed meanwhile is the next time of its rhythm, or the usual one again."""
    asked = outreach.asked_of(turn.connection, poll)
    poll = _ahead(turn, poll)
    late = poll.closes_at is not None and poll.closes_at <= turn.now
    every = poll.draft_every
    return Draft(
        questions=poll.questions,
        promise=poll.promise,
        showing=poll.showing,
        adding=poll.adding,
        places=tuple(sorted(asked.channels)),
        groups=tuple(sorted(asked.groups)),
        everybody=poll.everybody,
        opens_at=poll.opens_at or poll.draft_opens_at,
        closes_at=turn.now + reading.OPEN_FOR if late else poll.closes_at,
        remind=poll.remind,
        every=every,
        scheduled=poll.stage is Stage.SCHEDULED,
        series=poll.series is not None,
        owner=poll.owner,
        answer_by=poll.answer_by,
        typed=Typed(reminding=_before(poll), repeating=every.describe(turn.t) if every else ""),
    )


def _ahead(turn: Turn, poll: Poll) -> Poll:
    """A draft whose opening has passed, with all its times as far ahead as they were."""
    began = poll.draft_opens_at
    if began is None or began > turn.now:
        return poll
    opens_at = poll.draft_every.next_after(turn.now, turn.me.zone) if poll.draft_every else None
    return replace(
        poll,
        draft_opens_at=opens_at,
        closes_at=moved(poll.closes_at, began, opens_at or turn.now, turn.me.zone),
        answer_by=moved(poll.answer_by, began, opens_at or turn.now, turn.me.zone),
    )


def _open_as_long(turn: Turn, before: Draft, draft: Draft) -> Draft:
    """A draft that would close before it opens is open as long as it was: its settings do not ask for its closing."""
    if draft.opens_at is None or before.closes_at is None or before.closes_at > draft.opens_at:
        return draft
    closes_at = moved(before.closes_at, before.opens_at or turn.now, draft.opens_at, turn.me.zone)
    return replace(draft, closes_at=closes_at)


def _page(turn: Turn, poll: Poll, page: int) -> Form:
    draft, scheduled = poll.questions[page : page + 1], poll.stage is Stage.SCHEDULED
    return forms.question_form(
        turn.t,
        poll.id,
        page,
        draft[0] if draft else Question(""),
        scheduled=scheduled,
        removable=_removable(poll, page),
        following=page + 1 < len(poll.questions),
    )


def _removable(poll: Poll, page: int) -> bool:
    return poll.survey and page < len(poll.questions)


def _settings(turn: Turn, number: int, draft: Draft) -> Form:
    return further.form(turn.t, number, draft, extras.fields(turn, draft))


def _from(turn: Turn, chosen: Template) -> Draft:
    t = turn.t
    asked = []
    for each in chosen.questions:
        options = tuple(t(each.options).splitlines()) if each.options else ()
        most = len(options) if each.several or each.kind.value == "ranked" else 1
        asked.append(Question(t(each.text), each.kind, options, most=most, scale=each.scale))
    return Draft(questions=tuple(asked), promise=chosen.promise, showing=chosen.showing, places=reading.here(turn))


def _before(poll: Poll) -> str:
    """A reminder's time as somebody would type it."""
    if poll.remind is None:
        return ""
    minutes = round(poll.remind.total_seconds() / 60)
    return next(f"{minutes // size}{unit}" for unit, size in reading.UNITS if minutes % size == 0)

"""Results to take away: tables for those who run a poll, pictures for whoever may see the result. By private links."""

from collections.abc import Sequence
from typing import Final

from bot.core import sheets
from bot.core.errors import Refused
from bot.core.feature import Scene, Turn, View
from bot.core.interactions import Answer
from bot.core.links import File
from bot.core.people import Person
from bot.core.rich import spoken
from bot.core.sheets import Format
from bot.polls.cards import picture as drawing
from bot.polls.cards import report as shown
from bot.polls.cards import tables
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing
from bot.polls.service.results import begun, named, waiting
from bot.polls.service.rights import runs, same_organisation
from bot.polls.service.standing import has_voted, questions, standing, worded
from bot.polls.service.voting import seen
from bot.polls.store import asking, voting

NAMES: Final = {Format.CSV: "CSV", Format.JSON: "JSON", Format.XLSX: "Excel"}

MOST_WAITING: Final = 100_000
"""Names of people who have not voted."""


def typed(turn: Turn, text: str) -> Answer:
    """`/poll export 12 xlsx`; without a number, the newest poll that one asked, and without a format, all of them."""
    words = text.split()
    formats = [each for each in Format if each in map(str.casefold, words)]
    return _offer(turn, named(turn, " ".join(word for word in words if word.casefold() not in formats)), formats)


def export(turn: Turn) -> Answer:
    """The button that exports."""
    return _offer(turn, begun(turn, seen(turn)), ())


def picture(turn: Turn) -> Answer:
    """The button that makes a picture, of each question."""
    poll = begun(turn, seen(turn))
    stands = _visible(turn, turn.me, poll)
    links = [
        turn.link(
            "polls.picture",
            text=turn.t("Question {number}", number=number + 1) if poll.survey else turn.t("Picture"),
            poll=str(poll.id),
            question=str(number),
        )
        for number in range(len(poll.questions))
        if stands.result(number)
    ]
    return Answer(whisper=shown.downloads(turn.t, turn.t("The result as a picture"), links))


def results(view: View) -> File | None:
    """The tables a link asks for."""
    poll = asking.find(view.connection, int(view.arguments["poll"]))
    if poll is None or view.reader is None:
        return None
    stands = _exportable(view, view.reader, poll)
    return sheets.file(f"poll-{poll.id}", Format(view.arguments["format"]), _sheets(view, view.reader, poll, stands))


def drawn(view: View) -> File | None:
    """The picture a link asks for."""
    poll = asking.find(view.connection, int(view.arguments["poll"]))
    number = int(view.arguments["question"])
    if poll is None or view.reader is None or not same_organisation(view, poll):
        return None
    stands = _visible(view, view.reader, poll)
    if stands.result(number) is None:
        return None
    title = spoken(questions(view, poll)[number])
    content = drawing.picture(view.t, worded(view, poll), number, title, stands, view.now)
    return File(f"poll-{poll.id}.png", "image/png", content)


def _offer(turn: Turn, poll: Poll, formats: Sequence[Format]) -> Answer:
    _exportable(turn, turn.me, poll)
    links = [
        turn.link("polls.results", text=NAMES[each], poll=str(poll.id), format=each.value)
        for each in formats or list(Format)
    ]
    return Answer(whisper=shown.downloads(turn.t, turn.t("The results as a table"), links))


def _exportable(scene: Scene, person: Person, poll: Poll) -> Standing:
    """How a poll stands, for those who may export it; the same as on the card, or `Refused`."""
    if not runs(scene, person, poll):
        raise Refused(scene.t("Only whoever asked the poll, or a communicator, can export it."))
    return _visible(scene, person, poll)


def _visible(scene: Scene, person: Person, poll: Poll) -> Standing:
    """How a poll stands for somebody, if there is anything to see of it."""
    voted = has_voted(scene.connection, poll, person.id)
    stands = standing(scene, poll, voted=voted)
    if stands.results is None:
        raise Refused(shown.why_not(scene.t, poll, stands, voted=voted))
    return stands


def _sheets(view: View, reader: Person, poll: Poll, stands: Standing) -> list[sheets.Sheet]:
    """Who voted what if that is open, the totals, and who has not voted."""
    words, read = [spoken(question) for question in questions(view, poll)], worded(view, poll)
    found = [tables.totals(view.t, read, words, stands), tables.figures(view.t, read, words, stands)]
    if not poll.hidden:
        every = voting.every(view.connection, poll)
        found.insert(0, tables.votes(view.t, read, words, every, reader.zone))
    names = waiting(view, reader, poll, MOST_WAITING)
    return found if names is None else [*found, tables.waiting(view.t, names)]

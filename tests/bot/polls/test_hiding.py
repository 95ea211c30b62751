"""Figures of polls that hide names: whatever happens, no two views tell what fewer than five people did."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import polls
from bot.core.cards import Bars, Button, Card
from bot.core.database import Connection, open_database
from bot.polls.model.breakdown import FLOOR
from bot.polls.model.poll import Poll
from bot.polls.model.privacy import Snapshot, closing, stepped
from bot.polls.model.tally import Tally
from bot.polls.service import life
from bot.polls.store import asking
from tests.bot.stage import Stage, read_aloud

PEOPLE: Final = tuple(f"U-voter{number}" for number in range(14))
OPTIONS: Final = tuple(f"{account[2:]} {side}" for account in PEOPLE for side in "ab")
"""Two options for each person and for nobody else: figures tell every single vote that is in them."""

View = tuple[int, ...]
Vote = tuple[int, int]
"""How often each of a person's options was counted."""

_who = st.integers(0, len(PEOPLE) - 1)
_vote = st.tuples(st.just("vote"), _who, st.integers(0, 1))
_later = st.tuples(st.just("look"), st.just(0), st.just(6))
_rare = st.one_of(
    # Clocks of replicas are apart, and may go back.
    st.tuples(st.just("look"), st.just(0), st.integers(-30, 60)),
    st.tuples(st.sampled_from(["withdraw", "forget"]), _who, st.just(0)),
    st.tuples(st.sampled_from(["close", "reopen", "add"]), st.just(0), st.just(0)),
)
histories = st.lists(st.one_of(_vote, _vote, _vote, _vote, _later, _rare), min_size=30, max_size=70)
SLOWLY: Final = settings(
    max_examples=12,
    deadline=None,
    # A history of fifty acts takes minutes to make shorter, and is read as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    # One company for all of them; each has a poll of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Watched:
    """A poll, and every view of it that anybody has had."""

    stage: Stage
    number: int
    views: list[View] = field(default_factory=list)

    async def happen(self, what: str, who: int, how: int) -> None:
        account = PEOPLE[who]
        match what:
            case "vote":
                await self.press(
                    account, "polls.seal" if await self.secret() else "polls.vote", f"{self.number}:{who * 2 + how}"
                )
            case "withdraw":
                await self.press(account, "polls.withdraw", str(self.number))
            case "forget":
                await self.stage.forget(account, "polls")
            case "look":
                self.stage.clock.move(seconds=how)
                await self.stage.run(lambda c: life.due(c, self.stage.clock.now()))
            case "close":
                await self.press("U-anna", "polls.close", str(self.number))
            case "reopen":
                await self.change(closed_at=None)
            case _:
                await self.add()

    async def press(self, account: str, address: str, value: str) -> str:
        whisper = (await self.stage.press(account, Button("", address, value))).whisper
        self.see(whisper)
        return read_aloud(whisper) if whisper else ""

    async def poll(self) -> Poll:
        found = await self.stage.run(lambda c: asking.find(c, self.number))
        assert found is not None
        return found

    async def secret(self) -> bool:
        return (await self.poll()).promise.value == "secret"

    async def change(self, **to: object) -> None:
        poll = await self.poll()
        await self.stage.run(lambda c: asking.change(c, replace(poll, **to)))  # type: ignore[arg-type]

    async def add(self) -> None:
        (question,) = (await self.poll()).questions
        if len(question.options) < len(OPTIONS) + 2:
            await self.change(
                questions=(replace(question, options=(*question.options, f"new {len(question.options)}")),)
            )

    async def look(self) -> None:
        """See what everybody sees, and what whoever asks is told."""
        for drawing in ("polls.ballot", "polls.outcome"):
            self.see(await self.stage.run(lambda c, drawing=drawing: self.drawn(c, drawing)))  # type: ignore[misc]
        await self.press(PEOPLE[0], "polls.peek", str(self.number))

    def drawn(self, connection: Connection, drawing: str) -> Card | None:
        view = replace(self.stage.view(connection, "U-ben"), arguments={"poll": str(self.number)})
        card = self.stage.engine.draw(view, drawing)
        return card if isinstance(card, Card) else None

    def see(self, card: Card | None) -> None:
        for part in card.parts if card else ():
            if isinstance(part, Bars) and not part.hidden:
                counts = tuple(bar.count for bar in part.bars)
                if counts not in self.views:
                    self.views.append(counts)


def votes(view: View) -> list[Vote]:
    return [(view[place], view[place + 1]) for place in range(0, len(OPTIONS), 2)]


def judge(views: Sequence[View]) -> None:
    """No view has fewer than five votes in it, and no two differ by those of fewer than five people."""
    for view in views:
        assert sum(view) >= FLOOR, view
    for one, other in combinations(views, 2):
        differing = sum(before != after for before, after in zip(votes(one), votes(other), strict=True))
        assert differing == 0 or differing >= FLOOR, (one, other)


@pytest.fixture
async def company(house_url: str) -> AsyncIterator[Stage]:
    """Give a company that has polls and nothing else."""
    database = open_database(house_url)
    company = Stage(database, (polls.feature(),))
    await company.set_up()
    yield company
    await database.close()


async def asked(stage: Stage, flags: str) -> Watched:
    options = " ".join(f'"{option}"' for option in OPTIONS)
    anna = await stage.person("U-anna")
    await stage.type("U-anna", f'/poll "Which is yours?" {options} {flags}')
    newest = await stage.run(lambda c: asking.newest(c, anna.id))
    assert newest is not None
    return Watched(stage, newest.id)


@given(history=histories, showing=st.sampled_from(["live", "after-vote", "after-close"]))
@SLOWLY
async def test_no_two_views_of_a_confidential_poll_differ_by_fewer_than_five_people(
    company: Stage, history: Sequence[tuple[str, int, int]], showing: str
) -> None:
    watched = await asked(company, f"--confidential --results {showing}")
    for what, who, how in history:
        await watched.happen(what, who, how)
        await watched.look()
    judge(watched.views)
    assert "hides names" in await watched.press("U-anna", "polls.voters", str(watched.number))


@given(history=histories)
@SLOWLY
async def test_a_secret_poll_is_seen_only_after_closing_and_from_five_voters_up(
    company: Stage, history: Sequence[tuple[str, int, int]]
) -> None:
    watched = await asked(company, "--secret")
    for what, who, how in history:
        before = len(watched.views)
        await watched.happen(what, who, how)
        await watched.look()
        assert len(watched.views) == before or (await watched.poll()).closed_at
    judge(watched.views)


@given(history=st.lists(st.one_of(_vote, _vote, _vote, _vote, _later, _rare), min_size=40, max_size=160))
@settings(max_examples=400, deadline=None)
def test_the_rule_itself_keeps_every_two_views_apart(history: Sequence[tuple[str, int, int]]) -> None:
    votes: dict[int, int] = {}
    snapshot, closed, views = Snapshot(), False, set[frozenset[tuple[int, int]]]()
    for what, who, how in history:
        if what == "forget":
            votes.pop(who, None)
        elif what == "reopen":
            closed = False
        elif closed:
            continue
        elif what == "vote":
            votes[who] = how
        elif what == "withdraw":
            votes.pop(who, None)
        elif what in ("look", "close"):
            now = (Tally(len(votes), {f"{voter}:{side}": 1 for voter, side in votes.items()}),)
            closed = what == "close"
            snapshot = (closing if closed else stepped)(snapshot, now, len(votes), FLOOR)
        if snapshot.shown is not None:
            views.add(frozenset((int(each[:-2]), int(each[-1])) for each in snapshot.shown[0].answers))
    assert all(len(view) >= FLOOR for view in views)
    for one, other in combinations(views, 2):
        assert len({voter for voter, _ in one ^ other}) >= FLOOR

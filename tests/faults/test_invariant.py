"""The invariant can fail: each promise is broken once, on paper."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.core.places import QuietHours
from tests.faults.book import Ban, Book, Kind, Wish
from tests.faults.company import Team
from tests.faults.invariant import Evidence, violations
from tests.faults.ledger import Entry
from tests.faults.worker import PATIENCE

CAUSELESS = "nothing is given up without a cause"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = Team("slack", "T1", QuietHours(time(18), time(8), weekends=False))
UTC_ACCOUNT = TEAM.accounts[0]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(what: str, seconds: float = 0, **facts: Any) -> Entry:  # noqa: ANN401 -- fields of an entry
    facts = {"call": 1, "verb": "send", "mark": "m1", "place": "D1", "message": "1", **facts}
    return Entry(at=at(seconds).isoformat(), what=what, **facts)


def row(**facts: Any) -> dict[str, Any]:  # noqa: ANN401 -- columns of several types
    usual = {"verb": "send", "state": "sent", "lane": "notice", "reason": "", "attempts": 0, "fence": 1}
    usual |= {"intent_at": NOON, "try_at": None}
    return {"arguments": '{"mark": "m1"}', **usual, **facts}


def evidence(**facts: Any) -> Evidence:  # noqa: ANN401 -- fields of the evidence
    wish = Wish("m1", TEAM, "notice", UTC_ACCOUNT, acknowledged=True)
    usual: Mapping[str, Any] = {
        "book": Book([TEAM], {"m1": wish}),
        "entries": [told("arrived"), told("accepted"), told("left")],
        "rows": [row()],
        "votes": {},
        "lag": timedelta(seconds=3),
    }
    return Evidence(**{**usual, **facts})


def promises(found: Evidence) -> set[str]:
    return {violation.promise for violation in violations(found)}


def test_a_message_that_is_planned_sent_and_seen_breaks_no_promise() -> None:
    assert promises(evidence()) == set()


def test_a_planned_message_without_a_row_is_missing() -> None:
    assert promises(evidence(rows=[], entries=[])) == {"nothing planned is missing"}


def test_two_rows_for_one_message_are_one_too_many() -> None:
    assert promises(evidence(rows=[row(), row(state="cancelled", reason="x")])) >= {"one row a message"}


def test_a_message_seen_twice_was_sent_twice() -> None:
    again = [told(what, 5, call=2) for what in ("arrived", "accepted", "left")]
    assert promises(evidence(entries=[*evidence().entries, *again])) == {"nothing is sent twice"}


def test_a_message_that_says_sent_and_was_never_seen_is_lost() -> None:
    assert promises(evidence(entries=[])) == {"nothing is lost"}


def test_a_message_that_nobody_planned_must_not_be_seen() -> None:
    stray = [told("accepted", mark="m2", message="2")]
    assert promises(evidence(entries=[*evidence().entries, *stray])) == {"nothing unplanned is sent"}


def given_up(state: str, **facts: Any) -> Evidence:  # noqa: ANN401 -- fields of the evidence
    """A message that ended unsent, for a cause that is known."""
    wish = Wish("m1", TEAM, "notice", UTC_ACCOUNT, expires=True, acknowledged=True)
    book = Book([TEAM], {"m1": wish}, [Ban(Kind.STOP, UTC_ACCOUNT, at(60), at(60))])
    ended = row(state=state, reason="opted_out", attempts=PATIENCE.attempts)
    return evidence(**{"book": book, "rows": [ended], "entries": [], **facts})


@pytest.mark.parametrize("state", ["cancelled", "expired", "failed"])
def test_what_was_given_up_must_not_have_been_seen(state: str) -> None:
    assert promises(given_up(state)) == set()
    assert promises(given_up(state, entries=evidence().entries)) == {"what is given up was not sent, for a reason"}


def test_what_was_given_up_has_a_reason() -> None:
    silent = row(state="failed", attempts=PATIENCE.attempts)
    assert promises(given_up("failed", rows=[silent])) == {"what is given up was not sent, for a reason"}


@pytest.mark.parametrize("state", ["cancelled", "expired", "failed"])
def test_what_was_given_up_has_a_cause(state: str) -> None:
    assert promises(evidence(rows=[row(state=state, reason="bug")], entries=[])) == {CAUSELESS}


def test_a_message_of_unknown_fate_may_be_there_or_not_where_nobody_can_be_asked() -> None:
    wish = Wish("m1", Team("teams", "T1"), "notice", "29:T10", acknowledged=True)
    book = Book([wish.team], {"m1": wish})
    assert promises(evidence(book=book, rows=[row(state="unknown")])) == set()
    assert promises(evidence(book=book, rows=[row(state="unknown")], entries=[])) == set()


def test_a_platform_that_can_be_asked_is_asked_before_a_message_is_left_in_doubt() -> None:
    assert promises(evidence(rows=[row(state="unknown", fence=1)])) == {CAUSELESS}
    assert promises(evidence(rows=[row(state="unknown", fence=2)])) == set()


def test_a_doubt_that_is_still_to_be_asked_about_has_not_ended() -> None:
    assert "every doubt ends" in promises(evidence(rows=[row(state="unknown", try_at=NOON)]))


@pytest.mark.parametrize("state", ["ready", "sending"])
def test_a_message_that_still_waits_has_not_ended(state: str) -> None:
    assert promises(evidence(rows=[row(state=state)])) == {"every message ends"}


def test_a_message_may_wait_for_the_end_of_quiet_hours() -> None:
    evening = [told("left", 8 * 3600, verb="find", mark="", message="")]
    assert promises(evidence(rows=[row(state="ready", intent_at=None)], entries=evening)) == set()


def test_a_message_must_not_be_seen_in_quiet_hours() -> None:
    evening = [told(what, 8 * 3600) for what in ("arrived", "accepted", "left")]
    assert promises(evidence(entries=evening)) == {"nothing in quiet hours"}
    assert promises(evidence(entries=evening, clocks_agree=False)) == set()


def test_a_message_must_not_be_intended_for_quiet_hours() -> None:
    assert promises(evidence(rows=[row(intent_at=at(8 * 3600))])) == {"nothing in quiet hours"}


@pytest.mark.parametrize(("kind", "whom"), [(Kind.STOP, UTC_ACCOUNT), (Kind.HALT, "c1"), (Kind.ROLE, UTC_ACCOUNT)])
def test_nothing_begins_after_a_no_that_was_acknowledged(kind: Kind, whom: str) -> None:
    mark = "lead.1.0" if kind is Kind.ROLE else "m1"
    wish = Wish(mark, TEAM, "notice", UTC_ACCOUNT, campaign="c1")
    entries = [told(what, mark=mark) for what in ("arrived", "accepted", "left")]
    rows = [row(arguments=f'{{"mark": "{mark}"}}')]

    def said(since: datetime, until: datetime | None = None) -> set[str]:
        ban = Ban(kind, whom, since, since, until)
        return promises(evidence(book=Book([TEAM], {mark: wish}, [ban]), entries=entries, rows=rows))

    assert said(at(-1)) == {"nothing after a no that was acknowledged"}
    assert said(at(1)) == set()
    assert said(at(-1), until=NOON) == set()


def test_a_call_that_comes_a_lease_after_an_opt_out_is_too_late_whatever_its_intent_says() -> None:
    ban = Ban(Kind.STOP, UTC_ACCOUNT, at(-4), at(-4))
    early = row(intent_at=at(-5))
    book = Book([TEAM], evidence().book.wishes, [ban])
    assert promises(evidence(book=book, rows=[early])) == {"nothing after a no that was acknowledged"}


def test_two_calls_about_one_message_must_not_be_on_their_way_at_once() -> None:
    entries = [
        told("arrived"),
        told("arrived", 1, call=2),
        told("accepted", 2),
        told("left", 2),
        told("left", 2, call=2),
    ]
    assert promises(evidence(entries=entries)) == {"one call at a time"}


def test_a_message_must_show_the_final_state_of_its_subject() -> None:
    wish = Wish("m1", TEAM, "public", place="C1", subject="s1")
    book = Book([TEAM], {"m1": wish}, votes=evidence().book.votes)
    stale = evidence(
        book=book, votes={"s1": 2}, entries=[*evidence().entries, told("accepted", 1, verb="update", state=1)]
    )
    assert promises(stale) == {"the last state is drawn"}
    drawn = evidence(book=book, votes={"s1": 2}, entries=[*stale.entries, told("accepted", 2, verb="update", state=2)])
    assert promises(drawn) == set()


def test_a_vote_that_was_acknowledged_counts_once() -> None:
    book = evidence().book
    book.votes["s1"] += 1
    assert promises(evidence(book=book, votes={"s1": 2})) == {"every act counts once"}


def test_an_act_that_nobody_acknowledges_is_told() -> None:
    assert promises(evidence(book=Book([TEAM], evidence().book.wishes, unheard=["stop"]))) == {
        "every act is acknowledged"
    }


def test_a_call_that_no_client_of_ours_makes_is_told() -> None:
    strange = [*evidence().entries, told("strange", verb="chat.delete", mark="", message="")]
    assert promises(evidence(entries=strange)) == {"only known calls are made"}


def test_the_story_of_a_message_is_told_with_what_broke() -> None:
    (violation,) = violations(evidence(entries=[]))
    assert "outbox:" in str(violation)
    assert "m1" in str(violation)

"""A feature with messages of every kind: to people and channels, once and weekly, redrawn by votes, bound to a role.

Each card shows its own mark and the state of its subject, so that a platform's ledger tells what was seen.
"""

import json
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.core import outbox
from bot.core.cadence import store as cadence
from bot.core.cadence.slots import Weekly
from bot.core.cards import Card, note
from bot.core.database import Connection, insert
from bot.core.directory import store as directory
from bot.core.feature import Feature, Turn, View, Withdrawn
from bot.core.interactions import Click, Event
from bot.core.outbox import Lane
from bot.core.people import Role

metadata: Final = sa.MetaData()
"""Not the product's: its migrations know nothing of this table."""

subjects: Final = sa.Table(
    "faults_subjects",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("votes", sa.Integer, nullable=False),
)

LEADER_NOTES: Final = 3
LEADING: Final = "lead."


def feature() -> Feature:
    """The board, declared."""
    return Feature(
        name="board",
        clicks={"vote": vote},
        events={"campaign": plan, "halt": halt, "role_given": given, "role_taken": taken},
        drawings={"card": draw, "leader": draw_leader},
    )


def draw(view: View) -> Card | Withdrawn:
    """A mark, and how often its subject was voted for."""
    mark, subject = view.arguments["mark"], view.arguments.get("subject", "")
    return note(f"mark {mark} state {votes_of(view.connection, subject) if subject else 0}")


def draw_leader(view: View) -> Card | Withdrawn:
    """A note that only leaders get."""
    leads = view.reader is not None and Role.LEADER in view.reader.roles
    return draw(view) if leads else Withdrawn("role_taken")


def votes_of(connection: Connection, subject: str) -> int:
    """How often a subject was voted for."""
    query = sa.select(subjects.c.votes).where(subjects.c.subject == subject)
    return connection.execute(query).scalar_one_or_none() or 0


def vote(turn: Turn) -> None:
    """One more vote, and everything about the subject is drawn anew."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    subject = turn.act.value
    counted = insert(turn.connection, subjects).values(subject=subject, votes=1)
    more = counted.on_conflict_do_update(index_elements=["subject"], set_={"votes": subjects.c.votes + 1})
    turn.connection.execute(more)
    outbox.redraw(turn.connection, subject, turn.now)


def plan(turn: Turn) -> None:
    """Plan what the event's facts list, in JSON: single messages (`once`) and weekly ones (`weekly`)."""
    for each in _facts(turn, "once"):
        _send_once(turn, each)
    for each in _facts(turn, "weekly"):
        _send_weekly(turn, each)


def halt(turn: Turn) -> None:
    """Stop a campaign that is on its way."""
    if not isinstance(turn.act, Event):
        raise TypeError(turn.act)
    outbox.halt(turn.connection, turn.act.facts["campaign"], turn.now)


def given(turn: Turn) -> None:
    """A new leader gets some notes, over a few seconds."""
    person, sign = _whose(turn), turn.act.origin.id
    for number in range(LEADER_NOTES):
        mark = f"{LEADING}{sign}.{number}"
        outbox.send(
            turn.connection,
            key=f"{LEADING}{person}.{mark}",
            drawing="board.leader",
            lane=Lane.NOTICE,
            now=turn.now,
            workspace=turn.workspace.id,
            person=person,
            arguments={"mark": mark},
            due=turn.now + timedelta(seconds=number),
        )


def taken(turn: Turn) -> None:
    """Who is no leader any more gets none of the notes that were planned."""
    person = _whose(turn)
    outbox.cancel_person(turn.connection, person, "role_taken", f"{LEADING}{person}.")


def _send_once(turn: Turn, wanted: dict[str, Any]) -> None:
    subject = wanted.get("subject", "")
    outbox.send(
        turn.connection,
        key=wanted["mark"],
        drawing="board.card",
        lane=Lane(wanted["lane"]),
        now=turn.now,
        workspace=turn.workspace.id,
        arguments={"mark": wanted["mark"], "subject": subject},
        subject=subject,
        campaign=wanted.get("campaign", ""),
        due=datetime.fromisoformat(wanted["due"]),
        **_to(turn, wanted),
    )


def _send_weekly(turn: Turn, wanted: dict[str, Any]) -> None:
    slot, zone = datetime.fromisoformat(wanted["slot"]), wanted["zone"]
    local = slot.astimezone(ZoneInfo(zone))
    cadence.every_week(
        turn.connection,
        name=wanted["mark"],
        drawing="board.card",
        lane=wanted["lane"],
        slot=Weekly(local.weekday(), time(local.hour, local.minute)),
        zone=zone,
        now=slot - timedelta(seconds=1),
        workspace=turn.workspace.id,
        arguments={"mark": wanted["mark"]},
        patience=wanted["patience"],
        **_to(turn, wanted),
    )


def _to(turn: Turn, wanted: dict[str, Any]) -> dict[str, Any]:
    if "place" in wanted:
        return {"place": directory.place_at(turn.connection, turn.workspace, wanted["place"]).id}
    return {"person": directory.account(turn.connection, turn.workspace, wanted["account"]).id}


def _facts(turn: Turn, name: str) -> list[dict[str, Any]]:
    if not isinstance(turn.act, Event):
        raise TypeError(turn.act)
    found: list[dict[str, Any]] = json.loads(turn.act.facts.get(name, "[]"))
    return found


def _whose(turn: Turn) -> int:
    if not isinstance(turn.act, Event):
        raise TypeError(turn.act)
    return int(turn.act.facts["person"])

"""What is under way, as lines to read: campaigns, what is late, what was stopped, what nobody knows the fate of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.core import outbox
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.outbox import Backlog, Campaign, Entry, Halt, State
from bot.core.places import Workspace
from bot.sending.reasons import explained

MOST_HALTS: Final = 10

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is under way at an instant. `halts` are the campaigns that were stopped, the newest first."""

    campaigns: Sequence[Campaign]
    workspaces: dict[int, Workspace]
    backlog: Backlog
    halts: Sequence[Halt]
    doubtful: int


def look(connection: Connection, now: datetime) -> Overview:
    """Read what is under way. It reads every open row once."""
    campaigns = outbox.campaigns(connection)
    halts = sorted(outbox.halted(connection).values(), key=lambda each: each.at, reverse=True)
    return Overview(
        campaigns,
        directory.workspaces_by_id(connection, (each.workspace for each in campaigns)),
        outbox.backlog(connection, now),
        halts[:MOST_HALTS],
        outbox.doubtful(connection),
    )


def lines(seen: Overview) -> Iterator[str]:
    """The overview, line by line."""
    if seen.campaigns:
        yield from columns(
            ("campaign", "workspace", "ready", "sending", "unknown", "first due", "last due"),
            [_campaign(each, seen.workspaces[each.workspace]) for each in seen.campaigns],
        )
    else:
        yield "Nothing is under way."
    if seen.backlog.oldest:
        yield f"Late: {seen.backlog.due:,}, the first of them since {moment(seen.backlog.oldest)}."
    for halt in seen.halts:
        yield f"Stopped: {halt.campaign}, {moment(halt.at)}. What was planned before is not sent."
    if seen.doubtful:
        yield f"Nobody knows whether they arrived: {seen.doubtful:,}. `drumbeat outbox unknown` lists them."


def doubts(connection: Connection, entries: Sequence[Entry]) -> Iterator[str]:
    """Messages nobody knows the fate of, line by line."""
    workspaces = directory.workspaces_by_id(connection, (each.workspace_id for each in entries))
    rows = [
        (
            str(each.id),
            called(workspaces[each.workspace_id]),
            each.drawing,
            whom(connection, each, workspaces[each.workspace_id]),
            moment(each.intent_at or each.due_at),
            explained(each.reason),
        )
        for each in entries
    ]
    yield from columns(("id", "workspace", "what", "to", "tried", "why nobody knows"), rows)


def whom(connection: Connection, entry: Entry, workspace: Workspace) -> str:
    """Whom a message is for, by name and the chat's own id."""
    if entry.person_id is not None:
        person = directory.person(connection, workspace, entry.person_id)
        return f"{person.name} ({person.account})" if person.account else f"person {entry.person_id}"
    place = directory.place(connection, entry.place_id) if entry.place_id else None
    if place is None:
        return entry.destination
    return f"#{place.name} ({place.key})" if place.name else place.key


def called(workspace: Workspace) -> str:
    """A workspace by its platform and its name."""
    return f"{workspace.platform} {workspace.name or workspace.key}"


def moment(at: datetime) -> str:
    """An instant, in UTC as the log has it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def columns(heads: Row, rows: Sequence[Row]) -> Iterator[str]:
    """A table whose figures stand below one another."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    figures = [all(_figure(row[number]) for row in rows) for number in range(len(heads))]
    for row in (heads, *rows):
        cells = [
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(row, widths, figures, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _campaign(each: Campaign, workspace: Workspace) -> Row:
    counts = (f"{each.rows.get(state, 0):,}" for state in (State.READY, State.SENDING, State.UNKNOWN))
    return (each.name, called(workspace), *counts, moment(each.first), moment(each.last))


def _figure(cell: str) -> bool:
    return cell.replace(",", "").isdecimal()

"""Whether somebody may ask in the places they named: only where they could write themselves."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.core.access import Access
from bot.core.directory import store as directory
from bot.core.feature import Turn
from bot.polls.model.draft import Draft, Problem
from bot.polls.store.turnout import workspaces_of

_PROBLEMS: Final = {
    Access.BARRED: Problem.BARRED,
    Access.HIDDEN: Problem.HIDDEN,
    Access.UNKNOWN: Problem.UNCERTAIN,
}


def admitted(turn: Turn, draft: Draft) -> Draft:
    """The draft, with the first place its author cannot ask in, if there is one."""
    return replace(draft, shut=shut(turn, draft.places))


def shut(turn: Turn, places: Iterable[int]) -> tuple[Problem, str] | None:
    """Why somebody cannot ask in the first of these places that is not open to them, and its name.

    Nothing is said of places of other organisations: they are refused by themselves.
    """
    ours = workspaces_of(turn.connection, turn.workspace.id)
    found = {
        place.id: place for place in directory.places_by_id(turn.connection, places).values() if place.workspace in ours
    }
    for place, access in turn.access(found).items():
        if access is not Access.OPEN:
            return _PROBLEMS[access], found[place].name
    return None

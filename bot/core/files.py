"""Makes the file a link asks for."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Feature, FileMaker, View, require
from bot.core.links import File, Wanted
from bot.core.people import Person, Role
from bot.core.places import Workspace
from bot.core.texts import Texts


def made(features: Mapping[str, Feature], connection: Connection, wanted: Wanted, now: datetime) -> File | None:
    """The file, if what was asked for is still there; `Refused` if the one who asked may not have it any more."""
    maker, role = _maker(features, wanted.address)
    whom = _for_whom(connection, wanted)
    if maker is None or whom is None:
        return None
    workspace, reader = whom
    view = View(
        connection=connection,
        workspace=workspace,
        now=now,
        t=Texts(reader.locale, reader.zone),
        reader=reader,
        arguments=wanted.arguments,
    )
    try:
        require(reader, role, view.t)
        return maker(view)
    except Refused as refusal:
        refusal.locale = view.t.locale
        raise


def _maker(features: Mapping[str, Feature], address: str) -> tuple[FileMaker | None, Role | None]:
    """Who makes what lies at an address, if this version still does, and for whom."""
    owner, _, name = address.partition(".")
    feature = features.get(owner)
    return (feature.files.get(name), feature.roles.get(name)) if feature else (None, None)


def _for_whom(connection: Connection, wanted: Wanted) -> tuple[Workspace, Person] | None:
    """Who reads it, and where; None for somebody who has left, or whom a database from before does not know."""
    here = (wanted.workspace, wanted.person)
    try:
        workspace = directory.workspaces_by_id(connection, [wanted.workspace])[wanted.workspace]
        reader = directory.readers(connection, {here})[here]
    except KeyError:
        return None
    return (workspace, reader) if workspace.active and reader.active else None

"""Drafts the next migration: what the tables say beyond what the migrations so far make."""

import re
import tempfile
from pathlib import Path
from typing import Any, Final, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import DefaultClause, create_engine, false, true

from bot import migrations
from bot.core.database import Connection, Id, Instant, metadata

_FILE: Final = '''"""{sentence}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before}

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Lead from the shape before to this one."""
{body}
'''


def write(sentence: str, *, anew: bool = False) -> Path | None:
    """Write the step that is missing, or (until a first release) the first one `anew`; its file, to be read.

    None where nothing is missing. Every module that declares a table must be imported by then.
    """
    before = "" if anew else migrations.head()
    body = _body(before)
    if not body:
        return None
    revision = f"{int(before or 0) + 1:04}"
    slug = re.sub(r"\W+", "_", sentence.lower()).strip("_")
    path = migrations.FOLDER / "versions" / f"{revision}_{slug}.py"
    path.write_text(
        _FILE.format(
            sentence=sentence.rstrip(".") + ".",
            revision=revision,
            before=f'"{before}"' if before else "None",
            body=body,
        )
    )
    return path


def missing(context: MigrationContext) -> UpgradeOps:
    """What a database lacks of what the tables say; nothing where the migrations are complete."""
    changes = produce_migrations(context, metadata).upgrade_ops
    if not isinstance(changes, UpgradeOps):
        raise TypeError(changes)
    return changes


def context_of(connection: Connection) -> MigrationContext:
    """A database as Alembic compares it with the tables."""
    options = {"compare_server_default": _default_differs, "include_name": _is_compared}
    return MigrationContext.configure(connection, opts=options)


def _body(before: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.sqlite")
        with engine.begin() as connection:
            if before:
                migrations.upgrade(connection)
            context = context_of(connection)
            body = render_python_code(
                missing(context), render_as_batch=bool(before), render_item=_render, migration_context=context
            )
        engine.dispose()
    return "\n".join(
        line for line in body.splitlines() if line.strip() not in {"", "pass"} and not line.lstrip().startswith("#")
    )


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name != migrations.COMPATIBILITY.name


def _default_differs(
    context: MigrationContext, _there: object, _said: object, there: str | None, _default: object, said: str | None
) -> bool | None:
    """SQLite tells an empty text default in a way that Alembic takes for another one; elsewhere Alembic decides."""
    return False if context.dialect.name == "sqlite" and there == "('')" and not said else None


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401 -- any part of a schema
    """Say our own types in SQLAlchemy's words: a migration stays what it was when the product's types change."""
    if kind == "type":
        return "ID" if item is Id else "sa.DateTime(timezone=True)" if isinstance(item, Instant) else False
    if (
        kind == "server_default"
        and isinstance(item, DefaultClause)
        and isinstance(item.arg, type(true()) | type(false()))
    ):
        return "sa.true()" if item.arg == true() else "sa.false()"
    return False

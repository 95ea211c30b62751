"""The one register of tables, and the column types of our own."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the product; Alembic's migrations are compared with it."""

Id: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row's own number; SQLite counts only INTEGER primary keys by itself."""


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant: aware and UTC in Python, `timestamptz` in PostgreSQL, UTC text that sorts in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times; SQLite gets naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time must know its zone"
            raise ValueError(message)
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Back to aware UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.replace(tzinfo=UTC)


class _List(sa.types.TypeDecorator[list[Any]]):
    """Values as one parameter, so that a statement stays the same for any number of them: JSON text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: sa.Dialect) -> str:  # noqa: ARG002 -- for either
        """Write the list out."""
        return json.dumps(value)


def one_of(
    connection: sa.Connection,
    column: sa.ColumnElement[Any],
    name: str,
    kind: Any = sa.BigInteger,  # noqa: ANN401 -- any type
) -> sa.ColumnElement[bool]:
    """Whether a column has one of the values of the list parameter `name`."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(kind)))
    given = sa.func.json_each(sa.bindparam(name, type_=_List)).table_valued("value")
    return column.in_(sa.select(given.c.value))


def rows_of(connection: sa.Connection, name: str, **columns: Any) -> sa.FromClause:  # noqa: ANN401 -- any types
    """The rows of the list parameter `name`, a mapping a row, as something to select from; the columns by their types.

    An INSERT that takes them needs a WHERE before its ON CONFLICT, or SQLite takes that for the condition of a join.
    """
    given = sa.bindparam(name, type_=_List)
    if connection.dialect.name == "postgresql":
        record = sa.func.json_to_recordset(sa.cast(given, postgresql.JSON))
        typed = (sa.column(column, kind) for column, kind in columns.items())
        return record.table_valued(*typed).render_derived(name=name, with_types=True)
    each = sa.func.json_each(given).table_valued("value")
    of = (
        sa.func.json_extract(each.c.value, f"$.{column}", type_=kind).label(column) for column, kind in columns.items()
    )
    return sa.select(*of).subquery(name)


def insert(connection: sa.Connection, table: sa.Table) -> Any:  # noqa: ANN401 -- both dialects' Insert have on_conflict_*, their base has not
    """The dialect's INSERT, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)

"""The one register of tables, and the column types of our own."""

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


def insert(connection: sa.Connection, table: sa.Table) -> Any:  # noqa: ANN401 -- both dialects' Insert have on_conflict_*, their base has not
    """The dialect's INSERT, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)

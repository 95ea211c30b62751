"""Everything that points at a row, found by foreign keys, so that no table is ever forgotten."""

from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from bot.core.database import Connection, one_of


def referring(target: sa.Column[int]) -> Iterator[sa.Column[int]]:
    """Every column that points at `target`, in every table there is."""
    for table in target.table.metadata.sorted_tables:
        yield from (column for column in table.columns if column.references(target))


def unique_with(column: sa.Column[int]) -> Iterator[tuple[sa.Column[int], ...]]:
    """What has to be unique together with a column: the columns beside it in each key that it is part of."""
    table = column.table
    if not isinstance(table, sa.Table):
        raise TypeError(table)
    unique = [each for each in table.constraints if isinstance(each, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    for key in (*unique, *(index for index in table.indexes if index.unique)):
        if column in key.columns.values():
            yield tuple(each for each in key.columns if each is not column)


def repoint(
    connection: Connection,
    target: sa.Column[int],
    left: Sequence[int],
    to: Callable[[sa.Column[int]], sa.ColumnElement[int]],
) -> None:
    """Let whatever points at one of the values `left` of `target` point elsewhere; `to` says where, by the column.

    Where a key allows one of two rows only, the one that points there already stays, and the other goes.
    """
    for column in referring(target):
        table = column.table
        if not isinstance(table, sa.Table):
            raise TypeError(table)
        goes = one_of(connection, column, "left")
        for beside in unique_with(column):
            rival = table.alias("rival")
            same = (rival.c[each.name] == each for each in beside)
            rivals = sa.select(sa.literal(1)).select_from(rival).where(rival.c[column.name] == to(column), *same)
            given_up = table.delete().where(goes, rivals.correlate(table).exists())
            connection.execute(given_up, {"left": list(left)})
        connection.execute(table.update().where(goes).values({column: to(column)}), {"left": list(left)})

"""Everything that points at a row, found by foreign keys, so that no table is ever forgotten."""

from collections.abc import Iterator

import sqlalchemy as sa

from bot.core.database import Connection


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


def repoint(connection: Connection, target: sa.Column[int], moved: sa.Select[int, int]) -> None:
    """Let whatever points at `target` point elsewhere: `moved` selects what it points at, and each time something else.

    Where a key allows one of two rows only, the one that points there already stays, and the other goes.
    """
    moves = moved.subquery("moved")
    gone, new = moves.c
    for column in referring(target):
        table = column.table
        if not isinstance(table, sa.Table):
            raise TypeError(table)
        there = sa.select(new).where(gone == column).correlate(table).scalar_subquery()
        goes = column.in_(sa.select(gone))
        for beside in unique_with(column):
            rival = table.alias("rival")
            same = (rival.c[each.name] == each for each in beside)
            rivals = sa.select(sa.literal(1)).select_from(rival).where(rival.c[column.name] == there, *same)
            connection.execute(table.delete().where(goes, rivals.correlate(table).exists()))
        connection.execute(table.update().where(goes).values({column: there}))

"""Statements for the hot path: compiled once, then straight through the driver.

SQLAlchemy's own execution costs some 40 microseconds a statement, SQLite's less than ten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database.port import Connection

Convert = Callable[[Any], Any]

FLOAT8: Final = 701
"""PostgreSQL's number for the only type with a fraction that we have; its dialect asks."""


class Prepared:
    """A statement with its values as `bindparam`s, built when first needed for a kind of database.

    Rows are plain tuples, with the values that the columns' types give in Python. Errors are the driver's own.
    """

    def __init__(self, build: Callable[[Connection], sa.SelectBase | sa.UpdateBase]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, **values: object) -> int:
        """Run it; how many rows it touched."""
        return int(self._of(connection).execute(connection, values).rowcount)

    def many(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Run it once for each of `rows`, at little more than the price of one."""
        if rows:
            self._of(connection).execute_many(connection, rows)

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Its rows."""
        compiled = self._of(connection)
        return compiled.converted(compiled.execute(connection, values).fetchall())

    def row(self, connection: Connection, **values: object) -> tuple[Any, ...] | None:
        """Its only row, or None. More than one is a bug."""
        found = self.rows(connection, **values)
        if len(found) > 1:
            raise ValueError("more than one row")
        return found[0] if found else None

    def _of(self, connection: Connection) -> "_Compiled":
        kind = connection.dialect.name
        if kind not in self._compiled:
            self._compiled[kind] = _Compiled(self._build(connection), connection.dialect)
        return self._compiled[kind]


class _Compiled:
    """A statement in a dialect's words, with what turns values into the driver's and back."""

    def __init__(self, statement: sa.SelectBase | sa.UpdateBase, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, sa.sql.compiler.SQLCompiler):
            raise TypeError(statement)
        self._needed: Final = {name for bind, name in compiled.bind_names.items() if bind.required}
        state = compiled.construct_expanded_state(dict.fromkeys(self._needed))  # lists after IN are written out here
        into = dict(state.processors) | {
            name: convert
            for bind, name in compiled.bind_names.items()
            if name in state.parameters and (convert := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self._sql: Final = state.statement
        self._order: Final = state.positiontup
        self._fixed: Final = {
            name: into[name](value) if name in into else value
            for name, value in state.parameters.items()
            if name not in self._needed
        }
        self._into: Final = [(name, convert) for name, convert in into.items() if name in self._needed]
        back = [column.type.dialect_impl(dialect).result_processor(dialect, FLOAT8) for column in _columns(statement)]
        self._back: Final = [(place, convert) for place, convert in enumerate(back) if convert]

    def execute(self, connection: Connection, values: Mapping[str, object]) -> Any:  # noqa: ANN401 -- either driver's cursor
        driver: Any = connection.connection.driver_connection
        return driver.execute(self._sql, self._given(values))

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        cursor.executemany(self._sql, [self._given(values) for values in rows])
        cursor.close()

    def _given(self, values: Mapping[str, object]) -> Mapping[str, object] | list[object]:
        """Parameters as the driver wants them."""
        if values.keys() != self._needed:
            raise TypeError(f"this statement takes {sorted(self._needed)}, not {sorted(values)}")
        parameters = {**self._fixed, **values}
        for name, convert in self._into:
            parameters[name] = convert(parameters[name])
        return parameters if self._order is None else [parameters[name] for name in self._order]

    def converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return list(map(self._converted, rows)) if self._back else rows

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self._back:
            if values[place] is not None:
                values[place] = convert(values[place])
        return tuple(values)


def _columns(statement: sa.SelectBase | sa.UpdateBase) -> Iterable[sa.ColumnElement[Any]]:
    return statement.selected_columns if isinstance(statement, sa.SelectBase) else statement.exported_columns

"""What a step did to a database, seen by a program that knows nothing of it and works on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class Column:
    """`filled`: whether the database has a value of its own where a program gives none."""

    type: str
    nullable: bool
    filled: bool


@dataclass(frozen=True)
class Reference:
    """A foreign key; `lets_go` says that the row it points to can be deleted all the same."""

    columns: tuple[str, ...]
    table: str
    lets_go: bool


@dataclass(frozen=True)
class Table:
    """A table as it is; `unique` by column names, `checks` in the database's words."""

    columns: Mapping[str, Column]
    unique: frozenset[tuple[str, ...]]
    checks: frozenset[str]
    references: frozenset[Reference]


def tables(connection: sa.Connection) -> dict[str, Table]:
    """Every table there is."""
    inspector = sa.inspect(connection)
    return {name: _table(inspector, name) for name in inspector.get_table_names()}


def hardships(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[str]:
    """What the program before would stumble over; nothing where the step only expanded."""
    found = [f"the table {name} is gone" for name in before.keys() - after.keys()]
    for name in before.keys() & after.keys():
        found += [f"in {name}, {hardship}" for hardship in _in(before[name], after[name])]
    for name, table in after.items():
        found += [
            f"{name} holds on to rows of {each.table}"
            for each in table.references - (before[name].references if name in before else frozenset())
            if each.table in before and not each.lets_go
        ]
    return sorted(found)


def _in(before: Table, after: Table) -> Iterator[str]:
    for name, column in before.columns.items():
        yield from _changed(name, column, after.columns.get(name))
    for name in after.columns.keys() - before.columns.keys():
        new = after.columns[name]
        if not new.nullable and not new.filled:
            yield f"the new column {name} wants a value"
    for columns in before.unique - after.unique:
        yield f"{columns} are not unique any more, and an upsert may rely on it"
    for columns in after.unique - before.unique:
        yield f"{columns} must be unique"
    for check in after.checks - before.checks:
        yield f"there is a new rule: {check}"
    for reference in after.references - before.references:
        if set(reference.columns) & before.columns.keys():
            yield f"{reference.columns} must refer to {reference.table}"


def _changed(name: str, before: Column, after: Column | None) -> Iterator[str]:
    if after is None:
        yield f"the column {name} is gone"
        return
    if after.type != before.type:
        yield f"the column {name} was {before.type} and is {after.type}"
    if before.nullable and not after.nullable:
        yield f"the column {name} may not be empty any more"
    if before.filled and not after.filled:
        yield f"the column {name} has no default any more"


def _table(inspector: sa.Inspector, name: str) -> Table:
    columns = {
        each["name"]: Column(
            type=str(each["type"]),
            nullable=each["nullable"],
            filled=bool(each["default"] or each.get("identity") or each.get("computed")),
        )
        for each in inspector.get_columns(name)
    }
    constraints = [each["column_names"] for each in inspector.get_unique_constraints(name)]
    indexes = [
        (*each["column_names"], str(each.get("dialect_options", {}).get("postgresql_where", "")))
        for each in inspector.get_indexes(name)
        if each["unique"] and not each.get("duplicates_constraint")
    ]
    return Table(
        columns=columns,
        unique=frozenset(tuple(map(str, each)) for each in (*constraints, *indexes)),
        checks=frozenset(str(each["sqltext"]) for each in inspector.get_check_constraints(name)),
        references=frozenset(_reference(each) for each in inspector.get_foreign_keys(name)),
    )


def _reference(found: sa.engine.interfaces.ReflectedForeignKeyConstraint) -> Reference:
    lets_go = found.get("options", {}).get("ondelete") in ("CASCADE", "SET NULL", "SET DEFAULT")
    return Reference(tuple(found["constrained_columns"]), found["referred_table"], lets_go)

"""Tables to download: as CSV and JSON for programs, and as XLSX for people with a spreadsheet."""

from collections.abc import Iterable, Sequence
from csv import writer
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO, TextIOWrapper
from json import dumps
from typing import TYPE_CHECKING, Final, TextIO, assert_never
from unicodedata import east_asian_width

from bot.core.links import File

if TYPE_CHECKING:
    from xlsxwriter.format import Format as Style
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | bool | datetime | None
"""What stands in a table. An instant is aware, and shown in the zone it is in."""


class Format(StrEnum):
    """How a table is written; the value is the ending of the file's name."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """What browsers are told."""
        return _MEDIA_TYPES[self]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `rows` have a cell for each of `columns`, and are gone through once by each way of writing them."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def file(name: str, written: Format, sheets: Sequence[Sheet]) -> File:
    """The tables as a file; `name` has no ending. CSV knows no more than one table: the first."""
    match written:
        case Format.CSV:
            content = csv(sheets[0])
        case Format.JSON:
            content = json(*sheets)
        case Format.XLSX:
            content = xlsx(*sheets)
        case _:
            assert_never(written)
    return File(f"{name}.{written.value}", written.media_type, content)


def csv(sheet: Sheet) -> bytes:
    """CSV as RFC 4180 has it, in UTF-8.

    It is for programs, so there is no byte order mark, which most of them take for a part of the first column's name;
    Excel, which needs one, gets XLSX. Opened in a spreadsheet all the same, no text becomes a formula: one that would
    begins with an apostrophe.
    """
    buffer, text = _utf8()
    lines = writer(text, lineterminator="\r\n")
    lines.writerow(map(_harmless, sheet.columns))
    lines.writerows([_harmless(_flat(cell)) for cell in row] for row in sheet.rows)
    text.flush()
    return buffer.getvalue()


def json(*sheets: Sheet) -> bytes:
    """A list of records, one a line, with the columns' names; several tables are such lists by the tables' names."""
    buffer, text = _utf8()
    if len(sheets) == 1:
        _write_records(text, sheets[0])
    else:
        for number, (name, sheet) in enumerate(zip(_distinct([each.name for each in sheets]), sheets, strict=True)):
            text.write(f"{',' if number else '{'}\n{dumps(name, ensure_ascii=False)}: ")
            _write_records(text, sheet)
        text.write("\n}")
    text.write("\n")
    text.flush()
    return buffer.getvalue()


def xlsx(*sheets: Sheet) -> bytes:
    """A workbook with a page for each table. What people wrote stays text, whatever it looks like."""
    from xlsxwriter import Workbook  # noqa: PLC0415 -- it costs 4 MB, and most processes never make a table

    buffer = BytesIO()
    with Workbook(buffer, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        for name, sheet in zip(_page_names([each.name for each in sheets]), sheets, strict=True):
            _fill(book.add_worksheet(name), sheet, heading)
    return buffer.getvalue()


_MEDIA_TYPES: Final = {
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""How a text begins that a spreadsheet may take for a formula (OWASP, CSV injection); the last four are full-width."""

_LONGEST: Final = 32_767
"""Characters that a cell of a workbook holds."""

_LONGEST_PAGE_NAME: Final = 31
_NOT_IN_PAGE_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
"""What Excel refuses in the name of a page."""

_NARROWEST, _WIDEST, _LOOKED_AT = 8, 60, 1000
"""Columns are between so many letters wide, after as many rows."""


def _utf8() -> tuple[BytesIO, TextIO]:
    """Memory to write text into, which is kept as bytes from the start."""
    buffer = BytesIO()
    return buffer, TextIOWrapper(buffer, encoding="utf-8", newline="")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _flat(cell: Cell) -> str | int | float | bool | None:
    return cell.isoformat(timespec="seconds") if isinstance(cell, datetime) else cell


def _write_records(text: TextIO, sheet: Sheet) -> None:
    columns = _distinct(sheet.columns)
    between = "[\n"
    for row in sheet.rows:
        record = dict(zip(columns, map(_flat, row), strict=True))
        text.write(between + dumps(record, ensure_ascii=False))
        between = ",\n"
    text.write("\n]" if between.startswith(",") else "[]")


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of which no two are the same: the second `Why?` is `Why? (2)`."""
    found: dict[str, None] = {}
    for name in names:
        number, own = 1, name
        while own in found:
            number += 1
            own = f"{name} ({number})"
        found[own] = None
    return list(found)


def _page_names(names: Sequence[str]) -> list[str]:
    """Names as Excel allows them: short, without some letters, and not told apart by capitals."""
    taken: set[str] = set()
    pages = []
    for name in names:
        clean = name.translate(_NOT_IN_PAGE_NAMES).strip(" '") or "-"
        number, own = 1, clean[:_LONGEST_PAGE_NAME]
        while own.lower() in taken:
            number += 1
            ending = f" ({number})"
            own = clean[: _LONGEST_PAGE_NAME - len(ending)] + ending
        taken.add(own.lower())
        pages.append(own)
    return pages


def _fill(page: "Worksheet", sheet: Sheet, heading: "Style") -> None:
    page.freeze_panes(1, 0)
    widths = [_NARROWEST] * len(sheet.columns)
    for column, name in enumerate(sheet.columns):
        _write(page, 0, column, name, heading)
        widths[column] = max(widths[column], _width(name))
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell)
            if number <= _LOOKED_AT:
                widths[column] = max(widths[column], _width(cell))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width, _WIDEST) + 1)


def _write(page: "Worksheet", row: int, column: int, cell: Cell, style: "Style | None" = None) -> None:
    match cell:
        case None:
            pass
        case bool():
            page.write_boolean(row, column, cell, style)
        case int() | float():
            page.write_number(row, column, cell, style)
        case datetime():
            page.write_datetime(row, column, cell.replace(tzinfo=None), style)  # a workbook knows no zones
        case str():
            page.write_string(row, column, cell[:_LONGEST], style)
        case _:
            assert_never(cell)


def _width(cell: Cell) -> int:
    """How many letters wide a cell is; those of China, Japan and Korea count twice."""
    written = "2026-11-23 09:00" if isinstance(cell, datetime) else "" if cell is None else str(cell)
    return max((sum(1 + (east_asian_width(each) in "WF") for each in line) for line in written.split("\n")), default=0)

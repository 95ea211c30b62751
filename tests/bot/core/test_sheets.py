"""Tables as files: read back by what other programs read them with."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import sheets
from bot.core.sheets import Cell, Format, Sheet

AT = datetime(2026, 11, 27, 17, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
LUNCH = Sheet(
    "Lunch?",
    ["Answer", "Votes", "Share", "Last", "Won"],
    [["Łazanki, hot", 12, 0.75, AT, True], ['"Sushi"\n寿司 🍣', 4, 0.25, None, False]],
)
TRICKS = [
    "=1+1",
    "+1",
    "-",
    "@sum(a1)",
    "\tx",
    "\rx",
    "=cmd|' /c calc'!A1",
    "\uff1d1",
    "http://evil.example",
    "{=1}",
    "7",
]
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

words = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), max_size=40)


def table(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline="")))


def pages(written: bytes) -> dict[str, list[list[str | float | bool]]]:
    """The pages of a workbook by name, as rows of what their cells hold; formulas and links are not looked past."""
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        names = [page.attrib["name"] for page in tree(book, "xl/workbook.xml").iter(f"{NAMESPACE}sheet")]
        return {name: rows(tree(book, f"xl/worksheets/sheet{at}.xml")) for at, name in enumerate(names, start=1)}


def tree(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))


def rows(page: ET.Element) -> list[list[str | float | bool]]:
    assert not list(page.iter(f"{NAMESPACE}f")), "a formula"
    assert not list(page.iter(f"{NAMESPACE}hyperlink")), "a link"
    return [[held(cell) for cell in row] for row in page.iter(f"{NAMESPACE}row")]


def held(cell: ET.Element) -> str | float | bool:
    value = cell.findtext(f"{NAMESPACE}v")
    match cell.attrib.get("t"):
        case "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{NAMESPACE}t"))
        case "b":
            return value == "1"
        case _:
            return float(value or "nan")


def test_csv_holds_every_cell() -> None:
    written = sheets.csv(LUNCH)
    assert table(written) == [
        ["Answer", "Votes", "Share", "Last", "Won"],
        ["Łazanki, hot", "12", "0.75", "2026-11-27T17:00:00+01:00", "True"],
        ['"Sushi"\n寿司 🍣', "4", "0.25", "", "False"],
    ]
    assert written.startswith(b"Answer,")
    assert written.endswith(b"False\r\n")


def test_csv_begins_no_formula_and_leaves_numbers_alone() -> None:
    (heading, *lines) = table(sheets.csv(Sheet("", ["=x"], [*([trick] for trick in TRICKS), [-5]])))
    assert heading == ["'=x"]
    assert [line[0] for line in lines] == [*(f"'{trick}" for trick in TRICKS[:8]), *TRICKS[8:], "-5"]


@given(st.lists(st.lists(words, min_size=2, max_size=2), max_size=5))
def test_csv_gives_back_whatever_was_written(lines: list[list[str]]) -> None:
    (_, *read) = table(sheets.csv(Sheet("", ["a", "b"], lines)))
    assert [[re.sub("^'", "", cell) for cell in line] for line in read] == [
        [re.sub("^'", "", cell) for cell in line] for line in lines
    ]


def test_json_is_records_by_the_columns_names() -> None:
    first, second = json.loads(sheets.json(LUNCH))
    assert first == {
        "Answer": "Łazanki, hot",
        "Votes": 12,
        "Share": 0.75,
        "Last": "2026-11-27T17:00:00+01:00",
        "Won": True,
    }
    assert second["Last"] is None
    assert "Łazanki" in sheets.json(LUNCH).decode()


def test_json_of_several_tables_keeps_them_apart_by_name() -> None:
    read = json.loads(sheets.json(LUNCH, Sheet("Lunch?", ["Why?", "Why?"], [["a", "b"]]), Sheet("Nobody", ["x"], [])))
    assert list(read) == ["Lunch?", "Lunch? (2)", "Nobody"]
    assert read["Lunch? (2)"] == [{"Why?": "a", "Why? (2)": "b"}]
    assert read["Nobody"] == []
    assert json.loads(sheets.json(Sheet("Nobody", ["x"], []))) == []


def test_a_row_with_a_cell_too_many_is_a_bug_and_no_lost_answer() -> None:
    with pytest.raises(ValueError, match="zip"):
        sheets.json(Sheet("", ["a"], [["b", "c"]]))


def test_a_workbook_holds_every_cell_as_what_it_is() -> None:
    (lines,) = pages(sheets.xlsx(LUNCH)).values()
    assert lines[0] == ["Answer", "Votes", "Share", "Last", "Won"]
    at = lines[1].pop(3)
    assert lines[1] == ["Łazanki, hot", 12.0, 0.75, True]
    assert at == pytest.approx(46353 + 17 / 24)  # days since 1899-12-30, at five in the afternoon there
    assert lines[2] == ['"Sushi"\n寿司 🍣', 4.0, 0.25, False]


def test_in_a_workbook_text_is_text() -> None:
    (lines,) = pages(sheets.xlsx(Sheet("x", ["=x"], [[trick] for trick in TRICKS]))).values()
    assert [line[0] for line in lines][:6] == ["=x", *TRICKS[:5]]
    assert [line[0] for line in lines][7:] == TRICKS[6:]


def test_the_heading_of_a_page_stays_in_sight() -> None:
    with zipfile.ZipFile(io.BytesIO(sheets.xlsx(LUNCH))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        assert '<pane ySplit="1"' in page
        assert 'state="frozen"' in page
        assert "<b/>" in book.read("xl/styles.xml").decode()
    widths = {int(at): float(width) for at, width in re.findall(r'<col min="(\d+)" max="\d+" width="([\d.]+)"', page)}
    assert 12 < widths[1] < 20
    assert 16 < widths[4] < 20


@pytest.mark.parametrize(
    ("names", "pages_named"),
    [
        (["Voters", "voters", "VOTERS"], ["Voters", "voters (2)", "VOTERS (3)"]),
        (["What [now]: a/b?*\\", ""], ["What -now-- a-b---", "-"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["'quoted'"], ["quoted"]),
    ],
)
def test_pages_have_names_that_spreadsheets_take(names: list[str], pages_named: list[str]) -> None:
    assert list(pages(sheets.xlsx(*(Sheet(name, ["a"], []) for name in names)))) == pages_named


def test_a_text_longer_than_a_cell_does_not_vanish() -> None:
    (lines,) = pages(sheets.xlsx(Sheet("x", ["a"], [["y" * 40_000]]))).values()
    assert lines[1] == ["y" * 32_767]


@pytest.mark.parametrize(
    ("written", "name", "begins"),
    [
        (Format.CSV, "poll 7.csv", b"a\r\n"),
        (Format.JSON, "poll 7.json", b'{\n"one"'),
        (Format.XLSX, "poll 7.xlsx", b"PK"),
    ],
)
def test_a_file_has_the_ending_and_the_type_of_what_it_holds(written: Format, name: str, begins: bytes) -> None:
    rows: Sequence[Sequence[Cell]] = [[1]]
    file = sheets.file("poll 7", written, [Sheet("one", ["a"], rows), Sheet("two", ["b"], rows)])
    assert file.name == name
    assert file.media_type == written.media_type
    assert file.content.startswith(begins)

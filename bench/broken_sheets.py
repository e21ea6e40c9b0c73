"""Fill in our templates as people do who do not read what they ask: wrong kinds, wrong places, wrong rows."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import NamedNode

from graph.template.layout import example_row
from graph.template.sheet import write_csv, write_xlsx
from server.words import say

ROWS: Final = 4
# What stands in cells: what a program of tables makes of numbers and dates, what people write, what attackers write.
ODD: Final = (
    "",
    " ",
    "-",
    "?",
    "n/a",
    "#N/A",
    "#REF!",
    "1 000 000",
    "1.234,56",
    "12,5 %",
    "5e3",
    "-1",
    "0",
    "007",
    "9" * 400,
    "TRUE",
    "vrai",
    "31/12/2020",
    "12/31/2020",
    "2020-02-30",
    "2020",
    "Q3 2020",
    "44196",
    "march 2020",
    "oui | non",
    "||",
    "a|" * 500,
    "id:",
    "id:x y",
    "https://w3id.org/m4sd/id/x",
    "http://[::1",
    "javascript:alert(1)",
    "=1+1",
    '=HYPERLINK("http://x/")',
    "+1",
    "@SUM(A1)",
    "\x01",
    "\u202etxet",
    "é\u0301",
    "\U0001f600",
    "x" * 40_000,
    "a\nb",
    '"',
    "'",
    ";",
    ",",
    "\t",
    "<b>",
    "{0}",
    "{words}",
    "%s",
    "${x}",
    "_x0001_",
)
VALUES: Final = (
    0,
    -1,
    3.14,
    1e308,
    float("inf"),
    10**30,
    True,
    date(1899, 12, 31),
    datetime(2020, 2, 29, 12, 30),
    time(12, 30),
    timedelta(days=400),
    None,
)


def filled_csv(chance: Random, kind: NamedNode, lang: str) -> bytes:
    """Return a template as CSV with some rows."""
    text = _blank_csv(kind, lang).decode("utf-8-sig")
    dialect = ";" if text.partition("\n")[0].count(";") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=dialect))
    rows += [[str(cell) for cell in _row(chance, kind, lang)] for _ in range(chance.randrange(ROWS))]
    if chance.random() < 0.3:
        chance.choice((_lose_row, _lose_column, _turn))(chance, rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice((dialect, dialect, ",", ";", "\t")))
    writer.writerows(rows)
    coding = chance.choice(("utf-8-sig", "utf-8", "cp1252", "utf-16"))
    return out.getvalue().encode(coding, errors="replace")


def filled_xlsx(chance: Random, kind: NamedNode, lang: str) -> bytes:
    """Return a template as a workbook with some rows."""
    book = load_workbook(io.BytesIO(_blank_xlsx(kind, lang)))
    for sheet in book.worksheets[1:3]:
        for _ in range(chance.randrange(ROWS)):
            _fill(chance, sheet, _row(chance, kind, lang))
    if chance.random() < 0.2:
        _disturb(chance, book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(chance: Random, kind: NamedNode, lang: str) -> list[object]:
    """Return the row of a thing that is published, with some cells that are wrong."""
    cells: list[object] = list(_example(kind, lang)) or ["id:x"] * 6
    for _ in range(chance.randrange(4)):
        cells[chance.randrange(len(cells))] = chance.choice(ODD if chance.random() < 0.7 else VALUES)
    return ["", *cells] if chance.random() < 0.9 else cells


def _fill(chance: Random, sheet: Worksheet, cells: list[object]) -> None:
    at = sheet.max_row + chance.choice((1, 1, 1, 2, 300))
    for place, cell in enumerate(cells, 1):
        text = cell.replace("\x01", "") if isinstance(cell, str) else cell  # no workbook can hold it
        sheet.cell(at, place).value = text[:32_000] if isinstance(text, str) else text  # type: ignore[assignment]


def _disturb(chance: Random, book: Workbook) -> None:
    sheet = book.worksheets[-1 if chance.random() < 0.2 else 1]
    acts: tuple[Callable[[], object], ...] = (
        lambda: sheet.delete_rows(1),
        lambda: sheet.delete_cols(chance.randrange(1, 5)),
        lambda: sheet.insert_cols(1),
        lambda: sheet.merge_cells("A4:C5"),
        lambda: setattr(sheet, "title", "Feuille 1"),
        lambda: book.create_sheet("Notes"),
        lambda: setattr(sheet, "sheet_state", "hidden"),
    )
    chance.choice(acts)()


def _lose_row(chance: Random, rows: list[list[str]]) -> None:
    del rows[chance.randrange(len(rows))]


def _lose_column(chance: Random, rows: list[list[str]]) -> None:
    at = chance.randrange(len(rows[0]))
    rows[:] = [row[:at] + row[at + 1 :] for row in rows]


def _turn(_: Random, rows: list[list[str]]) -> None:
    """Write what is across down."""
    most = max(map(len, rows))
    rows[:] = [[row[at] if at < len(row) else "" for row in rows] for at in range(most)]


@cache
def _example(kind: NamedNode, lang: str) -> tuple[str, ...]:
    return tuple(example_row(kind, lang))


@cache
def _blank_csv(kind: NamedNode, lang: str) -> bytes:
    return write_csv(kind, lang, say)


@cache
def _blank_xlsx(kind: NamedNode, lang: str) -> bytes:
    return write_xlsx(kind, lang, say)

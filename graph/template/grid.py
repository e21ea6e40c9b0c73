"""Open a table that somebody sends, a workbook (ECMA-376) or CSV (RFC 4180), as plain grids; bound what it may cost.

A workbook is a ZIP archive of XML: what unpacks beyond bounds, declares entities or points to other files is refused
before any of it is parsed.
"""

import csv
import io
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import Said, SourceError, said

LARGEST: Final = 10 * 1024 * 1024  # bytes of the file
UNPACKED: Final = 48 * 1024 * 1024  # bytes of all parts of a workbook
PARTS: Final = 500
ROWS: Final = 10_000  # of a sheet
COLUMNS: Final = 256
SHEETS: Final = 60
ENDINGS: Final = (".xlsx", ".csv", ".tsv")

_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be"))
_FILLED = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>/]*>')
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}):[A-Z]{1,3}[0-9]{1,7}"')
# What the reader raises for a file that is no workbook, or a broken one; it has no one exception for that.
_BROKEN = (BadZipFile, InvalidFileException, zlib.error, KeyError, ValueError, TypeError, IndexError, AttributeError)
_BROKEN_TOO = (SyntaxError, NotImplementedError, OSError, EOFError, OverflowError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Cell:
    """Carry one cell: its value as the program that wrote it had it, and how it was to be shown.

    `trouble` is `formula` or `error` where there is no value to trust.
    """

    value: object
    form: str = ""
    trouble: str = ""


EMPTY: Final = Cell(None)


@dataclass(frozen=True, slots=True)
class Grid:
    """Carry one sheet: its name, nothing for CSV; its rows with the line of each in the file; its merged cells."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    merged: frozenset[str] = field(default_factory=frozenset)


def grids(data: bytes, name: str) -> list[Grid]:
    """Return the sheets of a table; raise SourceError, with what to do, for one that cannot or may not be read."""
    if len(data) > LARGEST:
        raise _refused(name, said("the table has more than {most} MiB; send it in parts", most=LARGEST // 2**20))
    if data.startswith(b"PK"):
        return _workbook(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            name, said("this is an old workbook (.xls) or a locked one; save it as .xlsx without a password")
        )
    if PurePath(name).suffix.lower() == ".xlsx":
        raise _refused(name, said("this is no workbook, whatever its name says; save it again as .xlsx or as CSV"))
    return [_csv(data, name)]


def _refused(name: str, why: Said, line: int = 1) -> SourceError:
    return SourceError(name, line, why)


def _workbook(data: bytes, name: str) -> list[Grid]:
    try:
        merged = _checked(data, name)
        with warnings.catch_warnings():  # of what it does not know, such as newer kinds of lists: nothing that we read
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            if len(book.worksheets) > SHEETS:
                raise _refused(name, said("the workbook has more than {most} sheets", most=SHEETS))
            return [_sheet(sheet, merged) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except (*_BROKEN, *_BROKEN_TOO) as error:
        raise _refused(name, said("the workbook is broken; open it, and save it again as .xlsx")) from error


def _checked(data: bytes, name: str) -> Mapping[str, frozenset[str]]:
    """Refuse what is dangerous or beyond bounds; return the first cells of merged ranges, by the part of each sheet."""
    merged: dict[str, frozenset[str]] = {}
    with ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
            most = UNPACKED // 2**20
            raise _refused(name, said("the workbook unpacks to more than {most} MiB or too many parts", most=most))
        left = UNPACKED
        for part in parts:
            if "externalLink" in part.filename:
                why = said("the workbook takes values from other files; paste them in as values, and remove the links")
                raise _refused(name, why)
            with archive.open(part) as file:
                text = file.read(left + 1)  # the size that the archive states may be a lie
            left -= len(text)
            if left < 0:
                most = UNPACKED // 2**20
                raise _refused(name, said("the workbook unpacks to more than {most} MiB or too many parts", most=most))
            if any(doctype in text for doctype in _DOCTYPES):
                raise _refused(name, said("a DOCTYPE is not accepted; take it out and write entities as characters"))
            if "worksheets/sheet" in part.filename:
                _bounded(text, name)
                merged[part.filename] = frozenset(first.decode() for first in _MERGED.findall(text))
    return merged


def _bounded(sheet: bytes, name: str) -> None:
    for match in _FILLED.finditer(sheet):
        if int(match[2]) > ROWS or column_index_from_string(match[1].decode()) > COLUMNS:
            cell = f"{match[1].decode()}{int(match[2])}"
            why = said(
                "cell {cell} lies beyond row {rows} or column {columns}; delete what is past the records",
                cell=cell,
                rows=ROWS,
                columns=COLUMNS,
            )
            raise _refused(name, why, int(match[2]))


def _sheet(sheet: Worksheet, merged: Mapping[str, frozenset[str]]) -> Grid:
    read = [tuple(_cell(each) for each in row) for row in sheet.iter_rows(max_row=ROWS, max_col=COLUMNS)]
    kept = _trimmed(read)
    # The reader knows the part of a sheet, but has no public name for it, and skips merged ranges.
    part = getattr(sheet, "_worksheet_path", "")
    return Grid(sheet.title, tuple(kept), tuple(range(1, len(kept) + 1)), merged.get(part, frozenset()))


def _cell(cell: object) -> Cell:
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "")
    if value is None or value == "":
        return EMPTY
    if kind in ("f", "e"):
        return Cell(str(value), "", "formula" if kind == "f" else "error")
    return Cell(value, str(getattr(cell, "number_format", "") or ""))


def _trimmed(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Leave out what is empty after the last cell of each row, and after the last row."""
    cut = [row[: max((at for at, cell in enumerate(row, 1) if cell.value is not None), default=0)] for row in rows]
    return cut[: max((at for at, row in enumerate(cut, 1) if row), default=0)]


def _csv(data: bytes, name: str) -> Grid:
    text = _decoded(data, name)
    rows: list[tuple[Cell, ...]] = []
    lines: list[int] = []
    try:
        for row, line in _records(text):
            rows.append(tuple(Cell(each) if each.strip() else EMPTY for each in row))
            lines.append(line)
            if len(rows) > ROWS or len(row) > COLUMNS:
                why = said("the table has more than {rows} rows or {columns} columns", rows=ROWS, columns=COLUMNS)
                raise _refused(name, why, line)
    except csv.Error as error:
        raise _refused(name, said("this is no CSV: {why}", why=error), lines[-1] if lines else 1) from error
    kept = _trimmed(rows)
    return Grid("", tuple(kept), tuple(lines[: len(kept)]))


def _records(text: str) -> Iterator[tuple[list[str], int]]:
    """Yield the records of CSV with the line on which each begins."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    line = 1
    for row in reader:
        yield row, line
        line = reader.line_num + 1


def _decoded(data: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or the code page of older Windows programs."""
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, said("this is no text; save the table as CSV or as .xlsx"))
    for coding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise _refused(name, said("this is no text; save the table as CSV or as .xlsx"))

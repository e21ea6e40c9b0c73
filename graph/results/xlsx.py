"""Write an answer as a sheet (Office Open XML, ECMA-376): typed cells, labels beside IRIs, and never a formula.

Rows are compressed as they are written: they do not wait in memory, and no file on disk outlives a killed worker.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

from graph.errors import SheetFull, said
from graph.results.columns import Column, columns, length
from graph.results.table import Labels, in_words
from graph.results.values import Term, Value, value
from graph.store import Store

# What Excel takes.
ROWS: Final = 1_048_576
COLUMNS: Final = 16_384
CHARACTERS: Final = 32_767
DIGITS: Final = 15
FIRST_DAY: Final = date(1900, 3, 1)  # before it, Excel counts a day that never was

_PART: Final = 2**31 - 1  # bytes of a part of the archive; readers differ on larger ones
_AT_ONCE: Final = 1000  # rows handed to the compressor
_KEPT: Final = 10_000  # distinct cells of a column whose XML is kept
_LEVEL: Final = 3  # of compression: 6 takes twice the time for a tenth of the bytes
_EPOCH: Final = datetime(1899, 12, 30)
_BOLD, _DAY, _TIME, _UTC, _QUOTED = range(1, 6)  # cell formats, by their order in styles.xml

_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="M4SD Graph" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f"<styleSheet {_MAIN}>"
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss&quot; UTC&quot;"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_PANE: Final = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'

# ECMA-376 part 1, 22.9.2.19: what XML cannot hold, and what would be read as such an escape.
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class _Sheeted:
    """Hold a column of the sheet: its letters, its name, its width, the XML of a distinct cell, and their places."""

    letters: str
    name: str
    width: int
    cell: Callable[[int], str]
    places: Iterable[int]


def write_xlsx(result: QuerySolutions | QueryBoolean, lang: str, store: Store, target: BinaryIO) -> int:
    """Write an answer and return its number of rows; raise SheetFull for what a sheet would cut."""
    table = columns(result, ROWS - 1)
    _write(_sheeted(table, lang, store), target)
    return length(table)


def write_rows(head: Sequence[str], rows: Sequence[Sequence[Value]], target: BinaryIO) -> None:
    """Write a table of plain values; raise SheetFull for what a sheet would cut."""
    if len(rows) >= ROWS:
        raise SheetFull(said("a sheet has {most} rows, and one of them holds the names", most=ROWS))
    _write([_plain(number, name, [row[number] for row in rows]) for number, name in enumerate(head)], target)


def _plain(number: int, name: str, held: Sequence[Value]) -> _Sheeted:
    longest = max((len(str(each)) for each in held[:_AT_ONCE] if each is not None), default=0)
    width = min(max(longest, len(name), 8) + 2, 60)
    return _Sheeted(_letters(number), name, width, lambda place: _cell(held[place - 1]), range(1, len(held) + 1))


def _write(sheeted: list[_Sheeted], target: BinaryIO) -> None:
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, text in _PARTS.items():
            archive.writestr(ZipInfo(name), _DECLARATION + text, ZIP_DEFLATED)
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            size = 0
            for text in _sheet(sheeted):
                size += file.write(text.encode())
                if size > _PART:
                    raise SheetFull(said("its text takes more than {most} bytes", most=_PART))


def _sheeted(table: tuple[Column, ...], lang: str, store: Store) -> list[_Sheeted]:
    """Return the columns of the sheet: each variable, and its labels where something in it has one."""
    labels, found = Labels(store), list[_Sheeted]()

    def label(term: Term) -> str | None:
        return in_words(labels.of(term), lang)[0] or None if isinstance(term, NamedNode) else None

    for column in table:
        found.append(_column(len(found), column.name, column, value))
        if any(label(term) for term in column.terms):
            # A variable's name has no dot, so this name is never taken.
            found.append(_column(len(found), f"{column.name}.label", column, label))
    if len(found) > COLUMNS:
        raise SheetFull(said("a sheet has {most} columns", most=COLUMNS))
    return found


def _column(number: int, name: str, column: Column, shown: Callable[[Term], Value]) -> _Sheeted:
    @lru_cache(maxsize=_KEPT)
    def cell(place: int) -> str:
        return _cell(shown(column.terms[place]))

    longest = max(len(str(shown(term))) for term in column.terms[:_AT_ONCE])
    width = min(max(longest, len(name), 8) + 2, 60)
    return _Sheeted(_letters(number), name, width, cell, column.places)


def _letters(number: int) -> str:
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _sheet(sheeted: list[_Sheeted]) -> Iterator[str]:
    """Yield the XML of the sheet, some rows at a time."""
    yield f'{_DECLARATION}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">{_PANE}</sheetView></sheetViews>'
    if sheeted:
        widths = (f'<col min="{n}" max="{n}" width="{c.width}" customWidth="1"/>' for n, c in enumerate(sheeted, 1))
        yield f"<cols>{''.join(widths)}</cols>"
    names = "".join(f'<c r="{column.letters}1"{_text(column.name, _BOLD)}' for column in sheeted)
    yield f'<sheetData><row r="1">{names}</row>'
    waiting: list[str] = []
    for number, places in enumerate(zip(*(column.places for column in sheeted), strict=True), 2):
        shown = "".join(
            f'<c r="{column.letters}{number}"{column.cell(place)}'
            for column, place in zip(sheeted, places, strict=True)
            if place and column.cell(place)
        )
        waiting.append(f'<row r="{number}">{shown}</row>')
        if len(waiting) == _AT_ONCE:
            yield "".join(waiting)
            waiting.clear()
    yield f"{''.join(waiting)}</sheetData></worksheet>"


def _cell(given: Value) -> str:
    """Return the XML of a cell behind its address: a number, a truth value or a time where it is one, else text."""
    if given is None:
        return ""
    if isinstance(given, bool):
        return f' t="b"><v>{int(given)}</v></c>'
    if isinstance(given, int | float | Decimal):
        return f"><v>{given}</v></c>" if _is_exact(given) else _text(str(given))
    if isinstance(given, date) and given.toordinal() >= FIRST_DAY.toordinal():
        return _time(given)
    return _text(given.isoformat() if isinstance(given, date) else given)


def _is_exact(number: float | Decimal) -> bool:
    """Return whether a sheet keeps a number as it is."""
    if isinstance(number, float):
        return math.isfinite(number)
    return len(Decimal(number).normalize().as_tuple().digits) <= DIGITS


def _time(given: date) -> str:
    if not isinstance(given, datetime):
        return f' s="{_DAY}"><v>{(given - _EPOCH.date()).days}</v></c>'
    style, moment = (_UTC, given.astimezone(UTC).replace(tzinfo=None)) if given.tzinfo else (_TIME, given)
    return f' s="{style}"><v>{(moment - _EPOCH) / timedelta(days=1)}</v></c>'


def _text(text: str, style: int = 0) -> str:
    """Return text as text; one that a program could take for a formula stays text when it is edited, too."""
    if len(text) > CHARACTERS // 2 and len(text.encode("utf-16-le")) > 2 * CHARACTERS:
        raise SheetFull(said("a cell takes {most} characters, and a text here is longer", most=CHARACTERS))
    if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        style = _QUOTED
    fit = _UNFIT.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    fit = fit.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if fit != fit.strip() else ""
    return f' s="{style}" t="inlineStr"><is><t{keep}>{fit}</t></is></c>'

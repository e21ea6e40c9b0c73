"""Write a report as a table, one finding a row: as CSV (RFC 4180), and as a workbook with the counts first."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import Said, said
from graph.validate.report import Finding, Report
from graph.validate.written.voice import Voice, by_rule, fit, page, problems, shown

HEAD: Final = (
    "severity", "rule", "page", "file", "line", "column", "cell", "thing", "field", "value", "message", "expected",
    "mend", "because",
)  # fmt: skip
NAMES: Final[Sequence[Said]] = (
    said("severity"), said("rule"), said("page of the rule"), said("file"), said("line"), said("column"), said("cell"),
    said("thing"), said("field"), said("value"), said("what is wrong"), said("expected"), said("to mend"),
    said("because"),
)  # fmt: skip
COUNTED: Final = (said("number"), said("severity"), said("rule"), said("title"), said("page of the rule"))
LEFT: Final = (said("file"), said("line"), said("column"), said("thing"), said("because"))
WIDTHS: Final = (10, 28, 12, 16, 7, 8, 12, 26, 24, 26, 60, 40, 50, 40)
TOP: Final = Alignment(vertical="top", wrap_text=True)
BOLD: Final = Font(bold=True)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST: Final = 32_767  # characters of a cell

Value = str | int


def as_csv(report: Report, voice: Voice) -> bytes:
    """Return a report as CSV with fixed column names; no cell can be taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for finding in report.findings:
        writer.writerow([_safe(value) for value in _row(finding, voice)])
    return text.getvalue().encode()


def as_xlsx(report: Report, voice: Voice) -> bytes:
    """Return a report as a workbook: the counts by rule, the findings, what was not checked."""
    book = Workbook()
    book.remove(book.worksheets[0])
    counts = [
        (count, voice.severity(each[0]), voice.rule(each[0]), voice.title(each[0]), page(each[0]))
        for each, count in by_rule(problems(report.findings))
    ]
    left = [(each.file, each.line, each.column, shown(each.node), voice.said(each.why)) for each in report.unchecked]
    _sheet(book, voice.said(said("by rule")), [voice.said(each) for each in COUNTED], counts, (9, 12, 32, 40, 60))
    rows = (_row(finding, voice) for finding in report.findings)
    _sheet(book, voice.said(said("findings")), [voice.said(each) for each in NAMES], rows, WIDTHS)
    _sheet(book, voice.said(said("not checked")), [voice.said(each) for each in LEFT], left, (16, 7, 8, 40, 60))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _row(finding: Finding, voice: Voice) -> list[Value]:
    alone = (finding,)
    return [
        voice.severity(finding),
        voice.rule(finding),
        page(finding),
        finding.file,
        finding.line,
        finding.column,
        finding.cell,
        shown(finding.focus),
        voice.field(finding),
        voice.value(finding),
        voice.message(finding),
        voice.said(finding.expected),
        voice.said(finding.mend),
        "; ".join(voice.causes(alone)),
    ]


def _safe(value: Value) -> Value:
    """Return a cell of CSV that no program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _sheet(
    book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[int]
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate([head, *rows], 1):
        for column, value in enumerate(row, 1):
            _cell(sheet, number, column, value)
    sheet.auto_filter.ref = sheet.dimensions


def _cell(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    cell = sheet.cell(row, column)
    cell.alignment = TOP
    if row == 1:
        cell.font = BOLD
    if isinstance(value, int):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", fit(value))[:_LONGEST]
    cell.value = text
    cell.data_type = "s"  # whatever it begins with
    cell.quotePrefix = text.startswith(_FORMULA)
    if row > 1 and text.startswith("https://"):
        cell.hyperlink = text

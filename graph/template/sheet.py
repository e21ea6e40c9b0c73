"""Write the template of a class: as a sheet for each class that goes with it (Office Open XML), or as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import NamedNode

from graph.errors import Said, said
from graph.names import short
from graph.template.fields import owned
from graph.template.labels import called, in_language
from graph.template.layout import ABOUT, ADDRESS, EXAMPLE, KIND, Column, columns, example_row, expected, offered
from graph.template.outline import entered
from graph.validate.report import settled

Say = Callable[[Said, str], str]
FIRST = 4  # the row where records begin
LAST = 1000  # the last row that offers lists
LISTS = "lists"
READ_ME = {"en": "Read me", "fr": "À lire"}
# A spreadsheet in French takes the comma for the decimal mark, and semicolons between cells.
SEPARATOR = {"en": ",", "fr": ";"}
_LONGEST_LIST = 1500
_HEAD = PatternFill("solid", fgColor="0B6E69")
_HINT = PatternFill("solid", fgColor="EEF3F1")
_WIDTH = {ADDRESS: 34, KIND: 24}


def write_csv(kind: NamedNode, lang: str, say: Say) -> bytes:
    """Return the template of one class as CSV (RFC 4180), with the mark by which a spreadsheet knows UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR[lang], lineterminator="\r\n").writerows(_rows(kind, lang, say))
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(kind: NamedNode, lang: str, say: Say) -> bytes:
    """Return a workbook: what to do, a sheet for the class, one for each class that belongs to it, and the lists."""
    book = Workbook()
    guide = book.active
    assert isinstance(guide, Worksheet)
    guide.title = READ_ME[lang]
    together = [kind, *owned(kind)]
    lists = _Lists(book)
    for each in together:
        _fill(book.create_sheet(title(each, lang)), each, lang, say, lists)
    _guide(guide, together, lang, say)
    lists.hide()
    book.active = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def title(kind: NamedNode, lang: str) -> str:
    """Return what the sheet of a class is called."""
    text = in_language(called(kind), lang)
    return (text[:1].upper() + text[1:])[:31]


def sentence(parts: Iterable[Said], lang: str, say: Say) -> str:
    """Return sentences as one text, each with a capital."""
    texts = (say(settled(part, lang), lang) for part in parts)
    return " ".join(text[:1].upper() + text[1:] for text in texts)


def _rows(kind: NamedNode, lang: str, say: Say) -> Iterator[list[str]]:
    laid = columns(kind)
    yield [short(kind.value), *(column.header(lang) for column in laid)]
    yield [ABOUT[lang], *(sentence(expected(column, kind), lang, say) for column in laid)]
    example = example_row(kind, lang)
    if example:
        yield [EXAMPLE[lang], *example]


def _fill(sheet: Worksheet, kind: NamedNode, lang: str, say: Say, lists: "_Lists") -> None:
    for number, row in enumerate(_rows(kind, lang, say), 1):
        sheet.append(row)
        _style(sheet, number)
    for at, column in enumerate(columns(kind), 2):
        letter = get_column_letter(at)
        dimension = sheet.column_dimensions[letter]
        dimension.width = _WIDTH.get(column.key, 24)
        dimension.protection = Protection(locked=False)
        dimension.number_format = "@"  # else a spreadsheet makes dates of its own of 2022-06
        lists.offer(sheet, letter, column, offered(column, kind, lang), say(_NOT_LISTED, lang))
    sheet.column_dimensions["A"].width = 16
    sheet.row_dimensions[2].height = 90
    sheet.freeze_panes = f"C{FIRST - 1}"
    _protect(sheet)


def _style(sheet: Worksheet, number: int) -> None:
    fonts = {1: Font(bold=True, color="FFFFFF"), 2: Font(size=9), 3: Font(italic=True, color="666666")}
    for cell in sheet[number]:
        cell.font = fonts[number]
        cell.fill = _HEAD if number == 1 else _HINT
        cell.alignment = Alignment(wrap_text=number != 3, vertical="top")
        cell.number_format = "@"
        cell.protection = Protection(locked=number == 1)


def _protect(sheet: Worksheet) -> None:
    """Keep the first row as it is; there is no password, so anybody may lift this."""
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)  # false says that it is not forbidden (ECMA-376, 18.3.1.85)


class _Lists:
    """Keep the lists that cells offer, each once, on a sheet of their own."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(LISTS)
        self._known: dict[tuple[str, ...], str] = {}

    def offer(self, sheet: Worksheet, letter: str, column: Column, listed: list[str], why: str) -> None:
        if not 0 < len(listed) <= _LONGEST_LIST:
            return
        rule = DataValidation("list", formula1=self._place(tuple(listed)), allow_blank=True)
        # A cell for several values, or for things that are yet to be published, takes more than the list has.
        rule.showErrorMessage = bool(column.codes) and not column.many
        rule.error = why
        sheet.add_data_validation(rule)
        rule.add(f"{letter}{FIRST}:{letter}{LAST}")

    def _place(self, listed: tuple[str, ...]) -> str:
        if listed not in self._known:
            at = len(self._known) + 1
            for number, text in enumerate(listed, 1):
                self._sheet.cell(number, at, text)
            letter = get_column_letter(at)
            self._known[listed] = f"{LISTS}!${letter}$1:${letter}${len(listed)}"
        return self._known[listed]

    def hide(self) -> None:
        book = self._sheet.parent
        assert isinstance(book, Workbook)
        book.move_sheet(self._sheet, len(book.sheetnames))
        self._sheet.sheet_state = "hidden"


_NOT_LISTED = said("Choose one of the list.")
_GUIDE = (
    said("How to fill in this template"),
    said("Write one record a row, from row {row} on. Row 2 says what each column takes; row 3 is an example."),
    said("Columns with a star must be filled in. Leave empty what you do not know: no entry means unknown."),
    said("Give each record an address of its own; other sheets name it by that, such as id:meeting-oujda-2026."),
    said("A list takes names or codes, in English or in French. A published thing goes by its address or its name."),
    said("Dates are as precise as you know them: 2022, 2022-06 or 2022-06-13."),
    said("Write | between several values of one cell."),
    said("Do not rename the columns; hide those that you do not need. In CSV you may also leave them out."),
    said("Rows that begin with “what to enter” or “example” are not read; all others are."),
    said("The rules behind each column: {address}"),
)


def _guide(sheet: Worksheet, together: list[NamedNode], lang: str, say: Say) -> None:
    sheet.column_dimensions["A"].width = 110
    local = together[0].value.rpartition("#")[2]
    filled = {"row": FIRST, "address": f"https://w3id.org/m4sd/shapes/{local}"}
    for words in _GUIDE:
        sheet.append(
            [say(said(words.template, **{k: v for k, v in filled.items() if f"{{{k}}}" in words.template}), lang)]
        )
    sheet.append([])
    sheet.append([say(said("Sheets"), lang)])
    for each in together:
        sheet.append([title(each, lang)])
    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    for number in (1, len(_GUIDE) + 2):
        sheet.cell(number, 1).font = Font(bold=True, size=13)


def names() -> dict[str, NamedNode]:
    """Return the classes by what a sheet or a file of theirs may be called, in small letters."""
    found: dict[str, NamedNode] = {}
    for kind in entered():
        for text in (kind.value.rpartition("#")[2], short(kind.value), *(title(kind, lang) for lang in READ_ME)):
            found.setdefault(text.casefold(), kind)
    return found

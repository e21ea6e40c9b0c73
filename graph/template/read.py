"""Read a filled-in template as records of which each triple knows its cell, and name each cell that cannot be read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePath

from openpyxl.utils import get_column_letter
from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.errors import Said, SourceError, said
from graph.names import BASE, PREFIXES, name
from graph.record import Record
from graph.template.cells import Term, Unread, plain, read
from graph.template.grid import EMPTY, Cell, Grid, grids
from graph.template.layout import ABOUT, ADDRESS, EXAMPLE, KIND, STAR, Column, columns, expected, what
from graph.template.outline import kinds
from graph.template.rulebook import find_rule
from graph.template.sheet import LISTS, READ_ME, names
from graph.validate.report import Finding

UPLOAD = NamedNode(BASE + "graph/upload")
_ABOUT = {text.casefold() for text in (*ABOUT.values(), *EXAMPLE.values())}


@dataclass(frozen=True, slots=True)
class Row(Record):
    """Carry the record of one row; `cells[i]` is the cell of `triples[i]`, `places` those of its columns by key."""

    cells: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    kind: NamedNode = UPLOAD


@dataclass(frozen=True, slots=True)
class Filled:
    """Carry what a filled-in template holds: its rows as records, and a finding for each cell that is no value."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Carry a sheet whose class is known: its file, its grid, and its columns by where they stand."""

    file: str
    grid: Grid
    kind: NamedNode
    laid: Mapping[int, Column]

    def place(self, row: int, at: int) -> str:
        """Return the address of a cell, both counted from 0, with the sheet where there are several."""
        cell = f"{get_column_letter(at + 1)}{row + 1}"
        title = self.grid.name if self.grid.name.isidentifier() else "'" + self.grid.name.replace("'", "''") + "'"
        return f"{title}!{cell}" if self.grid.name else cell


def read_template(data: bytes, name: str) -> Filled:
    """Return what a filled-in template holds; raise SourceError, with what to do, where it cannot be read."""
    found = [(grid, _kind(grid, name)) for grid in grids(data, name) if _is_for_records(grid)]
    if not any(kind for _, kind in found):
        raise SourceError(name, 1, said("no sheet says of which class its rows are; start from a template of /shapes"))
    rows: list[Row] = []
    findings: list[Finding] = []
    for grid, kind in found:
        if kind is None:
            sheet = _Sheet(name, grid, UPLOAD, {})
            findings.append(_finding(sheet, 0, 0, None, Unread("Cell-sheet", plain(grid.rows[0][0]) or grid.name)))
            continue
        laid, strange = _laid(grid, kind)
        sheet = _Sheet(name, grid, kind, laid)
        findings += [_finding(sheet, 0, at, None, unread) for at, unread in strange]
        _read_rows(sheet, rows, findings)
    return Filled(tuple(rows), (*findings, *_repeated(rows)))


def _is_for_records(grid: Grid) -> bool:
    return bool(grid.rows and any(grid.rows)) and grid.name not in (LISTS, *READ_ME.values())


def _kind(grid: Grid, file: str) -> NamedNode | None:
    """Return the class of a sheet: its first cell says it, or its title, or the name of the file."""
    known = names()
    first = plain(grid.rows[0][0]) if grid.rows[0] else ""
    for text in (first, grid.name or PurePath(file).stem):
        if text.strip().casefold() in known:
            return known[text.strip().casefold()]
    return None


def _laid(grid: Grid, kind: NamedNode) -> tuple[dict[int, Column], list[tuple[int, Unread]]]:
    """Return the columns by where they stand, and those that are none of the class."""
    known = {_header(column.key): column for column in columns(kind)}
    known.update({_header(column.header(lang)): column for lang in READ_ME for column in columns(kind)})
    laid: dict[int, Column] = {}
    strange: list[tuple[int, Unread]] = []
    for at, cell in enumerate(grid.rows[0]):
        text = plain(cell)
        column = known.get(_header(text))
        if at == 0 and column is None and (not text or text.casefold() in names()):
            continue
        if column is not None and column not in laid.values():
            laid[at] = column
        elif text or any(len(row) > at and row[at] != EMPTY for row in grid.rows):
            near = get_close_matches(_header(text), known, n=1, cutoff=0.6)
            mend = said("Write {label}.", label=known[near[0]].label) if near and column is None else None
            strange.append((at, Unread("Cell-column", text, mend)))
    beyond = max((len(row) for row in grid.rows), default=0)
    strange += [(at, Unread("Cell-column", "")) for at in range(len(grid.rows[0]), beyond)]
    return laid, strange


def _header(text: str) -> str:
    return " ".join(text.removesuffix(STAR.strip()).split()).casefold()


def _read_rows(sheet: _Sheet, rows: list[Row], findings: list[Finding]) -> None:
    for number, cells in enumerate(sheet.grid.rows[1:], 1):
        about = plain(cells[0]).casefold() if cells and 0 not in sheet.laid else ""
        given = {at: column for at, column in sheet.laid.items() if at < len(cells) and cells[at] != EMPTY}
        if not given or about in _ABOUT:
            continue
        row, wrong = _row(sheet, number, cells, given)
        findings += wrong
        rows.append(row)


def _row(sheet: _Sheet, number: int, cells: tuple[Cell, ...], given: Mapping[int, Column]) -> tuple[Row, list[Finding]]:
    subject, wrong = _subject(sheet, number, cells)
    found: list[tuple[Triple, str]] = []
    typed = False
    for at, column in given.items():
        place = sheet.place(number, at)
        if column.key == ADDRESS:
            continue
        terms, unread = read(cells[at], column, sheet.kind)
        wrong += [_finding(sheet, number, at, column, each, subject) for each in unread]
        typed = typed or (column.key == KIND and bool(terms))
        found += [(_triple(subject, term, column), place) for term in terms]
    for at, column in sheet.laid.items():
        place = sheet.place(number, at)
        if place.rpartition("!")[2] in sheet.grid.merged:
            wrong.append(_finding(sheet, number, at, column, Unread("Cell-merged", place.rpartition("!")[2]), subject))
    where = next((sheet.place(number, at) for at, column in sheet.laid.items() if column.key == ADDRESS), "")
    if not typed and len(kinds(sheet.kind)) == 1:
        found.insert(0, (Triple(subject, owl.TYPE, sheet.kind), where))
    line = sheet.grid.lines[number]
    places = {column.key: sheet.place(number, at) for at, column in sheet.laid.items()}
    triples, at_cells = tuple(t for t, _ in found), tuple(c for _, c in found)
    row = Row(
        iri=subject,
        graph=UPLOAD,
        triples=triples,
        path=sheet.file,
        lines=(line,) * len(triples),
        cells=at_cells,
        places=places,
        kind=sheet.kind,
    )
    return row, wrong


def _subject(sheet: _Sheet, number: int, cells: tuple[Cell, ...]) -> tuple[NamedNode, list[Finding]]:
    """Return the address of a row, and what is wrong with it; a row without one is checked under a provisional one."""
    at = next((at for at, column in sheet.laid.items() if column.key == ADDRESS), 0)
    column = sheet.laid.get(at)
    cell = cells[at] if at < len(cells) and column else EMPTY
    text = plain(cell)
    local = text.removeprefix("id:").removeprefix(PREFIXES["id"])
    if cell.trouble or not local or not all(c.isascii() and (c.isalnum() or c in "-_") for c in local):
        slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in local).split()).lower()
        mend = said("Write {value}.", value=f"id:{slug}") if slug else None
        unread = Unread("Cell-address", text, mend)
        row = NamedNode(f"{PREFIXES['id']}row-{number + 1}-{sheet.kind.value.rpartition('#')[2]}")
        return row, [_finding(sheet, number, at, column or columns(sheet.kind)[0], unread, row)]
    return NamedNode(PREFIXES["id"] + local), []


def _triple(subject: NamedNode, term: Term, column: Column) -> Triple:
    if column.field is None:
        return Triple(subject, owl.TYPE, term)
    if column.field.inverse and isinstance(term, NamedNode):
        return Triple(term, column.field.path, subject)
    return Triple(subject, column.field.path, term)


def _repeated(rows: list[Row]) -> Iterator[Finding]:
    """Yield a finding for each row whose address another row of its sheet has, too."""
    counts = Counter(row.iri for row in rows)
    first: dict[NamedNode, str] = {}
    for row in rows:
        here = row.places.get(ADDRESS, "")
        there = first.setdefault(row.iri, here)
        if counts[row.iri] > 1 and there != here:
            mend = said("{cell} has this address already: choose another, or make one row of both.", cell=there)
            column = columns(row.kind)[0]
            yield _made(
                row.path,
                row.lines[0] if row.lines else 1,
                here,
                column,
                Unread("Cell-address", row.iri.value, mend),
                row.kind,
                row.iri,
            )


def _finding(
    sheet: _Sheet, number: int, at: int, column: Column | None, unread: Unread, subject: NamedNode | None = None
) -> Finding:
    line = sheet.grid.lines[number]
    return _made(sheet.file, line, sheet.place(number, at), column, unread, sheet.kind, subject)


def _made(
    file: str, line: int, cell: str, column: Column | None, unread: Unread, kind: NamedNode, subject: NamedNode | None
) -> Finding:
    rule = find_rule(unread.rule)
    assert rule is not None, f"graph/template/cells.ttl lacks {unread.rule}"
    return Finding(
        rule=rule.iri,
        title=rule.title,
        message=rule.message,
        severity="Violation",
        focus=subject or UPLOAD,
        path=column.field.path if column and column.field else None,
        value=Literal(unread.text) if unread.text else None,
        component=name("shape:CheckedByCode"),
        file=file,
        line=line,
        cell=cell,
        label=column.label if column else {},
        expected=_expected(column, kind) if column else None,
        mend=unread.mend,
    )


def _expected(column: Column, kind: NamedNode) -> Said:
    return what(column.field, column.lang) if column.field else expected(column, kind)[-1]

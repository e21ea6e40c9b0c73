"""Point findings about the records of a filled-in template to their cells, empty ones too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode, Triple

from graph.errors import said
from graph.template.columns import in_columns
from graph.template.fields import fields
from graph.template.layout import ADDRESS, STAR, Column, columns, what
from graph.template.read import Filled, Row, read_template
from graph.validate.report import Finding, Report

FILL: Final = said("Fill in the cell: {what}.")
ADD: Final = said("Add the column {column} and fill it in: {what}.")
Judge = Callable[[Sequence[Row]], Report]
"""Hold records against the rules, beside whatever else the judge sees."""


def check(data: bytes, name: str, judge: Judge) -> Report:
    """Read a filled-in template and have its rows judged; raise SourceError where it cannot be read."""
    filled = read_template(data, name)
    return placed(judge(filled.rows), filled)


def placed(report: Report, filled: Filled) -> Report:
    """Return a report on the rows of a template in which each finding names its cell, with what could not be read.

    That something is missing is not said of a cell whose content could not be read: mending that is enough.
    """
    by_node: dict[object, Row] = {}
    for row in filled.rows:
        by_node.update(dict.fromkeys((triple.subject for triple in row.triples), row))  # what holds a row's thing, too
    by_node.update((row.iri, row) for row in filled.rows)
    unread = {finding.cell for finding in filled.findings}
    found = [_placed(finding, by_node) for finding in report.findings]
    kept = [each for each in found if each.value is not None or each.cell not in unread or not each.cell]
    return replace(report, findings=tuple(sorted((*filled.findings, *kept), key=_order)))


def _order(finding: Finding) -> tuple[str, str, int, int, str]:
    sheet, _, cell = finding.cell.rpartition("!")
    return finding.file, sheet, finding.line, len(cell), cell


def _placed(finding: Finding, by_node: Mapping[object, Row]) -> Finding:
    row = by_node.get(finding.focus)
    if row is None:
        return finding
    cell = _cell(finding, row)
    found = replace(
        finding,
        cell=cell,
        file=row.path,
        line=row.lines[0] if row.lines else finding.line,
        message=in_columns(finding.message, row.kind),
    )
    lacking = _lacking(finding, row)
    column = lacking or next((c for c in columns(row.kind) if row.places.get(c.key) == cell), None)
    if column is None or column.field is None:
        return found
    label = {lang: column.header(lang).removesuffix(STAR) for lang in (*column.label, "en", "fr")}
    asked = what(column.field, column.lang)
    if lacking:
        mend = said(ADD.template, column=label, what=asked)
        return replace(found, label=label, expected=asked, mend=mend, causes=())
    if finding.value is not None or cell in row.cells:
        return replace(found, label=label, expected=finding.expected if finding.path is None else asked)
    # Nothing is there: what to type into a record's Turtle would not help in a table. Where a rule only takes "yes,
    # nobody knows" as well, its own words say more than that the cell is empty.
    fill = (
        None
        if column.field.path != finding.path and "boolean" in column.field.kinds
        else said(FILL.template, what=asked)
    )
    return replace(found, label=label, expected=asked, mend=fill, causes=())


def _cell(finding: Finding, row: Row) -> str:
    """Return the cell of the value that was found, else of its field, else of the row's address."""
    if _lacking(finding, row):
        return row.places.get(ADDRESS, "")
    about = list(zip(row.triples, row.cells, strict=True))
    exact = [cell for triple, cell in about if _is(triple, finding)]
    if exact:
        return exact[0]
    given = [cell for triple, cell in about if finding.path == triple.predicate and finding.focus == triple.subject]
    empty = [cell for cell in _columns(finding, row) if cell not in row.cells]
    if finding.value is None and empty:
        return empty[0]
    return next(iter([*given, *empty, *_columns(finding, row)]), row.places.get(ADDRESS, ""))


def _is(triple: Triple, finding: Finding) -> bool:
    if finding.value is None or finding.value not in (triple.object, triple.subject):
        return False
    return finding.path in (None, triple.predicate)


def _lacking(finding: Finding, row: Row) -> Column | None:
    """Return the column in which something is missing, where the table does not have it."""
    keys = _keys(finding, row) if finding.value is None and finding.focus == row.iri else []
    if any(key in row.places for key in keys):
        return None
    fitting = (each for each in columns(row.kind) if each.key in keys)
    return next((each for each in fitting if each.field and "boolean" not in each.field.kinds), None)


def _columns(finding: Finding, row: Row) -> Sequence[str]:
    """Return the cells of the row in the columns that a rule looks at."""
    return [row.places[key] for key in _keys(finding, row) if key in row.places]


def _keys(finding: Finding, row: Row) -> Sequence[str]:
    """Return the keys of the columns that a rule looks at; of a text, that of the language that it asks for."""
    keys = []
    for each in fields(row.kind):
        if finding.rule in each.rules or (isinstance(finding.path, NamedNode) and finding.path == each.path):
            tags = [tag for tag in each.texts if finding.rule.value.endswith(f"-{tag}")] or sorted(each.texts)
            keys += [f"{each.key}-{tag}" for tag in tags] or [each.key]
    return keys

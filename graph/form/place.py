"""Point what a report finds in a form to its controls, in the words of a form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode

from graph.errors import Said, said
from graph.form.asked import column
from graph.form.read import Form
from graph.form.typed import PART, REST, Spot
from graph.names import name
from graph.reason.axioms import Node
from graph.template.fields import fields
from graph.template.labels import called
from graph.template.layout import ADDRESS, what
from graph.template.place import FILL
from graph.template.place import placed as placed_in_cells
from graph.template.rulebook import shapes_index
from graph.validate.report import Finding, Report

_STEPS: Final = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")


def placed(report: Report, form: Form) -> Report:
    """Return a report on a form in which each finding names its control."""
    found = placed_in_cells(report, form)
    return replace(found, findings=tuple(_in_form(each, form) for each in found.findings))


def _in_form(finding: Finding, form: Form) -> Finding:
    """Return a finding in the words of a form, at the very row of its field."""
    finding = _at_a_field(finding, form)
    value = str(finding.value) if finding.value is not None else ""
    cell = form.spots.get((finding.cell, value), finding.cell)
    if cell and Spot.of(cell) is None and cell != REST and not cell.startswith(PART):
        cell = f"{cell}.0"
    return replace(finding, cell=cell, mend=_mend(finding, form))


def _mend(finding: Finding, form: Form) -> Said | None:
    """Return how to mend a finding by hand in a form: what is missing is filled in, a thing by its name."""
    mend = finding.mend
    if mend is None or mend.template != FILL.template:
        return mend
    row = next((row for row in form.rows if row.iri == finding.focus), None)
    keys = [key for key, place in row.places.items() if place == finding.cell] if row else []
    asked = column(row.kind, keys[0]) if row and keys else None
    if asked and asked.field and asked.field.is_thing and not asked.codes:
        kinds = asked.field.classes
        return said("Type the name of: {kind}.", kind=called(kinds[0])) if kinds else None
    return said("Fill it in: {what}.", **mend.data)


def _at_a_field(finding: Finding, form: Form) -> Finding:
    """Return a finding at the field that the path of its rule goes through, where the rule is on none alone."""
    row = next((row for row in form.rows if row.iri == finding.focus), None)
    if row is None or finding.value is not None or finding.cell != row.places.get(ADDRESS):
        return finding
    through = set(_properties(shapes_index().value(finding.rule, name("sh:path"))))
    found = [each for each in fields(row.kind) if each.path in through and each.key in row.places]
    if not found:
        return finding
    fill = said(FILL.template, what=what(found[0])) if len(found) == 1 else None  # its message names the choices
    return replace(finding, cell=row.places[found[0].key], label=found[0].label, mend=fill, expected=what(found[0]))


def _properties(path: Node | None) -> Iterator[NamedNode]:
    """Yield the properties that a path (SHACL, 2.3.1) goes through."""
    book = shapes_index()
    if isinstance(path, NamedNode):
        yield path
    elif path is not None:
        steps = (book.value(path, name(f"sh:{each}")) for each in _STEPS)
        for step in (*book.members(path), *book.members(book.value(path, name("sh:alternativePath"))), *steps):
            yield from _properties(step)

"""Read what one control holds as one term: as a cell of a template is read, save that it never holds several."""

from dataclasses import replace

from pyoxigraph import NamedNode

from graph.template.cells import Term, Unread, read
from graph.template.grid import Cell
from graph.template.layout import Column


def one(text: str, column: Column, kind: NamedNode) -> Term | Unread | None:
    """Return the term that a text is, why it is none, or nothing where nothing was typed."""
    single = replace(column, field=replace(column.field, many=False)) if column.field else column
    found, unread = read(Cell(text), single, kind)
    return next(iter([*unread, *found]), None)

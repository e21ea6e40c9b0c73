"""Turn an answer into rows of cells that a page or a terminal can show."""

from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from graph.names import short
from graph.query import Answer


@dataclass(frozen=True, slots=True)
class Cell:
    """Show one term: its words, its IRI if it is one, its language."""

    text: str
    iri: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold the head and the rows of an answer."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rows_of(answer: Answer) -> Table:
    """Return an answer that was written as JSON results or as Turtle, as a table."""
    if isinstance(answer.format, RdfFormat):
        triples = (quad.triple for quad in parse(answer.body, format=answer.format))
        rows = (tuple(cell(term) for term in triple) for triple in triples)
        return Table(("subject", "predicate", "object"), tuple(rows))
    found = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return Table(("ask",), ((Cell(str(bool(found)).lower()),),))
    head = tuple(variable.value for variable in found.variables)
    return Table(head, tuple(tuple(cell(value) for value in row) for row in found))


def cell(term: NamedNode | BlankNode | Literal | Triple | None) -> Cell:
    """Return one term as a cell."""
    if isinstance(term, NamedNode):
        return Cell(short(term.value), term.value)
    if isinstance(term, Literal):
        return Cell(term.value, lang=term.language or "")
    return Cell("" if term is None else str(term))

"""Compare answers as the standard does: rows as bags, blank nodes up to renaming, order where the query asks for it.

An answer is rewritten as a graph: a node for each different row, with its count (or its place, where order matters) and
its values. Two answers are equal when the canonical forms of their graphs are (RDF Dataset Canonicalization, RDFC-1.0).
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
INTEGERS: Final = frozenset(
    XSD + kind
    for kind in (
        "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
DECIMALS: Final = INTEGERS | {XSD + "decimal"}
FLOATS: Final = frozenset({XSD + "double", XSD + "float"})
CELL: Final = NamedNode("csv:cell")
BOOLEANS: Final = {"1": Literal(True), "0": Literal(False)}

Value = NamedNode | BlankNode | Literal | Triple
Row = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold the answer to a SELECT, or to an ASK as the one row `(("", true),)`."""

    variables: frozenset[str]
    rows: tuple[Row, ...]


def rows(body: bytes, form: QueryResultsFormat) -> Rows:
    """Read results in one of the four formats."""
    if form == QueryResultsFormat.CSV:
        return _csv(body.decode("utf-8"))
    found = parse_query_results(body, format=form)
    if isinstance(found, QueryBoolean):
        return Rows(frozenset(), ((("", Literal(bool(found))),),))
    names = [variable.value for variable in found.variables]
    filled = tuple(_row(names, list(solution)) for solution in found)
    return Rows(frozenset(names), filled)


def _text(value: Value) -> str:
    assert not isinstance(value, Triple)
    return value.value


def rows_in(graph: Iterable[Quad]) -> Rows:
    """Read results that are written as RDF (the DAWG result set vocabulary); no variable means that it is none."""
    held: dict[tuple[Value, str], list[Value]] = defaultdict(list)
    for quad in graph:
        held[quad.subject, quad.predicate.value.removeprefix(RS)].append(quad.object)
    names = [_text(value) for (_, p), values in held.items() if p == "resultVariable" for value in values]
    filled = [
        tuple((_text(held[each, "variable"][0]), held[each, "value"][0]) for each in held[solution, "binding"])
        for (_, p), solutions in held.items()
        if p == "solution"
        for solution in solutions
    ]
    return Rows(frozenset(names), tuple(filled))


def graph(body: bytes, media: str, base: str = "") -> list[Quad]:
    """Read RDF of a media type; the charset and other parameters are left aside."""
    form = RdfFormat.from_media_type(media.partition(";")[0].strip())
    if form is None:
        raise ValueError(f"{media!r} is no RDF format")
    return list(parse(body, format=form, base_iri=base or None, rename_blank_nodes=True))


def same_rows(one: Rows, other: Rows, *, ordered: bool, by_value: bool = False) -> bool:
    """Tell whether two answers are the same bag of rows, or, where `ordered`, the same sequence."""
    return one.variables == other.variables and same_graphs(
        _as_graph(one.rows, ordered=ordered), _as_graph(other.rows, ordered=ordered), by_value=by_value
    )


def difference(wanted: Rows, found: Rows) -> str:
    """Say for a person which rows are missing and which are too many."""
    if wanted.variables != found.variables:
        return f"expected the variables {sorted(wanted.variables)}, got {sorted(found.variables)}"
    asked, given = (Counter(_words(row) for row in each.rows) for each in (wanted, found))
    missing, surplus = sorted((asked - given).elements()), sorted((given - asked).elements())
    return f"missing {missing}, too many {surplus}" if missing or surplus else "the rows come in another order"


def same_graphs(one: Iterable[Quad], other: Iterable[Quad], *, by_value: bool = False) -> bool:
    """Tell whether two sets of quads differ in nothing but the names of their blank nodes."""
    return _canonical(one, by_value) == _canonical(other, by_value)


def _csv(text: str) -> Rows:
    """Read CSV, where every term but a blank node has lost its kind (SPARQL 1.1 Results CSV and TSV, 3)."""
    head, *records = csv.reader(io.StringIO(text, newline=""))
    filled = (_row(head, [_plain(cell) for cell in record or [""] * len(head)]) for record in records)
    return Rows(frozenset(head), tuple(filled))


def _plain(cell: str) -> Value | None:
    if cell.startswith("_:"):
        return BlankNode(cell[2:])
    return Literal(cell, datatype=CELL) if cell else None


def _row(names: Sequence[str], values: Sequence[Value | None]) -> Row:
    return tuple((name, value) for name, value in zip(names, values, strict=True) if value is not None)


def _words(row: Row) -> str:
    return " ".join(
        f"?{name}={'_:' if isinstance(value, BlankNode) else value}" for name, value in sorted(row, key=str)
    )


def _as_graph(found: tuple[Row, ...], *, ordered: bool) -> list[Quad]:
    marked = list(enumerate(found)) if ordered else [(count, row) for row, count in Counter(found).items()]
    graph: list[Quad] = []
    for mark, row in marked:
        node = BlankNode()
        graph.append(Quad(node, NamedNode("row:mark"), Literal(mark)))
        graph.extend(Quad(node, NamedNode(f"row:value:{name}"), value) for name, value in row)
    return graph


def _canonical(quads: Iterable[Quad], by_value: bool) -> Dataset:
    found = Dataset(_valued(quad) for quad in quads) if by_value else Dataset(quads)
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


def _valued(quad: Quad) -> Quad:
    term = quad.object
    if isinstance(term, Literal):
        term = _valued_literal(term)
    return Quad(quad.subject, quad.predicate, term, quad.graph_name)


def _valued_literal(literal: Literal) -> Literal:
    """Return one spelling for all literals of one value (XSD 1.1, 3): 1.0 and 1 as decimals, 3 as short or long."""
    kind = XSD + "integer" if literal.datatype.value in INTEGERS else literal.datatype.value
    try:
        if kind in DECIMALS:
            return Literal(f"{Decimal(literal.value).normalize():f}", datatype=NamedNode(kind))
        if kind in FLOATS or literal.datatype == CELL:
            return Literal(repr(float(literal.value)), datatype=NamedNode(kind))
    except (InvalidOperation, ValueError):
        return literal
    return BOOLEANS.get(literal.value, literal) if kind == XSD + "boolean" else literal

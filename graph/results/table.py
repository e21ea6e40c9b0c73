"""Lay an answer out as rows of cells, with the labels of things beside their IRIs, for a person to read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryTriples

from graph.names import name, short
from graph.results.values import Term
from graph.store import QueryResult, Store

LABELS = (name("skos:prefLabel"), name("rdfs:label"), name("dcterms:title"))
TRIPLE = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Cell:
    """Show one term: its words, its IRI if it is one, its language, and its labels by language."""

    text: str
    iri: str = ""
    lang: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Hold the head and the rows of an answer."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(result: QueryResult, store: Store) -> Table:
    """Return a result as a table; a yes or no has one cell, a graph three columns."""
    labels = Labels(store)
    return Table(head_of(result), tuple(tuple(labels.cell(term) for term in row) for row in rows_of(result)))


def head_of(result: QueryResult) -> tuple[str, ...]:
    """Return the names of the columns."""
    if isinstance(result, QueryBoolean):
        return ("ask",)
    return TRIPLE if isinstance(result, QueryTriples) else tuple(v.value for v in result.variables)


def rows_of(result: QueryResult) -> Iterable[Iterable[Term]]:
    """Return the rows, triples each once and in one order."""
    if isinstance(result, QueryBoolean):
        return ((Literal(bool(result)),),)
    return sorted(set(result), key=str) if isinstance(result, QueryTriples) else result


def to_json(table: Table) -> bytes:
    """Return a table as JSON, small: a cell is [text, iri, language, labels], what is empty at its end left out."""
    rows = [[_packed(cell) for cell in row] for row in table.rows]
    return json.dumps({"head": table.head, "rows": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(body: bytes) -> Table:
    """Return the table that `to_json` wrote."""
    data = json.loads(body)
    return Table(tuple(data["head"]), tuple(tuple(Cell(*cell) for cell in row) for row in data["rows"]))


class Labels:
    """Look labels up, each thing once."""

    def __init__(self, store: Store) -> None:
        self._of = lru_cache(maxsize=100_000)(lambda iri: dict(_labels(store, iri)))

    def of(self, iri: NamedNode) -> dict[str, str]:
        """Return the labels of a thing by language."""
        return self._of(iri)

    def cell(self, term: Term) -> Cell:
        """Return a term as a cell."""
        if isinstance(term, NamedNode):
            return Cell(short(term.value), term.value, "", self.of(term))
        if isinstance(term, Literal):
            return Cell(term.value, "", term.language or "")
        return Cell("" if term is None else str(term))


def in_words(labels: Mapping[str, str], lang: str) -> tuple[str, str]:
    """Return the label for a reader of a language, else one in English, else any, with the language that it is in."""
    spoken = next((each for each in (lang, "en", *labels) if each in labels), lang)
    return labels.get(spoken, ""), spoken


def _labels(store: Store, iri: NamedNode) -> Iterator[tuple[str, str]]:
    """Yield language and label, the best property last, so that it wins in a dictionary."""
    for label in reversed(LABELS):
        for quad in store.quads(s=iri, p=label):
            if isinstance(quad.object, Literal):
                yield quad.object.language or "en", quad.object.value


def _packed(cell: Cell) -> list[object]:
    parts: list[object] = [cell.text, cell.iri, cell.lang, {k: v for k, v in cell.labels.items() if k in ("en", "fr")}]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts

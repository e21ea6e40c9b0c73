"""Answer SPARQL questions: the one door out.

A query is never rewritten in silence: beyond the escape of dotted names, `graph.sparql.mend` changes what the engine is
known to answer wrongly, and the answer says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from typing import Literal as OneOf

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples

from graph.errors import QueryError, Said, said
from graph.names import BASE, PREFIXES
from graph.results.write import write
from graph.sparql.caps import CAPS, refuse_too_many
from graph.sparql.mend import mend
from graph.sparql.nearest import Unknown, unknown_iris
from graph.sparql.syntax import place, query_error
from graph.sparql.tokens import Dataset, calls_service, dataset, escape_dotted_names, iris
from graph.sparql.view import View
from graph.store import QueryResult, Store

LONGEST: Final = CAPS.length
LARGEST: Final = 256 * 1024 * 1024

Form = OneOf["rows", "triples"]
_UNKNOWN_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")


@dataclass(frozen=True)  # without slots, since it is pickled for each query, and that takes ten times as long with them
class Question:
    """Ask a SPARQL query of a dataset; no graph given means everything published (SPARQL 1.1 Protocol, 2.1.4)."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str = f"{BASE}sparql"


@dataclass(frozen=True, slots=True)
class Answer:
    """Carry an answer in one format; where it is empty, the IRIs that the graph lacks; where counted, its rows.

    `mends` says where the query was not sent to the engine as it was written, or should not have been.
    """

    body: bytes
    form: Form
    format: str
    empty: bool
    unknown: tuple[Unknown, ...] = ()
    count: int = 0
    mends: tuple[Said, ...] = ()


def answer(
    store: Store, question: Question, rows: str = "json", triples: str = "turtle", largest: int = LARGEST
) -> Answer:
    """Evaluate a query and write it as `rows` (SELECT, ASK) or as `triples` (CONSTRUCT, DESCRIBE).

    The formats are names of `graph.results.write`. Follows SPARQL 1.1 Query. Raises QueryError with line and column
    where a query cannot be evaluated, and TooLarge where the written answer passes `largest` bytes.
    """
    refuse(question.text)
    result, mends = evaluate(store, question)
    form: Form = "triples" if isinstance(result, QueryTriples) else "rows"
    written = write(result, rows if form == "rows" else triples, store, largest)
    unknown = _unknown(store, question) if written.empty else ()
    named = rows if form == "rows" else triples
    return Answer(written.body, form, named, written.empty, unknown, written.count, mends)


def evaluate(store: Store, question: Question) -> tuple[QueryResult, tuple[Said, ...]]:
    """Return the engine's own result and how the query was mended; raise QueryError where it is not well-formed."""
    text = escape_dotted_names(question.text)
    options = {"base_iri": question.base, "prefixes": _prefixes(question.text)}
    try:
        view, scope = _scope(store, question)
        mended = mend(text, view, question.base)
        if mended.text != text:
            _query(Store(), text, options)  # what is not well-formed is refused as it was written
        return _query(view.store, mended.text, options | scope), mended.notes
    except SyntaxError as error:
        raise query_error(str(error), text, question.text, PREFIXES) from error
    except ValueError as error:  # an IRI of the dataset that is none
        raise QueryError(said("{why}", why=error)) from error


def _prefixes(text: str) -> dict[str, str]:
    """Return those of our prefixes that a query may use: the engine reads each of them for each query."""
    return PREFIXES if "\\" in text else {prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in text}


def _query(store: Store, text: str, options: dict[str, Any]) -> QueryResult:
    """Query; a function that nobody knows is an error of its expression, not of the query (SPARQL 1.1 Query, 17.6)."""
    unknown: dict[NamedNode, Callable[..., None]] = {}
    while True:
        try:
            return store.query(text, **options, custom_functions=unknown)
        except RuntimeError as error:
            named = _UNKNOWN_FUNCTION.search(str(error))
            if named is None or NamedNode(named[1]) in unknown:
                raise
            unknown[NamedNode(named[1])] = _no_value


def _no_value(*_: object) -> None:
    """Be a function without a value: the engine takes None as an error of the expression."""


def _scope(store: Store, question: Question) -> tuple[View, dict[str, Any]]:  # Any: the engine's keyword arguments
    """Choose the graphs: those of the request, else those of FROM, else all (Protocol, 2.1.4)."""
    asked = Dataset(question.default_graphs, question.named_graphs)
    if asked == Dataset((), ()):
        asked = dataset(question.text, PREFIXES, question.base)
        if len(asked.default) <= 1:
            return View(store, asked), {}  # the engine reads FROM itself
    named = [NamedNode(iri) for iri in asked.named]
    if len(asked.default) > 1:
        return View(_merged(store, asked), asked), {"default_graph": DefaultGraph(), "named_graphs": named}
    return View(store, asked), {"default_graph": [NamedNode(iri) for iri in asked.default], "named_graphs": named}


def _merged(store: Store, asked: Dataset) -> Store:
    """Copy several default graphs into one: the engine's union would count a triple once for each graph."""
    copy = Store()
    for iri in asked.default:
        copy.extend(
            Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in store.quads(g=NamedNode(iri))
        )
    for iri in asked.named:
        copy.extend(store.quads(g=NamedNode(iri)))
    return copy


def refuse(text: str) -> None:
    """Raise QueryError for what passes a cap, or asks for what is switched off."""
    if len(text.encode()) > LONGEST:
        raise QueryError(said("the query is longer than {longest} bytes; shorten it or split it", longest=LONGEST))
    found = calls_service(text)
    if found is not None:
        detail = said("SERVICE is switched off here; ask the other endpoint yourself and join the answers")
        raise QueryError(detail, *place(text, found))
    refuse_too_many(text)


def _unknown(store: Store, question: Question) -> tuple[Unknown, ...]:
    graphs = question.default_graphs + question.named_graphs
    return unknown_iris(store, [*iris(question.text, PREFIXES, question.base), *graphs])

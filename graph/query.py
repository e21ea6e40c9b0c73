"""Answer SPARQL questions: the one door out. A query is never rewritten beyond the escape of dotted names."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    parse_query_results,
    serialize,
)

from graph.errors import QueryError, said
from graph.names import BASE, PREFIXES, prefixes_of
from graph.nearest import Unknown, unknown_iris
from graph.store import QueryResult, Store
from graph.syntax import place, query_error
from graph.tokens import Dataset, dataset, escape_dotted_names, iris, tokens

LONGEST: Final = 64 * 1024
# The engine recurses on nesting: with this stack and LONGEST no query that was tried overflowed it.
STACK: Final = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """Ask a SPARQL query of a dataset; no graph given means everything published (SPARQL 1.1 Protocol, 2.1.4)."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str = f"{BASE}sparql"


@dataclass(frozen=True, slots=True)
class Answer:
    """Carry an answer written in one format, and, where it is empty, the IRIs in the query that the graph lacks."""

    body: bytes
    format: QueryResultsFormat | RdfFormat
    empty: bool
    unknown: tuple[Unknown, ...] = ()


def answer(store: Store, question: Question, results: QueryResultsFormat, triples: RdfFormat) -> Answer:
    """Evaluate a query and write it as `results` (SELECT, ASK) or as `triples` (CONSTRUCT, DESCRIBE).

    Follows SPARQL 1.1 Query; raises QueryError with line and column where the query cannot be evaluated.
    """
    _refuse(question.text)
    return _on_deep_stack(lambda: _answer(store, question, results, triples))


def evaluate(store: Store, question: Question) -> QueryResult:
    """Evaluate a query and return the engine's own result; raise QueryError where it is not well-formed."""
    text = escape_dotted_names(question.text)
    try:
        store, scope = _scope(store, question)
        return store.query(text, base_iri=question.base, prefixes=PREFIXES, **scope)
    except SyntaxError as error:
        raise query_error(str(error), text) from error
    except ValueError as error:  # an IRI of the dataset that is none
        raise QueryError(said("{why}", why=error)) from error


def _answer(store: Store, question: Question, results: QueryResultsFormat, triples: RdfFormat) -> Answer:
    result = evaluate(store, question)
    if isinstance(result, QueryTriples):
        found = sorted(set(result), key=str)  # a graph holds a triple once, and equal answers are equal bytes
        body = serialize(found, format=triples, prefixes=prefixes_of(found)) or b""
        return Answer(body, triples, not found, _unknown(store, question) if not found else ())
    body = result.serialize(format=results) or b""
    empty = not bool(result) if isinstance(result, QueryBoolean) else _has_no_row(body, results)
    return Answer(body, results, empty, _unknown(store, question) if empty else ())


def _scope(store: Store, question: Question) -> tuple[Store, dict[str, Any]]:  # Any: the engine's keyword arguments
    """Choose the graphs: those of the request, else those of FROM, else all (Protocol, 2.1.4)."""
    asked = Dataset(question.default_graphs, question.named_graphs)
    if asked == Dataset((), ()):
        asked = dataset(question.text, PREFIXES, question.base)
        if len(asked.default) <= 1:
            return store, {}  # the engine reads FROM itself
    named = [NamedNode(iri) for iri in asked.named]
    if len(asked.default) > 1:
        return _merged(store, asked), {"default_graph": DefaultGraph(), "named_graphs": named}
    return store, {"default_graph": [NamedNode(iri) for iri in asked.default], "named_graphs": named}


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


def _refuse(text: str) -> None:
    if len(text.encode()) > LONGEST:
        raise QueryError(said("the query is longer than {longest} bytes; shorten it or split it", longest=LONGEST))
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() == "SERVICE":
            detail = said("SERVICE is switched off here; ask the other endpoint yourself and join the answers")
            raise QueryError(detail, *place(text, token.start))


def _unknown(store: Store, question: Question) -> tuple[Unknown, ...]:
    graphs = question.default_graphs + question.named_graphs
    return unknown_iris(store, [*iris(question.text, PREFIXES, question.base), *graphs])


def _has_no_row(body: bytes, form: QueryResultsFormat) -> bool:
    if len(body) > LONGEST:
        return False
    if form == QueryResultsFormat.CSV:
        return body.count(b"\n") <= 1  # the header
    rows = parse_query_results(body, format=form)
    return not isinstance(rows, QueryBoolean) and next(rows, None) is None


def _on_deep_stack(work: Callable[[], Answer]) -> Answer:
    box: list[Answer | BaseException] = []
    thread = _start(work, box)
    thread.join()
    if isinstance(box[0], BaseException):
        raise box[0]
    return box[0]


_STACK_SIZE = threading.Lock()


def _start(work: Callable[[], Answer], box: list[Answer | BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            box.append(work())
        except BaseException as error:  # a Rust panic is no Exception; the caller raises it again
            traceback.clear_frames(error.__traceback__)  # the engine's results may be dropped in this thread only
            box.append(error)

    with _STACK_SIZE:  # the size is the process's, and holds for the next thread that starts
        before = threading.stack_size(STACK)
        thread = threading.Thread(target=run, name="query", daemon=True)
        thread.start()
        threading.stack_size(before)
    return thread

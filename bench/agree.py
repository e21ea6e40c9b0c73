"""Hold the engines' answers against ours: the same rows, whatever their order and however each spells a number."""

from collections import Counter
from pathlib import Path

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from bench.client import JSON, Asker, Question
from bench.peers import Peer

NUMBER = 12345  # which thing to ask about; any will do
NUMERIC = {"integer", "int", "long", "decimal", "double", "float", "nonNegativeInteger"}

Rows = Counter[tuple[str, ...]]


def agreement(peers: list[Peer], questions: list[Question], file: Path | None) -> dict[str, dict[str, object]]:
    """Return for each question our number of rows, and which engines give the same rows as ours.

    Where `file` is given, rdflib answers too, in this process.
    """
    ours, others = peers[0], peers[1:]
    graph = rdflib.Graph().parse(file, format="nt") if file else None
    found: dict[str, dict[str, object]] = {}
    for question in questions:
        text = question.text(NUMBER * 1000)
        mine = _asked(ours, text)
        found[question.name] = {"rows": mine.total(), **{peer.name: _asked(peer, text) == mine for peer in others}}
        if graph is not None:
            found[question.name]["rdflib"] = _rows(graph.query(text).serialize(format="json") or b"") == mine
    return found


def _asked(peer: Peer, text: str) -> Rows:
    asker = Asker(peer.url)
    answered = asker.ask(text, JSON)
    asker.close()
    return _rows(answered.body) if answered.status == 200 else Counter({(f"status {answered.status}",): -1})


def _rows(body: bytes) -> Rows:
    # Virtuoso still writes the "typed-literal" of a draft.
    body = body.replace(b'"typed-literal"', b'"literal"')
    solutions = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError(type(solutions))
    return Counter(tuple(_plain(term) for term in row) for row in solutions)


def _plain(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """Return a term as text, numbers alike whatever their type and length."""
    if isinstance(term, Literal) and term.datatype.value.rpartition("#")[2] in NUMERIC:
        return f"{float(term.value):.9g}"
    return str(term)

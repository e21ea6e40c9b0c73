"""Run the tests of SPARQL 1.1 Update on the writable endpoint, all through HTTP."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryResultsFormat, RdfFormat, Triple, serialize

from bench.w3c_compare import Row, rows, same_graphs
from bench.w3c_manifest import Case, based, local, quads
from bench.w3c_outcome import Outcome
from bench.w3c_server import Client

UPDATE: Final = {"Content-Type": "application/sparql-update"}
EVERYTHING: Final = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
JSON: Final = "application/sparql-results+json"


def evaluate(writable: Client, suite: Path, case: Case) -> Outcome:
    """Fill the store, run the update, and compare all that is then in it."""
    fill(writable, quads(suite, case.data))
    text = based(local(suite, case.action).read_text(encoding="utf-8"), case.action)
    reply = writable.ask("POST", "/sparql", UPDATE, text.encode())
    if reply.status not in range(200, 300):
        return Outcome(case, False, f"{reply.status} {reply.body.decode()}")
    wanted, found = quads(suite, case.after), contents(writable)
    if same_graphs(wanted, found):
        return Outcome(case, True)
    if same_graphs(wanted, found, by_value=True):
        return Outcome(case, True, by_value=True)
    return Outcome(case, False, f"expected {wanted}, got {found}")


def check_syntax(writable: Client, suite: Path, case: Case) -> Outcome:
    """Send an update as it stands: 400 is for one that is not well-formed, and for no other."""
    fill(writable, [])
    status = writable.ask("POST", "/sparql", UPDATE, local(suite, case.action).read_bytes()).status
    passed = (status == 400) == case.kind.startswith("Negative")
    return Outcome(case, passed, "" if passed else f"got {status}")


def fill(writable: Client, held: Iterable[Quad]) -> None:
    """Make these quads all that the store holds."""
    graphs: dict[NamedNode | DefaultGraph, list[Triple]] = {}
    for quad in held:
        if isinstance(quad.graph_name, NamedNode | DefaultGraph):
            graphs.setdefault(quad.graph_name, []).append(quad.triple)
    _require(writable.ask("POST", "/sparql", UPDATE, b"DROP ALL").status)
    for graph, triples in graphs.items():
        name = f"graph={quote(graph.value, safe='')}" if isinstance(graph, NamedNode) else "default"
        body = serialize(triples, format=RdfFormat.N_TRIPLES)
        _require(writable.ask("PUT", f"/graphs?{name}", {"Content-Type": "application/n-triples"}, body).status)


def contents(writable: Client) -> list[Quad]:
    """Return all that the store holds, read in one query so that blank nodes keep their names across graphs."""
    headers = {"Content-Type": "application/sparql-query", "Accept": JSON}
    reply = writable.ask("POST", "/sparql", headers, EVERYTHING.encode())
    _require(reply.status)
    return [_quad(row) for row in rows(reply.body, QueryResultsFormat.JSON).rows]


def _quad(row: Row) -> Quad:
    term = dict(row)
    subject, predicate, graph = term["s"], term["p"], term.get("g", DefaultGraph())
    assert isinstance(subject, NamedNode | BlankNode)
    assert isinstance(predicate, NamedNode)
    assert isinstance(graph, NamedNode | DefaultGraph)
    return Quad(subject, predicate, term["o"], graph)


def _require(status: int) -> None:
    """Stop where the endpoint does not even do what every test needs first."""
    if status not in range(200, 300):
        raise RuntimeError(f"the writable endpoint answers {status}")

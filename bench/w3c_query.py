"""Run the tests of the query language: evaluation, in every result format, and syntax."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, QueryResultsFormat

from bench.w3c_compare import Rows, difference, graph, rows, rows_in, same_graphs, same_rows
from bench.w3c_manifest import Case, Data, based, local, quads
from bench.w3c_outcome import Outcome
from bench.w3c_server import Reply, Served
from graph.sparql.tokens import dataset, tokens

QUERY: Final = "application/sparql-query"
GRAPHS: Final = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
RDF: Final = {".ttl": "text/turtle", ".rdf": "application/rdf+xml", ".nt": "application/n-triples"}
CSV: Final = QueryResultsFormat.CSV
TABLES: Final = (QueryResultsFormat.XML, QueryResultsFormat.JSON, QueryResultsFormat.TSV)


def evaluate(served: Served, suite: Path, case: Case) -> Outcome:
    """Ask a query of its data in each format that can carry the answer; each must be the expected one."""
    text = local(suite, case.action).read_text(encoding="utf-8")
    served.publish(quads(suite, _with_from(case.data, text, case.action)))
    text = based(text, case.action)
    expected = local(suite, case.result)
    form = QueryResultsFormat.from_extension(expected.suffix.removeprefix("."))
    if form is not None:
        return _tables(served, case, text, rows(expected.read_bytes(), form), (form,) if form == CSV else TABLES)
    triples = graph(expected.read_bytes(), RDF[expected.suffix], case.result)
    table = rows_in(triples)
    return _tables(served, case, text, table, TABLES) if table.variables else _graphs(served, case, text, triples)


def check_syntax(served: Served, suite: Path, case: Case) -> Outcome:
    """Send a query as it stands: one that is well-formed is answered, another is a bad request."""
    served.publish(quads(suite, case.data))
    reply = _ask(served, local(suite, case.action).read_bytes(), "*/*")
    wanted = 400 if case.kind.startswith("Negative") else 200
    return Outcome(
        case, reply.status == wanted, "" if reply.status == wanted else f"{wanted} expected, got {_brief(reply)}"
    )


def refuse_service(served: Served, suite: Path, case: Case) -> Outcome:
    """Send a federated query: the server must turn it away and say that SERVICE is why."""
    reply = _ask(served, local(suite, case.action).read_bytes(), "*/*")
    passed = reply.status == 400 and b"SERVICE" in reply.body
    return Outcome(case, passed, "" if passed else f"400 expected, got {_brief(reply)}")


def _tables(served: Served, case: Case, text: str, wanted: Rows, forms: tuple[QueryResultsFormat, ...]) -> Outcome:
    by_value = False
    for form in forms:
        if form == QueryResultsFormat.TSV and not wanted.variables and wanted.rows:
            continue  # TSV cannot say true or false
        media = form.media_type.partition(";")[0]
        reply = _ask(served, text.encode(), media)
        if reply.status != 200 or reply.media != media:
            return Outcome(case, False, f"{media}: {_brief(reply)}")
        found = rows(reply.body, form)
        if same_rows(wanted, found, ordered=_is_ordered(text)):
            continue
        if not same_rows(wanted, found, ordered=_is_ordered(text), by_value=True):
            return Outcome(case, False, f"{media}: {difference(wanted, found)}")
        by_value = True
    return Outcome(case, True, by_value=by_value)


def _graphs(served: Served, case: Case, text: str, wanted: list[Quad]) -> Outcome:
    for media in GRAPHS:
        reply = _ask(served, text.encode(), media)
        if reply.status != 200 or reply.media != media:
            return Outcome(case, False, f"{media}: {_brief(reply)}")
        if not same_graphs(wanted, graph(reply.body, media)):
            return Outcome(case, False, f"{media}: expected {wanted}, got {reply.body.decode()}")
    return Outcome(case, True)


def _ask(served: Served, text: bytes, accept: str) -> Reply:
    return served.ask("POST", "/sparql", {"Content-Type": QUERY, "Accept": accept}, text)


def _with_from(data: Data, text: str, base: str) -> Data:
    """Add the files that FROM names: the suite takes them from the web, we hold them under the same IRIs."""
    asked = dataset(text, {}, base)
    more = tuple((iri, iri) for iri in (*asked.default, *asked.named) if (iri, iri) not in data.named)
    return replace(data, named=data.named + more)


def _is_ordered(text: str) -> bool:
    depth = 0
    for token in tokens(text):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "word" and token.text.upper() == "ORDER":
            return True
    return False


def _brief(reply: Reply) -> str:
    return f"{reply.status} {reply.media}: {reply.body[:300].decode(errors='replace')}"

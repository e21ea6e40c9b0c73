"""Run the tests of the protocols: send each request of a test, and hold what comes back against what may."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import quote, urljoin

from pyoxigraph import QueryResultsFormat

from bench.w3c_compare import graph, rows, same_graphs
from bench.w3c_manifest import Case, Exchange
from bench.w3c_outcome import Outcome
from bench.w3c_server import Client, Reply

CODES: Final[Mapping[str, range]] = {
    "StatusCode2xx": range(200, 300),
    "StatusCode3xx": range(300, 400),
    "StatusCode4xx": range(400, 500),
    "OK": range(200, 201),
    "Created": range(201, 202),
    "NoContent": range(204, 205),
    "NotFound": range(404, 405),
}
BOOLEAN: Final = ("application/sparql-results+json", "application/sparql-results+xml")
TABULAR: Final = (*BOOLEAN, "text/csv", "text/tab-separated-values")
RDF: Final = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
READING: Final = ("GET", "HEAD")

Wrong = str  # what is wrong with a reply, in words; empty where nothing is


def _nothing() -> None:
    """Do nothing."""


def converse(
    writer: Client, case: Case, reader: Client | None = None, changed: Callable[[], None] = _nothing
) -> Outcome:
    """Hold one conversation; what reads may go to another server, which `changed` keeps like the first."""
    variables: dict[str, str] = {}
    reader = reader or writer
    changed()
    for number, exchange in enumerate(case.exchanges, start=1):
        asked = reader if exchange.method in READING else writer
        reply = _send(asked, exchange, variables)
        wrong = _fault(asked, exchange, reply)
        if wrong:
            return Outcome(case, False, f"request {number} ({exchange.method} {exchange.path}): {wrong}")
        if exchange.location:
            variables[exchange.location] = urljoin(writer.root, reply.headers["location"])
        if exchange.method not in READING:
            changed()
    return Outcome(case, True)


def refused(client: Client, case: Case) -> Outcome:
    """Send the first request of a test, an update, to a server that only reads: it must be turned away."""
    reply = _send(client, case.exchanges[0], {})
    passed = reply.status in CODES["StatusCode4xx"]
    return Outcome(case, passed, "" if passed else f"4xx expected, got {reply.status}")


def endpoint(path: str) -> str:
    """Return our path for one of the suite's: `/sparql/`, `/gsp` with parameters, `/gsp/` and the name of a graph."""
    for theirs, ours in (("/sparql/", "/sparql"), ("/gsp/", "/graph/"), ("/gsp", "/graphs")):
        if path.startswith(theirs):
            return path.replace(theirs, ours, 1)
    return path


def _send(client: Client, exchange: Exchange, variables: Mapping[str, str]) -> Reply:
    path = endpoint(exchange.path)
    for name, value in variables.items():
        path = path.replace(name, quote(value, safe=""))
    return client.ask(exchange.method, path, dict(exchange.headers), exchange.body or None)


def _fault(client: Client, exchange: Exchange, reply: Reply) -> Wrong:
    if not any(reply.status in CODES[status] for status in exchange.statuses):
        return (
            f"{' or '.join(exchange.statuses)} expected, got {reply.status} {reply.body[:200].decode(errors='replace')}"
        )
    checks: Iterable[Wrong] = (
        _location(exchange, reply),
        _format(exchange, reply),
        _boolean(exchange, reply),
        _media(exchange, reply),
        _graph(client, exchange, reply),
    )
    return next(filter(None, checks), "")


def _location(exchange: Exchange, reply: Reply) -> Wrong:
    return "a Location is missing" if exchange.location and "location" not in reply.headers else ""


def _format(exchange: Exchange, reply: Reply) -> Wrong:
    allowed = {"boolean": BOOLEAN, "tabular": TABULAR, "RDF": RDF}.get(exchange.format)
    if allowed is None:
        return ""
    if reply.media not in allowed:
        return f"{exchange.format} expected, got {reply.media}"
    if exchange.format == "RDF":
        graph(reply.body, reply.media)
    else:
        rows(reply.body, _results(reply.media))
    return ""


def _boolean(exchange: Exchange, reply: Reply) -> Wrong:
    if exchange.boolean is None:
        return ""
    found = str(rows(reply.body, _results(reply.media)).rows[0][0][1]).partition("^^")[0] == '"true"'
    return "" if found is exchange.boolean else f"{exchange.boolean} expected, got {found}"


def _media(exchange: Exchange, reply: Reply) -> Wrong:
    wanted = exchange.media.partition(";")[0]
    return f"{wanted} expected, got {reply.media}" if wanted and wanted != reply.media else ""


def _graph(client: Client, exchange: Exchange, reply: Reply) -> Wrong:
    if not exchange.graph:
        return ""
    base = client.root + endpoint(exchange.path)
    wanted, found = graph(exchange.graph.encode(), exchange.media, base), graph(reply.body, reply.media, base)
    return "" if same_graphs(wanted, found) else f"another graph than expected: {reply.body.decode()}"


def _results(media: str) -> QueryResultsFormat:
    return QueryResultsFormat.from_media_type(media) or QueryResultsFormat.JSON

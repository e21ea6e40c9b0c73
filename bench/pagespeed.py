"""Measure how quickly every kind of page of the default graph is answered, and how much the first one weighs.

A whole service runs on a graph that is built for it. Each page is asked for as a browser does, once when nothing of it
is kept and then again past what was kept of the answer itself; the pages of things are asked for by the dozen.
"""

import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from re import findall
from time import perf_counter, sleep
from typing import Final
from urllib.parse import quote

from pyoxigraph import NamedNode

from bench.figures import percentile_ms, write
from bench.served import free_port, served
from graph.build import build
from graph.examples import examples
from graph.names import ASSERTED, name
from graph.store import Store, read_only
from server.linked.addresses import page_of

SETTINGS: Final = {"M4SD_LIMIT_FRESH": "0", "M4SD_ANONYMOUS_BUDGET": "10000", "M4SD_LIMIT_QUICK_PER_CLIENT": "4"}
GOAL_MS: Final = 200  # at the 95th percentile
GOAL_BYTES: Final = 60_000  # of the first page with all that it needs, compressed
AGAIN: Final = 5  # times that a page is asked for once it was
EACH: Final = 12  # things of a class
SETTLED: Final = 15  # seconds that a service has to ask itself for what nobody should be the first to wait for
CLASSES: Final = (
    *("Programme", "ProgrammePhase", "Initiative", "Organisation", "PublicAuthority", "Country", "AdministrativeArea"),
    *("Meeting", "Result", "Policy", "Fact", "SourceDocument", "RecordGraph"),
)
QUERY: Final = quote("SELECT ?i ?c { ?i m4sd:operatesIn ?c } LIMIT 100")
COUNTED: Final = quote("SELECT ?c (COUNT(?i) AS ?n) { ?i m4sd:operatesIn ?c } GROUP BY ?c")
DRAWN: Final = quote("CONSTRUCT { ?i m4sd:isFundedBy ?f } { ?i m4sd:isFundedBy ?f } LIMIT 20")
EMPTY: Final = quote('SELECT ?i { ?i skos:prefLabel "Manta" }')
PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "home": ("/",),
    "search": ("/search", "/search?q=maroc", "/search?kind=initiative", "/search?q=xyzzy", "/search?group=country"),
    "ways in": ("/countries", "/goals", "/sectors", "/policies", "/funding", "/timeline", "/timeline?year=2022"),
    "country profile": tuple(f"/countries/{code}" for code in ("MAR", "SRB", "NPL", "JAM", "MDA", "TUN", "SEN", "ECU")),
    "goal": tuple(f"/goals/{number}" for number in range(1, 18)),
    "question": ("/questions", *(f"/questions/{each.name}" for each in examples())),
    "builder": ("/build", "/build?class=m4sd:Initiative"),
    "query page": ("/sparql", f"/sparql?query={QUERY}", f"/sparql?query={COUNTED}&view=chart", "/sparql?query=SELECT"),
    "map and graph": (f"/sparql?query={COUNTED}&view=map", f"/sparql?query={DRAWN}&view=graph"),
    "why empty": (f"/sparql?query={EMPTY}",),
    "ontology": ("/ontology", "/page/ontology/Initiative", "/page/ontology/isFundedBy", "/page/concept/sector/health"),
    "rules": ("/shapes", "/shapes/Initiative", "/shapes/Initiative-target", "/validate", "/quality"),
    "model": ("/dataset", "/api", "/cookbook", "/cookbook/partners", "/status", "/limits", "/examples"),
    "changes": ("/changes", "/changes/1", "/history/programme-m4sd", "/releases"),
    "forms": ("/submit/new", "/propose", "/report-error", "/sign-in"),
    "errors": ("/no-such-page", "/page/no-such-thing"),
}


def main() -> None:
    """Measure, print and keep the figures."""
    with tempfile.TemporaryDirectory() as place:
        build(folder := Path(place) / "store", datetime.now(UTC))
        port = free_port()
        with served(folder, port, SETTINGS):
            sleep(SETTLED)
            figures = {kind: measured(port, paths) for kind, paths in kinds(read_only(folder)).items()}
            figures["first page"] = {"compressed_bytes": weight(port), "goal": GOAL_BYTES}
    print(json.dumps(figures, indent=1))
    write("pagespeed", {"goal_ms_p95": GOAL_MS, **figures})


def kinds(store: Store) -> dict[str, tuple[str, ...]]:
    """Return the addresses to ask for, by kind of page."""
    found = {each: tuple(islice(_pages(store, each), EACH)) for each in CLASSES}
    return {**PLAIN, **{f"a thing: {each}": paths for each, paths in found.items() if paths}}


def measured(port: int, paths: Iterable[str]) -> dict[str, object]:
    """Ask for pages in both languages, first with nothing kept; return the times in milliseconds."""
    first, again, slowest = [], [], ("", 0.0)
    for path in paths:
        for lang in ("en", "fr"):
            took = ask(port, path, lang, "0")[0]
            slowest = max(slowest, (path, took), key=lambda each: each[1])
            first.append(took)
            again += [ask(port, path, lang, str(n + 1))[0] for n in range(AGAIN)]
    figures = {"first_p95_ms": percentile_ms(first, 0.95), "first_max_ms": percentile_ms(first, 1)}
    return {**figures, "again_p95_ms": percentile_ms(again, 0.95), "slowest": slowest[0], "pages": len(first)}


def ask(port: int, path: str, lang: str, mark: str) -> tuple[float, bytes]:
    """Ask for an address; a header that differs each time keeps whole answers from being given again."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Accept": "text/html", "Accept-Language": lang, "Accept-Encoding": "gzip", "X-Measured": mark}
    begin = perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    took = perf_counter() - begin
    connection.close()
    if answer.status not in (200, 400, 404):
        raise RuntimeError(f"{path}: {answer.status}")
    return took, body


def weight(port: int) -> int:
    """Return what the first page and all that it needs weigh as they are sent."""
    body = ask(port, "/", "en", "weight")[1]
    page = gzip.decompress(body).decode()
    needs = dict.fromkeys(findall(r'(?:src|href)="(/static/[^"]+)"', page))
    return len(body) + sum(len(ask(port, each, "en", "weight")[1]) for each in needs)


def _pages(store: Store, kind: str) -> Iterator[str]:
    quads = store.quads(p=name("rdf:type"), o=name(f"m4sd:{kind}"), g=None if kind == "RecordGraph" else ASSERTED)
    found = sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})
    yield from (page_of(iri) for iri in found[:: max(len(found) // EACH, 1)])


if __name__ == "__main__":
    main()

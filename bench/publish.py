"""Measure how long a decision takes beside a million triples: until it is acknowledged, and until everyone sees it.

A whole service runs on the folder: `make publish`. Submissions are laid on the desk before; one after the other is then
accepted through the writer, as the pages do it, and a client that knows nothing of it asks for the new thing until it
is there.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any, Final
from urllib.parse import quote

from pyoxigraph import Quad

from bench.faults import triples
from bench.figures import RESULTS, percentile_ms, write
from bench.served import Served, free_port, served
from graph.build import build
from graph.desk.intake import Asked, take
from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.names import record_graph
from graph.patch import Patch
from graph.store import read_only
from server.writer.writing import Remote

SIZE: Final = 1_000_000
TIMES: Final = 200
GOALS_MS: Final = {"acknowledged_p50": 60, "visible_p95": 1000}
A_BATCH: Final = 200_000  # quads in one change while the graph is filled
RECORD: Final = """
@prefix id: <https://w3id.org/m4sd/id/> .
@prefix m4sd: <https://w3id.org/m4sd/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
id:org-bench-{n} a m4sd:Organisation ;
    skos:prefLabel "Bench organisation {n}"@en, "Organisation d’essai {n}"@fr ;
    dcterms:identifier "BENCH-{n}" .
"""


def filled(folder: Path, size: int) -> int:
    """Build our graph in a folder and state a large one beside it; return how many triples that makes."""
    build(folder, datetime(2026, 1, 1, tzinfo=UTC))
    graph, when = record_graph("background", "bench"), datetime(2026, 1, 2, tzinfo=UTC)
    with Live(folder, "bench") as live:
        quads = [Quad(t.subject, t.predicate, t.object, graph) for t in triples(size)]
        for start in range(0, len(quads), A_BATCH):
            part = frozenset(quads[start : start + A_BATCH])
            live.commit(Change("import", "bench", when), Patch(frozenset(), part))
        live.snapshot()
        return live.counted()["triples"]


def waited(folder: Path, running: Served, times: int) -> dict[str, Any]:  # Any: plain JSON
    """Accept submissions one after the other; return how long each took."""
    writer, store, when = Remote(folder), read_only(folder), datetime.now(UTC)
    asked = Asked(("*",), "partner-bench", "https://example.org/bench")
    files = [("x.ttl", RECORD.replace("{n}", str(n)).encode()) for n in range(times)]
    drafts = [take([file], store, when, asked).drafts[0] for file in files]
    sent = [writer.ask("submit", who="ann", by="bench", drafts=[draft.plain()])[0] for draft in drafts]
    acknowledged, visible = [], []
    for each in sent:
        begun = perf_counter()
        done = writer.ask("accept", ident=each["id"], revision=each["revision"], who="bob", by="bench", comment="")
        acknowledged.append(perf_counter() - begun)
        assert done["sequence"], done
        visible.append(_seen(running.port, each["thing"], begun))
        sleep(0.3)
    return {
        "times": times,
        "acknowledged_p50_ms": percentile_ms(acknowledged, 0.5),
        "acknowledged_p95_ms": percentile_ms(acknowledged, 0.95),
        "visible_p50_ms": percentile_ms(visible, 0.5),
        "visible_p95_ms": percentile_ms(visible, 0.95),
    }


def _seen(port: int, thing: str, begun: float) -> float:
    """Return the seconds until a client sees a thing."""
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        text = quote(f"ASK {{ <{thing}> a ?kind }} # {monotonic()}")
        connection.request("GET", f"/sparql?query={text}", headers={"Accept": "text/csv, */*;q=0.1"})
        found = b"true" in connection.getresponse().read()
        connection.close()
        if found:
            return perf_counter() - begun
        sleep(0.02)


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=SIZE, help="triples, about")
    parser.add_argument("--times", type=int, default=TIMES, help="decisions")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m4sd-publish-") as place:
        folder = Path(place)
        count = filled(folder, given.size)
        with served(folder, free_port()) as running:
            sleep(10)  # the writer reads the shapes first
            found = waited(folder, running, given.times)
    write("publish", {"triples": count, "goals_ms": GOALS_MS, **found}, given.results)


if __name__ == "__main__":
    main()

"""Measure how long a decision takes beside a million triples: until it is acknowledged, and until everyone sees it.

A whole service runs on the folder: `make publish`. Submissions are laid on the desk before; one after the other is then
accepted through the writer, as the pages do it, and a client that knows nothing of it asks for the new thing until it
is there. `shown` is when the new snapshot is the current one: the rest of `visible` is the readers' own.

Filling takes minutes: with `--folder` the graph is kept, and the next measurement begins at once.
"""

import argparse
import json
import tempfile
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, perf_counter, sleep, time
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
from graph.store import current, read_only
from server.writer.writing import Remote

SIZE: Final = 1_000_000
TIMES: Final = 200
GOALS_MS: Final = {"acknowledged_p50": 60, "visible_p95": 1000}
PAUSES: Final = 1.0  # seconds, the longest between two decisions: some come within the half second of a snapshot
SEED: Final = 1951
RECORD: Final = """
@prefix id: <https://w3id.org/m4sd/id/> .
@prefix m4sd: <https://w3id.org/m4sd/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
id:org-bench-{n} a m4sd:Organisation ;
    skos:prefLabel "Bench organisation {n}"@en, "Organisation d’essai {n}"@fr ;
    dcterms:identifier "BENCH-{n}" .
"""


def fill(folder: Path, size: int) -> None:
    """Build our graph in a folder and state a large one beside it."""
    build(folder, datetime(2026, 1, 1, tzinfo=UTC))
    graph, when = record_graph("background", "bench"), datetime(2026, 1, 2, tzinfo=UTC)
    with Live(folder, "bench") as live:
        quads = frozenset(Quad(t.subject, t.predicate, t.object, graph) for t in triples(size))
        live.commit(Change("import", "bench", when), Patch(frozenset(), quads))
        live.snapshot()


def waited(folder: Path, running: Served, times: int) -> dict[str, Any]:  # Any: plain JSON
    """Accept submissions one after the other; return how long each took."""
    writer, chance = Remote(folder), Random(SEED)
    shown = Shown(folder)
    took: dict[str, list[float]] = {"acknowledged": [], "shown": [], "visible": []}
    for each in _sent(folder, writer, times):
        begun = perf_counter()
        done = writer.ask("accept", ident=each["id"], revision=each["revision"], who="bob", by="bench", comment="")
        took["acknowledged"].append(perf_counter() - begun)
        assert done["sequence"], done
        took["visible"].append(_seen(running.port, each["thing"], begun))
        took["shown"].append(shown.since(done["sequence"]) - begun)
        sleep(chance.uniform(0, PAUSES))
    parts = {f"p{round(part * 100)}": part for part in (0.5, 0.95)}
    figures = {f"{what}_{p}_ms": percentile_ms(all_, part) for what, all_ in took.items() for p, part in parts.items()}
    return {"times": times, **figures}


def _sent(folder: Path, writer: Remote, times: int) -> list[dict[str, Any]]:
    """Lay submissions on the desk; their numbers are new, since a folder may be used again."""
    store, when, first = read_only(folder), datetime.now(UTC), round(time())
    asked = Asked(("*",), "partner-bench", "https://example.org/bench")
    files = [("x.ttl", RECORD.replace("{n}", str(first + n)).encode()) for n in range(times)]
    drafts = [take([file], store, when, asked).drafts[0] for file in files]
    return [writer.ask("submit", who="ann", by="bench", drafts=[draft.plain()])[0] for draft in drafts]


class Shown:
    """Note when `current` came to point at which snapshot."""

    def __init__(self, folder: Path) -> None:
        self._link, self._seen = folder / "current", list[tuple[int, float]]()
        Thread(target=self._watch, daemon=True).start()

    def since(self, sequence: int) -> float:
        """Return when a change was first in the current snapshot."""
        return next(at for number, at in self._seen if number >= sequence)

    def _watch(self) -> None:
        while True:
            number = int(self._link.readlink().name)
            if not self._seen or self._seen[-1][0] != number:
                self._seen.append((number, perf_counter()))
            sleep(0.004)


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


def measured(folder: Path, size: int, times: int) -> dict[str, Any]:  # Any: plain JSON
    """Fill a folder that is empty, serve it, and return the figures."""
    if not (folder / "current").exists():
        fill(folder, size)
    count = json.loads((current(folder) / "build.json").read_text())["triples"]
    with served(folder, free_port()) as running:
        sleep(10)  # the writer reads the shapes first
        return {"triples": count, "goals_ms": GOALS_MS, **waited(folder, running, times)}


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=SIZE, help="triples, about")
    parser.add_argument("--times", type=int, default=TIMES, help="decisions")
    parser.add_argument("--folder", type=Path, help="a folder for the graph, which is kept; filled if it is empty")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m4sd-publish-") as place:
        found = measured(given.folder or Path(place), given.size, given.times)
    write("publish", found, given.results)


if __name__ == "__main__":
    main()

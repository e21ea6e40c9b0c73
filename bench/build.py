"""Measure a build, and the example questions on our store beside rdflib's, in one run.

Prints and writes `bench/results/build-{date}.json`: seconds and megabytes of the build, counts of triples, and for each
question the median time on the embedded store, on rdflib in memory, and their ratio.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import rdflib
from pyoxigraph import DefaultGraph, RdfFormat, serialize
from rich.console import Console
from rich.progress import track

from graph.examples import examples
from graph.query import Question, answer
from graph.store import Store, read_only

RESULTS = Path(__file__).parent / "results"
RUNS = 5


def build(folder: Path) -> dict[str, float]:
    """Build in a process of its own; return wall and CPU seconds, and peak memory in megabytes."""
    command = [sys.executable, "-m", "server.cli.main", "build", "--store", str(folder)]
    begin, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(perf_counter() - begin, 2), "cpu_s": round(cpu, 2), "peak_mb": after.ru_maxrss // 1024}


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of a few warm runs, in milliseconds."""
    work()
    times = []
    for _ in range(RUNS):
        begin = perf_counter()
        work()
        times.append((perf_counter() - begin) * 1000)
    return statistics.median(times)


def questions(store: Store) -> dict[str, dict[str, float]]:
    """Ask each example of our store and of rdflib's memory store, over the same default graph."""
    graph = rdflib.Graph()
    triples = (quad.triple for quad in store.quads(g=DefaultGraph()))
    graph.parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    measured = {}
    for example in track(examples(), "asking", console=Console(stderr=True), disable=not sys.stderr.isatty()):
        if "FROM <" in example.text or "GRAPH " in example.text:
            continue  # the peer holds the default graph only

        def ours(text: str = example.text) -> object:
            return answer(store, Question(text))

        def peer(text: str = example.text) -> object:
            return graph.query(text).serialize(format="json")

        mine, theirs = median_ms(ours), median_ms(peer)
        measured[example.name] = {"ms": round(mine, 2), "rdflib_ms": round(theirs, 2), "ratio": round(theirs / mine, 1)}
    return measured


def main() -> None:
    """Run both and write the figures down."""
    with tempfile.TemporaryDirectory() as place:
        built = build(Path(place))
        counts = json.loads((Path(place) / "current" / "build.json").read_text())
        asked = questions(read_only(Path(place)))
    ratios = [each["ratio"] for each in asked.values()]
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": "make bench",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "build": built,
        "counts": counts,
        "rdflib_over_ours_geometric_mean": round(statistics.geometric_mean(ratios), 1),
        "questions": asked,
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1)
    (RESULTS / f"build-{figures['date']}.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()

"""Measure what a change beside a large graph costs to follow: `python -m bench.derive --size 1000000`.

Activities as bench/faults.py makes them are stated in our graph, each in a record graph of its own, and everything is
merged and inferred, in a store on disk; then single records come, change and go.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any, Final

import pyoxigraph
from pyoxigraph import NamedNode, Quad, Triple

from bench.faults import SEED, activities, activity, triples
from bench.figures import percentile_ms, write
from bench.validation_record import WHEN
from graph.build import read_all
from graph.catalogue import stated
from graph.names import CATALOGUE, name, record_graph
from graph.reason.derive import derived
from graph.reason.merges import recomputed
from graph.record import Record
from graph.store import Patch, Store, placed

TIMES: Final = 30
NONE: Final = frozenset[Quad]()
Patches = Iterator[Patch]


def main() -> None:
    """Measure, print the figures and write them down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", type=int, default=1_000_000, help="triples, about")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m4sd-derive-") as place:
        figures = measured(Path(place), given.size)
    for kind, found in figures["changes"].items():
        print(f"{kind:<28} {found}")
    print(write("derive", figures))


def measured(folder: Path, size: int) -> dict[str, Any]:  # Any: plain JSON
    """Return what each kind of change takes of the clock and of the processor, and what all takes that is done once."""
    begin = process_time()
    engine = pyoxigraph.Store(str(folder))
    engine.bulk_extend(recomputed(Store(), Patch(NONE, frozenset(_stated(size)))).insert)
    engine.flush()
    store, full = Store(engine), process_time() - begin
    begin = process_time()
    derived(store, _came(size, 0))  # reads the ontology's rules
    figures = {"triples": size, "full_cpu_s": round(full, 1), "first_cpu_ms": round((process_time() - begin) * 1000)}
    figures["load"] = round(os.getloadavg()[0], 2)
    return figures | {"changes": {kind: _timed(store, patches) for kind, patches in _changes(store, size)}}


def _changes(store: Store, size: int) -> Iterator[tuple[str, Patches]]:
    """Yield the kinds of change, each with patches of its kind."""
    ours = [record for record in read_all() if "/background/" in record.graph.value and len(record.triples) < 45]
    graphs = [record.graph for record in ours[::2]][:TIMES]
    numbers = Random(SEED).sample(range(activities(size)), TIMES)
    tree = [Triple(name(f"id:programme-{n}"), name("m4sd:partOf"), name(f"id:programme-{n + 1}")) for n in range(1, 6)]
    top = Triple(name("id:programme-0"), name("m4sd:partOf"), name("id:programme-above"))
    yield "new record", (_came(size, number) for number in range(TIMES))
    yield "replaced record", (_replaced(store, number) for number in numbers)
    yield "withdrawn record", (Patch(frozenset(_in(store, _graph(number))), NONE) for number in numbers)
    yield "withdrawn record of ours", (Patch(frozenset(_in(store, graph)), NONE) for graph in graphs)
    yield "a programme in a programme", (_one(triple) for triple in tree)
    yield "a programme above all", (_one(triple) for triple in [top])


def _stated(size: int) -> Iterator[Quad]:
    """Yield what our records and the activities state, and the catalogue's entries."""
    yield from stated(read_all(), WHEN)
    yield from (placed(triple, record_graph("bench", "reference")) for triple in triples(0))
    for number in range(activities(size)):
        yield from _record(number)


def _record(number: int, seed: int = SEED) -> Iterator[Quad]:
    """Yield what the record of an activity states."""
    found, graph = tuple(activity(number, Random(seed + number)).triples()), _graph(number)
    yield from stated([Record(name(f"id:activity-{number}"), graph, found, "", (1,) * len(found))], WHEN)


def _graph(number: int) -> NamedNode:
    return record_graph("bench", f"activity-{number}")


def _in(store: Store, graph: NamedNode) -> Iterator[Quad]:
    return chain(store.quads(g=graph), store.quads(s=graph, g=CATALOGUE))


def _came(size: int, number: int) -> Patch:
    return Patch(NONE, frozenset(_record(activities(size) + number)))


def _replaced(store: Store, number: int) -> Patch:
    return Patch(frozenset(_in(store, _graph(number))), frozenset(_record(number, SEED + 1)))


def _one(triple: Triple) -> Patch:
    return Patch(NONE, frozenset([placed(triple, record_graph("bench", "tree"))]))


def _timed(store: Store, patches: Patches) -> dict[str, Any]:  # Any: plain JSON
    """Return what it takes to follow changes and to take them back, and how many quads they move."""
    there, back, written, moved = _Times(), _Times(), [], []
    for patch in patches:
        whole = there.follow(store, patch)
        begin = perf_counter()
        store.commit(whole)
        written.append(perf_counter() - begin)
        again = back.follow(store, Patch(patch.insert, patch.delete))
        assert again == Patch(whole.insert, whole.delete), "what is taken back leaves the store as it was"
        store.commit(again)
        moved.append(len(whole.insert) + len(whole.delete))
    quads = {"quads_p50": sorted(moved)[len(moved) // 2], "commit_p50_ms": percentile_ms(written, 0.5)}
    return quads | {"there": there.figures(), "back": back.figures()}


class _Times:
    """Take the time of changes, of the clock and of this process's processor."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._cpu: list[float] = []

    def follow(self, store: Store, patch: Patch) -> Patch:
        """Return the whole patch."""
        begin, used = perf_counter(), process_time()
        whole = derived(store, patch)
        self._wall.append(perf_counter() - begin)
        self._cpu.append(process_time() - used)
        return whole

    def figures(self) -> dict[str, float]:
        """Return the times that half and nearly all of the changes kept."""
        kinds, shares = (("cpu_", self._cpu), ("", self._wall)), (50, 95)
        return {f"{kind}p{n}_ms": percentile_ms(times, n / 100) for kind, times in kinds for n in shares}


if __name__ == "__main__":
    main()

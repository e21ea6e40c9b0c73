"""Measure a commit, a snapshot, a backup and a restore on a graph of a million quads."""

import resource
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from pyoxigraph import Literal, NamedNode, Quad, Triple

from bench.data import triples
from graph.catalogue import dataset_of
from graph.journal.entry import Change
from graph.journal.journal import Journal
from graph.keeping.backup import backup, restore
from graph.keeping.live import Live
from graph.keeping.stated import hash_of, hash_of_store, rows_at
from graph.names import CATALOGUE, name, record_graph
from graph.patch import Patch

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
COMMITS = 50
LONGEST = 300.0


def restored(scratch: Path, size: int) -> dict[str, object]:
    """Build a graph of so many stated quads, back it up, restore it in two ways; `ok` tells whether all is the same."""
    shutil.rmtree(scratch, ignore_errors=True)
    folder, copy = scratch / "store", scratch / "backup"
    figures = _built(folder, size)
    begin = perf_counter()
    made = backup(folder, copy, WHEN)
    figures["backup_s"] = _since(begin)
    same = []
    for way, at in (("restore", None), ("restore_at_an_older_change", made.sequence - 1)):
        place = scratch / way
        begin = perf_counter()
        restore(copy, place, "bench", WHEN, at)
        figures[f"{way}_s"] = _since(begin)
        expected = hash_of(rows_at(Journal(copy), at)) if at else made.dataset
        with Live(place) as live:
            same.append(hash_of_store(live.store) == expected)
        shutil.rmtree(place)
    quick = max(figures["restore_s"], figures["restore_at_an_older_change_s"]) <= LONGEST
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {"ok": quick and all(same), "same_hash": all(same), **figures, "peak_mb": peak}


def _built(folder: Path, size: int) -> dict[str, float]:
    with Live(folder) as live:
        begin = perf_counter()
        live.commit(Change("import", "bench", WHEN), Patch(frozenset(), frozenset(_records(size))))
        first = _since(begin)
        commits, snapshots = [], []
        for number in range(COMMITS):
            begin = perf_counter()
            live.commit(Change("record", "bench", WHEN), _small(number))
            commits.append(perf_counter() - begin)
            if number % 10 == 0:
                begin = perf_counter()
                live.snapshot()
                snapshots.append(perf_counter() - begin)
        live.snapshot()
        live.forget_old(0)
        counts = live.counted()
    begin = perf_counter()
    with Live(folder):
        opened = _since(begin)
    return {
        "stated": sum(1 for _ in rows_at(Journal(folder))),
        "quads": counts["quads"],
        "first_commit_s": first,
        "commit_p50_ms": round(median(commits) * 1000, 1),
        "commit_longest_ms": round(max(commits) * 1000, 1),
        "snapshot_p50_ms": round(median(snapshots) * 1000, 1),
        "open_s": opened,
        "journal_mb": sum(path.stat().st_size for path in (folder / "journal").iterdir()) >> 20,
    }


def _records(size: int) -> Iterator[Quad]:
    """Yield a graph of bench.data with a record graph for each thing, and the catalogue's entries."""
    for triple in triples(size):
        yield from _placed(triple)


def _placed(triple: Triple) -> Iterator[Quad]:
    assert isinstance(triple.subject, NamedNode)
    slug = triple.subject.value.rpartition("/")[2].replace(".", "-")
    if slug.startswith("flow-"):
        slug = f"initiative-{slug.split('-')[1]}"
    graph = record_graph("iati-bench", slug)
    yield Quad(triple.subject, triple.predicate, triple.object, graph)
    if triple.predicate == name("rdf:type") and not triple.subject.value.rpartition("/")[2].startswith("flow-"):
        yield Quad(graph, name("rdf:type"), name("m4sd:RecordGraph"), CATALOGUE)
        yield Quad(graph, name("foaf:primaryTopic"), triple.subject, CATALOGUE)
        yield Quad(graph, name("dcterms:isPartOf"), dataset_of(graph), CATALOGUE)


def _small(number: int) -> Patch:
    """Return a change of one record: twenty statements."""
    graph, thing = record_graph("iati-bench", f"new-{number}"), name(f"id:new-{number}")
    said = {Quad(thing, name(f"m4sd:field-{n}"), Literal(f"value {n} of {number}"), graph) for n in range(20)}
    return Patch(frozenset(), frozenset(said))


def _since(begin: float) -> float:
    return round(perf_counter() - begin, 2)

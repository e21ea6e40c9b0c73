"""Say which rules an undo would leave broken: it is held to the shapes like any other change.

A record that comes back just as it was is not judged by rules that came later: it was admitted so. But what others say
of it now is, and so is a record that goes, or that keeps a part of what came since.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from graph.admit import weigh
from graph.catalogue import is_stated
from graph.desk.content import OURS, TOPIC
from graph.journal.entry import Entry, touched
from graph.keeping.history import catalogued, content
from graph.names import CATALOGUE
from graph.patch import Patch
from graph.record import Record
from graph.store import Store, placed
from graph.validate.report import HELD, Finding

_PATH = "undo"  # where the findings of what is left stand: in no file


def broken(folder: Path, store: Store, entry: Entry, patch: Patch, when: datetime) -> tuple[Finding, ...]:
    """Return the violations that a patch which undoes an entry would leave in a store."""
    records, gone, restored = list[Record](), list[NamedNode](), set[object]()
    for graph in entry.graphs:
        now = set(_of(store, graph))
        then = now - patch.delete | {quad for quad in patch.insert if touched(quad) == graph}
        if not any(quad.graph_name == graph for quad in then):
            gone.append(graph)
            continue
        records.append(_record(graph, then))
        if now == _after(folder, graph, entry.sequence):
            restored |= {graph, *(quad.subject for quad in then)}
    report = weigh(records, store, when, gone=gone)
    return tuple(each for each in report.findings if _counts(each) and each.focus not in restored)


def _counts(finding: Finding) -> bool:
    return finding.severity == "Violation" and finding.component != HELD


def _of(store: Store, graph: NamedNode) -> Iterator[Quad]:
    """Yield what is stated in a record graph, and of it in the catalogue."""
    return (quad for quad in (*store.quads(g=graph), *store.quads(s=graph, g=CATALOGUE)) if is_stated(quad))


def _after(folder: Path, graph: NamedNode, sequence: int) -> set[Quad]:
    """Return the same as it was after a change."""
    own = {placed(triple, graph) for triple in content(folder, graph, sequence)}
    return own | {placed(triple, CATALOGUE) for triple in catalogued(folder, graph, sequence)}


def _record(graph: NamedNode, quads: Iterable[Quad]) -> Record:
    """Return what a record graph is to hold as a record."""
    quads = sorted(quads, key=str)
    topics = (quad.object for quad in quads if quad.graph_name == CATALOGUE and quad.predicate == TOPIC)
    thing = next((each for each in topics if isinstance(each, NamedNode)), graph)
    triples = tuple(quad.triple for quad in quads if quad.graph_name == graph or quad.predicate not in OURS)
    return Record(thing, graph, triples, _PATH, (0,) * len(triples))

"""Say what a build changes in a graph that already has a history: what people changed since stays as they left it."""

from collections.abc import Iterable
from datetime import datetime

from pyoxigraph import NamedNode, Quad

from graph import catalogue
from graph.journal.entry import touched
from graph.journal.journal import Journal
from graph.keeping.stated import stated
from graph.names import ASSERTED, CATALOGUE, name
from graph.patch import Patch
from graph.reason.merges import spelt
from graph.record import Record
from graph.store import Store, placed

_MODIFIED = name("dcterms:modified")
Grouped = dict[NamedNode, set[Quad]]


def kept(journal: Journal) -> frozenset[NamedNode]:
    """Return the record graphs that are not as a build left them: a record, a withdrawal, an import came after it.

    What was undone since is as the build left it.
    """
    since: dict[NamedNode, dict[Quad, bool]] = {}
    for entry in journal.entries():
        for quads, comes in ((entry.patch.delete, False), (entry.patch.insert, True)):
            for quad in quads:
                net = since.setdefault(touched(quad), {})
                if net.pop(quad, comes) == comes:
                    net[quad] = comes
        if entry.change.kind == "build":
            for graph in entry.graphs:
                since.pop(graph, None)
    return frozenset(graph for graph, net in since.items() if net)


def around(store: Store, graphs: Iterable[NamedNode]) -> Store:
    """Return a store in memory with what some record graphs state, in which other records can be judged."""
    context = Store()
    for graph in graphs:
        quads = [*store.quads(g=graph), *store.quads(s=graph, g=CATALOGUE)]
        context.extend(each for quad in quads for each in (quad, placed(quad.triple, ASSERTED)))
    return context


def renewal(store: Store, records: Iterable[Record], when: datetime, kept: frozenset[NamedNode]) -> Patch:
    """Return what changes when these records are what is curated now; graphs that are `kept` stay, others go.

    A record that says the same as before stays as it is, with the date of its last change.
    """
    before, after = _grouped(stated(store)), _grouped(spelt(catalogue.stated(records, when)))
    delete: set[Quad] = set()
    insert: set[Quad] = set()
    for graph in {*before, *after} - kept - {CATALOGUE}:
        old, new = before.get(graph, set()), after.get(graph, set())
        if _undated(old) != _undated(new):
            delete |= old - new
            insert |= new - old
    return Patch(frozenset(delete), frozenset(insert))


def _grouped(quads: Iterable[Quad]) -> Grouped:
    found: Grouped = {}
    for quad in quads:
        found.setdefault(touched(quad), set()).add(quad)
    return found


def _undated(quads: set[Quad]) -> set[Quad]:
    return {quad for quad in quads if (quad.graph_name, quad.predicate) != (CATALOGUE, _MODIFIED)}

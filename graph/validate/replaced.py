"""Know what a store loses when records take the place of others."""

from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Quad, Triple

from graph.catalogue import is_stated
from graph.names import CATALOGUE
from graph.store import Store


def lost(store: Store, graphs: Collection[NamedNode]) -> Iterator[Triple]:
    """Yield what only some record graphs state, and what the catalogue says of them."""
    for graph in graphs:
        own = (quad for quad in store.quads(g=graph) if not _elsewhere(store, quad, graphs))
        yield from (quad.triple for quad in (*store.quads(s=graph, g=CATALOGUE), *own))


def _elsewhere(store: Store, quad: Quad, graphs: Collection[NamedNode]) -> bool:
    """Return whether a record outside these graphs states the same."""
    s, p, o = quad.triple
    assert not isinstance(s, Triple), "a triple of a plain graph"
    assert not isinstance(o, Triple), "a triple of a plain graph"
    return any(is_stated(other) and other.graph_name not in graphs for other in store.quads(s, p, o))

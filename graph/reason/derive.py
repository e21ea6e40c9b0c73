"""Say what a change of what is stated means for all that is made from it, and look only at what the change reaches.

The store holds what is stated, its merge, what is inferred and what is annotated, each right for the other.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from itertools import chain

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from graph.catalogue import SIZE, dataset_of, is_stated
from graph.names import ANNOTATED, ASSERTED, CATALOGUE, INFERRED, MERGES
from graph.reason.books import Book, book_of, forget
from graph.reason.claims import DERIVES
from graph.reason.follow import Followed, follow
from graph.reason.infer import is_ours
from graph.reason.known import Stored
from graph.reason.merges import exact, is_axiom, recomputed
from graph.reason.partitions import moved
from graph.reason.rulebook import key
from graph.store import Patch, Store, placed

_WHOLE = (DefaultGraph(),)
_MERGED = (DefaultGraph(), *MERGES)

# A patch of more than one in so many of the stated triples costs less by the full computation.
SHARE = 10


def derived(store: Store, stated: Patch, anew: bool = False) -> Patch:
    """Return the whole patch that a patch of stated quads means for a store that is right so far.

    It is what the full computation gives, and it comes from there where the rules change, where little would be saved,
    or where it is asked for: `anew` takes nothing of the store for right but what is stated.
    """
    stated = exact(store, stated)
    if anew or _touches_rules(stated):
        forget(store)
    elif not _is_large(store, stated) and (book := book_of(store)) is not None:
        return moved(store, _followed(store, _sized(store, stated), book))
    return recomputed(store, stated)


def _touches_rules(stated: Patch) -> bool:
    """Return whether the ontology changes, or what a role derives; blank nodes are the ontology's alone."""
    quads = chain(stated.delete, stated.insert)
    return any(
        is_axiom(quad)
        or quad.predicate == DERIVES
        or isinstance(quad.subject, BlankNode)
        or isinstance(quad.object, BlankNode)
        for quad in quads
    )


def _is_large(store: Store, stated: Patch) -> bool:
    sizes = (quad.object for quad in store.quads(p=SIZE, g=CATALOGUE))
    total = sum(int(size.value) for size in sizes if isinstance(size, Literal))
    return (len(stated.delete) + len(stated.insert)) * SHARE > total


def _sized(store: Store, stated: Patch) -> Patch:
    """Add the changed sizes of datasets to a patch (VoID, 3.2)."""
    counts: Counter[NamedNode] = Counter()
    for quads, step in ((stated.insert, 1), (stated.delete, -1)):
        for quad in quads:
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name != CATALOGUE:
                counts[dataset_of(quad.graph_name)] += step
    delete, insert = set(stated.delete), set(stated.insert)
    for dataset, step in counts.items():
        old = list(store.quads(s=dataset, p=SIZE, g=CATALOGUE)) if step else []
        total = step + sum(int(quad.object.value) for quad in old if isinstance(quad.object, Literal))
        delete.update(old)
        insert.update([Quad(dataset, SIZE, Literal(total), CATALOGUE)] if step and total else [])
    return Patch(frozenset(delete), frozenset(insert))


def _followed(store: Store, stated: Patch, book: Book) -> Patch:
    """Return a patch with all that follows from it."""
    said = {quad.triple for quad in stated.insert}
    lost = {q.triple for q in stated.delete if q.triple not in said and not _is_said_elsewhere(store, q, stated.delete)}
    won = {triple for triple in said if not store.holds(placed(triple, ASSERTED))}
    stays = cache(lambda triple: triple in won or (triple not in lost and store.holds(placed(triple, ASSERTED))))
    inferred = Stored(store, book.unkept, lambda each: (ASSERTED, INFERRED) if each in book.soft else _WHOLE)
    first = follow(book.inferring, inferred, lost, won, stays)
    annotated = Stored(store, book.unkept, lambda _: _WHOLE)
    second = follow(book.annotating, annotated, first.gone, first.come, first.now.holds)
    delete, insert = set(stated.delete), set(stated.insert)
    for triple in {*lost, *won, *first.gone, *first.come, *second.gone, *second.come}:
        # Most triples of a change are new: one look, in the graph of all, shows that they have stood nowhere.
        graphs = MERGES if annotated.keeps(triple) else ()
        old = next((graph for graph in graphs if store.holds(placed(triple, graph))), None)
        new = ASSERTED if stays(triple) else _drawn(triple, first, second)
        if old != new:
            delete.update(_merged(triple, old, new))
            insert.update(_merged(triple, new, old))
    return Patch(frozenset(delete), frozenset(insert))


def _is_said_elsewhere(store: Store, quad: Quad, deleted: Collection[Quad]) -> bool:
    """Return whether another graph goes on to state the same triple."""
    s, p, o = quad.triple
    others = (each for each in store.quads(s, p, o) if each not in deleted)
    return any(is_stated(each) or each.predicate == SIZE for each in others if each.graph_name not in _MERGED)


def _drawn(triple: Triple, first: Followed, second: Followed) -> NamedNode | None:
    """Return the graph of what nobody asserts; none where it does not follow, or not in terms of ours."""
    if not is_ours(key(triple.predicate, triple.object)):
        return None
    if first.now.keeps(triple):
        return INFERRED
    return ANNOTATED if second.now.keeps(triple) else None


def _merged(triple: Triple, graph: NamedNode | None, other: NamedNode | None) -> Iterator[Quad]:
    """Yield the quads of a triple in its graph, and in the default graph if it had no other graph."""
    if graph:
        yield placed(triple, graph)
        if not other:
            yield placed(triple, DefaultGraph())

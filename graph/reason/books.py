"""Keep the rules that a store's ontology makes, ready to follow single changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from pyoxigraph import NamedNode, Variable

from graph import owl
from graph.names import ASSERTED, CATALOGUE, name
from graph.reason.axioms import Axioms
from graph.reason.infer import Ruled, is_ours, ruled
from graph.reason.merges import holds_axioms
from graph.reason.rulebook import Rulebook
from graph.reason.rules import Rule
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Book:
    """Carry the rules of one ontology: those that infer, those by which annotated claims give more, those not kept.

    `soft` are the classes and properties of which something may rest on annotated claims.
    """

    inferring: Rulebook
    annotating: Rulebook
    unkept: Rulebook
    soft: frozenset[NamedNode]


_BOOKS: WeakKeyDictionary[Store, Book | None] = WeakKeyDictionary()


def book_of(store: Store) -> Book | None:
    """Return the rules of a store's ontology, read once; None where they cannot be followed step by step."""
    if store not in _BOOKS:
        axioms = Axioms(quad.triple for graph in _ontology(store) for quad in store.quads(g=graph))
        _BOOKS[store] = _bound(ruled(axioms, store, ASSERTED), axioms)
    return _BOOKS[store]


def forget(store: Store) -> None:
    """Read the rules anew when they are next needed: the ontology changes."""
    _BOOKS.pop(store, None)


def _ontology(store: Store) -> Iterator[NamedNode]:
    """Yield the graphs of the ontology, by the catalogue: to read the names of all graphs takes long."""
    entries = store.quads(p=name("dcterms:isPartOf"), o=name("dataset:reference"), g=CATALOGUE)
    graphs = (quad.subject for quad in entries)
    return (graph for graph in graphs if isinstance(graph, NamedNode) and holds_axioms(graph))


def _bound(rules: Ruled, axioms: Axioms) -> Book | None:
    terms = axioms.declared()
    every = Rulebook([*rules.inferring, *rules.annotating], terms)
    unkept = [rule for rule in every.rules if not is_ours(rule.head.key)]
    if any(len(rule.body) > 1 for rule in unkept) or not all(_is_plain(rule) for rule in every.rules):
        return None
    soft = every.reached(rule.head.key for rule in rules.annotating)
    # A rule that reads nothing soft gives the same in both layers.
    softer = [rule for rule in rules.inferring if rule.reads & soft]
    inferring, annotating = Rulebook(rules.inferring, terms), Rulebook([*softer, *rules.annotating], terms)
    return Book(inferring, annotating, Rulebook(unkept, terms), soft)


def _is_plain(rule: Rule) -> bool:
    """Return whether a rule names each class that it speaks of."""
    return not any(atom.predicate == owl.TYPE and isinstance(atom.object, Variable) for atom in (rule.head, *rule.body))

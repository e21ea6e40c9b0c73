"""Read the axioms of an ontology: what is said of a term, its lists, its declared terms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph import owl
from graph.names import name

Node = NamedNode | BlankNode | Literal | Triple

_REST: Final = name("rdf:rest")


class Axioms:
    """Index the triples of an ontology, so that its axioms can be read from any end."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self._objects: dict[tuple[Node, NamedNode], list[Node]] = defaultdict(list)
        self._pairs: dict[NamedNode, list[tuple[Node, Node]]] = defaultdict(list)
        self._about: dict[Node, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            self._about[triple.subject].append(triple)
            subject, predicate, value = triple
            self._objects[subject, predicate].append(value)
            self._pairs[predicate].append((subject, value))

    def objects(self, subject: Node, predicate: NamedNode) -> list[Node]:
        """Return all that the subject has for this predicate."""
        return self._objects.get((subject, predicate), [])

    def value(self, subject: Node, predicate: NamedNode) -> Node | None:
        """Return the one thing that the subject has for this predicate, if any."""
        return next(iter(self.objects(subject, predicate)), None)

    def pairs(self, predicate: NamedNode) -> list[tuple[Node, Node]]:
        """Return each subject and object that this predicate joins."""
        return self._pairs.get(predicate, [])

    def described(self, node: Node) -> Iterator[Triple]:
        """Yield all that is said of a blank node, and of the blank nodes that this leads to."""
        if isinstance(node, BlankNode):
            for triple in self._about[node]:
                yield triple
                yield from self.described(triple.object)

    def typed(self, kind: NamedNode) -> list[Node]:
        """Return what is declared to be of this kind."""
        return [subject for subject, value in self.pairs(owl.TYPE) if value == kind]

    def members(self, head: Node | None) -> Iterator[Node]:
        """Walk an RDF list from its head to its end."""
        while head is not None and (first := self.value(head, owl.FIRST)) is not None:
            yield first
            head = self.value(head, _REST)

    def declared(self, kinds: Iterable[NamedNode] = owl.DECLARATIONS) -> frozenset[Node]:
        """Return the named terms that the ontology declares to be of one of these kinds."""
        return frozenset(term for kind in kinds for term in self.typed(kind) if isinstance(term, NamedNode))

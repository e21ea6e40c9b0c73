"""Say what a query sees: its default graph and its named graphs (SPARQL 1.1 Query, 13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph.sparql.tokens import Dataset
from graph.store import Graph, Store, Term


@dataclass(frozen=True, slots=True)
class View:
    """Look at a store through the dataset that was asked for; none means all of it.

    Several default graphs were merged into that of the store beforehand.
    """

    store: Store
    asked: Dataset

    @property
    def default(self) -> Graph | None:
        """Return the default graph; none where only named graphs were asked for."""
        if len(self.asked.default) == 1:
            return NamedNode(self.asked.default[0])
        return None if self.asked.named and not self.asked.default else DefaultGraph()

    def holds(self, term: Term, graph: Graph | None) -> bool:
        """Return whether a graph has a term as subject or object of a triple."""
        if graph is None:
            return False
        if next(self.store.quads(o=term, g=graph), None) is not None:
            return True
        return not isinstance(term, Literal) and next(self.store.quads(s=term, g=graph), None) is not None

    def names(self, graph: NamedNode) -> bool:
        """Return whether a graph is one of the named graphs."""
        if self.asked != Dataset((), ()):
            return graph.value in self.asked.named
        return next(self.store.quads(g=graph), None) is not None

    def some(self, most: int) -> Sequence[NamedNode]:
        """Return the named graphs, up to a number of them, in one order."""
        if self.asked == Dataset((), ()):
            return sorted(islice(self.store.graphs(), most), key=str)
        return [NamedNode(iri) for iri in islice(sorted(set(self.asked.named)), most)]

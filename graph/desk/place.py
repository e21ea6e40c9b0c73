"""Find the record graph that a thing's description belongs to, among those that its sender may write to."""

import re
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.desk import content
from graph.desk.refusals import DeskError, NotYourDataset, Shipped
from graph.desk.split import GRAPH
from graph.errors import Said, said
from graph.names import BASE, record_graph
from graph.record import Record
from graph.store import Store

ALL: Final = "*"  # stands for every dataset that takes submissions
# The ontology with its vocabularies, goals and areas comes with a version of the product, tested as a whole.
SHIPPED: Final = ("reference",)
_GRAPH = re.compile(re.escape(GRAPH) + r"([a-z0-9-]{1,60})/([A-Za-z0-9_-]{1,200})", re.ASCII)
_DATASET = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)


class NoPlace(DeskError):
    """Say why it cannot be told to which record graph something belongs, and how to say it."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Say to which datasets a sender may write, and which one she names, if any."""

    datasets: tuple[str, ...]
    named: str = ""

    def covers(self, dataset: str) -> bool:
        """Return whether the sender may write to a dataset and means it, if she named one."""
        free = dataset not in SHIPPED and (ALL in self.datasets or dataset in self.datasets)
        return free and self.named in ("", dataset)

    def only(self) -> str:
        """Return the dataset of something new; raise NoPlace where it must be told, NotYourDataset or Shipped."""
        whole = ALL in self.datasets
        dataset = self.named or (self.datasets[0] if len(self.datasets) == 1 and not whole else "")
        if not dataset:
            yours = said("name the dataset that this goes to; yours are: {list}", list=", ".join(self.datasets))
            raise _no_place(said("name the dataset that this goes to") if whole else yours).at("dataset")
        if not _DATASET.fullmatch(dataset):
            words = said(
                "“{name}” is no name of a dataset: write small letters, digits and hyphens, without spaces",
                name=dataset[:60],
            )
            raise _no_place(words).at("dataset")
        if not self.covers(dataset):
            raise self.refusal(dataset).at("dataset")
        return dataset

    def refusal(self, dataset: str) -> DeskError:
        """Return why nothing of a dataset is taken from this sender."""
        if dataset in SHIPPED:
            return Shipped(dataset)
        if ALL not in self.datasets and dataset not in self.datasets:
            return NotYourDataset(dataset, self.datasets)
        words = said(
            "this is of the dataset {own}, and you named {named}: name the same", own=dataset, named=self.named
        )
        return _no_place(words)


def graph_for(record: Record, store: Store, allowed: Allowed) -> NamedNode:
    """Return the graph that a record names, or that of the published record it replaces, or a new one."""
    foreign = [t.subject for t in record.triples if _is_graph(t.subject) and t.subject != record.graph]
    if foreign:
        raise _no_place(said("{graph} is another record's graph; say nothing of it here", graph=foreign[0]))
    if record.graph.value != f"{GRAPH}upload":
        return _named(record.graph, allowed)
    if not record.iri.value.startswith(("http://", "https://", "urn:")):
        raise _no_place(said("{thing} is no address that can be published", thing=record.iri.value))
    ours = _ours(store, record.iri, allowed)
    if len(ours) > 1:
        raise _no_place(_which(record.iri, ours))
    return ours[0] if ours else _new(record.iri, store, allowed)


def replaced_by_ours(store: Store, thing: NamedNode, allowed: Allowed) -> NamedNode:
    """Return the graph of a published record by its own name or by its thing's; raise what forbids it."""
    if _is_graph(thing):
        if content.topic(store, thing) is None:
            raise _no_place(said("{graph} is not published", graph=thing.value))
        return _named(thing, allowed)
    ours = _ours(store, thing, allowed)
    if len(ours) == 1:
        return ours[0]
    if ours:
        raise _no_place(_which(thing, ours))
    others = content.graphs_of(store, thing)
    if others:
        raise allowed.refusal(dataset_of(others[0]))
    raise _no_place(said("{thing} is described by no record", thing=thing.value))


def dataset_of(graph: NamedNode) -> str:
    """Return the name of the dataset that a record graph is part of."""
    return graph.value.removeprefix(GRAPH).partition("/")[0]


def _named(graph: NamedNode, allowed: Allowed) -> NamedNode:
    found = _GRAPH.fullmatch(graph.value)
    if found is None:
        raise _no_place(
            said("{graph} is no name of a record's graph; write {base}dataset/code", graph=graph.value, base=GRAPH)
        )
    if not allowed.covers(found[1]):
        raise allowed.refusal(found[1])
    return graph


def _ours(store: Store, thing: NamedNode, allowed: Allowed) -> tuple[NamedNode, ...]:
    return tuple(graph for graph in content.graphs_of(store, thing) if allowed.covers(dataset_of(graph)))


def _new(thing: NamedNode, store: Store, allowed: Allowed) -> NamedNode:
    local = thing.value.removeprefix(f"{BASE}id/")
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", local.partition("://")[2] or local, flags=re.ASCII).strip("-")[:200]
    graph = record_graph(allowed.only(), slug)
    if not slug or content.topic(store, graph) is not None:
        raise _no_place(
            said("{graph} describes another thing; name the graph of this one in the file", graph=graph.value)
        )
    return graph


def _which(thing: NamedNode, graphs: tuple[NamedNode, ...]) -> Said:
    return said(
        "{thing} is described by several records: {graphs}. Name the one that is meant",
        thing=thing.value,
        graphs=", ".join(graph.value for graph in graphs),
    )


def _is_graph(node: object) -> bool:
    return isinstance(node, NamedNode) and node.value.startswith(GRAPH)


def _no_place(detail: Said) -> NoPlace:
    return NoPlace(detail=detail)

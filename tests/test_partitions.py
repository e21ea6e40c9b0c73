"""Count the classes and properties of what is stated: in the store, right after every change, and never journalled."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.catalogue import is_stated
from graph.names import ASSERTED, PARTITIONS, PREFIXES, name, record_graph
from graph.pages.dataset import described, written
from graph.reason.derive import derived
from graph.reason.partitions import WHOLE, Part, counted, partitions, shares
from graph.store import Patch, Store, placed

pytestmark = pytest.mark.slow
NOTHING: frozenset[Quad] = frozenset()


def plainly(store: Store, text: str) -> dict[str, int]:
    found = store.query(text, default_graph=ASSERTED)
    return {row["it"].value: int(row["n"].value) for row in found if isinstance(row["it"], NamedNode)}  # type: ignore[union-attr]


def right(store: Store) -> bool:
    return set(store.quads(g=PARTITIONS)) == partitions(quad.triple for quad in store.quads(g=ASSERTED))


def test_the_built_graph_counts_as_plain_sparql_does(published: Store) -> None:
    classes = plainly(published, "SELECT ?it (COUNT(DISTINCT ?s) AS ?n) { ?s a ?it } GROUP BY ?it")
    properties = plainly(published, "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it")
    assert {term.value: count for term, count in shares(published, "class")} == classes
    assert {term.value: count for term, count in shares(published, "property")} == properties
    assert counted(published, Part("class", name("m4sd:Initiative"))) == classes[name("m4sd:Initiative").value] > 30


def test_whoever_asks_finds_them_in_the_store(published: Store) -> None:
    text = f"""SELECT ?class ?n {{ GRAPH <{PARTITIONS.value}> {{ <{WHOLE.value}> void:classPartition ?part .
        ?part void:class ?class ; void:entities ?n }} }} ORDER BY DESC(?n)"""
    rows = list(published.query(text, prefixes=PREFIXES))  # type: ignore[arg-type]
    assert len(rows) > 50
    assert rows[0]["class"] in {name("m4sd:Fact"), name("skos:Concept"), name("m4sd:RecordGraph")}


def test_a_change_moves_only_the_counts_that_it_changes(published: Store) -> None:
    store = Store()
    store.extend(published.quads())
    graph, thing = record_graph("partner", "one"), name("id:one")
    quads = frozenset(
        Quad(thing, says, value, graph)
        for says, value in (
            (name("rdf:type"), name("m4sd:Locality")),
            (name("m4sd:locatedIn"), name("area:504")),
            (name("skos:prefLabel"), Literal("One", language="en")),
        )
    )
    patch = derived(store, Patch(NOTHING, quads))
    touched = {quad.subject for quad in patch.delete | patch.insert if quad.graph_name == PARTITIONS}
    assert 0 < len(touched) < 10
    store.commit(patch)
    assert right(store)
    store.commit(derived(store, Patch(quads, NOTHING)))
    assert right(store)
    assert set(store.quads()) == set(published.quads())


def test_they_are_made_of_records_and_are_none(published: Store) -> None:
    assert [quad for quad in published.quads(g=PARTITIONS) if is_stated(quad)] == []
    stood = next(published.quads(g=PARTITIONS))
    for graph in (None, ASSERTED):
        assert not published.holds(placed(stood.triple, graph) if graph else Quad(*stood.triple))


def test_a_store_of_an_older_version_gets_them_with_its_next_change(published: Store) -> None:
    store = Store()
    store.extend(quad for quad in published.quads() if quad.graph_name != PARTITIONS)
    assert shares(store, "class") == shares(published, "class")
    said = Triple(name("id:org-CH-4"), name("skos:altLabel"), Literal("DDC", language="de"))
    store.commit(derived(store, Patch(NOTHING, frozenset([placed(said, record_graph("seed", "org-CH-4"))]))))
    assert right(store)


def test_the_description_of_the_dataset_says_what_the_store_holds(published: Store, folder: Path) -> None:
    told = {quad.triple for quad in parse(written(published, "turtle", "https://example.org/"), RdfFormat.TURTLE)}
    assert {quad.triple for quad in published.quads(g=PARTITIONS)} <= told
    assert described(published, "en").triples == sum(1 for _ in published.quads(g=ASSERTED))

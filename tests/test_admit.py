"""Show that the door in takes what conforms, refuses the rest in words, and keeps every merge right."""

from datetime import UTC, datetime

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from graph.admit import admit
from graph.build import read_all
from graph.names import ANNOTATED, ASSERTED, INFERRED, PREFIXES, name, record_graph, short
from graph.record import Record
from graph.store import Store

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = "prov:wasAttributedTo id:agent-m4sd-curators ."
LABELS = 'skos:prefLabel "a"@en, "b"@fr'


def record(slug: str, turtle: str, dataset: str = "seed") -> Record:
    heads = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
    graph = record_graph(dataset, slug)
    triples = [q.triple for q in parse(f"{heads} {graph} {SOURCE} {turtle}", format=RdfFormat.TURTLE)]
    return Record(name(f"id:{slug}"), graph, tuple(triples), f"{slug}.ttl", tuple(range(1, len(triples) + 1)))


def organisation(slug: str, labels: str = LABELS, dataset: str = "seed") -> Record:
    return record(slug, f"id:{slug} a m4sd:Organisation ; {labels} .", dataset)


def ontology() -> list[Record]:
    return [r for r in read_all() if "/reference/" in r.graph.value or r.iri == name("id:agent-m4sd-curators")]


def in_graph(store: Store, slug: str, graph: NamedNode | DefaultGraph) -> int:
    return sum(1 for _ in store.quads(s=name(f"id:{slug}"), g=graph))


def test_one_bad_record_does_not_block_a_good_one() -> None:
    store = Store()
    receipts = admit(
        [*ontology(), organisation("org-good"), organisation("org-bad", 'skos:prefLabel "a"@en')], store, WHEN
    )
    refused = {r.record.iri.value.rpartition("/")[2]: r for r in receipts if not r.admitted}
    assert list(refused) == ["org-bad"]
    finding = next(f for f in refused["org-bad"].findings if f.severity == "Violation")
    assert (finding.file, finding.focus) == ("org-bad.ttl", name("id:org-bad"))
    assert set(finding.message) == {"en", "fr"}
    assert in_graph(store, "org-good", ASSERTED) == 3
    assert in_graph(store, "org-bad", ASSERTED) == 0


def test_a_record_with_a_misspelt_term_does_not_come_in() -> None:
    misspelt = record("org-bad", f"id:org-bad a m4sd:Organisation ; m4sd:acronim 'B' ; {LABELS} .")
    receipts = admit([*ontology(), misspelt], Store(), WHEN)
    (refused,) = (receipt for receipt in receipts if not receipt.admitted)
    assert [short(finding.rule.value) for finding in refused.findings] == ["shape:Terms-declared"]


def test_replacing_a_record_keeps_what_another_still_states_and_is_idempotent() -> None:
    store = Store()
    admit([*ontology(), organisation("org-a"), organisation("org-a", dataset="background")], store, WHEN)
    before = store.dump()
    admit([organisation("org-a")], store, WHEN)
    assert store.dump() == before
    admit([organisation("org-a", 'skos:prefLabel "c"@en, "b"@fr', dataset="other")], store, WHEN)
    assert store.dump() == before, "a second name in one language is refused, and nothing is written"


def test_a_merge_holds_each_triple_once_and_the_parts_are_disjoint(published: Store) -> None:
    parts = [{q.triple for q in published.quads(g=graph)} for graph in (ASSERTED, INFERRED, ANNOTATED)]
    default = [q.triple for q in published.quads(g=DefaultGraph())]
    assert len(default) == len(set(default)) == sum(len(part) for part in parts)
    assert set(default) == set.union(*parts)


def test_whole_admits_all_or_none() -> None:
    store = Store()
    receipts = admit([*ontology(), organisation("org-bad", 'skos:prefLabel "a"@en')], store, WHEN, whole=True)
    assert not any(r.admitted for r in receipts)
    assert len(store) == 0
    assert [r.record.path for r in receipts if r.violates] == ["org-bad.ttl"]

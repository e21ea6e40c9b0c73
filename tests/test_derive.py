"""A change that is followed step by step gives the very store that is computed anew from all that is stated."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.catalogue import SIZE, dataset_of, is_stated
from graph.names import ANNOTATED, ASSERTED, CATALOGUE, INFERRED, PREFIXES, SEQUENCE, name, record_graph
from graph.reason import derive
from graph.reason.claims import DERIVES
from graph.reason.derive import derived
from graph.reason.merges import AXIOMS, recomputed
from graph.store import Patch, Store, placed

pytestmark = pytest.mark.slow

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

# The axioms of our ontology that rules are made of, one or two of each kind, and some that it may have one day.
ONTOLOGY = """
m4sd:isFundedBy a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:hasActor ; rdfs:range m4sd:Actor .
m4sd:isImplementedBy a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:hasActor .
m4sd:hasActor a owl:ObjectProperty ; rdfs:range m4sd:Actor .
m4sd:isIndirectlyFundedBy a owl:ObjectProperty ; owl:propertyChainAxiom ( m4sd:partOf m4sd:isFundedBy ) .
m4sd:partOf a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:domain m4sd:Intervention .
m4sd:phaseOf a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:partOf ; rdfs:range m4sd:Programme .
m4sd:locatedIn a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:range m4sd:Place .
m4sd:operatesIn a owl:ObjectProperty ; owl:propertyChainAxiom ( m4sd:operatesIn m4sd:locatedIn ) ,
    ( [ owl:inverseOf m4sd:partOf ] m4sd:operatesIn ) .
m4sd:contributesToTarget a owl:ObjectProperty ; rdfs:range sdgo:Target ;
    owl:propertyChainAxiom ( [ owl:inverseOf m4sd:partOf ] m4sd:contributesToTarget ) .
m4sd:contributesToGoal a owl:ObjectProperty ; rdfs:range sdgo:Goal ;
    owl:propertyChainAxiom ( m4sd:contributesToTarget sdgo:isTargetOf ) ,
    ( [ owl:inverseOf m4sd:partOf ] m4sd:contributesToGoal ) .
m4sd:contributesToObjective a owl:ObjectProperty ; rdfs:domain m4sd:Migratory .
m4sd:Migratory a owl:Class ; rdfs:subClassOf m4sd:Intervention .
sdgo:hasTarget owl:inverseOf sdgo:isTargetOf ; rdfs:domain sdgo:Goal ; rdfs:range sdgo:Target .
sdgo:isTargetOf rdfs:domain sdgo:Target ; rdfs:range sdgo:Goal .
m4sd:property a owl:ObjectProperty ; rdfs:domain m4sd:Fact ; rdfs:subPropertyOf m4sd:about .
m4sd:about a owl:ObjectProperty ; rdfs:range m4sd:Thing .
m4sd:twin a owl:ObjectProperty, owl:SymmetricProperty .
m4sd:Programme a owl:Class ; rdfs:subClassOf m4sd:Intervention .
m4sd:Actor a owl:Class ; rdfs:subClassOf prov:Agent .
m4sd:Intervention a owl:Class .
m4sd:Funder a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( m4sd:Actor
    [ owl:onProperty [ owl:inverseOf m4sd:isFundedBy ] ; owl:someValuesFrom m4sd:Intervention ] ) ] .
prov:Agent rdfs:subClassOf m4sd:Known .
m4sd:about rdfs:subPropertyOf prov:concerns .
m4sd:Concerned a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( m4sd:Fact
    [ owl:onProperty prov:concerns ; owl:someValuesFrom owl:Thing ] ) ] .
m4sd:Swiss a owl:Class ; owl:equivalentClass [ owl:onProperty m4sd:locatedIn ; owl:hasValue id:place-0 ] .
"""

# What a record may say. Three of each thing are enough for chains, cycles and two reasons for one thing.
ROLES = """
role:funding m4sd:derivesProperty m4sd:isFundedBy . role:implementing m4sd:derivesProperty m4sd:isImplementedBy .
role:odd m4sd:derivesProperty m4sd:owns .
"""
SAID = """
id:x-0 m4sd:partOf id:x-1 . id:x-1 m4sd:partOf id:x-2 . id:x-2 m4sd:partOf id:x-0 . id:x-0 m4sd:phaseOf id:x-2 .
id:x-1 m4sd:phaseOf id:x-2 . id:x-0 m4sd:partOf id:x-2 . id:x-0 a m4sd:Programme . id:x-1 a m4sd:Intervention .
id:x-0 m4sd:operatesIn id:place-1 . id:x-1 m4sd:operatesIn id:place-1, id:place-2 .
id:place-1 m4sd:locatedIn id:place-0 . id:place-2 m4sd:locatedIn id:place-1 . id:place-0 m4sd:locatedIn id:place-2 .
id:place-2 a m4sd:Swiss . id:x-0 m4sd:twin id:x-1 . id:x-1 m4sd:twin id:x-0 .
id:x-0 m4sd:qualifiedParticipation id:part-0 . id:x-1 m4sd:qualifiedParticipation id:part-0, id:part-1 .
id:part-0 m4sd:participant id:org-0 ; m4sd:role role:funding, role:odd .
id:part-1 m4sd:participant id:org-0, id:org-1 ; m4sd:role role:implementing .
id:x-0 m4sd:isFundedBy id:org-0 . id:x-2 m4sd:hasActor id:org-0, "01"^^xsd:integer, 1 . id:org-1 a m4sd:Actor .
id:org-0 a m4sd:Funder, prov:Agent .
id:x-0 m4sd:claimsContribution id:claim-0 . id:x-1 m4sd:claimsContribution id:claim-0, id:claim-1 .
id:x-2 m4sd:claimsContribution id:claim-2 . id:claim-2 m4sd:claimStatus claim-status:annotated, claim-status:reported .
id:claim-2 m4sd:contributionTo sdg:10.7, sdg:10.c . id:claim-0 m4sd:claimStatus claim-status:annotated .
id:claim-0 m4sd:contributionTo sdg:10.7, gcm-objective:1 . id:claim-1 m4sd:claimStatus claim-status:reported .
id:claim-1 m4sd:contributionTo sdg:10.7, sdg:10 .
gcm-objective:1 skos:inScheme <https://w3id.org/m4sd/concept/gcm-objective> .
sdg:10.7 a sdgo:Target ; sdgo:isTargetOf sdg:10 . sdg:10 a sdgo:Goal ; sdgo:hasTarget sdg:10.7, sdg:10.c .
id:x-0 m4sd:contributesToGoal sdg:10 . id:x-1 m4sd:contributesToTarget sdg:10.7, sdg:10.c .
id:fact a m4sd:Fact ; m4sd:property m4sd:isFundedBy ; m4sd:about id:x-0, m4sd:twin .
m4sd:isFundedBy m4sd:partOf id:x-0, id:x-1 .
id:x-0 m4sd:operatesIn m4sd:Actor . m4sd:Swiss sdgo:isTargetOf sdg:10 . id:claim-1 m4sd:contributionTo m4sd:Swiss .
"""


def triples(turtle: str) -> list[Triple]:
    return list(dict.fromkeys(quad.triple for quad in parse(HEADER + turtle, format=RdfFormat.TURTLE)))


POOL = triples(SAID)
GRAPHS = [record_graph(dataset, slug) for dataset, slug in (("seed", "a"), ("seed", "b"), ("background", "a"))]


def reference() -> list[Quad]:
    """Return what is stated in every world: the ontology, and the roles."""
    parts = ((record_graph("reference", "ontology"), ONTOLOGY), (record_graph("reference", "scheme-role"), ROLES))
    return [quad for graph, turtle in parts for quad in stated(graph, triples(turtle))]


def differing(store: Store) -> set[Quad]:
    """Return what a store holds and should not, and what it should hold and does not."""
    held = {quad for quad in store.quads() if quad.graph_name != SEQUENCE}
    return held ^ set(anew(quad for quad in held if is_stated(quad)).quads())


def stated(graph: NamedNode, content: Iterable[Triple]) -> set[Quad]:
    """Return what a record graph holds, and what the catalogue says of it; nothing of one that holds nothing."""
    quads = {placed(triple, graph) for triple in content}
    entry = Quad(graph, name("dcterms:isPartOf"), dataset_of(graph), CATALOGUE)
    return quads | ({entry} if quads else set())


def anew(quads: Iterable[Quad]) -> Store:
    """Return the store that the full computation makes of what is stated."""
    store = Store()
    store.commit(derived(store, Patch(frozenset(), frozenset(quads))))
    return store


@contextmanager
def only_step_by_step() -> Iterator[None]:
    """Follow changes of any size, and fail where the full computation would be asked for."""
    with mock.patch.object(derive, "SHARE", 0), mock.patch.object(derive, "recomputed", side_effect=AssertionError):
        yield


Content = frozenset[Triple]
Step = tuple[NamedNode, Content]

# Little of what may be said, about half of it, or nearly all.
few: st.SearchStrategy[Content] = st.frozensets(st.sampled_from(POOL), max_size=10)
half = st.tuples(*(st.booleans() for _ in POOL)).map(
    lambda chosen: frozenset(triple for triple, is_said in zip(POOL, chosen, strict=True) if is_said)
)
contents = st.one_of(few, half, few.map(lambda left_out: frozenset(POOL) - left_out))
step = st.lists(st.tuples(st.sampled_from(GRAPHS), contents), min_size=1, max_size=2)


def change(store: Store, step: Sequence[Step]) -> Patch:
    """Return the patch by which record graphs come to hold these triples and no others."""
    after = dict(step)
    old = {q for g in after for q in (*store.quads(g=g), *store.quads(s=g, g=CATALOGUE))}
    new = {quad for graph, content in after.items() for quad in stated(graph, content)}
    return Patch(frozenset(old - new), frozenset(new - old))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(contents, st.lists(step, min_size=1, max_size=3))
def test_any_changes_one_after_the_other_give_the_store_that_is_computed_anew(
    first: Content, changes: list[list[Step]]
) -> None:
    store = anew([*reference(), *stated(GRAPHS[0], first)])
    for each in changes:
        with only_step_by_step():
            store.commit(derived(store, change(store, each)))
        assert differing(store) == set()


@pytest.mark.parametrize(
    ("before", "after", "layer"),
    [
        ("id:x a m4sd:Programme .", "id:x a m4sd:Programme, m4sd:Intervention .", ASSERTED),
        ("id:x a m4sd:Programme, m4sd:Intervention .", "id:x a m4sd:Programme .", INFERRED),
        ("id:x a m4sd:Programme .", "id:x a m4sd:Actor .", None),
        ("id:x m4sd:contributesToObjective id:o .", "id:x a m4sd:Programme .", INFERRED),
        ("id:x a m4sd:Programme .", "@annotated", ANNOTATED),
        ("@annotated", "@reported", INFERRED),
        ("@reported", "@annotated", ANNOTATED),
        ("@annotated", "@annotated id:x a m4sd:Intervention .", ASSERTED),
        ("@annotated id:x a m4sd:Intervention .", "@annotated", ANNOTATED),
        ("@annotated", "id:y a m4sd:Programme .", None),
    ],
)
def test_what_is_asserted_inferred_or_annotated_after_a_change_stands_in_that_layer_alone(
    before: str, after: str, layer: NamedNode | None
) -> None:
    store = anew([*reference(), *stated(GRAPHS[0], triples(spelt(before))), *stated(GRAPHS[1], triples(OBJECTIVE))])
    with only_step_by_step():
        store.commit(derived(store, change(store, [(GRAPHS[0], frozenset(triples(spelt(after))))])))
    (said,) = triples("id:x a m4sd:Intervention .")
    found = {quad.graph_name for quad in store.quads(*said) if quad.graph_name not in GRAPHS}
    assert found == ({layer, DefaultGraph()} if layer else set())
    assert differing(store) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """id:y m4sd:partOf id:x . id:x m4sd:partOf id:z . id:y m4sd:phaseOf id:z .
            id:y m4sd:claimsContribution id:c . id:c m4sd:claimStatus claim-status:annotated ;
                m4sd:contributionTo sdg:10 . sdg:10 a sdgo:Goal .""",
            """id:y m4sd:partOf id:x . id:x m4sd:partOf id:z .
            id:y m4sd:claimsContribution id:c . id:c m4sd:claimStatus claim-status:annotated ;
                m4sd:contributionTo sdg:10 . sdg:10 a sdgo:Goal .""",
            id="what is annotated rests on a link for which another reason is left",
        ),
        pytest.param(
            """id:y m4sd:contributesToTarget sdg:10.c .
            id:x m4sd:claimsContribution id:c . id:c m4sd:contributionTo sdg:10.c ;
                m4sd:claimStatus claim-status:annotated, claim-status:reported .""",
            """sdg:10 sdgo:hasTarget sdg:10.c .
            id:x m4sd:claimsContribution id:c . id:c m4sd:contributionTo sdg:10.c ;
                m4sd:claimStatus claim-status:annotated .""",
            id="one reason to be a target goes and another comes, with a claim of it that is only annotated now",
        ),
        pytest.param(
            "id:x m4sd:partOf id:y . id:y m4sd:partOf id:x . id:x m4sd:operatesIn id:place .",
            "id:x m4sd:partOf id:y . id:y m4sd:partOf id:x .",
            id="in a circle, things do not go on to prove one another",
        ),
        pytest.param(
            "m4sd:Swiss sdgo:isTargetOf sdg:10 . id:x m4sd:claimsContribution id:c .",
            """m4sd:Swiss sdgo:isTargetOf sdg:10 . id:x m4sd:claimsContribution id:c .
            id:c m4sd:claimStatus claim-status:reported ; m4sd:contributionTo m4sd:Swiss, sdg:10 .""",
            id="a term of the ontology becomes no target, and what it is a target of becomes a goal",
        ),
        pytest.param(
            "m4sd:Actor m4sd:partOf id:y ; m4sd:phaseOf id:y .",
            "m4sd:Actor m4sd:phaseOf id:y .",
            id="nothing is derived again of a term of the ontology",
        ),
        pytest.param(
            "id:fact m4sd:about m4sd:twin .",
            "id:fact m4sd:about m4sd:twin ; a m4sd:Fact .",
            id="what is not kept is not drawn for a term of the ontology",
        ),
        pytest.param(
            "sdg:10 sdgo:hasTarget sdg:10.c .",
            "sdg:10 sdgo:hasTarget sdg:10.c . id:x m4sd:contributesToTarget sdg:10.c .",
            id="a link that is not kept is drawn from the one that it turns round",
        ),
    ],
)
def test_a_change_gives_the_store_that_is_computed_anew(before: str, after: str) -> None:
    store = anew([*reference(), *stated(GRAPHS[0], triples(before))])
    for content in (after, before, "", before, after):
        with only_step_by_step():
            store.commit(derived(store, change(store, [(GRAPHS[0], frozenset(triples(content)))])))
        assert differing(store) == set()


OBJECTIVE = "gcm-objective:1 skos:inScheme <https://w3id.org/m4sd/concept/gcm-objective> ."


def spelt(turtle: str) -> str:
    """Spell out a claim of a status, from which it follows that x is an intervention."""
    for status in ("annotated", "reported"):
        claim = f"id:x m4sd:claimsContribution id:c . id:c m4sd:claimStatus claim-status:{status} ; "
        turtle = turtle.replace(f"@{status}", f"{claim} m4sd:contributionTo gcm-objective:1 .")
    return turtle


@pytest.mark.parametrize("went", [False, True], ids=["comes", "goes"])
@pytest.mark.parametrize(
    ("graph", "turtle"),
    [
        (record_graph("reference", "ontology"), "m4sd:twin rdfs:subPropertyOf m4sd:partOf ."),
        (record_graph("reference", "alignment-dcterms"), "m4sd:Actor rdfs:subClassOf m4sd:Intervention ."),
        (record_graph("reference", "ontology"), "sdgo:hasTarget a owl:TransitiveProperty ."),
        (record_graph("reference", "ontology"), "rdf:type rdfs:domain m4sd:Thing ."),
        (record_graph("seed", "scheme"), "role:odd m4sd:derivesProperty m4sd:hasActor ."),
    ],
)
def test_when_the_rules_change_everything_follows_anew_and_later_changes_follow_the_new_rules(
    graph: NamedNode, turtle: str, went: bool
) -> None:
    rule = Patch(frozenset(), frozenset(stated(graph, triples(turtle)) - set(reference())))
    said = [*reference(), *stated(GRAPHS[0], POOL)]
    store = anew([*said, *rule.insert] if went else said)
    with mock.patch.object(derive, "SHARE", 0):
        store.commit(derived(store, change(store, [(GRAPHS[1], frozenset(POOL[:20]))])))
    store.commit(derived(store, Patch(rule.insert, rule.delete) if went else rule))
    assert differing(store) == set()
    for content in (POOL[::2], POOL[:9]):
        with mock.patch.object(derive, "SHARE", 0):
            store.commit(derived(store, change(store, [(GRAPHS[0], frozenset(content))])))
        assert differing(store) == set()


def test_a_change_of_much_of_what_is_stated_is_computed_anew() -> None:
    store = anew([*reference(), *stated(GRAPHS[0], POOL)])
    with mock.patch.object(derive, "recomputed", wraps=recomputed) as full:
        derived(store, change(store, [(GRAPHS[0], frozenset(POOL[1:]))]))
        assert not full.called
        store.commit(derived(store, change(store, [(GRAPHS[0], frozenset())])))
        assert full.called
    assert differing(store) == set()


def test_a_store_that_is_wrong_is_right_again_when_everything_is_asked_for_anew() -> None:
    store, nothing = anew([*reference(), *stated(GRAPHS[0], POOL)]), frozenset[Quad]()
    (wrong,) = triples("id:x-0 a m4sd:Swiss .")
    store.extend(placed(wrong, graph) for graph in (INFERRED, DefaultGraph()))
    assert derived(store, Patch(nothing, nothing)) == Patch(nothing, nothing)
    store.commit(derived(store, Patch(nothing, nothing), anew=True))
    assert differing(store) == set()


def test_what_changes_nothing_gives_an_empty_patch() -> None:
    store = anew([*reference(), *stated(GRAPHS[0], POOL)])
    (one, two), graph = triples("id:x-2 m4sd:hasActor '01'^^xsd:integer . id:nobody a m4sd:Actor ."), GRAPHS[0]
    with only_step_by_step():
        patch = derived(store, Patch(frozenset([placed(two, graph)]), frozenset([placed(one, graph)])))
    assert patch == Patch(frozenset(), frozenset())


def test_what_a_patch_takes_away_and_gives_back_stays() -> None:
    store = anew([*reference(), *stated(GRAPHS[0], POOL)])
    same = frozenset(stated(GRAPHS[0], POOL[:9]))
    assert derived(store, Patch(same, same)) == Patch(frozenset(), frozenset())


def test_what_is_merged_or_counted_is_not_taken_from_a_patch_that_states_it() -> None:
    store = anew([*reference(), *stated(GRAPHS[0], POOL)])
    size, said = Triple(dataset_of(GRAPHS[0]), SIZE, Literal(7)), triples("id:x a m4sd:Actor .")[0]
    quads = frozenset([placed(size, CATALOGUE), *(placed(said, graph) for graph in (ASSERTED, DefaultGraph()))])
    assert derived(store, Patch(frozenset(), quads)) == Patch(frozenset(), frozenset())


class Counting(Store):
    """Count what is read."""

    read = 0

    def quads(self, *look: Any, **graph: Any) -> Iterator[Quad]:  # Any: what Store.quads takes
        for quad in super().quads(*look, **graph):
            self.read += 1
            yield quad

    def holds(self, quad: Quad) -> bool:
        self.read += 1
        return super().holds(quad)


def effort(others: int) -> int:
    """Return how much is read when a record comes, changes and goes beside so many that name the same actors."""
    quads = [*reference(), *stated(GRAPHS[0], POOL)]
    for number in range(others):
        other = [Triple(NamedNode(f"{s.value}-{number}"), p, o) for s, p, o in POOL if isinstance(s, NamedNode)]
        quads += stated(record_graph("other", f"{number}"), other)
    store, read = Counting(), 0
    store.commit(derived(store, Patch(frozenset(), frozenset(quads))))
    for content in ([], POOL[:40], POOL[20:], []):
        patch = change(store, [(GRAPHS[1], frozenset(content))])
        derived(store, patch)
        store.read = 0
        store.commit(derived(store, patch))
        read += store.read
    return read


def test_what_a_change_does_not_reach_is_not_read() -> None:
    assert effort(50) < effort(5) * 1.1


def test_curated_records_that_go_change_and_come_back_leave_the_built_graph_right(published: Store) -> None:
    store, chance = Store(), Random(1951)
    store.extend(published.quads())
    before = store.dump()
    went: dict[NamedNode, Content] = {}
    for _ in range(8):
        kept = {graph: frozenset(_less(store, graph, chance)) for graph in _sample(store, chance)}
        went = {graph: frozenset(quad.triple for quad in store.quads(g=graph)) for graph in kept} | went
        _become(store, kept)
    assert store.dump() != before
    assert differing(store) == set()
    for graph in chance.sample(sorted(went, key=str), len(went)):
        _become(store, {graph: went[graph]})
    assert store.dump() == before


def _sample(store: Store, chance: Random) -> list[NamedNode]:
    """Return some record graphs that say nothing of which rules are made."""
    graphs = sorted({quad.subject for quad in store.quads(p=name("dcterms:isPartOf"), g=CATALOGUE)}, key=str)
    rules = {quad.graph_name for quad in store.quads(p=DERIVES)}
    free = [g for g in graphs if isinstance(g, NamedNode) and g not in rules and not g.value.startswith(AXIOMS)]
    return chance.sample(free, 5)


def _less(store: Store, graph: NamedNode, chance: Random) -> list[Triple]:
    """Return nothing of what a record says, half of it, or all."""
    share = chance.choice((0, 0.5, 1))
    return [quad.triple for quad in store.quads(g=graph) if chance.random() < share]


def _become(store: Store, contents: dict[NamedNode, Content]) -> None:
    """Let record graphs hold other triples; the catalogue goes on to speak of them."""
    old = {quad for graph in contents for quad in store.quads(g=graph)}
    new = {placed(triple, graph) for graph, content in contents.items() for triple in content}
    with only_step_by_step():
        store.commit(derived(store, Patch(frozenset(old - new), frozenset(new - old))))

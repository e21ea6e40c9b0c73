"""Hold our reasoner against owlrl, an OWL 2 RL reasoner: on random records, and on a slice of our own."""

from collections.abc import Iterable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import Graph

from graph import owl
from graph.build import read_all
from graph.check.clash import flat, statements
from graph.load.curated import is_ontology
from graph.names import BASE, PREFIXES, name
from graph.reason.axioms import Axioms
from graph.reason.infer import infer, shortcuts

pytestmark = pytest.mark.slow

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

SMALL = """
m4sd:Actor a owl:Class . m4sd:Programme a owl:Class ; rdfs:subClassOf m4sd:Work .
m4sd:Work rdfs:subClassOf prov:Activity .
m4sd:Funder owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( m4sd:Actor [ a owl:Restriction ;
    owl:onProperty [ owl:inverseOf m4sd:isFundedBy ] ; owl:someValuesFrom m4sd:Work ] ) ] .
m4sd:isFundedBy a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:hasActor . m4sd:hasActor rdfs:range m4sd:Actor .
m4sd:isImplementedBy a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:hasActor .
m4sd:partOf a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:domain m4sd:Work .
m4sd:phaseOf rdfs:subPropertyOf m4sd:partOf .
m4sd:isIndirectlyFundedBy a owl:ObjectProperty ; owl:propertyChainAxiom ( m4sd:partOf m4sd:isFundedBy ) .
m4sd:contributesToTarget a owl:ObjectProperty ;
    owl:propertyChainAxiom ( [ owl:inverseOf m4sd:partOf ] m4sd:contributesToTarget ) .
m4sd:contributesToGoal a owl:ObjectProperty ; owl:propertyChainAxiom ( m4sd:contributesToTarget sdgo:isTargetOf ) ,
    ( [ owl:inverseOf m4sd:partOf ] m4sd:contributesToGoal ) .
sdgo:hasTarget a owl:ObjectProperty ; owl:inverseOf sdgo:isTargetOf .
sdgo:isTargetOf a owl:ObjectProperty ; rdfs:range sdgo:Goal .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEADER + turtle, format=RdfFormat.TURTLE)]


def closure(records: Iterable[Triple], axioms: list[Triple]) -> set[Triple]:
    """Return what owlrl says in terms of ours, between named things that are not the ontology's own terms."""
    graph = Graph().parse(data=serialize([*records, *axioms], format=RdfFormat.N_TRIPLES), format="nt")
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    plain = [line for line in graph.serialize(format="nt").splitlines() if line and not line.startswith('"')]
    everything = {quad.triple for quad in parse("\n".join(plain), format=RdfFormat.N_TRIPLES)}
    return {triple for triple in everything if is_ours(triple, Axioms(axioms).declared())}


def is_ours(triple: Triple, terms: frozenset[object]) -> bool:
    typing = triple.predicate == name("rdf:type")
    term = triple.object if typing else triple.predicate
    ours = isinstance(term, NamedNode) and term.value.startswith(PREFIXES["m4sd"])
    individuals = triple.subject not in terms and (typing or triple.object not in terms)
    return ours and individuals and isinstance(triple.subject, NamedNode)


def unannotated(records: Iterable[Triple]) -> list[Triple]:
    return [each for each in records if each.object != name("claim-status:annotated")]


def assert_equal_to_owlrl(records: list[Triple], axioms: list[Triple]) -> None:
    found = infer(records, axioms)
    some, all_ = shortcuts(unannotated(records), axioms), shortcuts(records, axioms)
    reported = closure([*records, *some], axioms)
    everything = closure([*records, *all_], axioms) if some != all_ else reported
    assert set(found.inferred) == reported - set(records)
    assert set(found.annotated) == everything - reported - set(records)


things = st.sampled_from([f"id:t{n}" for n in range(5)])
targets = st.sampled_from(["sdg:10.7", "sdg:10.c", "sdg:8.8"])
goals = st.sampled_from(["sdg:10", "sdg:8"])
links = st.sampled_from(["partOf", "phaseOf", "isFundedBy", "isImplementedBy", "hasActor"])
kinds = st.sampled_from(["Actor", "Programme", "Work", "Funder"])
statuses = st.sampled_from(["reported", "annotated"])
roles = st.sampled_from(["funding", "implementing"])


def participation(thing: str, actor: str, role: str) -> str:
    claim = f"{thing}-{role}"
    return f"{thing} m4sd:qualifiedParticipation {claim} . {claim} m4sd:participant {actor} ; m4sd:role role:{role} .\n"


def claim(thing: str, target: str, status: str) -> str:
    node = f"{thing}-{target[4:].replace('.', '-')}-{status}"
    return f"""{thing} m4sd:claimsContribution {node} .
        {node} m4sd:contributionTo {target} ; m4sd:claimStatus claim-status:{status} .\n"""


lines = st.one_of(
    st.builds("{} m4sd:{} {} .\n".format, things, links, things),
    st.builds("{} m4sd:partOf {} .\n".format, things, things),
    st.builds("{} a m4sd:{} .\n".format, things, kinds),
    st.builds("{} m4sd:contributesToTarget {} .\n".format, things, targets),
    st.builds("{} sdgo:hasTarget {} .\n".format, goals, targets),
    st.builds(claim, things, st.one_of(targets, goals), statuses),
    st.builds(participation, things, things, roles),
)
FRAME = """
role:funding m4sd:derivesProperty m4sd:isFundedBy . role:implementing m4sd:derivesProperty m4sd:isImplementedBy .
sdg:10.7 a sdgo:Target . sdg:10.c a sdgo:Target . sdg:8.8 a sdgo:Target . sdg:10 a sdgo:Goal . sdg:8 a sdgo:Goal .
"""


# owlrl takes a third of a second on each example, so a failing one is shown as it came and not shrunk for minutes.
@settings(max_examples=20, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(lines, min_size=3, max_size=14))
def test_random_records_give_what_owlrl_gives(drawn: list[str]) -> None:
    assert_equal_to_owlrl(list(dict.fromkeys(triples(FRAME + "".join(drawn)))), triples(SMALL))


EVERYTHING = read_all()
ONTOLOGY = [triple for record in EVERYTHING if is_ontology(record) for triple in record.triples]
RECORDS = list(dict.fromkeys(triple for each in EVERYTHING if not is_ontology(each) for triple in each.triples))


def of_dataset(dataset: str) -> list[Triple]:
    graphs = f"{BASE}graph/{dataset}/"
    return [triple for each in EVERYTHING if each.graph.value.startswith(graphs) for triple in each.triples]


def named_by(records: list[Triple], rounds: int = 2) -> list[Triple]:
    """Add to records what the rest says of the things that they name, and of those that these name."""
    for _ in range(rounds):
        named = {each.object for each in records if each.predicate != name("rdf:type")}
        records = list(dict.fromkeys([*records, *(each for each in RECORDS if each.subject in named)]))
    return records


def lean(ontology: list[Triple]) -> list[Triple]:
    """Leave out what derives no triple and costs owlrl minutes: annotations, and which classes are disjoint."""
    axioms, frame = statements(ontology)
    kept = [*frame, *flat(each for each in axioms if each[0].predicate != owl.DISJOINT)]
    return [each for each in kept if not isinstance(each.object, Literal)]


@pytest.mark.slow
def test_a_slice_of_our_own_records_gives_what_owlrl_gives() -> None:
    joining = (name("rdf:type"), name("skos:inScheme"), name("sdgo:isTargetOf"))
    some = named_by([*of_dataset("seed"), *of_dataset("annotation")])
    facts = {each.subject for each in some if each.object == name("m4sd:Fact")}
    linked = [each for each in some if each.predicate in joining or each.predicate.value.startswith(PREFIXES["m4sd"])]
    plain = [each for each in linked if each.subject not in facts and isinstance(each.object, NamedNode)]
    assert_equal_to_owlrl(plain, lean(ONTOLOGY))


def test_nothing_that_our_records_assert_is_published_as_inferred() -> None:
    found = infer(RECORDS, ONTOLOGY)
    assert not set(RECORDS) & {*found.inferred, *found.annotated}
    assert not set(found.inferred) & set(found.annotated)

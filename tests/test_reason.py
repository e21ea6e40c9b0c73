"""The reasoner: each kind of rule, the two kinds of claim, and equality with an OWL 2 RL reasoner."""

from collections.abc import Iterable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import Graph

from graph.axioms import DISJOINT, Axioms
from graph.build import read_all
from graph.clash import flat, statements
from graph.load.curated import is_ontology
from graph.names import BASE, PREFIXES, name
from graph.reason import Inference, infer, shortcuts

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

CLAIMS = """
m4sd:isFundedBy a owl:ObjectProperty . m4sd:isImplementedBy a owl:ObjectProperty .
m4sd:contributesToTarget a owl:ObjectProperty .
m4sd:contributesToGoal owl:propertyChainAxiom ( m4sd:contributesToTarget sdgo:isTargetOf ) .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEADER + turtle, format=RdfFormat.TURTLE)]


def said(found: Iterable[Triple]) -> set[Triple]:
    return set(found)


def inferred(axioms: str, records: str) -> set[Triple]:
    return said(infer(triples(records), triples(axioms)).inferred)


@pytest.mark.parametrize(
    ("axioms", "records", "follows"),
    [
        ("m4sd:Country rdfs:subClassOf m4sd:Place .", "id:a a m4sd:Country .", "id:a a m4sd:Place ."),
        ("m4sd:A owl:equivalentClass m4sd:B .", "id:a a m4sd:A . id:b a m4sd:B .", "id:a a m4sd:B . id:b a m4sd:A ."),
        (
            "m4sd:Both owl:equivalentClass [ owl:intersectionOf ( m4sd:A m4sd:B ) ] .",
            "id:a a m4sd:A, m4sd:B . id:b a m4sd:A . id:c a m4sd:Both .",
            "id:a a m4sd:Both . id:c a m4sd:A, m4sd:B .",
        ),
        (
            """m4sd:Funder owl:equivalentClass [ owl:intersectionOf ( m4sd:Actor
                 [ owl:onProperty [ owl:inverseOf m4sd:isFundedBy ] ; owl:someValuesFrom m4sd:Intervention ] ) ] .""",
            "id:x a m4sd:Intervention ; m4sd:isFundedBy id:a, id:b . id:a a m4sd:Actor . id:y m4sd:isFundedBy id:c .",
            "id:a a m4sd:Funder .",
        ),
        (
            "m4sd:Led owl:equivalentClass [ owl:onProperty m4sd:isLedBy ; owl:someValuesFrom owl:Thing ] .",
            "id:x m4sd:isLedBy id:a .",
            "id:x a m4sd:Led .",
        ),
        (
            "m4sd:Swiss owl:equivalentClass [ owl:onProperty m4sd:locatedIn ; owl:hasValue area:756 ] .",
            "id:x m4sd:locatedIn area:756 . id:y a m4sd:Swiss .",
            "id:x a m4sd:Swiss . id:y m4sd:locatedIn area:756 .",
        ),
        (
            "[ owl:unionOf ( m4sd:A m4sd:B ) ] rdfs:subClassOf m4sd:C .",
            "id:a a m4sd:A . id:b a m4sd:B .",
            "id:a a m4sd:C . id:b a m4sd:C .",
        ),
        (
            "m4sd:A rdfs:subClassOf [ owl:onProperty m4sd:partOf ; owl:allValuesFrom m4sd:B ] .",
            "id:a a m4sd:A ; m4sd:partOf id:b . id:c m4sd:partOf id:d .",
            "id:b a m4sd:B .",
        ),
        ("m4sd:phaseOf rdfs:subPropertyOf m4sd:partOf .", "id:a m4sd:phaseOf id:b .", "id:a m4sd:partOf id:b ."),
        (
            "[ owl:inverseOf m4sd:holds ] rdfs:subPropertyOf m4sd:partOf .",
            "id:b m4sd:holds id:a .",
            "id:a m4sd:partOf id:b .",
        ),
        (
            "m4sd:partOf owl:inverseOf m4sd:hasPart .",
            "id:a m4sd:partOf id:b . id:c m4sd:hasPart id:d .",
            "id:b m4sd:hasPart id:a . id:d m4sd:partOf id:c .",
        ),
        (
            "m4sd:locatedIn a owl:TransitiveProperty .",
            "id:a m4sd:locatedIn id:b . id:b m4sd:locatedIn id:c . id:c m4sd:locatedIn id:d .",
            "id:a m4sd:locatedIn id:c, id:d . id:b m4sd:locatedIn id:d .",
        ),
        ("m4sd:twin a owl:SymmetricProperty .", "id:a m4sd:twin id:b .", "id:b m4sd:twin id:a ."),
        (
            "m4sd:isIndirectlyFundedBy owl:propertyChainAxiom ( m4sd:partOf m4sd:isFundedBy ) .",
            "id:a m4sd:partOf id:b . id:b m4sd:isFundedBy id:c .",
            "id:a m4sd:isIndirectlyFundedBy id:c .",
        ),
        (
            "m4sd:operatesIn owl:propertyChainAxiom ( [ owl:inverseOf m4sd:partOf ] m4sd:operatesIn ) .",
            "id:a m4sd:partOf id:b . id:a m4sd:operatesIn id:c .",
            "id:b m4sd:operatesIn id:c .",
        ),
        (
            "m4sd:partOf rdfs:domain m4sd:A ; rdfs:range m4sd:B .",
            "id:a m4sd:partOf id:b .",
            "id:a a m4sd:A . id:b a m4sd:B .",
        ),
        (
            "m4sd:A rdfs:subClassOf prov:Agent . prov:Agent rdfs:subClassOf m4sd:C .",
            "id:a a m4sd:A .",
            "id:a a m4sd:C .",
        ),
    ],
)
def test_what_follows_by_one_kind_of_axiom_is_exactly_this(axioms: str, records: str, follows: str) -> None:
    assert inferred(axioms, records) == said(triples(follows))


def test_what_a_record_asserts_is_not_inferred_again() -> None:
    records = "id:a a m4sd:Country, m4sd:Place ."
    assert inferred("m4sd:Country rdfs:subClassOf m4sd:Place .", records) == set()


def test_a_term_of_the_ontology_that_a_fact_names_gets_no_type_and_no_link() -> None:
    axioms = (
        "m4sd:isFundedBy a owl:ObjectProperty . m4sd:property rdfs:range m4sd:Thing ; rdfs:subPropertyOf m4sd:says ."
    )
    assert inferred(axioms, "id:fact m4sd:property m4sd:isFundedBy .") == set()


def test_foreign_types_and_links_are_used_and_not_published() -> None:
    axioms = "m4sd:A rdfs:subClassOf prov:Agent . m4sd:partOf rdfs:subPropertyOf dcterms:isPartOf ."
    assert inferred(axioms, "id:a a m4sd:A ; m4sd:partOf id:b .") == set()


def test_a_participation_gives_the_shortcut_that_its_role_derives() -> None:
    records = """id:x m4sd:qualifiedParticipation id:p . id:p m4sd:participant id:a ; m4sd:role role:funding .
        role:funding m4sd:derivesProperty m4sd:isFundedBy .
        role:implementing m4sd:derivesProperty m4sd:isImplementedBy ."""
    assert inferred(CLAIMS, records) == said(triples("id:x m4sd:isFundedBy id:a ."))


def test_a_role_derives_no_property_that_the_ontology_does_not_declare() -> None:
    records = """id:x m4sd:qualifiedParticipation id:p . id:p m4sd:participant id:a ; m4sd:role role:odd .
        role:odd m4sd:derivesProperty m4sd:owns, owl:sameAs ."""
    assert inferred(CLAIMS, records) == set()


def contribution(status: str, target: str = "sdg:10.7") -> str:
    claim = f"id:contribution--x--{target.replace(':', '-').replace('.', '-')}--{status}"
    return f"""id:x m4sd:claimsContribution {claim} .
        {claim} m4sd:contributionTo {target} ; m4sd:claimStatus claim-status:{status} .
        sdg:10.7 a sdgo:Target ; sdgo:isTargetOf sdg:10 . sdg:10.c a sdgo:Target ; sdgo:isTargetOf sdg:10 .
        sdg:10 a sdgo:Goal . gcm-objective:15 skos:inScheme <https://w3id.org/m4sd/concept/gcm-objective> .\n"""


def follow(*claims: str) -> Inference:
    return infer(triples("".join(claims)), triples(CLAIMS))


def test_a_reported_target_and_its_goal_are_inferred() -> None:
    found = follow(contribution("reported"))
    expected = "id:x m4sd:contributesToTarget sdg:10.7 ; m4sd:contributesToGoal sdg:10 ."
    assert (said(found.inferred), found.annotated) == (said(triples(expected)), [])


def test_an_annotated_target_and_the_goal_that_follows_from_it_are_annotated_and_not_inferred() -> None:
    found = follow(contribution("annotated"))
    expected = "id:x m4sd:contributesToTarget sdg:10.7 ; m4sd:contributesToGoal sdg:10 ."
    assert (found.inferred, said(found.annotated)) == ([], said(triples(expected)))


def test_a_goal_that_a_reported_target_gives_is_inferred_though_an_annotated_one_gives_it_too() -> None:
    found = follow(contribution("reported", "sdg:10.c"), contribution("annotated"))
    assert triples("id:x m4sd:contributesToGoal sdg:10 .")[0] in found.inferred
    assert said(found.annotated) == said(triples("id:x m4sd:contributesToTarget sdg:10.7 ."))


@pytest.mark.parametrize(
    ("target", "shortcut"),
    [
        ("sdg:10.7", "contributesToTarget"),
        ("sdg:10", "contributesToGoal"),
        ("gcm-objective:15", "contributesToObjective"),
    ],
)
def test_a_contribution_is_shortened_by_what_it_goes_to(target: str, shortcut: str) -> None:
    expected = triples(f"id:x m4sd:{shortcut} {target} .")
    assert shortcuts(triples(contribution("annotated", target)), triples(CLAIMS)) == expected


def test_the_same_input_in_another_order_gives_the_same_answer_in_the_same_order() -> None:
    records = triples(contribution("reported") + contribution("annotated", "sdg:10.c"))
    assert infer(records, triples(CLAIMS)) == infer(reversed(records), reversed(triples(CLAIMS)))


# ------------------------------------------------------------------------------------------------ against owlrl

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
    assert said(found.inferred) == reported - set(records)
    assert said(found.annotated) == everything - reported - set(records)


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
    kept = [*frame, *flat(each for each in axioms if each[0].predicate != DISJOINT)]
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

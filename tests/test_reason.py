"""The reasoner: each kind of rule, and the two kinds of claim; test_owlrl.py holds it against another reasoner."""

from collections.abc import Iterable

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from graph.names import PREFIXES
from graph.reason.infer import Inference, infer, shortcuts

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

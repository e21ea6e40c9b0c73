"""The check of ontology and records: OWL 2 DL, classes that can have members, contradictions in words."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from graph.build import read_all
from graph.check.check import CheckReport, as_lines, check, reasoned
from graph.check.clash import clash, statements
from graph.check.contradiction import shrink
from graph.check.sentences import labels, say
from graph.errors import JavaMissing
from graph.load.curated import is_ontology
from graph.names import PREFIXES, name

pytestmark = pytest.mark.slow

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

TINY = """
<https://w3id.org/m4sd/ontology> a owl:Ontology .
m4sd:Actor a owl:Class . m4sd:Place a owl:Class . m4sd:Work a owl:Class .
m4sd:Organisation a owl:Class ; rdfs:subClassOf m4sd:Actor . m4sd:Country a owl:Class ; rdfs:subClassOf m4sd:Place .
m4sd:isFundedBy a owl:ObjectProperty ; rdfs:domain m4sd:Work ; rdfs:range m4sd:Actor .
m4sd:partOf a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:domain m4sd:Work .
m4sd:phaseOf a owl:ObjectProperty ; rdfs:subPropertyOf m4sd:partOf .
[] a owl:AllDisjointClasses ; owl:members ( m4sd:Actor m4sd:Place m4sd:Work ) .
m4sd:Country rdfs:label "country"@en, "pays"@fr . m4sd:Organisation rdfs:label "organisation"@en, "organisation"@fr .
m4sd:Actor rdfs:label "actor"@en, "acteur"@fr . m4sd:Place rdfs:label "place"@en, "lieu"@fr .
m4sd:isFundedBy rdfs:label "is funded by"@en, "est financé par"@fr .
"""
NOISE = """id:a a m4sd:Work ; m4sd:isFundedBy id:o ; m4sd:partOf id:b . id:o a m4sd:Organisation . id:c a m4sd:Country .
    id:b a m4sd:Work ; m4sd:isFundedBy id:o . id:d a m4sd:Country .\n"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEADER + turtle, format=RdfFormat.TURTLE)]


def tiny(records: str = "", more: str = "") -> CheckReport:
    return check(triples(TINY + more), triples(NOISE + records))


def culprits(report: CheckReport) -> set[Triple]:
    assert report.contradiction is not None
    assert report.contradiction.minimal
    return set(report.contradiction.statements)


def test_a_sound_ontology_with_sound_records_is_ok_and_says_nothing() -> None:
    report = tiny()
    assert (report.ok, list(as_lines(report, "en"))) == (True, [])


def test_a_thing_of_two_disjoint_classes_is_explained_by_its_types_and_what_makes_them_disjoint() -> None:
    report = tiny("id:x a m4sd:Country, m4sd:Organisation .")
    assert culprits(report) == set(
        triples("""id:x a m4sd:Country, m4sd:Organisation . m4sd:Actor owl:disjointWith m4sd:Place .
            m4sd:Country rdfs:subClassOf m4sd:Place . m4sd:Organisation rdfs:subClassOf m4sd:Actor .""")
    )


def test_a_country_that_funds_is_explained_by_the_range_of_funding() -> None:
    report = tiny("id:x m4sd:isFundedBy id:m . id:m a m4sd:Country .")
    assert culprits(report) == set(
        triples("""id:x m4sd:isFundedBy id:m . id:m a m4sd:Country . m4sd:Actor owl:disjointWith m4sd:Place .
            m4sd:Country rdfs:subClassOf m4sd:Place . m4sd:isFundedBy rdfs:range m4sd:Actor .""")
    )


@pytest.mark.slow
def test_a_contradiction_at_the_end_of_a_transitive_property_names_the_way_to_it() -> None:
    report = tiny(
        "id:x m4sd:phaseOf id:y . id:y m4sd:partOf id:d .",
        "m4sd:Inside owl:equivalentClass [ a owl:Restriction ; owl:onProperty m4sd:partOf ; owl:hasValue id:d ] ;"
        " owl:disjointWith m4sd:Phase ; a owl:Class . m4sd:Phase a owl:Class . m4sd:phaseOf rdfs:domain m4sd:Phase .",
    )
    expected = """id:x m4sd:phaseOf id:y . id:y m4sd:partOf id:d . m4sd:phaseOf rdfs:subPropertyOf m4sd:partOf .
        m4sd:partOf a owl:TransitiveProperty . m4sd:phaseOf rdfs:domain m4sd:Phase .
        m4sd:Inside owl:disjointWith m4sd:Phase ."""
    assert culprits(report) > set(triples(expected))
    assert len(culprits(report)) == 7


def test_a_claim_that_makes_a_country_a_funder_is_explained_by_its_shortcut() -> None:
    claim = """id:x m4sd:qualifiedParticipation id:p . id:p m4sd:participant id:c ; m4sd:role role:funding .
        role:funding m4sd:derivesProperty m4sd:isFundedBy ."""
    assert triples("id:x m4sd:isFundedBy id:c .")[0] in culprits(tiny(claim))


@pytest.mark.slow
def test_a_contradiction_that_only_hermit_sees_is_found_by_asking_it() -> None:
    questions: list[int] = []
    report = check(
        triples(TINY + "m4sd:one a owl:ObjectProperty, owl:FunctionalProperty ."),
        triples("id:a a m4sd:Work . id:x m4sd:one id:y, id:z . id:y owl:differentFrom id:z ."),
        progress=lambda question, _: questions.append(question),
    )
    expected = "id:x m4sd:one id:y, id:z . id:y owl:differentFrom id:z . m4sd:one a owl:FunctionalProperty ."
    assert culprits(report) == set(triples(expected))
    assert questions == list(range(1, len(questions) + 1))


def test_a_search_that_is_cut_short_says_so_and_still_contradicts() -> None:
    ontology = triples(TINY)
    report = check(ontology, triples(NOISE + "id:x a m4sd:Country, m4sd:Organisation ."), runs=1)
    assert report.contradiction is not None
    assert not report.contradiction.minimal
    assert "The search was stopped" in list(as_lines(report, "en"))[-1]


def test_a_contradiction_is_told_in_english_and_french_by_labels() -> None:
    report = tiny('id:m a m4sd:Country, m4sd:Organisation ; skos:prefLabel "Morocco"@en, "Maroc"@fr .')
    english, french = list(as_lines(report, "en")), list(as_lines(report, "fr"))
    assert english == [
        "“Morocco” is both “country” and “organisation”, and nothing can be both.",
        "    “Morocco” is “country”.",
        "    “Morocco” is “organisation”.",
        "    Nothing is both “actor” and “place”.",
        "    All that is “organisation” is “actor” too.",
        "    All that is “country” is “place” too.",
    ]
    assert french[0] == "« Maroc » est à la fois « pays » et « organisation », or rien ne peut être les deux."


@pytest.mark.parametrize(
    ("turtle", "english", "french"),
    [
        ("m4sd:p rdfs:domain m4sd:Actor .", "Whatever stands before “m4sd:p” is “actor”.", "devant « m4sd:p »"),
        ("m4sd:p a owl:TransitiveProperty .", "“m4sd:p” carries on along a chain.", "le long d’une chaîne"),
        (
            "m4sd:p owl:propertyChainAxiom ( [ owl:inverseOf m4sd:q ] m4sd:p ) .",
            "“m4sd:q” read backwards followed by “m4sd:p” gives “m4sd:p”.",
            "« m4sd:q » lu à l’envers suivi de « m4sd:p » donne « m4sd:p ».",
        ),
        (
            "m4sd:F owl:equivalentClass [ owl:intersectionOf ( m4sd:Actor"
            " [ owl:onProperty [ owl:inverseOf m4sd:isFundedBy ] ; owl:someValuesFrom m4sd:W ] ) ] .",
            "“m4sd:F” means “actor” and what stands before “is funded by” read backwards with “m4sd:W” after it,"
            " and the other way round.",
            "« m4sd:F » signifie « acteur » et ce qui se trouve devant « est financé par » lu à l’envers,",
        ),
    ],
)
def test_an_axiom_is_said_in_words(turtle: str, english: str, french: str) -> None:
    axiom = statements(triples(turtle))[0][0]
    words = say(axiom, labels(triples(TINY)))
    assert words["en"] == english
    assert french in words["fr"]


def test_a_class_that_can_have_no_member_is_listed() -> None:
    report = tiny(more="m4sd:Odd a owl:Class ; rdfs:subClassOf m4sd:Country, m4sd:Organisation .")
    assert (report.unsatisfiable, report.contradiction) == ((name("m4sd:Odd"),), None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("m4sd:Place m4sd:undeclared m4sd:Actor .", "m4sd:undeclared is used as a property and nowhere declared."),
        ("m4sd:Place rdfs:subClassOf m4sd:Nowhere .", "m4sd:Nowhere is used in an axiom and nowhere declared."),
        (
            "m4sd:isFundedBy a owl:DatatypeProperty .",
            "m4sd:isFundedBy is declared as kinds of term that OWL 2 DL keeps apart:"
            " owl:DatatypeProperty, owl:ObjectProperty.",
        ),
        (
            "m4sd:isFundedBy owl:propertyChainAxiom ( m4sd:partOf m4sd:isFundedBy m4sd:phaseOf ) .",
            "The property chains of m4sd:isFundedBy are not regular: a property would follow from itself in a circle.",
        ),
        (
            "m4sd:partOf a owl:AsymmetricProperty .",
            "m4sd:partOf: HermiT finds this outside OWL 2 DL: Non-simple property"
            " '<https://w3id.org/m4sd/ontology#partOf>' or its inverse appears in asymmetric object property axiom.",
        ),
    ],
)
def test_what_is_outside_owl_2_dl_is_said_in_words(more: str, words: str) -> None:
    assert [each["en"] for each in tiny(more=more).profile] == [words]


def test_a_reasoner_sees_no_facts_of_sources_and_no_undeclared_terms_and_no_dates() -> None:
    records = """id:f a m4sd:Fact ; m4sd:isFundedBy id:x . id:x prov:wasDerivedFrom id:d ; m4sd:isFundedBy id:y ;
        m4sd:startDate "2019"^^xsd:gYear ; m4sd:ordinal 2 ; a m4sd:Work, prov:Activity ."""
    more = "m4sd:Fact a owl:Class . m4sd:startDate a owl:DatatypeProperty . m4sd:ordinal a owl:DatatypeProperty ."
    expected = triples("id:x m4sd:isFundedBy id:y ; m4sd:ordinal 2 ; a m4sd:Work .")
    assert reasoned(triples(records), triples(TINY + more)) == expected


def test_a_disjointness_with_a_nameless_class_is_no_axiom_to_take_apart_and_still_reaches_the_reasoner() -> None:
    ontology = triples("""m4sd:A a owl:Class . m4sd:B a owl:Class .
        [] a owl:AllDisjointClasses ; owl:members ( m4sd:A [ a owl:Class ; owl:complementOf m4sd:B ] ) .""")
    assert statements(ontology) == ([], ontology)


def test_our_rules_see_the_clash_that_hermit_sees() -> None:
    axioms, frame = statements(triples(TINY))
    seen = clash(axioms, [(each,) for each in triples("id:x a m4sd:Country, m4sd:Work .")], frame)
    assert seen is not None
    assert (seen.thing, {seen.one, seen.other}) == (name("id:x"), {name("m4sd:Place"), name("m4sd:Work")})


def test_shrinking_keeps_exactly_what_is_needed() -> None:
    left, whole = shrink(list(range(100)), lambda some: {3, 50, 97} <= set(some))
    assert (left, whole) == ([3, 50, 97], True)


def test_without_java_the_check_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(JavaMissing, match="default-jre-headless"):
        tiny()


EVERYTHING = read_all()
ONTOLOGY = [triple for record in EVERYTHING if is_ontology(record) for triple in record.triples]
RECORDS = [triple for record in EVERYTHING if not is_ontology(record) for triple in record.triples]


@pytest.mark.slow
def test_our_own_ontology_and_records_pass() -> None:
    assert list(as_lines(check(ONTOLOGY, RECORDS), "en")) == []


@pytest.mark.slow
def test_a_contradiction_planted_in_our_own_records_is_found_among_thousands() -> None:
    planted = triples("id:programme-m4sd m4sd:locatedIn area:504 .")
    report = check(ONTOLOGY, [*RECORDS, *planted])
    assert planted[0] in culprits(report)
    assert len(culprits(report)) < 8

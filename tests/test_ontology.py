"""What the ontology promises: its own style, OWL 2 DL, consistency, and the inferences that readers count on."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import owlready2
import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyowl2_profiles import detect_profiles
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from pyshacl import validate
from rdflib import RDF, SH, SKOS, Graph, Namespace, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.term import Node

from ontology import FOLDER

SHAPES = FOLDER.parent / "shapes" / "ontology.ttl"
FILES = [FOLDER / "m4sd.ttl", *sorted((FOLDER / "alignments").glob("*.ttl"))]
M4SD, SHAPE = Namespace("https://w3id.org/m4sd/ontology#"), Namespace("https://w3id.org/m4sd/shapes#")
HOME = URIRef("https://w3id.org/m4sd/ontology")
EX = Namespace("https://example.org/")
SOUND = """
<https://w3id.org/m4sd/ontology> a owl:Ontology ; dcterms:title "Words"@en, "Mots"@fr ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
m4sd:Thing a owl:Class ; skos:prefLabel "thing"@en, "chose"@fr ; skos:definition "What is."@en, "Ce qui est."@fr ;
    rdfs:isDefinedBy <https://w3id.org/m4sd/ontology> .
m4sd:holds a owl:ObjectProperty ; rdfs:domain m4sd:Thing ; skos:prefLabel "holds"@en, "tient"@fr ;
    skos:definition "Relates a box to a ball."@en, "Relie une boîte à une balle."@fr ;
    rdfs:isDefinedBy <https://w3id.org/m4sd/ontology> .
"""
FAULTS = {
    "Class-name": ("m4sd:Thing", "m4sd:thing"),
    "Deprecated-replacement": ("m4sd:Thing a owl:Class", "m4sd:Thing a owl:Class ; owl:deprecated true"),
    "Name": ("m4sd:Thing", "m4sd:Thing_é"),
    "Ontology-licence": ("dcterms:license <https", "dcterms:rights <https"),
    "Ontology-title": (', "Mots"@fr', ""),
    "Property-direction": ("rdfs:domain m4sd:Thing", "rdfs:domain m4sd:Thing ; owl:inverseOf m4sd:isHeldBy"),
    "Property-name": ("m4sd:holds", "m4sd:Holds"),
    "Property-use": ("rdfs:domain m4sd:Thing ;", ""),
    "Term-both-languages": ('"tient"@fr', '"tient"@fr ; skos:example "A jar."@en'),
    "Term-defined": ("m4sd:holds a", "m4sd:Lost a owl:Class . m4sd:holds a"),
    "Term-definition": (', "Ce qui est."@fr', ', "Ce qui est."@fr, "Ce que voici."@fr'),
    "Term-distinct": ('"holds"@en', '"thing"@en'),
    "Term-example": ('"tient"@fr', '"tient"@fr ; skos:example "A jar."@en, "A tin."@en, "Un pot."@fr'),
    "Term-label": ('"thing"@en, ', ""),
    "Term-own-words": ("What is.", "What a thing is."),
    "Term-sentence": ("What is.", "What is. And was."),
}
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs a Java runtime")


def turtle(*files: Path) -> str:
    prefixes = (
        "@prefix dcterms: <http://purl.org/dc/terms/> . @prefix m4sd: <https://w3id.org/m4sd/ontology#> ."
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
        "@prefix sdgo: <http://metadata.un.org/sdg/ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/> ."
    )
    return "\n".join([prefixes, *(file.read_text(encoding="utf-8") for file in files)])


def merged(records: str = "") -> Store:
    store = Store()
    store.load(turtle(*FILES).encode(), format=RdfFormat.TURTLE)
    store.load((turtle() + records).encode(), format=RdfFormat.TURTLE)
    return store


@pytest.fixture(autouse=True)
def parse_each_query_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # pySHACL parses the text of a SPARQL rule again for each node, which is most of its time.
    prepared, evaluate = cache(prepareQuery), SPARQLProcessor.query

    def query(self: SPARQLProcessor, text: str, *rest: Any, **options: Any) -> Any:  # as loose as what it replaces
        return evaluate(self, prepared(text), *rest, **options)

    monkeypatch.setattr(SPARQLProcessor, "query", query)


def broken_rules(ontology: str) -> set[str]:
    data, shapes = Graph().parse(data=turtle() + ontology), Graph().parse(SHAPES)
    _, report, _ = validate(data, shacl_graph=shapes, advanced=False)
    assert isinstance(report, Graph)
    return {str(shape).removeprefix(str(SHAPE)) for shape in report.objects(None, SH.sourceShape)}


def reasoned(records: str, folder: Path) -> owlready2.World:
    path = folder / "all.nt"
    merged(records).dump(path, format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load(only_local=True)
    owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0, ignore_unsupported_datatypes=True)
    return world


def terms() -> list[Node]:
    return sorted(Graph().parse(FOLDER / "m4sd.ttl").subjects(URIRef(str(SKOS.prefLabel))), key=str)


def test_the_ontology_passes_its_own_shapes() -> None:
    assert broken_rules(turtle(*FILES)) == set()


def test_a_small_sound_ontology_passes() -> None:
    assert broken_rules(SOUND) == set()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_planted_fault_breaks_its_rule(rule: str) -> None:
    before, after = FAULTS[rule]
    assert before in SOUND
    assert rule in broken_rules(SOUND.replace(before, after))


def test_each_rule_has_a_planted_fault() -> None:
    rules = set(Graph().parse(SHAPES).subjects(SH.severity))
    assert {str(rule).removeprefix(str(SHAPE)) for rule in rules} == set(FAULTS)


@pytest.mark.parametrize("word", [SH.name, SH.message])
def test_each_rule_is_named_and_explained_in_both_languages(word: URIRef) -> None:
    shapes = Graph().parse(SHAPES)
    for rule in shapes.subjects(SH.severity):
        assert sorted(getattr(text, "language", "") for text in shapes.objects(rule, word)) == ["en", "fr"]


def test_each_subject_in_our_namespace_is_a_labelled_term() -> None:
    graph = Graph().parse(FOLDER / "m4sd.ttl")
    ours = {subject for subject in graph.subjects() if str(subject).startswith(str(M4SD))}
    assert ours == set(terms())


def test_each_term_of_ours_that_an_alignment_speaks_of_exists() -> None:
    ours = {str(term) for term in terms()}
    for file in FILES:
        for iri in {str(node) for triple in Graph().parse(file) for node in triple}:
            assert not re.match(f"{M4SD}.", iri) or iri in ours, f"{file.name}: {iri}"


def test_each_foreign_term_in_an_axiom_is_declared_by_an_alignment() -> None:
    query = """
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT DISTINCT ?term {
            ?s rdfs:subClassOf|rdfs:subPropertyOf|rdfs:domain|rdfs:range|rdf:first|owl:inverseOf|owl:disjointWith ?term
            FILTER (isIRI(?term) && !STRSTARTS(STR(?term), "http://www.w3.org/2001/XMLSchema#"))
            FILTER NOT EXISTS { ?term a ?type }
        }"""
    assert [str(row) for row in merged().query(query)] == []  # type: ignore[union-attr]


def test_the_ontology_is_owl_2_dl() -> None:
    verdict = detect_profiles(merged())["dl"]
    assert verdict["in_profile"], verdict["sample_violations"]


def test_no_property_with_a_chain_or_transitivity_is_restricted_as_if_it_were_simple() -> None:
    store = merged()
    for name in ("FunctionalProperty", "InverseFunctionalProperty", "AsymmetricProperty", "IrreflexiveProperty"):
        kind = NamedNode(f"http://www.w3.org/2002/07/owl#{name}")
        assert not list(store.quads_for_pattern(None, None, kind))


RECORDS = """
:programme a m4sd:Programme ; m4sd:isFundedBy :donor ; m4sd:startDate "2019"^^xsd:gYear .
:donor a m4sd:Organisation .
:phase a m4sd:ProgrammePhase ; m4sd:phaseOf :programme .
:project a m4sd:Initiative ; m4sd:partOf :phase ; m4sd:operatesIn :region ; m4sd:contributesToTarget :target .
:region a m4sd:AdministrativeArea ; m4sd:locatedIn :country . :country a m4sd:Country .
:target a sdgo:Target ; sdgo:isTargetOf :goal .
:result a m4sd:Result ; m4sd:achievedIn :region .
:fact a m4sd:Fact ; m4sd:about :programme ; m4sd:property m4sd:isFundedBy ; m4sd:object :donor ; m4sd:statedIn :page .
:programme m4sd:statedIn :page . :page a m4sd:SourceDocument .
:funding a skos:Concept ; m4sd:derivesProperty m4sd:isFundedBy .
"""
INFERRED = [
    ("project", "partOf", "programme"),
    ("project", "isIndirectlyFundedBy", "donor"),
    ("programme", "operatesIn", "country"),
    ("programme", "contributesToTarget", "target"),
    ("programme", "contributesToGoal", "goal"),
    ("project", "contributesToGoal", "goal"),
    ("result", "achievedIn", "country"),
]
NOT_INFERRED = [("project", "isFundedBy", "donor"), ("phase", "isIndirectlyFundedBy", "project")]


@pytest.fixture(scope="module")
def by_rules() -> Callable[[str, str, str], bool]:
    graph = Graph().parse(data=turtle(FOLDER / "m4sd.ttl", FOLDER / "alignments" / "sdg.ttl") + RECORDS)
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return lambda subject, verb, value: (EX[subject], M4SD[verb], EX[value]) in graph


@pytest.mark.parametrize("triple", INFERRED, ids=" ".join)
def test_the_rules_infer(triple: tuple[str, str, str], by_rules: Callable[[str, str, str], bool]) -> None:
    assert by_rules(*triple)


@pytest.mark.parametrize("triple", NOT_INFERRED, ids=" ".join)
def test_the_rules_do_not_infer(triple: tuple[str, str, str], by_rules: Callable[[str, str, str], bool]) -> None:
    assert not by_rules(*triple)


@needs_java
def test_hermit_finds_the_ontology_and_sound_records_consistent(tmp_path: Path) -> None:
    world = reasoned(RECORDS, tmp_path)
    assert list(world.inconsistent_classes()) == []
    assert world[str(M4SD.Funder)] in world[str(EX.donor)].is_a
    for subject, verb, value in INFERRED:
        assert world[str(EX[value])] in getattr(world[str(EX[subject])], verb), (subject, verb, value)


@needs_java
@pytest.mark.parametrize(
    "records",
    [
        ":morocco a m4sd:Country, m4sd:NationalGovernment .",
        ":project a m4sd:Initiative, m4sd:Programme .",
        ":meeting a m4sd:Meeting ; m4sd:hostedBy :place . :place a m4sd:Place .",
        ":experts a m4sd:StakeholderGroup, m4sd:Organisation .",
    ],
)
def test_hermit_finds_confused_records_inconsistent(records: str, tmp_path: Path) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reasoned(records, tmp_path)


def test_each_file_has_its_own_heading_and_licence() -> None:
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert len(re.findall("a owl:Ontology", text)) == 1, file.name
        assert "dcterms:license" in text, file.name


def test_a_version_has_an_iri_of_its_own() -> None:
    graph = Graph().parse(FOLDER / "m4sd.ttl")
    versions = [str(value) for value in graph.objects(HOME, URIRef("http://www.w3.org/2002/07/owl#versionIRI"))]
    assert len(versions) == 1
    assert re.fullmatch(rf"{re.escape(str(HOME))}/\d+\.\d+\.\d+", versions[0])
    assert (HOME, RDF.type, URIRef("http://www.w3.org/2002/07/owl#Ontology")) in graph

"""Hold the concept schemes to their own rules, and to the lists of IATI and of the UN where those are at hand."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from graph.names import BASE, name

ROOT = Path(__file__).parents[1]
VOCABULARIES = ROOT / "ontology" / "vocabularies"
FILES = sorted(VOCABULARIES.glob("*.ttl"))
DATA = ROOT.parent / "shared" / "data"
TARGETS = ROOT / "ontology" / "tables" / "targets.tsv"
KOS = DATA / "un-sdg-kos" / "sdg-codes.ttl"
OFFICIAL = {
    "iati-activity-status": ["iati-codelists-embedded/xml/ActivityStatus.xml"],
    "iati-organisation-role": ["iati-codelists-embedded/xml/OrganisationRole.xml"],
    "iati-organisation-type": ["iati-codelists-nonembedded/xml/OrganisationType.xml"],
    "iati-result-type": ["iati-codelists-nonembedded/xml/ResultType.xml"],
    "iati-sector": ["iati-codelists-nonembedded/xml/Sector.xml", "iati-codelists-nonembedded/xml/SectorCategory.xml"],
}
with_iati = pytest.mark.skipif(
    not all((DATA / path).exists() for paths in OFFICIAL.values() for path in paths),
    reason="the IATI code lists are not at hand",
)
with_kos = pytest.mark.skipif(not KOS.exists(), reason="the UN's code file is not at hand")

LICENSE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
UN = "http://metadata.un.org/sdg/codes/"
THEIRS = {"sex": UN + "sexCodes", "migratory-status": UN + "migratoryStatusCodes"}
MAPPINGS = ["skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"]
DERIVED = {
    "funding": "isFundedBy",
    "accountable": "isAccountableTo",
    "extending": "isExtendedBy",
    "implementing": "isImplementedBy",
    "lead": "isLedBy",
    "partner": "hasPartner",
    "supporter": "isSupportedBy",
    "organiser": "isOrganisedBy",
}


@cache
def triples(path: Path) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE))


def everything() -> list[Triple]:
    return [triple for path in FILES for triple in triples(path)]


@cache
def said() -> dict[tuple[str, str], list[str]]:
    """Return the values of each subject and property, as text."""
    values: dict[tuple[str, str], list[str]] = {}
    for triple in everything():
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            values.setdefault((triple.subject.value, triple.predicate.value), []).append(triple.object.value)
    return values


def values(subject: str, curie: str) -> list[str]:
    return said().get((subject, name(curie).value), [])


def things(path: Path, kind: str) -> list[str]:
    wanted = (name("rdf:type"), name(kind))
    found = [t.subject for t in triples(path) if (t.predicate, t.object) == wanted]
    return [subject.value for subject in found if isinstance(subject, NamedNode)]


def concepts(path: Path) -> list[str]:
    return things(path, "skos:Concept")


def every_concept() -> list[str]:
    return [concept for path in FILES for concept in concepts(path)]


def scheme(path: Path) -> str:
    return THEIRS.get(path.stem, f"{BASE}concept/{path.stem}")


def code(concept: str) -> str:
    return concept.rpartition("/")[2]


def texts(path: Path, curie: str) -> list[tuple[str, str, str]]:
    found = [(t.subject, t.object) for t in triples(path) if t.predicate == name(curie)]
    return [
        (s.value, o.language or "", o.value) for s, o in found if isinstance(s, NamedNode) and isinstance(o, Literal)
    ]


def folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_list = pytest.mark.parametrize("stem", OFFICIAL)


def test_there_are_vocabularies_to_test() -> None:
    assert len(FILES) >= 25


def test_no_vocabulary_uses_a_blank_node() -> None:
    assert not [t for t in everything() if isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode)]


@each_file
def test_a_file_holds_the_one_scheme_that_it_is_named_after(path: Path) -> None:
    assert things(path, "skos:ConceptScheme") == [scheme(path)]
    assert concepts(path)


@each_file
def test_a_file_says_nothing_about_what_it_does_not_define(path: Path) -> None:
    subjects = {t.subject.value for t in triples(path) if isinstance(t.subject, NamedNode)}
    assert subjects == {scheme(path), *concepts(path)}


@each_file
def test_each_concept_is_in_the_scheme_of_its_file_and_in_no_other(path: Path) -> None:
    assert {concept: values(concept, "skos:inScheme") for concept in concepts(path)} == {
        concept: [scheme(path)] for concept in concepts(path)
    }


@each_file
def test_schemes_and_concepts_have_one_label_and_one_definition_in_each_language(path: Path) -> None:
    wanted = {(subject, language) for subject in [scheme(path), *concepts(path)] for language in ("en", "fr")}
    for curie in ("skos:prefLabel", "skos:definition"):
        counted = Counter((subject, language) for subject, language, _ in texts(path, curie))
        assert counted == Counter(wanted), curie


@each_file
def test_no_two_concepts_of_a_scheme_share_a_label(path: Path) -> None:
    labels = [text for text in texts(path, "skos:prefLabel") if text[0] != scheme(path)]
    counted = Counter((language, folded(text)) for _, language, text in labels)
    assert not [label for label, times in counted.items() if times > 1]


@each_file
def test_an_other_name_is_nobody_elses_name(path: Path) -> None:
    names = texts(path, "skos:prefLabel") + texts(path, "skos:altLabel")
    owners = Counter((language, folded(text)) for _, language, text in names if text)
    twice = {label for label, times in owners.items() if times > 1}
    assert not [entry for entry in texts(path, "skos:altLabel") if (entry[1], folded(entry[2])) in twice]


@each_file
def test_a_definition_is_one_sentence_that_does_not_repeat_the_label(path: Path) -> None:
    labels = {(subject, language): text for subject, language, text in texts(path, "skos:prefLabel")}
    for subject, language, text in texts(path, "skos:definition"):
        assert re.fullmatch(r"[^.]+\.", text), (subject, text)
        assert f" {folded(labels[subject, language])} " not in f" {folded(text)} ", subject


@each_file
def test_the_notation_is_the_last_part_of_the_iri(path: Path) -> None:
    for concept in concepts(path):
        assert values(concept, "skos:notation") == [code(concept)]


@each_file
def test_a_concept_is_at_the_top_or_below_another_of_its_scheme(path: Path) -> None:
    top = {concept for concept in concepts(path) if values(concept, "skos:topConceptOf") == [scheme(path)]}
    below = {concept for concept in concepts(path) if values(concept, "skos:broader")}
    assert set(values(scheme(path), "skos:hasTopConcept")) == top
    assert (top | below, top & below) == (set(concepts(path)), set())
    assert {parent for concept in below for parent in values(concept, "skos:broader")} <= set(concepts(path))


def test_no_concept_is_broader_than_itself() -> None:
    for concept in every_concept():
        above = values(concept, "skos:broader")
        while above:
            assert concept not in above
            above = [higher for parent in above for higher in values(parent, "skos:broader")]


@each_file
def test_our_schemes_state_our_licence_and_the_uns_do_not(path: Path) -> None:
    assert values(scheme(path), "dcterms:license") == ([] if path.stem in THEIRS else [LICENSE.value])


def test_the_global_compact_has_its_23_objectives() -> None:
    codes = sorted(int(code(concept)) for concept in concepts(VOCABULARIES / "gcm-objective.ttl"))
    assert codes == list(range(1, 24))
    resolution = ["https://undocs.org/A/RES/73/195"]
    assert values(f"{BASE}concept/gcm-objective", "dcterms:source") == resolution
    for concept in concepts(VOCABULARIES / "gcm-objective.ttl"):
        assert values(concept, "dcterms:source") == resolution


@pytest.mark.parametrize("stem", ["gcm-objective", "role", "actor-type", "beneficiary-group"])
def test_a_scheme_with_concepts_that_match_nothing_says_so(stem: str) -> None:
    path = VOCABULARIES / f"{stem}.ttl"
    alone = [each for each in concepts(path) if not any(values(each, mapping) for mapping in MAPPINGS)]
    assert alone
    assert len(values(scheme(path), "skos:scopeNote")) == 2


def test_each_role_derives_its_own_property_of_the_ontology() -> None:
    found = {code(role): values(role, "m4sd:derivesProperty") for role in concepts(VOCABULARIES / "role.ttl")}
    assert found == {role: [name(f"m4sd:{term}").value] for role, term in DERIVED.items()}
    declared = {t.subject for t in triples(ROOT / "ontology" / "m4sd.ttl") if t.object == name("owl:ObjectProperty")}
    assert {name(f"m4sd:{term}") for term in DERIVED.values()} <= declared


def test_the_first_four_roles_are_those_of_iati() -> None:
    roles = ["funding", "accountable", "extending", "implementing"]
    matches = [values(name(f"role:{role}").value, "skos:exactMatch") for role in roles]
    assert matches == [[f"{BASE}concept/iati-organisation-role/{number}"] for number in (1, 2, 3, 4)]


def test_a_mapping_leads_to_a_concept_of_another_scheme_that_exists() -> None:
    wanted = {name(curie) for curie in MAPPINGS}
    targets = {
        name("sdg:").value + line.partition("\t")[0] for line in TARGETS.read_text(encoding="utf-8").splitlines()
    }
    known = targets.union(every_concept())
    for triple in (t for t in everything() if t.predicate in wanted):
        assert isinstance(triple.subject, NamedNode)
        assert isinstance(triple.object, NamedNode)
        assert triple.object.value in known, triple
        here, there = (values(node.value, "skos:inScheme") for node in (triple.subject, triple.object))
        assert here != there, triple


def test_no_pair_of_concepts_is_mapped_in_two_ways() -> None:
    wanted = {name(curie) for curie in MAPPINGS}
    pairs = Counter(frozenset((t.subject, t.object)) for t in everything() if t.predicate in wanted)
    assert not [pair for pair, times in pairs.items() if times > 1]


@pytest.mark.parametrize(
    ("sector", "mapping", "codes"),
    [
        ("education", "skos:narrowMatch", ["111", "112", "113", "114"]),
        ("employment", "skos:closeMatch", ["16020"]),
        ("health", "skos:narrowMatch", ["121", "122", "123"]),
        ("social-security", "skos:closeMatch", ["16010"]),
    ],
)
def test_the_sectors_of_the_articles_are_mapped_to_iati(sector: str, mapping: str, codes: list[str]) -> None:
    assert [code(concept) for concept in values(name(f"sector:{sector}").value, mapping)] == codes


def test_a_withdrawn_code_is_replaced_by_one_in_use_of_the_same_scheme() -> None:
    for concept in every_concept():
        for successor in values(concept, "dcterms:isReplacedBy"):
            assert values(concept, "owl:deprecated") == ["true"]
            assert values(successor, "skos:inScheme") == values(concept, "skos:inScheme")
            assert not values(successor, "owl:deprecated")


@cache
def official(stem: str) -> dict[str, ET.Element]:
    roots = [ET.parse(DATA / path).getroot() for path in OFFICIAL[stem]]
    return {item.findtext("code") or "": item for root in roots for item in root.iter("codelist-item")}


@with_iati
@each_list
def test_each_iati_code_is_in_the_official_list(stem: str) -> None:
    ours = {code(concept) for concept in concepts(VOCABULARIES / f"{stem}.ttl")}
    assert ours <= official(stem).keys()
    assert stem == "iati-sector" or ours == official(stem).keys()


@with_iati
@each_list
def test_the_same_iati_codes_are_withdrawn_here_as_there(stem: str) -> None:
    ours = {c: bool(values(c, "owl:deprecated")) for c in concepts(VOCABULARIES / f"{stem}.ttl")}
    assert ours == {concept: official(stem)[code(concept)].get("status") == "withdrawn" for concept in ours}


@with_iati
def test_a_sector_code_of_five_digits_is_under_its_official_category() -> None:
    for concept in concepts(VOCABULARIES / "iati-sector.ttl"):
        category = official("iati-sector")[code(concept)].findtext("category")
        assert [code(parent) for parent in values(concept, "skos:broader")] == ([category] if category else [])


@with_iati
@each_list
def test_no_definition_is_taken_from_the_official_text(stem: str) -> None:
    theirs = {folded(n.text or "") for item in official(stem).values() for n in item.iterfind("description/narrative")}
    ours = {folded(text) for _, _, text in texts(VOCABULARIES / f"{stem}.ttl", "skos:definition")}
    assert not [(text, long) for text in ours for long in theirs if text in long]


@with_kos
@pytest.mark.parametrize("stem", THEIRS)
def test_the_uns_own_concepts_keep_the_uns_codes_and_english_labels(stem: str) -> None:
    ours = kept_from_the_un(VOCABULARIES / f"{stem}.ttl")
    subjects = {triple.subject for triple in ours}
    assert ours == {triple for triple in kept_from_the_un(KOS) if triple.subject in subjects}


def kept_from_the_un(path: Path) -> set[Triple]:
    labels = {t for t in triples(path) if isinstance(t.object, Literal) and t.object.language == "en"}
    names = {t for t in labels if t.predicate == name("skos:prefLabel")}
    return names | {t for t in triples(path) if t.predicate == name("skos:notation")}

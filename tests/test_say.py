"""Show that each finding says what was expected and how to mend it, in the language of the reader."""

from functools import cache
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, Triple

import ontology
from graph.names import PREFIXES, name, short
from graph.record import Record, read_triples
from graph.validate.explain import validate
from graph.validate.rdf import to_rdflib
from graph.validate.report import Finding, Report, Term, settled
from graph.validate.say.pattern import in_words
from graph.validate.say.syntax import field_in, value_in
from graph.validate.say.value import as_datatype, fitting, matches
from server.words import say

HEADS = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in PREFIXES.items())
XSD = PREFIXES["xsd"]
INITIATIVE = 'id:initiative-x a m4sd:Initiative ; skos:prefLabel "a"@en, "b"@fr'
SHARE = "a m4sd:Allocation ; m4sd:vocabulary <https://w3id.org/m4sd/concept/sector> ; m4sd:percentage"


def report(turtle: str, folder: Path, shapes: str = "") -> Report:
    """Hold some Turtle against our shapes, or against others."""
    path = folder / "new.ttl"
    path.write_text(f"{HEADS}\n{turtle}", encoding="utf-8")
    triples, lines = read_triples(path)
    graph = name("id:graph")
    return validate([Record(graph, graph, triples, str(path), lines)], vocabulary(), shapes=_shapes(shapes, folder))


@cache
def vocabulary() -> list[Triple]:
    """Return the ontology and the vocabularies."""
    files = [ontology.FOLDER / "m4sd.ttl", *sorted((ontology.FOLDER / "vocabularies").glob("*.ttl"))]
    return [triple for file in files for triple in read_triples(file)[0]]


def _shapes(turtle: str, folder: Path) -> rdflib.Graph | None:
    if not turtle:
        return None
    path = folder / "shapes.ttl"
    path.write_text(f"{HEADS}\n{turtle}", encoding="utf-8")
    return to_rdflib(read_triples(path)[0])


def words(finding: Finding, lang: str = "en") -> tuple[str, str]:
    """Return what was expected and how to mend it."""
    return tuple(say(settled(each, lang), lang) if each else "" for each in (finding.expected, finding.mend))  # type: ignore[return-value]


def found(turtle: str, rule: str, folder: Path) -> Finding:
    """Return the first finding of a rule that says how to mend it, or the first."""
    findings = [each for each in report(turtle, folder).findings if short(each.rule.value) == f"shape:{rule}"]
    return next((each for each in findings if each.mend), findings[0])


@pytest.mark.parametrize(
    ("turtle", "rule", "english", "french"),
    [
        (f'{INITIATIVE} ; m4sd:endDate "2023-02-30"^^xsd:date .', "Period-end",
         "There is no such day: the last one of that month is 2023-02-28.",
         "Ce jour n’existe pas : le dernier de ce mois est le 2023-02-28."),
        (f'{INITIATIVE} ; m4sd:endDate "2023-13-05"^^xsd:date .', "Period-end",
         'Write "2023-05-13"^^xsd:date in place of "2023-13-05"^^xsd:date.',
         'Écrivez "2023-05-13"^^xsd:date au lieu de "2023-13-05"^^xsd:date.'),
        (f'{INITIATIVE} ; m4sd:startDate "2024"^^xsd:gYear ; m4sd:endDate "2023-02-30"^^xsd:date .', "Period-ordered",
         'First correct "2023-02-30"^^xsd:date, which is no day of the calendar.',
         'Corrigez d’abord "2023-02-30"^^xsd:date, qui n’est pas un jour du calendrier.'),
        ("id:p a m4sd:Participation ; m4sd:role role:funding . id:o a m4sd:Organisation ; m4sd:participant id:p .",
         "Participation-actor",
         "Add m4sd:participant (participant) to id:p. If this is the wrong way round: id:o m4sd:participant id:p, "
         "write: id:p m4sd:participant id:o.",
         "Ajoutez m4sd:participant (participant) à id:p. Si ceci est à l’envers : id:o m4sd:participant id:p, "
         "écrivez : id:p m4sd:participant id:o."),
        ("id:p a m4sd:Participation ; m4sd:qualifiedParticipation id:x .", "Participation-holder",
         "Add to the thing that it belongs to: m4sd:qualifiedParticipation id:p. If this is the wrong way round: "
         "id:p m4sd:qualifiedParticipation id:x, write: id:x m4sd:qualifiedParticipation id:p.",
         "Ajoutez à la chose à laquelle il se rattache : m4sd:qualifiedParticipation id:p. Si ceci est à l’envers : "
         "id:p m4sd:qualifiedParticipation id:x, écrivez : id:x m4sd:qualifiedParticipation id:p."),
        ("id:x a m4sd:Initative .", "Terms-declared",
         "Write m4sd:Initiative in place of m4sd:Initative, then check again: the rules for things of that class come "
         "only then.",
         "Écrivez m4sd:Initiative au lieu de m4sd:Initative, puis vérifiez de nouveau : les règles de cette classe ne "
         "s’appliquent qu’alors."),
        ("id:x a <http://w3id.org/m4sd/ontology/Initiative> .", "Terms-declared",
         "http://w3id.org/m4sd/ontology/Initiative does not begin as the terms of the ontology do: write "
         "m4sd:Initiative and declare m4sd: as https://w3id.org/m4sd/ontology#.",
         "http://w3id.org/m4sd/ontology/Initiative ne commence pas comme les termes de l’ontologie : écrivez "
         "m4sd:Initiative et déclarez m4sd: comme https://w3id.org/m4sd/ontology#."),
        (f"{INITIATIVE} ; m4sd:operatesIn <area:504> .", "Terms-scheme",
         "The prefix area: is not declared in the file: declare it as http://metadata.un.org/sdg/codes/geoArea/, or "
         "write http://metadata.un.org/sdg/codes/geoArea/504.",
         "Le préfixe area: n’est pas déclaré dans le fichier : déclarez-le comme "
         "http://metadata.un.org/sdg/codes/geoArea/, ou écrivez http://metadata.un.org/sdg/codes/geoArea/504."),
        (f"{INITIATIVE} ; m4sd:sector <sectors:health> .", "Terms-scheme",
         "The prefix sectors: is not declared in the file. Perhaps sector: is meant: then write "
         "https://w3id.org/m4sd/concept/sector/health.",
         "Le préfixe sectors: n’est pas déclaré dans le fichier. S’agit-il de sector: ? Alors écrivez "
         "https://w3id.org/m4sd/concept/sector/health."),
        ("id:x a <http://xmlns.com/foaf/0.1/Person> .", "Harm-person",
         "Take out id:x whole, with all that is said of it.", "Retirez id:x entièrement, avec tout ce qui en est dit."),
        (f"{INITIATIVE} ; m4sd:sector sector:helth .", "Classification-sector",
         "Write sector:health (health) in place of sector:helth.",
         "Écrivez sector:health (santé) au lieu de sector:helth."),
        (f'{INITIATIVE} ; m4sd:sector "Éducation" .', "Classification-sector",
         'Write sector:education (education) in place of "Éducation".',
         'Écrivez sector:education (éducation) au lieu de "Éducation".'),
        (f'{INITIATIVE} ; m4sd:startDate "2019" .', "Period-start",
         'Write "2019"^^xsd:gYear in place of "2019".',
         'Écrivez "2019"^^xsd:gYear au lieu de "2019".'),
        (f'{INITIATIVE} ; m4sd:startDate "31 décembre 2019" .', "Period-start",
         'Write "2019-12-31"^^xsd:date in place of "31 décembre 2019".',
         'Écrivez "2019-12-31"^^xsd:date au lieu de "31 décembre 2019".'),
        (f'{INITIATIVE} ; m4sd:startDate "2019"^^xsd:gYear ; m4sd:endDate "2017"^^xsd:gYear .', "Period-ordered",
         'If the two stand in each other’s place, write m4sd:startDate "2017"^^xsd:gYear and '
         'm4sd:endDate "2019"^^xsd:gYear.',
         'Si les deux sont à la place l’une de l’autre, écrivez m4sd:startDate "2017"^^xsd:gYear et '
         'm4sd:endDate "2019"^^xsd:gYear.'),
        ('id:initiative-x a m4sd:Initiative ; skos:prefLabel "a"@en .', "Thing-label-fr",
         'Add to id:initiative-x (a): skos:prefLabel "…"@fr.',
         'Ajoutez à id:initiative-x (a) : skos:prefLabel "…"@fr.'),
        (f'{INITIATIVE} ; dcterms:description "une description"@fr, "plain" .', "Thing-description",
         'Write the language of the text with it: "plain"@en.',
         'Écrivez la langue avec le texte : "plain"@en.'),
        (f"{INITIATIVE} ; m4sd:hasAllocation id:p, id:q . id:p {SHARE} 60 . id:q {SHARE} 30 .", "Allocation-sum",
         "They sum to 90 (60 + 30): add a share of 10, or write 40 in place of 30.",
         "Elles totalisent 90 (60 + 30) : ajoutez une part de 10, ou écrivez 40 au lieu de 30."),
        (f'{INITIATIVE} ; m4sd:acronym "N C" .', "Thing-acronym",
         'Write "NC" in place of "N C".', 'Écrivez "NC" au lieu de "N C".'),
        (f'{INITIATIVE} ; skos:prefLabel "c"@fr .', "Thing-label-unique",
         'Keep one of: "b"@fr, "c"@fr.', 'Gardez l’une de ces valeurs : "b"@fr, "c"@fr.'),
        (f"{INITIATIVE} ; m4sd:sectr sector:health .", "Terms-declared",
         "Write m4sd:sector in place of m4sd:sectr.", "Écrivez m4sd:sector au lieu de m4sd:sectr."),
        (f"{INITIATIVE} ; m4sd:operatesIn id:nowhere .", "Intervention-place",
         "Nothing is known of id:nowhere: correct it, or describe it here too.",
         "On ne sait rien de id:nowhere : corrigez, ou décrivez-la ici aussi."),
        ('id:o a m4sd:ResultObservation ; <http://metadata.un.org/sdg/codes/sex> "female" .', "ResultObservation-sex",
         'Write sex:F (Female) in place of "female".', 'Écrivez sex:F (Féminin) au lieu de "female".'),
    ],
)  # fmt: skip
def test_a_finding_says_how_to_mend_it_in_both_languages(
    turtle: str, rule: str, english: str, french: str, tmp_path: Path
) -> None:
    finding = found(turtle, rule, tmp_path)
    assert (words(finding)[1], words(finding, "fr")[1]) == (english, french)


@pytest.mark.parametrize(
    ("constraint", "english"),
    [
        ("sh:datatype xsd:gYear", 'a year, such as "2019"^^xsd:gYear'),
        ("sh:class m4sd:Place", "a thing of the class m4sd:Place (place)"),
        ("sh:nodeKind sh:IRI", "an address (IRI)"),
        ("sh:in ( sex:F sex:M )", "one of: sex:F (Female), sex:M (Male)"),
        ("sh:minInclusive 10", "10 or more"),
        ("sh:maxLength 2", "at most 2 characters"),
        ('sh:pattern "^[A-Z]{2}$"', "2 capital letters"),
        ('sh:pattern "^(a|b)+?$"', "a text of the form ^(a|b)+?$"),
        ('sh:languageIn ( "en" "fr" )', "a text in the language @en or @fr"),
        ("sh:maxCount 0", "no value"),
        ("sh:hasValue 3", "3"),
        ("sh:or ( [ sh:datatype xsd:gYear ] [ sh:minInclusive 9 ] )",
         'a year, such as "2019"^^xsd:gYear; or 9 or more'),
        ("sh:node [ sh:datatype xsd:gYear ]", 'a year, such as "2019"^^xsd:gYear'),
        ("sh:not [ sh:datatype xsd:string ]", 'not: a text without a language, such as "IOM"'),
    ],
)  # fmt: skip
def test_what_a_constraint_expects_is_said_in_words(constraint: str, english: str, tmp_path: Path) -> None:
    shapes = f"id:s a sh:NodeShape ; sh:targetNode id:a ; sh:property [ sh:path id:p ; {constraint} ] ."
    (finding,) = report('id:a id:p "abc" .', tmp_path, shapes).findings
    assert words(finding)[0] == english


@pytest.mark.parametrize(
    ("file", "code", "year", "text", "field"),
    [
        ("a.ttl", "sector:health", '"2019"^^xsd:gYear', '"a"@fr', 'm4sd:startDate "2019"^^xsd:gYear'),
        ("a.jsonld", '{"@id": "https://w3id.org/m4sd/concept/sector/health"}',
         f'{{"@value": "2019", "@type": "{XSD}gYear"}}', '{"@value": "a", "@language": "fr"}',
         f'"m4sd:startDate": {{"@value": "2019", "@type": "{XSD}gYear"}}'),
        ("a.rdf", '<m4sd:p rdf:resource="https://w3id.org/m4sd/concept/sector/health"/>',
         f'<m4sd:p rdf:datatype="{XSD}gYear">2019</m4sd:p>', '<m4sd:p xml:lang="fr">a</m4sd:p>',
         f'<m4sd:startDate rdf:datatype="{XSD}gYear">2019</m4sd:startDate>'),
        ("a.xlsx", "sector:health", "2019", "a", "m4sd:startDate 2019"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_it_stands_in_its_file(file: str, code: str, year: str, text: str, field: str) -> None:
    given: list[Term] = [
        name("sector:health"),
        Literal("2019", datatype=name("xsd:gYear")),
        Literal("a", language="fr"),
    ]
    assert [value_in(file, name("m4sd:p"), term) for term in given] == [code, year, text]
    assert field_in(file, name("m4sd:startDate"), given[1]) == field


def test_the_field_and_the_value_have_their_names(tmp_path: Path) -> None:
    turtle = f"{INITIATIVE} ; m4sd:sector unit:persons ."
    finding = found(turtle, "Classification-sector", tmp_path)
    assert finding.label == {"en": "sector", "fr": "secteur"}
    assert finding.value_label == {"en": "persons", "fr": "personnes"}


def test_what_failed_inside_a_choice_is_said(tmp_path: Path) -> None:
    turtle = "id:c a m4sd:Contribution ; m4sd:claimStatus claim-status:annotated ."
    finding = found(turtle, "Contribution-annotated-date", tmp_path)
    told = [(short(each.path.value) if each.path else "", words(each)[0]) for each in finding.causes]
    assert told == [
        ("m4sd:claimStatus", "one of: claim-status:inferred (inferred), claim-status:reported (reported)"),
        ("dcterms:date", "a value"),
    ]


def test_a_thing_that_no_rule_is_for_is_named_with_the_reason(tmp_path: Path) -> None:
    left = report(f"{INITIATIVE} . id:x a schema:Project . id:y id:p 1 .", tmp_path).unchecked
    assert [(short(str(each.node.value)), each.line, str(each.why)) for each in left] == [
        ("id:x", 2, "No rule here is for things of the class schema:Project."),
        ("id:y", 2, "It is of no class, so no rule can tell what it should show."),
    ]


@pytest.mark.parametrize(
    ("text", "datatype", "right"),
    [
        ("31/12/2019", "date", "2019-12-31"), ("12/31/2019", "date", "2019-12-31"), ("04/05/2019", "date", None),
        ("2019-02-30", "date", None), ("1er mars 2019", "date", "2019-03-01"), ("2019-07-31Z", "date", "2019-07-31"),
        ("July 2019", "gYearMonth", "2019-07"), ("juin 2019", "gYearMonth", "2019-06"), ("2019.0", "gYear", "2019"),
        ("1 234", "integer", "1234"), ("12.5", "integer", None), ("12,5", "decimal", "12.5"),
        ("1,234", "decimal", None),
        ("oui", "boolean", "true"), ("40%", "integer", "40"), ("ten", "integer", None), ("x" * 500, "string", None),
    ],
)  # fmt: skip
def test_a_value_is_rewritten_where_it_is_clear(text: str, datatype: str, right: str | None) -> None:
    found = as_datatype(text, [XSD + datatype])
    assert found == (Literal(right, datatype=name(f"xsd:{datatype}")) if right is not None else None)


def test_a_slip_is_mended_only_where_the_pattern_then_holds() -> None:
    assert fitting(" A1 ", r"^\S+( \S+)*$") == "A1"
    assert fitting("https://w3id.org/m4sd/id/Café x.y", "^https://w3id\\.org/m4sd/id/[A-Za-z0-9_-]+$") == (
        "https://w3id.org/m4sd/id/cafe-x-y"
    )
    assert fitting("nonsense", "^[0-9]{3}$") is None


def test_a_hostile_pattern_costs_no_time() -> None:
    assert not matches("a" * 60 + "!", "^(a+)+$")
    assert not matches("a", "(")


def test_a_pattern_is_said_in_words_or_quoted() -> None:
    assert str(in_words("^[0-9]{3}$")) == "3 digits"
    assert str(in_words("^https://w3id\\.org/m4sd/dataset/[a-z0-9-]+$")) == (
        "https://w3id.org/m4sd/dataset/, then some small letters, digits or hyphens"
    )
    assert str(in_words("^(?i)x{2}$")) == "a text of the form ^(?i)x{2}$"

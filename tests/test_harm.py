"""Show what is held for a reviewer since it could harm a person, and what is not."""

import time

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graph.build import RECORDS, read_all
from graph.names import PREFIXES
from graph.record import Record
from graph.validate.explain import validate
from graph.validate.harm import gate, text
from graph.validate.report import THRESHOLD, Finding, Report
from graph.validate.shapes import record_shapes
from graph.validate.view import Memory
from shapes import FOLDER

HEADS = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in PREFIXES.items())
GRAPH = NamedNode("https://w3id.org/m4sd/graph/upload")
SHAPES = record_shapes("curated")
OFFICE = 'id:org-office a m4sd:LocalGovernment ; skos:prefLabel "Office"@en, "Bureau"@fr ;'


def record(turtle: str) -> Record:
    triples = tuple(quad.triple for quad in parse(HEADS + turtle, format=RdfFormat.TURTLE))
    return Record(GRAPH, GRAPH, triples, "new.ttl", tuple(range(1, len(triples) + 1)))


def held(turtle: str, beside: str = "", threshold: int = THRESHOLD) -> list[str]:
    """Return the rules that hold a record, published beside another."""
    new, old = record(turtle), record(beside)
    view = Memory(new.triples + old.triples)
    return [rule(each) for each in gate.breaches([new], view, SHAPES, threshold)]


def rule(finding: Finding) -> str:
    return finding.rule.value.removeprefix(PREFIXES["shape"] + "Harm-")


def figure(slug: str, value: object, cell: str = "", says: str = "sdmx-measure:obsValue", more: str = "") -> str:
    return (
        f"id:result-x m4sd:hasObservation id:o-{slug} . id:o-{slug} a m4sd:ResultObservation ; {cell} {more} "
        f"sdmx-attribute:unitMeasure unit:persons ; {says} {value} . "
    )


def of(sex: str = "_T", status: str = "_T") -> str:
    dimensions = "http://metadata.un.org/sdg/codes/"
    return f"<{dimensions}sex> sex:{sex} ; <{dimensions}migratoryStatus> migratoryStatus:{status} ;"


# ---- names


@pytest.mark.parametrize(
    "turtle",
    [
        "id:p a foaf:Person .",
        "id:p a <https://schema.org/Person> .",
        "id:p a prov:Person .",
        "id:p a <http://www.w3.org/2006/vcard/ns#Individual> .",
        'id:p schema:familyName "Example" .',
        'id:p foaf:givenName "A" .',
        'id:p schema:birthDate "1990-01-01"^^xsd:date .',
        f'{OFFICE} dcterms:description "It is led by Ms Example."@en .',
        f'{OFFICE} skos:editorialNote "D’après Mme Exemple, le centre ouvre en mai."@fr .',
    ],
)
def test_a_person_is_held(turtle: str) -> None:
    assert held(turtle) == ["person"]


def test_an_organisation_and_its_role_words_are_not_held() -> None:
    assert (
        held(f'{OFFICE} dcterms:description "Its director and a minister spoke; MS2 and Mrabet Street took part."@en .')
        == []
    )


# ---- contacts


@pytest.mark.parametrize(
    "words",
    [
        "Write to a.name@example.org.",
        "Write to a.name (at) example (dot) org",
        "Écrivez à a.nom [arobase] example.org",
        "a.name＠example.org",
        "a.na\u200bme@exam\u200bple.org",
        "See https://example.org/?to=a.name%40example.org",
        "https://example.org/?to=a.name%EF%BC%A0example.org",
        "mailto:a.name@example.org",
        "Call +212 5 37 00 00 00 in the morning",
        "Call 00 44 20 7946 0000",
        "+41(0)22.000.00.00",
        "Tél. : 0537 000 000",
        "joignable au 06 12 34 56 78",
        "WhatsApp 0612345678",
        "tel:+212537000000",
        "https://wa.me/212600000000",
    ],
)
def test_a_way_to_reach_somebody_is_held_in_any_text(words: str) -> None:
    assert held(f'{OFFICE} skos:scopeNote "{words}" .') == ["contact"]
    assert held(f'{OFFICE} skos:scopeNote "{words}"^^<http://example.org/odd> .') == ["contact"]


@pytest.mark.parametrize("address", ["mailto:a.name@example.org", "tel:+212537000000", "https://wa.me/212600000000"])
def test_a_way_to_reach_somebody_is_held_in_an_address(address: str) -> None:
    assert held(f"{OFFICE} rdfs:seeAlso <{address}> .") == ["contact"]
    assert held(f"<{address}> a m4sd:Fact .") == ["contact"]


@pytest.mark.parametrize(
    "words",
    [
        "From 2011-2013 to 2014-2018, 663 people of 11 countries",
        "XM-DAC-47066, 7F-10305, MA-01",
        "1 000 000 000 000 dollars, +3.5 per cent, 230 000 euros",
        "At 10:00 2022-06-13 14 15",
        "2026-11-21T22:00:00+01:00",
        "@-mention, e-mail and telephone are words",
        "https://example.org/2022/06/0012345678901.html",
        "https://www.example.org/maps/@here",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Phase 2 (mobile units), Tel Aviv",
    ],
)
def test_dates_sums_and_codes_are_no_contacts(words: str) -> None:
    assert held(f'{OFFICE} skos:scopeNote "{words}" .') == []


def test_an_office_may_state_its_own_address_and_number() -> None:
    assert held(f'{OFFICE} schema:email "office@example.org" ; schema:telephone "+212 5 37 00 00 00" .') == []
    assert held(f"{OFFICE} foaf:mbox <mailto:office@example.org> .") == []
    assert held('id:f schema:telephone "+212 5 37 00 00 00" .', beside="id:f a m4sd:Facility .") == []


def test_what_is_no_office_may_state_none_even_where_no_pattern_knows_it() -> None:
    assert held('id:i a m4sd:Initiative ; schema:telephone "ask at 12" .') == ["contact"]


def test_no_report_repeats_what_should_not_be_read() -> None:
    new = record(f'{OFFICE} skos:scopeNote "a.name@example.org or +212 5 37 00 00 00, Ms Example" .')
    found = list(gate.breaches([new], Memory(new.triples), SHAPES))
    told = " ".join(words for each in found for words in each.message.values())
    assert len(found) == 3
    assert [each.value for each in found] == [None] * 3
    assert "a…@example.org" in told
    assert "+212…" in told
    assert "Ms E…" in told
    assert not any(secret in told for secret in ("a.name", "5 37", "Example"))
    assert [each.line for each in found] == [4, 4, 4]


# ---- small counts


@pytest.mark.parametrize(("value", "expected"), [(0, []), (1, ["small-count"]), (9, ["small-count"]), (10, [])])
def test_a_part_of_the_people_below_the_threshold_is_held_and_nobody_is_not(value: int, expected: list[str]) -> None:
    assert held(figure("women", value, of(sex="F"))) == expected


def test_the_threshold_is_an_argument() -> None:
    assert held(figure("women", 12, of(sex="F")), threshold=20) == ["small-count"]
    assert held(figure("women", 5, of(sex="F")), threshold=5) == []


def test_a_bound_above_or_an_approximation_tells_as_much_as_a_count() -> None:
    assert held(figure("women", 5, of(sex="F"), says="m4sd:atMost")) == ["small-count"]
    assert held(figure("women", 5, of(sex="F"), says="m4sd:approximately")) == ["small-count"]
    assert held(figure("women", 5, of(sex="F"), says="m4sd:moreThan")) == []


def test_totals_plans_and_things_are_no_parts_of_the_people() -> None:
    assert held(figure("all", 5, of())) == []
    assert held(figure("all", 5)) == []
    assert held(figure("women", 5, of(sex="F"), more="m4sd:valueKind value-kind:planned ;")) == []
    assert held(figure("women", 5, of(sex="F")).replace("unit:persons", "unit:projects")) == []


# ---- counts that a subtraction gives


def test_the_left_out_part_of_a_whole_is_held_where_it_is_small() -> None:
    assert held(figure("all", 24, of()) + figure("women", 20, of(sex="F"))) == ["computable-count"]
    assert held(figure("all", 24) + figure("women", 20, of(sex="F"))) == ["computable-count"]
    assert held(figure("all", 30, of()) + figure("women", 20, of(sex="F"))) == []
    assert held(figure("all", 20, of()) + figure("women", 20, of(sex="F"))) == []


def test_it_is_seen_when_the_whole_is_already_published_or_comes_later() -> None:
    whole, part = figure("all", 24, of()), figure("women", 20, of(sex="F"))
    assert held(part, beside=whole) == ["computable-count"]
    assert held(whole, beside=part) == ["computable-count"]
    assert held(f"{OFFICE} m4sd:acronym 'O' .", beside=whole + part) == []


def test_it_is_seen_inside_a_table_of_two_dimensions() -> None:
    women, migrants = figure("f", 40, of(sex="F")), figure("fm", 35, of("F", "MIGPER"))
    assert held(women + migrants) == ["computable-count"]
    assert held(figure("f", 40, of(sex="F")) + figure("mm", 35, of("M", "MIGPER"))) == []


def test_a_part_of_a_part_counts_once() -> None:
    whole, migrants = figure("all", 100, of()), figure("m", 60, of(status="MIGPER"))
    inside, others = figure("eu", 45, of(status="MS_EUMIGRANT")), figure("n", 40, of(status="NONMIG"))
    assert held(whole + migrants + inside + others) == []
    assert held(figure("m", 50, of(status="MIGPER")) + inside) == ["computable-count"]


def test_parts_along_one_dimension_do_not_divide_what_another_one_has_cut() -> None:
    assert held(figure("f", 24, of(sex="F")) + figure("m", 20, of(status="MIGPER"))) == []


def test_a_great_many_figures_are_read_in_a_moment() -> None:
    turtle = "".join(
        figure(f"n{n}", 1000 + n, f"<http://metadata.un.org/sdg/codes/age> id:age-{n} ;") for n in range(3000)
    )
    start = time.process_time()
    assert held(turtle + figure("all", 7_000_000)) == []
    assert time.process_time() - start < 5


def test_figures_of_other_periods_and_results_are_no_parts() -> None:
    year = 'm4sd:date "{}"^^xsd:gYear ;'
    whole = figure("all", 24, of(), more=year.format(2021))
    part = figure("women", 20, of(sex="F"), more=year.format(2022))
    assert held(whole + part) == []
    assert held(whole + part.replace("result-x", "result-y").replace("2022", "2021")) == []


@pytest.mark.parametrize(
    "value", ['"1e999999999"^^xsd:decimal', '"NaN"^^xsd:double', '"-5"^^xsd:integer', '"٥"', "id:x"]
)
def test_what_is_no_plain_number_is_left_to_other_rules(value: str) -> None:
    assert held(figure("all", 24, of()) + figure("women", value, of(sex="F"))) == []


# ---- points


def place(kind: str, point: str) -> str:
    return f'id:p a m4sd:{kind} ; geo:hasGeometry id:g . id:g geo:asWKT "{point}"^^geo:wktLiteral .'


def test_a_place_may_have_a_point_of_some_ten_metres() -> None:
    assert held(place("Facility", "POINT(-1.9086 34.6814)")) == []
    assert held(place("Locality", "POINT(-1.90000000 34.6814)")) == []
    assert held("id:p a m4sd:Facility ; schema:latitude 34.6814 ; schema:longitude -1.9086 .") == []
    assert held('id:g geo:asWKT "POINT(-1.9 34.7)" .', beside="id:p a m4sd:Facility ; geo:hasGeometry id:g .") == []


@pytest.mark.parametrize(
    "turtle",
    [
        place("Facility", "POINT(-1.908583 34.6814)"),
        place("Facility", "point Z (-1.9 34.681412 600)"),
        place("Facility", "POINT(-1.9086e-2 34.68)"),
        "id:p a m4sd:Facility ; schema:latitude 34.681412 .",
        "id:p a m4sd:Facility ; <http://www.w3.org/2003/01/geo/wgs84_pos#lat> 34.681412 .",
        'id:p a m4sd:Facility ; rdfs:comment "at 34.68141, -1.90858" .',
        "id:p a m4sd:Facility ; rdfs:seeAlso <https://example.org/maps/@34.681412,-1.908583,17z> .",
        'id:p a m4sd:Facility ; geo:asGeoJSON "{\\"type\\":\\"Point\\", \\"coordinates\\":[-1.908583, 34.6]}" .',
    ],
)
def test_a_point_finer_than_a_facility_is_held(turtle: str) -> None:
    assert held(turtle) == ["point"]


@pytest.mark.parametrize("kind", ["Initiative", "Organisation", "Result", "Fact"])
def test_a_point_on_what_is_no_place_is_held_however_coarse(kind: str) -> None:
    assert held(place(kind, "POINT(-1.9 34.7)")) == ["point"]


# ---- the outcome


def test_a_record_with_nothing_else_wrong_is_held_and_not_refused() -> None:
    report = checked(f'{OFFICE} dcterms:description "a.name@example.org"@en, "a.nom@example.org"@fr .')
    assert (report.outcome, len(report.held), report.conforms) == ("held", 2, False)


def test_a_record_that_must_be_mended_anyway_is_refused_and_says_what_would_be_held() -> None:
    report = checked('id:org-office a m4sd:LocalGovernment ; dcterms:description "a.name@example.org"@en .')
    assert report.outcome == "refused"
    assert [rule(each) for each in report.held] == ["contact"]


def test_a_record_that_harms_nobody_is_admitted() -> None:
    report = checked(f"{OFFICE} m4sd:acronym 'O' .")
    assert (report.outcome, report.held) == ("admitted", ())


def test_the_rules_that_hold_are_those_that_say_so() -> None:
    says = (FOLDER / "harm.ttl").read_text(encoding="utf-8")
    assert says.count("shape:holds true ;") == len(gate.CHECKS) == says.count("a sh:NodeShape ;")


@pytest.mark.slow
def test_nothing_that_we_publish_is_held() -> None:
    records = read_all(RECORDS)
    everything = [triple for each in records for triple in each.triples]
    assert list(gate.breaches(records, Memory(everything), SHAPES)) == []


@pytest.mark.parametrize(
    "piece", ["a", "a.", "@", "a@", "0", "+1", "00 ", "1.11111", "Mr ", "POINT(", "tel ", "%40", "é.", " 06 12"]
)
def test_a_hostile_text_is_read_in_a_moment(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    start = time.process_time()
    for read in (text.contacts, text.names, text.points):
        list(read(long))
    assert time.process_time() - start < 2


def checked(turtle: str) -> Report:
    return validate([record(turtle)], words())


def words() -> list[Triple]:
    ontology = FOLDER.parent / "ontology" / "m4sd.ttl"
    return [quad.triple for quad in parse(ontology.read_bytes(), format=RdfFormat.TURTLE)]

"""Hold the areas that we publish against the domain's table, and against the files of the UN where they are at hand."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions

from graph.load.areas import records
from graph.names import PREFIXES, name
from graph.record import Record
from graph.store import Store
from ontology.tables import make_areas

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "ontology" / "tables"
COUNTRY_CODES = ROOT.parent / "shared/data/country-codes/country-codes.csv"
KOS = ROOT.parent / "shared/data/un-sdg-kos/sdg-codes.ttl"
UN_NAMES = ROOT.parent / "shared/data/country-codes/UNSD-en.csv"
with_files = pytest.mark.skipif(
    not (COUNTRY_CODES.exists() and KOS.exists()), reason="country-codes and the UN's code file are not at hand"
)
# M49, ISO alpha-2 and alpha-3, Wikidata, GeoNames, sub-region, continent: the eleven countries, then one funder.
COUNTRIES = [
    ("504", "MA", "MAR", "Q1028", "2542007", "015", "002"),
    ("050", "BD", "BGD", "Q902", "1210997", "034", "142"),
    ("218", "EC", "ECU", "Q736", "3658394", "005", "019"),
    ("388", "JM", "JAM", "Q766", "3489940", "029", "019"),
    ("417", "KG", "KGZ", "Q813", "1527747", "143", "142"),
    ("498", "MD", "MDA", "Q217", "617790", "151", "150"),
    ("524", "NP", "NPL", "Q837", "1282988", "034", "142"),
    ("608", "PH", "PHL", "Q928", "1694008", "035", "142"),
    ("686", "SN", "SEN", "Q1041", "2245662", "011", "002"),
    ("688", "RS", "SRB", "Q403", "6290252", "039", "150"),
    ("788", "TN", "TUN", "Q948", "2464461", "015", "002"),
    ("756", "CH", "CHE", "Q39", "2658434", "155", "150"),
]
# A limit that is not stated, or only as a year, shuts nobody out: the comparison then fails and NOT EXISTS holds.
LEAST_DEVELOPED = """SELECT ?country { ?country m4sd:hasMembership ?membership . ?membership m4sd:inGroup area:ldc .
  FILTER NOT EXISTS { ?membership m4sd:validFrom ?from . FILTER(?from > "2026-11-21"^^xsd:date) }
  FILTER NOT EXISTS { ?membership m4sd:validUntil ?until . FILTER(?until <= "2026-11-21"^^xsd:date) } }"""


EVERYTHING = tuple(records(TABLES))
STORE = Store()


@pytest.fixture(scope="module", autouse=True)
def _filled(fill: Callable[[Store, Iterable[Record]], None]) -> None:
    fill(STORE, EVERYTHING)


def select(query: str) -> list[tuple[str, ...]]:
    answer = STORE.query(query, prefixes=PREFIXES)
    assert isinstance(answer, QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in answer]


def terms(thing: NamedNode, *predicates: str) -> list[NamedNode | Literal]:
    found = (quad.object for predicate in predicates for quad in STORE.quads(thing, name(predicate)))
    return [term for term in found if isinstance(term, NamedNode | Literal)]


def values(thing: NamedNode, *predicates: str) -> set[str]:
    return {term.value for term in terms(thing, *predicates)}


def names_of(thing: NamedNode, language: str, *predicates: str) -> list[str]:
    found = terms(thing, *predicates)
    return [term.value for term in found if isinstance(term, Literal) and term.language == language]


def above(thing: NamedNode) -> set[str]:
    parents = values(thing, "m4sd:locatedIn")
    return parents.union(*(above(NamedNode(parent)) for parent in parents))


def is_in(country: NamedNode, group: str, day: str) -> bool:
    """Say whether a membership holds; years and days in ISO 8601 compare as texts."""
    memberships = [NamedNode(iri) for iri in values(country, "m4sd:hasMembership")]
    return any(
        values(node, "m4sd:inGroup") == {name(group).value}
        and all(start <= day for start in values(node, "m4sd:validFrom"))
        and all(day < end for end in values(node, "m4sd:validUntil"))
        for node in memberships
    )


@pytest.mark.parametrize(("code", "two", "three", "wikidata", "geonames", "region", "continent"), COUNTRIES)
def test_a_country_of_the_programme_has_its_codes_its_links_and_its_region(
    code: str, two: str, three: str, wikidata: str, geonames: str, region: str, continent: str
) -> None:
    area = name(f"area:{code}")
    assert values(area, "rdf:type") == {name("m4sd:Country").value}
    assert values(area, "m4sd:m49Code", "dcterms:identifier") == {code}
    assert values(area, "m4sd:isoAlpha2") == {two}
    assert values(area, "m4sd:isoAlpha3") == {three}
    assert values(area, "m4sd:locatedIn") == {name(f"area:{region}").value}
    assert name(f"area:{continent}").value in above(area)
    assert values(area, "skos:exactMatch") == {
        f"http://www.wikidata.org/entity/{wikidata}",
        f"https://sws.geonames.org/{geonames}/",
        f"http://publications.europa.eu/resource/authority/country/{three}",
    }


def test_the_eleven_countries_lie_in_four_continents() -> None:
    continents = ("002", "019", "142", "150")
    codes = [row[0] for row in COUNTRIES if row[0] != "756"]
    around = [above(name(f"area:{code}")) for code in codes]
    found = Counter(c for c in continents for places in around if name(f"area:{c}").value in places)
    assert found == {"002": 3, "019": 2, "142": 4, "150": 2}


def test_every_area_and_group_has_one_name_in_each_of_the_six_languages() -> None:
    rows = select("SELECT ?a (LANG(?n) AS ?l) { ?a a ?kind ; skos:prefLabel ?n . FILTER(?kind IN (m4sd:Country, "
                  "m4sd:StatisticalRegion, m4sd:CountryGroup)) }")  # fmt: skip
    assert len(rows) == len(set(rows))
    assert Counter(area for area, _ in rows) == {area: 6 for area, _ in rows}
    assert Counter(language for _, language in rows) == dict.fromkeys(("en", "fr", "es", "ru", "ar", "zh"), 283)


def test_every_place_has_one_name_in_english_and_one_in_french() -> None:
    for record in EVERYTHING:
        for language in ("en", "fr"):
            assert len(names_of(record.iri, language, "skos:prefLabel")) == 1, record.iri


def test_no_other_name_repeats_the_preferred_one() -> None:
    assert select("SELECT ?a ?n { ?a skos:prefLabel ?n ; skos:altLabel ?n }") == []


def test_every_parent_is_described_and_every_place_leads_to_the_world() -> None:
    orphans = select("SELECT ?a { ?a a ?kind ; m4sd:isoSubdivision|m4sd:m49Code|m4sd:locatedIn ?x . "
                     "FILTER(?a != area:001) FILTER NOT EXISTS { ?a m4sd:locatedIn+ area:001 } }")  # fmt: skip
    assert orphans == []
    assert select("SELECT ?p { ?a m4sd:locatedIn ?p . FILTER NOT EXISTS { ?p a ?kind } }") == []


def test_no_place_lies_in_itself_or_in_two_parents() -> None:
    assert select("SELECT ?a { ?a m4sd:locatedIn+ ?a }") == []
    assert select("SELECT ?a { ?a m4sd:locatedIn ?p, ?q . FILTER(?p != ?q) }") == []


def test_one_record_is_one_graph_and_each_triple_has_its_line() -> None:
    graphs = [record.graph for record in EVERYTHING]
    assert len(graphs) == len(set(graphs))
    for record in EVERYTHING:
        assert len(record.lines) == len(record.triples) > 0
        assert (TABLES / record.path).read_text(encoding="utf-8").splitlines()[record.lines[0] - 1]
        assert any(t.subject == record.graph and t.predicate == name("prov:hadPrimarySource") for t in record.triples)


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("area:050", "2026-11-21", True), ("area:050", "2026-12-01", False), ("area:050", "1975-01-01", False),
        ("area:524", "2026-11-21", True), ("area:524", "2026-12-01", False), ("area:686", "2026-11-21", True),
        ("area:072", "1994-12-18", True), ("area:072", "2022-06-13", False), ("area:504", "2026-11-21", False),
    ],
)  # fmt: skip
def test_membership_of_the_least_developed_countries_is_bound_to_time(country: str, day: str, expected: bool) -> None:
    assert is_in(name(country), "area:ldc", day) is expected


def test_forty_four_countries_are_least_developed_when_this_was_curated() -> None:
    found = {iri for (iri,) in select(LEAST_DEVELOPED)}
    countries = {record.iri for record in EVERYTHING}
    assert found == {iri.value for iri in countries if is_in(iri, "area:ldc", "2026-11-21")}
    assert len(found) == 44


def test_a_departure_still_to_come_is_noted_as_scheduled() -> None:
    noted = select("SELECT DISTINCT ?c { ?c m4sd:hasMembership ?m . ?m skos:note ?note }")
    codes = ("050", "090", "116", "418", "524", "686")
    assert {iri for (iri,) in noted} == {name(f"area:{code}").value for code in codes}


@pytest.mark.parametrize(
    ("area", "group"),
    [
        ("area:388", "area:sids"), ("area:417", "id:group-lldc"),
        ("area:498", "id:group-lldc"), ("area:524", "id:group-lldc"),
    ],
)  # fmt: skip
def test_a_country_without_coast_or_on_an_island_is_in_its_group(area: str, group: str) -> None:
    assert is_in(name(area), group, "2026-11-21")


@pytest.mark.parametrize(
    ("area", "language", "spelling"),
    [
        ("area:417", "fr", "Kirghizstan"), ("area:417", "fr", "Kirghizistan"), ("area:498", "fr", "Moldavie"),
        ("area:498", "fr", "République de Moldova"), ("area:498", "en", "Republic of Moldova"),
        ("id:area-MA-01", "fr", "Tanger-Tétouan-Al Hoceima"), ("id:area-MA-01", "fr", "Tanger-Tétouan-Al Hoceïma"),
        ("id:area-MA-02", "en", "Oriental"), ("id:area-MA-02", "fr", "Oriental"), ("id:area-MA-02", "fr", "L'Oriental"),
        ("id:locality-tangier", "en", "Tangier"), ("id:locality-tangier", "fr", "Tanger"),
    ],
)  # fmt: skip
def test_both_spellings_of_a_place_are_its_names(area: str, language: str, spelling: str) -> None:
    assert spelling in names_of(name(area), language, "skos:prefLabel", "skos:altLabel")


@pytest.mark.skipif(not UN_NAMES.exists(), reason="the UN's list of countries is not at hand")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_country_of_the_programme_bears_the_name_that_the_un_gives_it(language: str) -> None:
    with UN_NAMES.with_name(f"UNSD-{language}.csv").open(encoding="utf-8-sig", newline="") as lines:
        given = {row["M49 Code"]: row["Country or Area"] for row in csv.DictReader(lines)}
    for code in (country[0] for country in COUNTRIES):
        assert names_of(name(f"area:{code}"), language, "skos:prefLabel") == [given[code]]


@pytest.mark.parametrize(
    ("place", "around"),
    [
        ("id:locality-rabat", "id:area-MA-04"), ("id:locality-oujda", "id:area-MA-02"),
        ("id:locality-berkane", "id:area-MA-02"), ("id:locality-tangier", "id:area-MA-01"),
        ("id:locality-geneva", "area:756"), ("id:locality-kingston", "area:388"), ("id:area-MA-FIG", "id:area-MA-02"),
    ],
)  # fmt: skip
def test_a_town_lies_in_its_region(place: str, around: str) -> None:
    assert name(around).value in above(name(place))


@with_files
def test_the_tables_are_what_their_tool_makes() -> None:
    facts = make_areas.read_country_codes(COUNTRY_CODES)
    made = [make_areas.AREA_HEAD, *make_areas.areas(make_areas.read_kos(KOS), facts)]
    assert [tuple(row) for row in table("areas.tsv")] == made
    groups = [tuple(row) for row in table("groups.tsv") if row[0] != "ldc"]
    assert groups == [make_areas.GROUP_HEAD, *make_areas.memberships(facts)]


@with_files
def test_areas_parents_and_links_are_those_of_the_un_file() -> None:
    kos = make_areas.read_kos(KOS)
    codes = {code for code, _ in kos if code.isdigit() and len(code) == 3} - make_areas.FORMER
    assert {code for (code,) in select("SELECT ?code { ?area m4sd:m49Code ?code }")} == codes
    for code in codes:
        parents = {iri for iri in kos.get((code, make_areas.BROADER), []) if iri[-3:].isdigit()}
        assert values(name(f"area:{code}"), "m4sd:locatedIn") == parents
        pages = {link.replace("https://www.geonames.org/", "") for link in kos.get((code, make_areas.MATCH), [])}
        pages |= {"http://www.wikidata.org/entity/" + item for item in [make_areas.USUAL.get(code)] if item}
        ours = {iri for iri in values(name(f"area:{code}"), "skos:exactMatch") if "europa.eu" not in iri}
        assert {iri.removeprefix("https://sws.geonames.org/").rstrip("/") for iri in ours} <= pages
        assert bool(ours) == bool(pages)


@with_files
def test_countries_lie_where_country_codes_puts_them_and_link_to_what_it_links_to() -> None:
    # Taiwan has no IRI in the UN file. For Western Sahara the table means a state, the UN file and we the territory.
    facts = make_areas.read_country_codes(COUNTRY_CODES)
    for code in sorted(set(facts) - {"158"}):
        row = facts[code]
        area = name(f"area:{code}")
        regions = ("Intermediate Region Code", "Sub-region Code", "Region Code")
        stated = {name(f"area:{row[key].strip().zfill(3)}").value for key in regions if row[key].strip().isdigit()}
        assert stated <= above(area), code
        links = values(area, "skos:exactMatch")
        assert f"https://sws.geonames.org/{row['Geoname ID'].strip()}/" in links, code
        if row["wikidata_id"] and code != "732":
            assert f"http://www.wikidata.org/entity/{row['wikidata_id'].rsplit('/', 1)[-1]}" in links, code


def table(file: str) -> list[list[str]]:
    with (TABLES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t"))

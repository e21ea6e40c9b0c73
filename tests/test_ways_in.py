"""Open the ways in as people do, and hold their figures against plain SPARQL over what is stated."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.examples import find
from graph.names import ASSERTED, PREFIXES
from graph.pages.timeline import decimal
from graph.store import Store
from server.app import create_app
from server.settings import Settings

pytestmark = pytest.mark.slow

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES: tuple[str, ...] = (
    "/",
    "/countries",
    "/countries/MAR",
    "/countries/BGD",
    "/goals",
    "/goals/10",
    "/goals/12",
    "/sectors",
)
PAGES += ("/policies", "/funding", "/timeline")
AREA, SDG = PREFIXES["area"], PREFIXES["sdg"]


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=folder, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


def got(client: FlaskClient, path: str, lang: str = "en") -> str:
    found = client.get(path, headers={"Accept": BROWSER, "Accept-Language": lang})
    assert (found.status_code, found.mimetype, found.headers["Content-Language"]) == (200, "text/html", lang), path
    return found.text


def data(client: FlaskClient, path: str) -> Any:  # whatever the page tells
    found = client.get(f"{path}{'&' if '?' in path else '?'}format=json")
    assert (found.status_code, found.mimetype) == (200, "application/json")
    return found.get_json()


def asked(store: Store, select: str, where: str) -> set[tuple[str, ...]]:
    """Return the distinct rows of a question on what is stated, as text."""
    text = f"SELECT DISTINCT {select} FROM <{ASSERTED.value}> WHERE {{ {where} }}"
    rows = store.query(text, prefixes=PREFIXES)
    return {tuple("" if term is None else term.value for term in row) for row in rows}  # type: ignore[union-attr]


IN_COUNTRY = """?thing m4sd:operatesIn|m4sd:achievedIn|m4sd:appliesIn|m4sd:practisedIn|m4sd:heldIn
    |m4sd:hasParticipatingCountry|m4sd:replicatedIn ?place . ?place m4sd:locatedIn* ?country .
    ?country a m4sd:Country ."""


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_each_page_speaks_both_languages_and_has_its_headings_in_order(
    client: FlaskClient, path: str, lang: str
) -> None:
    page = got(client, path, lang)
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert f'<html lang="{lang}">' in page
    assert not re.search(r"\son\w+=|<style|style=", page)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_data_too(client: FlaskClient, path: str) -> None:
    assert data(client, path)
    assert f'href="{path}?format=json"' in got(client, path)


@pytest.mark.parametrize("path", ["/countries/XXX", "/countries/504", "/countries/M'R", "/goals/0", "/goals/x"])
def test_what_is_not_there_is_said(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_code_in_small_letters_leads_to_the_country(client: FlaskClient) -> None:
    found = client.get("/countries/mar")
    assert (found.status_code, found.headers["Location"]) == (301, "/countries/MAR")


@pytest.mark.parametrize(
    ("column", "classes"),
    [
        ("phases", "m4sd:ProgrammePhase"), ("initiatives", "m4sd:Initiative"), ("results", "m4sd:Result"),
        ("policies", "m4sd:Policy"), ("practices", "m4sd:Practice"), ("meetings", "m4sd:Meeting m4sd:BoardMeeting"),
    ],
)  # fmt: skip
def test_the_figures_of_countries_are_those_of_plain_sparql(
    client: FlaskClient, published: Store, column: str, classes: str
) -> None:
    where = f"VALUES ?class {{ {classes} }} ?thing a ?class . {IN_COUNTRY}"
    expected = Counter(country for _, country in asked(published, "?thing ?country", where))
    told = {row["country"]["iri"]: row[column] for row in data(client, "/countries")}
    # A country where only a meeting was held, such as Switzerland, has a profile but no place in the list.
    listed = {country: number for country, number in expected.items() if country in told}
    assert {country: number for country, number in told.items() if number} == listed
    assert column == "meetings" or len(listed) == len(expected)


def test_the_countries_of_each_phase_are_those_of_the_example(client: FlaskClient, published: Store) -> None:
    example = find("phases-and-countries")
    assert example
    expected: dict[str, set[str]] = defaultdict(set)
    for row in published.query(example.text):  # type: ignore[union-attr]
        expected[row["country"].value].add(row["phase"].value)
    for row in data(client, "/countries"):
        profile = dict(data(client, f"/countries/{row['code']}")["sections"])
        phases = {line["thing"]["iri"] for line in profile.get("phases", ()) if "-m4sd-" in line["thing"]["iri"]}
        assert phases == expected[row["country"]["iri"]], row["code"]


def test_a_number_leads_to_a_list_of_as_many(client: FlaskClient) -> None:
    one = {"phases": "phase", "initiatives": "initiative", "results": "result", "policies": "policy"}
    one |= {"practices": "practice", "meetings": "meeting", "facts": "fact"}
    for row in data(client, "/countries"):
        for column, kind in one.items():
            found = data(client, f"/search?country={row['code']}&kind={kind}")
            assert found["total"] == row[column], (row["code"], kind)


def test_a_funder_and_whoever_carries_out_lead_to_lists_of_as_many(client: FlaskClient) -> None:
    page = got(client, "/funding")
    links = re.findall(r'href="(/funding\?(?:funder|doer)=[^"]+)" aria-label="[^"]*: (\d+)"', page)
    assert len(links) > 10
    for path, number in links:
        assert len(data(client, path)) == int(number), path
        assert len(client.get(f"{path}&format=csv").text.splitlines()) == int(number) + 1
    assert "What Swiss Agency for Development and Cooperation funds" in got(client, links[0][0])


def test_a_year_leads_to_a_list_of_as_many(client: FlaskClient) -> None:
    page = got(client, "/timeline")
    links = re.findall(r'href="(/timeline\?year=\d+&amp;kind=\w+)">(\d+)</a>', page)
    assert len(links) > 20
    for path, number in links:
        found = data(client, path.replace("&amp;", "&"))
        assert (len(found["dated"]), found["undated"]) == (int(number), []), path


def test_the_years_end_with_the_last_in_which_something_was(client: FlaskClient) -> None:
    assert data(client, "/timeline")["last"] == 2026  # what ends with 2026 ends at 2027.0
    page = got(client, "/timeline")
    assert ">2026</th>" in page
    assert ">2027</th>" not in page


def test_a_meeting_of_which_one_day_is_known_does_not_go_on(client: FlaskClient) -> None:
    day = '<time datetime="2023-02-28">28 February 2023</time>'
    for path in ("/timeline", "/countries/MAR"):
        page = got(client, path)
        assert day in page
        assert f"from {day}" not in page


def test_a_list_is_taken_as_a_table(client: FlaskClient) -> None:
    for path in ("/funding", "/timeline", "/timeline?kind=meeting"):
        taken = client.get(path, headers={"Accept": "text/csv"})
        assert (taken.status_code, taken.mimetype) == (200, "text/csv")
        assert taken.headers["Content-Disposition"].endswith('.csv"')
        sheet = client.get(f"{path}{'&' if '?' in path else '?'}format=xlsx")
        assert (sheet.status_code, sheet.data[:2]) == (200, b"PK")


def test_the_matrix_counts_as_plain_sparql_does(client: FlaskClient, published: Store) -> None:
    claims = asked(
        published,
        "?thing ?status ?goal ?country",
        f"""?thing a m4sd:Initiative ; m4sd:claimsContribution ?claim . ?claim m4sd:contributionTo ?named ;
        m4sd:claimStatus ?status . ?named sdgo:isTargetOf? ?goal . ?goal a sdgo:Goal . {IN_COUNTRY}""",
    )
    held: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for thing, status, goal, country in claims:
        held[country, goal][status.rpartition("/")[2]].add(thing)
    matrix = data(client, "/goals")
    goals = [head["goal"]["iri"] for head in matrix["goals"]]
    seen = set()
    for row in matrix["rows"]:
        for goal, cell in zip(goals, row["cells"], strict=True):
            expected = held.get((row["country"]["iri"], goal), {})
            reported, annotated = expected.get("reported", set()), expected.get("annotated", set())
            assert (cell["reported"], cell["annotated"]) == (len(reported), len(annotated - reported))
            seen |= {(row["country"]["iri"], goal)} if expected else set()
    assert seen == set(held)


def test_the_sums_of_the_matrix_are_those_of_the_example(client: FlaskClient, published: Store) -> None:
    example = find("initiatives-per-goal")
    assert example
    reported: dict[str, int] = {}
    for row in published.query(example.text):  # type: ignore[union-attr]
        if row["status"].value.endswith("/reported"):
            reported[row["code"].value] = reported.get(row["code"].value, 0) + int(row["initiatives"].value)
    matrix = data(client, "/goals")
    told = {head["number"]: cell["reported"] for head, cell in zip(matrix["goals"], matrix["sums"], strict=True)}
    assert {number: count for number, count in told.items() if count} == {n: c for n, c in reported.items() if c}


def test_a_cell_leads_to_a_list_of_as_many(client: FlaskClient) -> None:
    matrix = data(client, "/goals")
    for row in matrix["rows"]:
        for head, cell in zip(matrix["goals"], row["cells"], strict=True):
            if cell["reported"] or cell["annotated"]:
                address = f"/search?kind=initiative&goal={head['number']}&country={row['code']}"
                assert data(client, f"{address}")["total"] == cell["reported"] + cell["annotated"]
                assert address.replace("&", "&amp;") in got(client, "/goals") or row["code"] in got(client, "/goals")


def test_a_goal_shows_every_target_and_indicator_and_claim(client: FlaskClient, published: Store) -> None:
    shown = data(client, "/goals/10")
    targets = {row[0] for row in asked(published, "?target", "?target sdgo:isTargetOf sdg:10")}
    indicators = asked(
        published, "?indicator ?target", "?indicator sdgo:isIndicatorOf ?target . ?target sdgo:isTargetOf sdg:10"
    )
    claims = asked(published, "?c", "?t m4sd:claimsContribution ?c . ?c m4sd:contributionTo/sdgo:isTargetOf? sdg:10")
    assert {each["target"]["iri"] for each in shown["targets"]} == targets
    assert sum(len(each["indicators"]) for each in shown["targets"]) == len(indicators)
    assert len(shown["links"]) == len(claims)
    assert [each["number"] for each in shown["targets"]][:2] == ["10.1", "10.2"]


def test_a_sector_counts_what_is_below_it(client: FlaskClient, published: Store) -> None:
    def flat(sectors: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for each in sectors:
            yield each
            yield from flat(each["below"])

    rows = asked(published, "?thing ?sector", "?thing a m4sd:Initiative ; m4sd:sector/skos:broader* ?sector")
    expected = Counter(sector for _, sector in rows)
    told = {
        each["sector"]["iri"]: dict(each["counts"]).get("initiatives", 0) for each in flat(data(client, "/sectors"))
    }
    assert {sector: count for sector, count in told.items() if count} == dict(expected)
    assert len(told) == 18


def test_policies_are_counted_by_what_is_stated(client: FlaskClient, published: Store) -> None:
    found = data(client, "/policies")
    where = "VALUES ?class { m4sd:Policy m4sd:Practice } ?thing a ?class OPTIONAL { ?thing m4sd:level ?level }"
    rows = asked(published, "?thing ?level", where)
    assert found["policies"] + found["practices"] == len({thing for thing, _ in rows}) == len(found["lines"])
    cells = [cells for _, cells in found["crossed"]["rows"]]
    assert sum(row[-1] for row in cells) == sum(1 for _, level in rows if not level)
    assert sum(row[0] for row in cells) == sum(1 for _, level in rows if level.endswith("/national"))


def test_funding_says_what_participations_and_flows_say(client: FlaskClient, published: Store) -> None:
    expected = asked(
        published,
        "?thing ?funder",
        """VALUES ?class { m4sd:Programme m4sd:ProgrammePhase m4sd:Initiative m4sd:InitiativeGroup } ?thing a ?class ;
        m4sd:hasFinancialFlow?/m4sd:qualifiedParticipation ?taking .
        ?taking m4sd:role role:funding ; m4sd:participant ?funder""",
    )
    told = {(line["thing"]["iri"], name["iri"]) for line in data(client, "/funding") for name in line["funders"]}
    assert told == expected
    page = got(client, "/funding")
    assert page.count('<path class="left"') == len(expected)


def test_one_sum_for_several_initiatives_is_said_to_be_one(client: FlaskClient) -> None:
    assert got(client, "/funding").count("one sum for 3 initiatives") == 3


def test_time_holds_every_phase_and_meeting(client: FlaskClient, published: Store) -> None:
    classes = "VALUES ?class { m4sd:ProgrammePhase m4sd:Meeting m4sd:BoardMeeting m4sd:Programme m4sd:Initiative }"
    expected = {row[0] for row in asked(published, "?thing", f"{classes} ?thing a ?class")}
    found = data(client, "/timeline")
    told = [each["thing"]["iri"] for each in (*found["dated"], *found["undated"])]
    assert sorted(told) == sorted(expected)


def test_a_date_is_as_precise_as_it_is_stated() -> None:
    assert (decimal("2019", end=False), decimal("2019", end=True)) == (2019.0, 2020.0)
    assert decimal("2020-12", end=True) == 2021.0
    assert decimal("2021-01-01", end=False) == 2021.0
    assert decimal("2020-02-30", end=False) is decimal("soon", end=True) is decimal("2020-13", end=False) is None


def test_a_profile_says_what_is_not_known(client: FlaskClient, published: Store) -> None:
    profile = data(client, "/countries/MAR")
    gaps = {gap["what"]: gap["count"] for gap in profile["gaps"]}
    here = f"?thing a m4sd:Initiative . {IN_COUNTRY} FILTER(?country = area:504) "
    without = asked(published, "?thing", here + "FILTER NOT EXISTS { ?thing m4sd:claimsContribution ?claim }")
    assert len(asked(published, "?thing", here)) == 4
    assert gaps["goal"] == len(without) == 2


def test_a_profile_counts_the_facts_that_its_list_shows(client: FlaskClient) -> None:
    for code in ("MAR", "BGD", "SRB"):
        profile = data(client, f"/countries/{code}")
        assert profile["facts"] == data(client, f"/search?country={code}&kind=fact")["total"]


def test_a_profile_names_the_groups_of_the_country_with_their_dates(client: FlaskClient) -> None:
    page = got(client, "/countries/BGD")
    assert "least developed" in page.lower()
    assert 'datetime="1975-12-12"' in page


def test_the_map_has_a_circle_for_each_country_and_says_whose_opinion_it_is_not(client: FlaskClient) -> None:
    page, rows = got(client, "/"), list(data(client, "/countries"))
    assert page.count("<circle") == len(rows) == page.count('<th scope="row"><a href="/countries/')
    assert "imply no opinion of the United Nations" in page
    assert "/static/world-" in page


def test_the_language_stays_along_the_way(client: FlaskClient) -> None:
    page = client.get("/countries/SEN?lang=fr", headers={"Accept": BROWSER}).text
    links = re.findall(r'<a href="(/[^"#]*)"', page)
    assert [link for link in links if "lang=" not in link and not link.startswith("/static")] == []

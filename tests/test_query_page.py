"""Ask on the query page: by HTTP, and in a real browser, by keyboard alone."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from bench.browser import Browser, Page
from graph.examples import examples
from graph.pages.network import parted
from graph.query import Question
from server.app import create_app
from server.http.built import names
from server.limits import Limits
from server.settings import Settings
from server.sparql.links import LinksFull, Store
from server.sparql.snippets import snippets

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
REGIONS = "board-meeting-countries-by-region"
COUNTED = (
    "SELECT ?kind (COUNT(?x) AS ?n) { ?x a ?kind . ?x m4sd:partOf id:programme-m4sd } GROUP BY ?kind ORDER BY ?kind"
)
PLACES = (
    "SELECT ?initiative ?place { ?initiative a m4sd:Initiative ; m4sd:operatesIn ?place . "
    "?place a m4sd:AdministrativeArea }"
)
PARTS = "CONSTRUCT WHERE { ?part m4sd:phaseOf ?whole }"
WRONG = "SELECT ?x {\n  ?x foo:bar ?y\n}"
INSIDE = "document.querySelector('.editor').shadowRoot"
TEXT = "document.querySelector('#query').value"


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(store=folder)).test_client()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Return a page that may ask no other host, and that nothing complains about."""
    found = browser.page()
    yield found
    assert [url for url in found.requests if not url.startswith((site, "about:", "data:"))] == []
    assert found.complaints == []


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.until(f"document.querySelector('.editor') && {INSIDE}.querySelector('.cm-content')")


def into_the_editor(page: Page) -> None:
    """Get into the editor by Tab alone."""
    for _ in range(20):
        page.key("Tab")
        if page.js("document.activeElement.className") == "editor":
            return
    raise AssertionError("Tab never reaches the editor")


def written(page: Page, text: str) -> None:
    into_the_editor(page)
    page.key("a", "Control")
    page.write(text)


def shown(client: FlaskClient, text: str, **more: str) -> str:
    return client.get("/sparql", query_string={"query": text, **more}, headers=HTML).text


# --- without scripts


def test_the_page_lists_every_question_by_theme(client: FlaskClient) -> None:
    text = client.get("/sparql", headers=HTML).text
    assert sorted(re.findall(r"/sparql\?example=([\w-]+)", text)) == sorted(each.name for each in examples())
    assert len(re.findall("data-rq=", text)) == len(examples())
    assert "Money: who funds what" in text


def test_an_example_stands_in_the_field_with_its_question_on_top(client: FlaskClient) -> None:
    text = unescape(client.get("/sparql?example=programme-funders&lang=fr", headers=HTML).text)
    assert "># Qui finance le programme ?\n# isFundedBy" in text
    assert "tags: start" not in text


def test_an_error_is_shown_where_it_is_with_the_query_still_there(client: FlaskClient) -> None:
    found = client.get("/sparql", query_string={"query": WRONG}, headers=HTML)
    assert found.status_code == 400
    assert 'data-line="2" data-column="6"' in found.text
    assert "<mark>foo:bar ?y</mark>" in found.text
    assert "the prefix foo: is not declared" in found.text
    assert 'aria-invalid="true"' in found.text


def test_an_answer_is_drawn_as_bars_with_the_table_beside_it(client: FlaskClient) -> None:
    text = shown(client, COUNTED, view="chart")
    drawn, table = len(re.findall("<rect ", text)), text.count("<tr>") - 1
    assert drawn == table > 3
    assert 'role="img"' in text


def test_an_answer_is_drawn_on_a_map_with_the_same_as_a_list(client: FlaskClient) -> None:
    text = shown(client, PLACES, view="map")
    assert re.search(r'<image href="/static/world-\w+\.svg"', text)
    assert "<title>Morocco: " in text
    assert "implies no opinion of the United Nations" in text
    assert len(re.findall("<circle ", text)) == len(re.findall(r'<li><a href="/page[^"]*geoArea', text)) > 3


def test_triples_are_drawn_as_a_graph(client: FlaskClient) -> None:
    text = shown(client, PARTS, view="graph")
    assert len(re.findall("<circle ", text)) == 7
    assert len(re.findall('<line class="link"', text)) == 5


@pytest.mark.parametrize(
    ("text", "view", "words"),
    [
        ("SELECT ?x { ?x a m4sd:Programme }", "chart", "A chart needs a column of numbers"),
        ("SELECT ?x { ?x a m4sd:Programme }", "map", "A map needs a column of countries"),
        ("DESCRIBE id:fact-A01", "graph", "<svg"),
        ("SELECT ?x { ?x a m4sd:Programme }", "nonsense", "<table>"),
    ],
)
def test_what_cannot_be_drawn_says_what_it_would_need(client: FlaskClient, text: str, view: str, words: str) -> None:
    found = client.get("/sparql", query_string={"query": text, "view": view}, headers=HTML)
    assert found.status_code == 200
    assert words in found.text


def test_a_yes_or_no_is_offered_no_picture(client: FlaskClient) -> None:
    asked = "# SELECT\nPREFIX select: <https://example.org/>\nASK { ?x a m4sd:Programme . { SELECT ?x { ?x ?p ?o } } }"
    assert "view=chart" in shown(client, COUNTED)
    text = shown(client, asked)
    assert "<td>true</td>" in text
    assert 'class="views"' not in text


def test_a_number_of_rows_is_grouped_as_its_reader_groups_numbers(client: FlaskClient) -> None:
    many = "SELECT ?fact { ?fact a m4sd:Fact }"
    assert ">1,184 rows</h2>" in shown(client, many)
    assert ">1\u202f184 lignes</h2>" in shown(client, many, lang="fr")


def test_each_view_of_an_answer_has_a_tag_of_its_own(client: FlaskClient) -> None:
    tags = {
        client.get("/sparql", query_string={"query": COUNTED, "view": view}, headers=HTML).headers["ETag"]
        for view in ("", "chart", "map")
    }
    assert len(tags) == 3


# --- links


def test_the_same_query_gives_the_same_short_link_which_answers_in_every_format(client: FlaskClient) -> None:
    first, second = (client.post("/links", data={"query": COUNTED}, headers=HTML) for _ in range(2))
    assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
    address = first.headers["Location"]
    assert re.fullmatch(r"/q/[a-z2-7]{8}", address)
    page = client.get(address, headers=HTML)
    assert f'value="http://localhost{address}"' in page.text
    assert (
        client.get(f"{address}?format=csv").text
        == client.get("/sparql", query_string={"query": COUNTED, "format": "csv"}).text
    )


def test_a_link_keeps_the_dataset_of_its_question(client: FlaskClient) -> None:
    funder = {"query": "SELECT ?f { id:programme-m4sd m4sd:isFundedBy ?f }"}
    both = [client.post("/links", data={**funder, **more}).get_json()["link"] for more in ({}, {"inference": "off"})]
    assert len(set(both)) == 2
    assert [client.get(link, headers={"Accept": "text/csv"}).text.count("\n") for link in both] == [2, 1]


def test_a_link_that_nobody_made_leads_nowhere(client: FlaskClient) -> None:
    assert client.get("/q/aaaaaaaa").status_code == 404
    assert client.get("/q/..%2f..", headers=HTML).status_code == 404


def test_no_query_has_no_link(client: FlaskClient) -> None:
    assert client.post("/links", data={"query": " "}).status_code == 400
    assert client.post("/links", data={"query": "x" * 70_000}).status_code == 400


def test_a_full_store_refuses_new_links_and_keeps_the_old_ones(tmp_path: Path) -> None:
    store = Store(tmp_path, most=2000)
    kept = [store.keep(Question(f"ASK {{ <x:{n}> ?p ?o }}")) for n in range(10)]
    with pytest.raises(LinksFull):
        for n in range(100):
            store.keep(Question(f"SELECT * {{ <y:{n}> ?p ?o }}"))
    found = store.find(kept[3])
    assert found is not None
    assert found.text == "ASK { <x:3> ?p ?o }"
    assert store.keep(Question("ASK { <x:3> ?p ?o }")) == kept[3]


def test_a_client_makes_so_many_links_a_day(folder: Path) -> None:
    client = create_app(Settings(store=folder, limits=Limits(links_per_client=2))).test_client()
    found = [client.post("/links", data={"query": f"ASK {{ ?s ?p {n} }}"}).status_code for n in range(3)]
    assert found == [201, 201, 429]


# --- words for the editor


def test_the_words_of_the_ontology_come_with_both_labels_and_the_prefixes(client: FlaskClient) -> None:
    found = client.get("/terms").get_json()
    words = {each["name"]: each for each in found["terms"]}
    assert words["m4sd:operatesIn"]["kind"] == "property"
    assert (words["m4sd:Initiative"]["en"], words["m4sd:Initiative"]["fr"]) == ("initiative", "initiative")
    assert words["m4sd:Country"]["uses"] == 249
    assert found["prefixes"]["area"] == "http://metadata.un.org/sdg/codes/geoArea/"


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("morocc", "area:504"),
        ("maroc", "area:504"),
        ("santé", "sector:health"),
        ("sante", "sector:health"),
        ("area:mor", "area:504"),
        ("10.7", "sdg:10.7"),
    ],
)
def test_things_are_found_by_label_in_either_language(client: FlaskClient, asked: str, first: str) -> None:
    found = client.get("/terms", query_string={"q": asked, "lang": "fr"}).get_json()["terms"]
    assert found[0]["name"] == first


# --- code to copy


@pytest.mark.parametrize("text", [COUNTED, PARTS, 'SELECT ("\\"\\\\ \'\'\' )-\\" é" AS ?x) {}\n'])
def test_what_is_to_be_copied_runs_and_gives_the_answer(site: str, text: str, tmp_path: Path) -> None:
    triples = text.startswith("CONSTRUCT")
    code = {each.name: each.text for each in snippets(Question(text), f"{site}/sparql", triples)}
    curl = (
        subprocess.run(["bash", "-c", code["curl"]], capture_output=True, text=True, check=True).stdout
        if shutil.which("curl")
        else "phase"
    )
    assert ("phase" in curl) if triples else curl
    script = tmp_path / "asked.py"
    script.write_text(code["rdflib"], encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.strip()
    assert set(code) == ({"curl", "rdflib"} if triples else {"curl", "rdflib", "pandas", "r"})


def test_the_python_of_the_docs_asks_by_an_address_without_blanks(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(read_parquet=asked.append))
    text = (Path(__file__).parents[1] / "docs/answers.md").read_text(encoding="utf-8")
    exec(text.partition("```python\n")[2].partition("```")[0], {})
    (address,) = asked
    assert " " not in address
    assert client.get(address.partition(":8000")[2]).mimetype == "application/vnd.apache.parquet"


# --- in a browser


def test_a_question_is_written_completed_and_asked_by_keyboard_alone(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql")
    written(page, "SELECT ?x { ?x m4sd:oper")
    page.until(f"{INSIDE}.querySelector('.cm-tooltip-autocomplete li')?.textContent.includes('m4sd:operatesIn')")
    page.until("new Promise((done) => setTimeout(() => done(true), 150))")  # it is not taken in the same moment
    page.key("Enter")
    page.until(f"{TEXT}.includes('m4sd:operatesIn')")
    page.write(" maroc")  # a label in the other language than the page's
    page.until(f"{INSIDE}.querySelector('.cm-tooltip-autocomplete')?.textContent.includes('area:504')")
    page.until("new Promise((done) => setTimeout(() => done(true), 150))")
    page.key("Enter")
    page.until(f"{TEXT}.includes('area:504')")
    with page.loading():
        page.key("Enter", "Control")
    assert page.js("document.querySelector('h2#answer').textContent").endswith("rows")
    assert page.js("document.querySelectorAll('table tbody tr').length") > 3


def test_tab_leads_out_of_the_editor(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql")
    into_the_editor(page)
    page.write("SELECT * { }")
    page.key("Tab")
    assert page.js("document.activeElement.id") == "format"
    page.key("Tab", "Shift")
    assert page.js("document.activeElement.className") == "editor"


def test_an_error_is_marked_in_the_editor(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql?format=html&query={quote(WRONG)}")
    marked = f"{INSIDE}.querySelector('.cm-lintRange-error')"
    page.until(marked)
    assert page.js(f"{marked}.textContent") == "foo:bar"


def test_what_was_asked_is_remembered_in_the_browser_until_it_is_forgotten(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql?format=html&query={quote(COUNTED)}")
    opened(page, f"{site}/sparql")
    assert not page.js("document.querySelector('[data-history]').hidden")
    page.js("document.querySelector('[data-history] .past').click()")
    page.until(f"{TEXT} === {json.dumps(COUNTED)}")
    page.js("document.querySelector('[data-history] button.quiet').click()")
    page.until("document.querySelector('[data-history]').hidden")
    assert page.js("localStorage.getItem('m4sd.queries')") == "[]"


def test_a_question_of_the_library_comes_into_the_editor(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql")
    page.js("document.querySelector('a[data-rq*=\"programme-funders\"]').click()")
    page.until(f"{TEXT}.startsWith('# Who funds the programme?')")
    assert "tags:" not in page.js(TEXT)
    page.js("const f = document.querySelector('#sought'); f.value = 'FUNDS'; f.dispatchEvent(new Event('input'))")
    assert page.js("[...document.querySelectorAll('.shelf li')].filter((each) => !each.hidden).length") in range(1, 8)


def test_a_long_query_is_sent_as_a_post(page: Page, site: str) -> None:
    opened(page, f"{site}/sparql")
    into_the_editor(page)
    text = f"SELECT * {{ }} # {'x' * 9000}"
    page.call("Input.insertText", text=text)
    with page.loading():
        page.key("Enter", "Control")
    assert page.js("location.search") == ""
    assert page.js("document.querySelector('h2#answer').textContent") == "1 row"


def test_the_page_works_without_scripts(browser: Browser, site: str) -> None:
    page = browser.page()
    page.without_scripts()
    page.goto(f"{site}/sparql?example={REGIONS}")
    assert page.js("document.querySelector('.editor') === null && document.querySelector('#query').offsetHeight > 100")
    with page.loading():
        page.js("document.querySelector('form[data-editor]').submit()")
    assert page.js("document.querySelectorAll('main table tbody tr').length") == 4
    assert [url for url in page.requests if "/terms" in url] == []


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_sticks_out_on_a_phone(browser: Browser, site: str, lang: str, dark: bool) -> None:
    page = browser.page(width=360, height=800, dark=dark, lang=lang)
    for view in ("", "chart", "map"):
        opened(page, f"{site}/sparql?format=html&view={view}&query={quote(PLACES)}")
        assert page.js("document.documentElement.scrollWidth") <= 360
    assert page.complaints == []


def test_the_first_page_is_small_and_the_editor_comes_once(page: Page, site: str, client: FlaskClient) -> None:
    gz = {"Accept-Encoding": "gzip", **HTML}
    built = [f"/static/{name}" for kind, name in names().items() if kind != "editor.js"]
    first = [
        client.get(address, headers=gz, buffered=True)
        for address in ("/", "/static/m4sd.css", "/static/m4sd.svg", *built)
    ]
    assert sum(int(found.headers["Content-Length"]) for found in first) < 60 * 1024
    opened(page, f"{site}/sparql")
    assert len([url for url in page.requests if "/static/editor-" in url]) == 1


def test_no_words_of_a_drawn_graph_lie_on_others() -> None:
    words = ["Mainstreaming migration and development", "JMDI, Phase II", "M4SD, Phase II", "European Union"] * 5
    found = parted([(480 + 3 * n, 300 + n % 4) for n in range(len(words))], words)
    for one, (x, y) in enumerate(found):
        for other, (u, v) in enumerate(found[:one]):
            half = sum(min(len(words[each]), 26) * 7 / 2 for each in (one, other))
            assert abs(x - u) >= half or abs(y - v) >= 16, (words[one], words[other])

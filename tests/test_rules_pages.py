"""Open the page of each rule as a browser and as a program would."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from graph.template.outline import entered
from graph.template.rulebook import find_part, find_rule, rulebook, shapes_index
from server.app import create_app
from server.settings import Settings
from shapes import FOLDER

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
RULES = [rule for part in rulebook() for rule in part.rules]
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def client(small: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=small, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


def see(client: FlaskClient, path: str, lang: str = "en") -> str:
    found = client.get(path, headers={"Accept": BROWSER, "Accept-Language": lang})
    assert (found.status_code, found.mimetype, found.headers["Content-Language"]) == (200, "text/html", lang), path
    return found.text


def plain(page: str) -> str:
    """Return a page's text."""
    text = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    return text.replace("&#39;", "'").replace("&amp;", "&")


def test_the_book_holds_every_rule_of_the_shapes() -> None:
    written = "".join(p.read_text(encoding="utf-8") for p in FOLDER.glob("*.ttl") if p.name != "ontology.ttl")
    named = re.findall(r"^shape:([A-Z][A-Za-z]+-\S+)$", written, re.MULTILINE)
    assert sorted(rule.name for rule in RULES if rule.part != "Cell") == sorted(named)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_list_links_each_rule_by_its_name(client: FlaskClient, lang: str) -> None:
    page = see(client, "/shapes", lang)
    for rule in RULES:
        assert f'<li id="{rule.name}"><a href="/shapes/{rule.name}">' in page


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_rule_has_a_page_with_its_words_examples_and_turtle(client: FlaskClient, lang: str) -> None:
    for rule in RULES:
        text = plain(see(client, f"/shapes/{rule.name}", lang))
        assert rule.message[lang] in text, rule.name
        assert rule.text.strip() in text, rule.name
        for case in (rule.keeps, rule.breaks):
            assert case, f"shape:{rule.name} has no example"
            assert [line for line in case.strip().splitlines() if line.strip() != "."][-1] in text, rule.name


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_part_of_the_book_has_a_page(client: FlaskClient, lang: str) -> None:
    for part in rulebook():
        page = see(client, f"/shapes/{part.name}", lang)
        assert all(f'href="/shapes/{rule.name}"' in page for rule in (*part.rules, *part.asked)), part.name


def test_a_french_page_holds_no_english_words_of_ours(client: FlaskClient) -> None:
    english = re.compile(r"\b(of the class|at least|exactly one|one of:|the whole record|then|Asked of|Looks at)\b")
    for rule in RULES:
        page = see(client, f"/shapes/{rule.name}", "fr")
        head = plain(page[page.index("<h1>") : page.index("<h2>")])
        assert not english.search(head), (rule.name, english.findall(head))


@pytest.mark.parametrize("kind", FORMS)
def test_a_rule_comes_as_rdf_that_says_what_the_shapes_say(client: FlaskClient, kind: str) -> None:
    for name in ("Meeting-place", "Period-ordered", "Fact-content-one-kind", "Meeting"):
        found = client.get(f"/shapes/{name}", headers={"Accept": kind})
        assert (found.status_code, found.mimetype) == (200, kind)
        triples = [quad.triple for quad in parse(found.data, format=FORMS[kind])]
        own = NamedNode(f"https://w3id.org/m4sd/shapes#{name}")
        said = {t for t in triples if t.subject == own and not isinstance(t.object, BlankNode)}
        stated = {t for t in shapes_index().triples if t.subject == own and not isinstance(t.object, BlankNode)}
        assert said == stated


def test_the_whole_of_the_shapes_comes_as_one_document(client: FlaskClient) -> None:
    found = client.get("/shapes", headers={"Accept": "text/turtle"})
    assert len(list(parse(found.data, format=RdfFormat.TURTLE))) == len(shapes_index().triples)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_class_that_is_entered_has_its_template_and_schema_one_click_away(client: FlaskClient, lang: str) -> None:
    page = see(client, "/shapes", lang)
    for kind in entered():
        local = kind.value.rpartition("#")[2]
        for ending in ("xlsx", "csv", "schema.json"):
            assert f'href="/shapes/{local}.{ending}"' in page
        assert f'href="/shapes/{local}.xlsx"' in see(client, f"/shapes/{local}", lang)


def test_templates_are_files_in_the_language_of_the_reader(client: FlaskClient) -> None:
    for lang, label in (("en", b"held in"), ("fr", "tenue à".encode())):
        found = client.get("/shapes/Meeting.csv", headers={"Accept-Language": lang})
        assert found.headers["Content-Disposition"] == f'attachment; filename="m4sd-Meeting-{lang}.csv"'
        assert (found.mimetype, found.headers["Content-Language"], label in found.data) == ("text/csv", lang, True)
        book = load_workbook(io.BytesIO(client.get("/shapes/Meeting.xlsx", headers={"Accept-Language": lang}).data))
        assert label.decode() in [cell.value for cell in book.worksheets[1][1]]


def test_schema_and_context_name_each_other(client: FlaskClient) -> None:
    schema = client.get("/shapes/Meeting.schema.json")
    context = client.get("/shapes/context.jsonld")
    assert (schema.mimetype, context.mimetype) == ("application/schema+json", "application/ld+json")
    document = json.loads(schema.text)
    assert document["$id"] == "https://w3id.org/m4sd/shapes/Meeting.schema.json"
    assert {"const": "https://w3id.org/m4sd/shapes/context.jsonld"} in document["properties"]["@context"]["anyOf"]
    terms = set(json.loads(context.text)["@context"])
    assert {key for key in document["properties"] if not key.startswith("@")} <= terms
    assert client.get("/shapes/Country.xlsx").status_code == 404


def test_what_is_no_rule_is_not_found_and_no_format_is_made_up(client: FlaskClient) -> None:
    assert client.get("/shapes/Meeting-nothing", headers={"Accept": BROWSER}).status_code == 404
    assert client.get("/shapes/Meeting-place", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/shapes/<script>", headers={"Accept": BROWSER}).text.count("<script>") == 0


def test_the_lines_in_which_the_examples_differ_are_marked(client: FlaskClient) -> None:
    page = see(client, "/shapes/Meeting-place")
    marked = re.findall("<mark>(.*?)</mark>", page)
    assert [line.split()[1] for line in marked] == ["id:locality-oujda", "id:org-gov-MA"]


def test_a_rule_names_the_iati_rule_that_it_stands_for() -> None:
    assert {each.iati for each in RULES if each.part == "IatiActivity"} - {()}
    rule, part = find_rule("Meeting-place"), find_part("Meeting")
    assert rule is not None
    assert part is not None
    assert rule.iati == ()
    assert [kind.value for kind in rule.classes] == [kind.value for kind in part.classes]

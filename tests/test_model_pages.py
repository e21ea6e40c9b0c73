"""Read the ontology as a document, see how each term is used, and look at pages in a browser where it matters."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from re import findall, search
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from bench.browser import Browser
from graph.names import PREFIXES, short
from graph.pages.diagram import diagrams
from graph.pages.model import OURS, Term, model, use
from graph.store import Store
from server.app import create_app
from server.settings import Settings

pytestmark = pytest.mark.slow
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=folder, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


def terms(found: tuple[Term, ...]) -> Iterator[Term]:
    for each in found:
        yield each
        yield from terms(each.below)


def declared(published: Store, kinds: str) -> set[str]:
    text = f"SELECT DISTINCT ?t {{ VALUES ?kind {{ {kinds} }} ?t a ?kind FILTER(STRSTARTS(STR(?t), '{OURS}')) }}"
    return {row["t"].value for row in published.query(text, prefixes=PREFIXES)}  # type: ignore[union-attr]


def test_the_document_has_every_class_and_every_property(published: Store) -> None:
    found = model(published, "en")
    assert {each.name.iri for each in terms(found.classes)} == declared(published, "owl:Class")
    properties = {each.name.iri for _, group in found.groups for each in group}
    assert properties == declared(published, "owl:ObjectProperty owl:DatatypeProperty")
    assert (found.count_classes, found.count_properties) == (len(declared(published, "owl:Class")), len(properties))


def test_each_term_is_counted_as_plain_sparql_counts_it(published: Store) -> None:
    found = model(published, "fr")
    for each in terms(found.classes):
        text = f"SELECT (COUNT(*) AS ?n) {{ ?x a <{each.name.iri}> }}"
        assert int(next(iter(published.query(text)))["n"].value) == each.uses  # type: ignore[arg-type]
    for each in (term for _, group in found.groups for term in group):
        text = f"SELECT (COUNT(*) AS ?n) {{ ?x <{each.name.iri}> ?y }}"
        assert int(next(iter(published.query(text)))["n"].value) == each.uses  # type: ignore[arg-type]


def test_the_example_query_of_every_used_term_gives_rows(published: Store) -> None:
    used = 0
    for iri in declared(published, "owl:Class owl:ObjectProperty owl:DatatypeProperty"):
        found = use(published, iri, "en")
        assert found is not None
        assert bool(found.query) == bool(found.count), iri
        if found.query:
            assert len(list(published.query(found.query, prefixes=PREFIXES))) == min(found.count, 50), iri  # type: ignore[arg-type]
            used += 1
    assert used > 120


def test_every_link_of_the_diagrams_is_in_the_graph(published: Store) -> None:
    for lang in ("en", "fr"):
        for each in diagrams(published, lang):
            assert [line for line in each.arrows if not line.count] == []
            assert {line.subject.iri for line in each.arrows} <= {box.name.iri for box in each.boxes}


def test_the_page_of_a_term_leads_to_the_query_page_with_its_query(client: FlaskClient) -> None:
    for path in ("/page/ontology/Initiative", "/page/ontology/isFundedBy", "/page/ontology/amount"):
        page = client.get(path, headers=HTML).text
        found = search(r'<a class="button" href="(/sparql\?query=[^"]+)">', page)
        assert found is not None, path
        answer = client.get(unescape(found[1]), headers=HTML)
        assert answer.status_code == 200
        assert search(r'<h2 id="answer">[1-9]\d* rows?</h2>', answer.text), path


def test_the_ontology_page_lists_and_draws_its_terms_in_both_languages(client: FlaskClient) -> None:
    for lang, words in (("en", "Who does what, where and to which end"), ("fr", "Qui fait quoi, où et à quelle fin")):
        page = client.get("/ontology", headers={**HTML, "Accept-Language": lang}).text
        assert words in page
        assert page.count('class="around diagram"') == 2
        assert f'"/page/ontology/{short(OURS + "Initiative").partition(":")[2]}"' in page


def test_a_record_is_called_by_what_it_describes(client: FlaskClient) -> None:
    page = client.get("/page/graph/seed/programme-m4sd", headers=HTML).text
    (title,) = findall(r"<h1[^>]*>([^<]+)", page)
    assert title == "IOM-UNDP Global Programme on Making Migration Work for Sustainable Development · the two articles"


def test_an_address_is_copied_by_a_button_that_only_a_script_shows(
    client: FlaskClient, site: str, browser: Browser
) -> None:
    page = client.get("/page/programme-m4sd", headers=HTML).text
    assert search(r'<button type="button" class="quiet" hidden data-copy="#iri"', page)
    seen = browser.page()
    seen.goto(f"{site}/page/programme-m4sd")
    seen.until("!document.querySelector('[data-copy]').hidden")
    seen.js("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }")
    seen.js("document.querySelector('[data-copy=\"#iri\"]').click()")
    seen.until("window.copied === 'https://w3id.org/m4sd/id/programme-m4sd'")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_form_is_seen_on_a_phone_and_on_a_desk(site: str, browser: Browser, width: int) -> None:
    page = browser.page(width)
    for path in ("/sign-in", "/propose", "/validate", "/changes", "/sparql", "/build", "/search"):
        page.goto(site + path)
        hidden = page.js("[...document.querySelectorAll('main form')].filter(f => !f.offsetHeight).length")
        assert hidden == 0, path


def test_what_is_not_found_can_be_searched_for(client: FlaskClient) -> None:
    page = client.get("/page/programme-m4sdd", headers=HTML)
    assert page.status_code == 404
    assert 'value="programme m4sdd"' in page.text
    assert quote("/search") in page.text

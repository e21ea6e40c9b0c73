"""Read the pages about things as a person does, in both languages, and follow every link on them."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.build import inputs
from graph.journal.entry import Change
from graph.keeping.history import withdrawn
from graph.keeping.live import Live
from graph.names import ANNOTATED, BASE, CATALOGUE, INFERRED, name
from graph.pages.entity import entity, links, values
from graph.pages.naming import Namer
from graph.pages.proof import Explainer, prover
from graph.pages.wording import GROUPS, wording
from graph.patch import Patch
from graph.store import Store, current, fresh, read_only
from server.app import create_app
from server.limits import Limits, Role
from server.linked.addresses import page_of
from server.settings import Settings

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
PROGRAMME = f"{BASE}id/programme-m4sd"
ORIENTAL = f"{BASE}id/initiative-ma-oriental-psychosocial"
TARGET = "http://metadata.un.org/sdg/10.7"
MOROCCO = "http://metadata.un.org/sdg/codes/geoArea/504"
KINDS = {
    "programme": PROGRAMME,
    "phase": f"{BASE}id/phase-m4sd-3",
    "initiative": ORIENTAL,
    "actor": f"{BASE}id/org-CH-4",
    "country": MOROCCO,
    "area": f"{BASE}id/area-MA-02",
    "meeting": f"{BASE}id/meeting-m4sd-board-2",
    "result": f"{BASE}id/result-ma-tta-business-creation",
    "goal": "http://metadata.un.org/sdg/10",
    "target": TARGET,
    "indicator": "http://metadata.un.org/sdg/C100701",
    "objective": f"{BASE}id/objective-m4sd-policy-coherence",
    "concept": f"{BASE}concept/sector/health",
    "scheme": f"{BASE}concept/sector",
    "class": f"{BASE}ontology#Initiative",
    "property": f"{BASE}ontology#operatesIn",
    "chain": f"{BASE}ontology#contributesToGoal",
    "fact": f"{BASE}id/fact-A16",
    "participation": f"{BASE}id/participation--programme-m4sd--funding--org-CH-4",
    "passage": f"{BASE}id/passage-E3",
    "document": f"{BASE}id/document-S-EN",
    "record": f"{BASE}graph/seed/programme-m4sd",
    "dataset": f"{BASE}dataset/seed",
    "ontology": f"{BASE}ontology",
    "foreign term": "http://www.w3.org/2004/02/skos/core#prefLabel",
}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    patient = Limits(anonymous=Role(budget=100_000.0))  # a crawler asks for more than a person
    app = create_app(Settings(store=folder, log=False, limits=patient))
    yield app.test_client()
    app.extensions["pool"].close()


def see(client: FlaskClient, address: str, lang: str = "en") -> str:
    found = client.get(address, headers={**BROWSER, "Accept-Language": lang})
    assert (found.status_code, found.mimetype) == (200, "text/html"), (address, found.status_code)
    return found.text


def plain(page: str) -> str:
    """Return the words of a page's content."""
    content = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_thing_has_a_page(client: FlaskClient, kind: str, lang: str) -> None:
    page = see(client, page_of(KINDS[kind]), lang)
    assert f'<code id="iri" class="copied">{KINDS[kind]}</code>' in page
    assert f'<link rel="canonical" href="{KINDS[kind]}">' in page
    assert page.count("<h1") == 1
    assert page.count('rel="alternate"') >= 7
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_page_says_what_a_thing_is_in_a_sentence(client: FlaskClient) -> None:
    assert "A joint undertaking of two UN organisations" in plain(see(client, "/page/programme-m4sd"))
    told = plain(see(client, "/page/initiative-ma-oriental-psychosocial"))
    assert "M4SD, Phase III · operates in Morocco , Oriental · September 2020" in told
    assert "September 2020 – December 2022" in told
    french = plain(see(client, "/page/initiative-ma-oriental-psychosocial", "fr"))
    assert "septembre 2020 – décembre 2022" in french


def test_facts_stand_in_groups_under_plain_words(client: FlaskClient) -> None:
    page = see(client, "/page/programme-m4sd")
    headings = re.findall(r'<h2 id="(\w+)"', page)
    assert headings[:3] == ["goals", "actors", "place"]
    assert "funded by Swiss Agency for Development and Cooperation" in plain(page)
    assert "financé par" in plain(see(client, "/page/programme-m4sd", "fr"))
    assert "qualified participation" not in plain(page)


def test_evidence_stands_beside_a_fact(client: FlaskClient) -> None:
    page = see(client, "/page/programme-m4sd")
    funder = page[page.index('class="plain">funded by') :]
    assert 'href="/page/passage-E3"' in funder[:1000]
    assert "said by E3 en , F2 fr" in plain(page)


def test_a_thing_found_on_a_page_of_the_web_links_to_that_page(client: FlaskClient) -> None:
    page = see(client, "/page/initiative-ma-oriental-psychosocial")
    assert re.search(r'<a class="away" href="https?://[^"]+" rel="external nofollow noopener"', page)


def test_what_follows_says_from_what(client: FlaskClient) -> None:
    told = plain(see(client, "/page/phase-m4sd-3"))
    assert "follows because of its part" in told
    assert "annotated by M4SD Graph curators" in plain(see(client, "/page/initiative-ma-oriental-psychosocial"))
    assert "en découle par sa partie" in plain(see(client, "/page/phase-m4sd-3", "fr"))


def test_whatever_follows_can_be_explained(published: Store) -> None:
    found, namer = prover(published), Namer(published, "en")
    explainer = Explainer(found, namer)
    for graph in (INFERRED, ANNOTATED):
        for quad in published.quads(g=graph):
            assert explainer.because(quad.triple), str(quad.triple)


def test_an_explanation_ends_in_what_is_stated(published: Store) -> None:
    page = values(published, f"{BASE}id/phase-m4sd-3", "en", f"{BASE}ontology#operatesIn", 1)
    assert page is not None
    followed = [value for value in page[1].values if value.status == "inferred"]
    assert len(followed) > 20
    for value in followed:
        work = list(value.because)
        while work:
            premise = work.pop()
            work += premise.because
            triple = (NamedNode(premise.subject.iri), NamedNode(premise.says.iri), NamedNode(premise.object.iri))
            stated = next(published.quads(*triple, DefaultGraph()), None) is not None
            follows = any(next(published.quads(*triple, graph), None) for graph in (INFERRED, ANNOTATED))
            assert stated
            assert bool(premise.because) == bool(follows)


def test_links_are_counted_from_their_other_end(client: FlaskClient) -> None:
    told = plain(see(client, page_of(TARGET)))
    assert "its indicators 4" in told
    assert "contributes to this target 4" in told
    assert re.search(r"funds \d+", plain(see(client, "/page/org-CH-4")))
    assert re.search(r"finance \d+", plain(see(client, "/page/org-CH-4", "fr")))


def test_long_lists_go_on_elsewhere(client: FlaskClient) -> None:
    page = see(client, "/page/phase-m4sd-3")
    address = re.search(r'href="(/page/phase-m4sd-3\?all=m4sd%3AoperatesIn)"', page)
    assert address
    whole = plain(see(client, address[1]))
    assert "1 to 50 of " in whole or re.search(r"1 to (\d+) of \1", whole)
    back = see(client, f"{page_of(MOROCCO)}&in=m4sd:operatesIn")
    assert "in the order of their names" in back
    for wrong, status in (
        ("all=m4sd:operatesIn&n=99", 404),
        ("all=javascript:x", 400),
        ("in=x&n=0", 400),
        ("all=m4sd:x", 404),
    ):
        assert client.get(f"/page/phase-m4sd-3?{wrong}", headers=BROWSER).status_code == status, wrong


def test_a_label_of_another_language_is_marked(poisoned: FlaskClient, hub: Path) -> None:
    found = entity(read_only(hub), TARGET, "fr")
    assert found is not None
    assert (found.title.text, found.title.lang) == ("10.7 Target", "en")
    assert '<h1 lang="es">Sólo en español <span class="lang">es</span></h1>' in see(poisoned, "/page/spanish", "fr")


def test_the_language_is_kept_in_every_link(client: FlaskClient) -> None:
    page = see(client, "/page/programme-m4sd?lang=fr", "en")
    content = page[page.index("<main") : page.index("</main>")]
    local = [each for each in re.findall(r'href="(/[^"]*)"', content) if not each.startswith(("/data/", "/static/"))]
    assert local
    assert [each for each in local if "lang=fr" not in each] == []


def test_a_class_links_to_its_rules_and_a_property_tells_its_ends(client: FlaskClient) -> None:
    assert 'href="/shapes/Initiative"' in see(client, page_of(KINDS["class"]))
    told = plain(see(client, page_of(KINDS["chain"])))
    assert "contributes to target → " in told
    assert "follows from the chain" in told


def test_schema_org_stands_in_a_block_of_data(client: FlaskClient) -> None:
    page = see(client, page_of(MOROCCO))
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(block)
    assert (told["@type"], told["@id"]) == (["Country"], MOROCCO)
    assert {"@value": "Maroc", "@language": "fr"} in told["name"]


class Links(HTMLParser):
    """Collect what a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for key in ("href", "src") if (value := given.get(key))]


def linked(page: str) -> list[str]:
    parser = Links()
    parser.feed(page)
    return parser.found


@pytest.mark.slow
def test_every_link_of_a_page_resolves(client: FlaskClient) -> None:
    seen: set[str] = set()
    for kind, iri in KINDS.items():
        for link in linked(see(client, page_of(iri))):
            address = urljoin("http://localhost" + page_of(iri), link)
            parts = urlsplit(address)
            if parts.netloc != "localhost" or address in seen:
                continue
            seen.add(address)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            found = client.get(path, headers=BROWSER)
            assert found.status_code in (200, 303), (kind, path, found.status_code)
            found.close()
    assert len(seen) > 300


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a target to which 5,000 initiatives contribute, each with a name in two languages."""
    place = tmp_path_factory.mktemp("hub")
    with fresh(place) as (store, _):
        target = NamedNode(TARGET)
        store.extend([Quad(target, name("skos:prefLabel"), Literal("Target", language="en"), DefaultGraph())])
        store.extend([Quad(target, name("dcterms:identifier"), Literal("10.7"), DefaultGraph())])
        for n in range(5000):
            thing = NamedNode(f"{BASE}id/initiative-{n}")
            store.extend(
                Quad(thing, link, value, DefaultGraph())
                for link, value in (
                    (name("rdf:type"), name("m4sd:Initiative")),
                    (name("skos:prefLabel"), Literal(f"Initiative {n}", language="en")),
                    (name("skos:prefLabel"), Literal(f"Action {n}", language="fr")),
                    (name("m4sd:contributesToTarget"), target),
                )
            )
    counts = dict.fromkeys(("asserted", "inferred", "annotated", "records"), 0)
    (current(place) / "build.json").write_text(json.dumps({"inputs": inputs(), **counts}))
    return place


def test_five_thousand_links_are_counted_and_read_page_by_page(hub: Path) -> None:
    store = read_only(hub)
    found = entity(store, TARGET, "en")
    assert found is not None
    (back,) = found.backs
    assert (back.count, len(back.things)) == (5000, 8)
    seen: set[str] = set()
    for page in range(1, 51):
        listed = links(store, TARGET, "fr", f"{BASE}ontology#contributesToTarget", page)
        assert listed is not None
        seen |= {each.text for each in listed[1].things}
    assert len(seen) == 5000
    assert links(store, TARGET, "fr", f"{BASE}ontology#contributesToTarget", 51) is None


PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--<script>",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "' onmouseover='alert(1)",
    "&lt;b&gt;",
    "\u2028</title><svg onload=alert(1)>",
)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Serve a graph in which every text of a thing, and of what links to it, is an attempt to run something."""
    place = tmp_path_factory.mktemp("poisoned")
    texts = (
        "skos:prefLabel",
        "skos:altLabel",
        "dcterms:description",
        "m4sd:acronym",
        "dcterms:identifier",
        "m4sd:address",
    )
    with fresh(place) as (store, _):
        spanish = NamedNode(f"{BASE}id/spanish"), name("skos:prefLabel"), Literal("Sólo en español", language="es")
        store.extend([Quad(*spanish, DefaultGraph())])
        for number, payload in enumerate(PAYLOADS):
            thing, fact = NamedNode(f"{BASE}id/poison-{number}"), NamedNode(f"{BASE}id/fact-{number}")
            source, other = NamedNode(f"{BASE}id/source-{number}"), NamedNode(f"javascript:alert({number})")
            said: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
                (node, name(says), text) for node in (thing, fact, source) for says in texts for text in _texts(payload)
            ]
            said += [
                (thing, name("rdf:type"), name("m4sd:Initiative")),
                (thing, name("skos:exactMatch"), other),
                (thing, name("m4sd:address"), Literal(payload, datatype=name("xsd:anyURI"))),
                (thing, name("m4sd:startDate"), Literal(payload, datatype=name("xsd:date"))),
                (thing, name("m4sd:amount"), Literal(payload, datatype=name("xsd:decimal"))),
                (thing, name("m4sd:partOf"), thing),
                (thing, name("m4sd:claimsContribution"), fact),
                (fact, name("m4sd:contributionTo"), thing),
                (fact, name("m4sd:claimStatus"), name("claim-status:annotated")),
                (fact, name("m4sd:rationale"), Literal(payload, language="en")),
                (fact, name("m4sd:about"), thing),
                (fact, name("m4sd:property"), name("skos:altLabel")),
                (fact, name("m4sd:value"), Literal(payload, language="en")),
                (fact, name("m4sd:statedIn"), source),
                (source, name("dcterms:language"), Literal(payload)),
            ]
            store.extend(Quad(*triple, DefaultGraph()) for triple in said)
    counts = dict.fromkeys(("asserted", "inferred", "annotated", "records"), 0)
    (current(place) / "build.json").write_text(json.dumps({"inputs": inputs(), **counts}))
    app = create_app(Settings(store=place, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


def _texts(payload: str) -> tuple[Literal, ...]:
    return Literal(payload), Literal(payload, language="en"), Literal(payload, language="fr")


class Elements(HTMLParser):
    """Collect the elements of a page with what could run in them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.harm: list[tuple[str, str | None]] = []
        self.blocks: list[str] = []
        self._in_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_block = tag == "script" and dict(attrs).get("type") == "application/ld+json"
        for key, value in attrs:
            leads = key in ("href", "src", "action", "xlink:href") and (value or "").lower().strip().startswith(
                "javascript"
            )
            if key.startswith("on") or key == "style" or leads:
                self.harm.append((key, value))

    def handle_data(self, data: str) -> None:
        if self._in_block:
            self.blocks.append(data)
        self._in_block = False


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_text_of_a_record_runs(poisoned: FlaskClient, number: int, lang: str) -> None:
    for address in (
        f"/page/poison-{number}",
        f"/page/fact-{number}",
        f"/page/source-{number}",
        f"/page/poison-{number}?all=skos:altLabel",
    ):
        page = see(poisoned, address, lang)
        elements = Elements()
        elements.feed(page)
        assert elements.harm == []
        assert page.count("<script") == page.count("</script>")
        assert all(json.loads(block)["@id"] for block in elements.blocks)
        assert "<svg onload" not in page
        assert "<img src=x" not in page
        assert "alert(1)</script>" not in page
        for kind in ("ttl", "jsonld", "nt", "trig", "nq", "csv"):
            assert poisoned.get(f"/data/poison-{number}.{kind}").status_code == 200


def test_what_was_withdrawn_is_gone_and_says_what_takes_its_place(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "store"
    shutil.copytree(folder, place, symlinks=True)
    with Live(place) as live:
        gone, graph = _some_record(live.store)
        delete = {*live.store.quads(g=graph), *live.store.quads(s=graph, g=CATALOGUE)}
        change = Change(
            "withdrawal", "tester", datetime(2026, 2, 3, tzinfo=UTC), "it was told twice", replaced_by=PROGRAMME
        )
        live.commit(change, Patch(frozenset(delete), frozenset()))
        live.snapshot()
    assert withdrawn(place, gone)
    app = create_app(Settings(store=place, log=False))
    client, slug = app.test_client(), gone.value.rpartition("/")[2]
    for address in (f"/id/{slug}", f"/data/{slug}", f"/data/{slug}.ttl", f"/page/{slug}", f"/linkset/{slug}"):
        found = client.get(address, headers={"Accept": "*/*"})
        assert found.status_code == 410, address
        assert found.get_json()["http://purl.org/dc/terms/isReplacedBy"] == PROGRAMME
        assert "it was told twice" in found.get_json()["detail"]
    page = client.get(f"/page/{slug}", headers={**BROWSER, "Accept-Language": "fr"})
    assert (page.status_code, "a été retiré le 2026-02-03" in page.text) == (410, True)
    app.extensions["pool"].close()


def _some_record(store: Store) -> tuple[NamedNode, NamedNode]:
    """Return a thing of one record only, and its graph."""
    for quad in store.quads(p=name("foaf:primaryTopic"), g=CATALOGUE):
        thing, graph = quad.object, quad.subject
        assert isinstance(thing, NamedNode)
        assert isinstance(graph, NamedNode)
        if len({q.graph_name for q in store.quads(s=thing)} - {graph}) == 2 and "/background/" in graph.value:
            return thing, graph
    raise AssertionError


def test_every_property_in_use_has_words_in_both_languages(published: Store) -> None:
    used = {quad.predicate for quad in published.quads(g=DefaultGraph())}
    ours = [each for each in used if each.value.startswith((name("m4sd:x").value[:-1], name("skos:x").value[:-1]))]
    silent = [each.value for each in ours if not {"en", "fr"} <= set(wording(each).forwards)]
    assert silent == []
    assert {wording(each).group for each in used} <= set(GROUPS)

"""Look for things as people do, and hold every count against plain SPARQL."""

import csv
import io
import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, ignore_patterns
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.names import ASSERTED, PREFIXES, name, record_graph
from graph.patch import Patch
from graph.search.find import Asked, count, find, shown
from graph.search.folded import fold, phrases
from graph.search.gather import FACETS
from graph.search.index import FILE, index, is_ours
from graph.search.opened import Opened, opened, prepare
from graph.search.reach import Touched
from graph.search.renew import update
from graph.store import Store, current, open_snapshot
from server.app import create_app
from server.limits import Limits, Role
from server.settings import Settings

pytestmark = pytest.mark.slow

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=folder, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


@pytest.fixture(scope="module")
def names(published: Store, folder: Path) -> Opened:
    return opened(published, str(current(folder)))


def got(client: FlaskClient, path: str, lang: str = "en", **asked: object) -> str:
    found = client.get(path, query_string=asked, headers={"Accept": BROWSER, "Accept-Language": lang})
    assert (found.status_code, found.mimetype) == (200, "text/html"), (path, asked)
    return found.text


def data(client: FlaskClient, **asked: object) -> dict[str, list[dict[str, object]]]:
    found = client.get("/search", query_string={**asked, "format": "json"})
    assert found.status_code == 200, found.text
    told: dict[str, list[dict[str, object]]] = found.get_json()
    return told


def first(names: Opened, words: str, lang: str = "en") -> str:
    return shown(names, find(names, Asked(words), lang).ids[:1], lang)[0].iri


def short(iri: str) -> str:
    return iri.rpartition("/")[2]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Morocco", "504"), ("maroc", "504"), ("MAROC", "504"), ("Marruecos", "504"), ("المغرب", "504"),
        ("摩洛哥", "504"), ("MAR", "504"), ("504", "504"), ("Kingdom of Morocco", "504"), ("10.7", "10.7"),
        ("10.7.1", "C100701"), ("C100701", "C100701"), ("XM-DAC-47066", "org-XM-DAC-47066"),
        ("IOM", "org-XM-DAC-47066"), ("oim", "org-XM-DAC-47066"), ("PNUD", "org-XM-DAC-41114"), ("MA-02", "area-MA-02"),
        ("l'Oriental", "area-MA-02"), ("L’ORIENTAL", "area-MA-02"), ("oriental", "area-MA-02"), ("A53", "fact-A53"),
        ("tanger tetouan", "area-MA-01"),
    ],
)  # fmt: skip
def test_an_exact_name_or_code_in_any_language_comes_first(names: Opened, words: str, expected: str) -> None:
    assert short(first(names, words)) == expected


@pytest.mark.parametrize("words", ["entrepren tang", "Entreprenariat", "ENTREPRENEUR tétouan", "entrepreneurship jobs"])
def test_the_beginnings_of_words_find_a_thing_whatever_the_accents(names: Opened, words: str) -> None:
    found = {short(hit.iri) for hit in shown(names, find(names, Asked(words), "en").ids, "en")}
    assert "initiative-ma-tta-entrepreneurship" in found or words == "Entreprenariat"


def test_every_thing_with_a_name_is_found_by_it(names: Opened) -> None:
    sample = names.database.execute("SELECT thing, text FROM name WHERE weight = 0 AND thing % 17 = 0").fetchall()
    assert len(sample) > 300
    lost = [text for number, text in sample if number not in find(names, Asked(text), "en").ids]
    assert lost == []


HOSTILE = [
    '"', "'", "''", '"" OR ""', "NEAR(a b, 3)", "NEAR", "AND", "OR NOT", "NOT", "*", "a*", "^a", "name:morocco",
    "{name}: x", "-- x", "; DROP TABLE thing", "(", ")", "()", "+", "a + b", "\\", "%", "_", "\x00", "a\x00b",
    "\x1b[31m", "🎉", "👩‍👩‍👧", "مرحبا بالعالم", "שלום", "ไทย", "हिन्दी", "\u202eabc", "\ufeff", "\ud7ff", "x" * 10_000,
    "a " * 5_000, "'" * 10_000, "<script>alert(1)</script>", "${7*7}", "{{7*7}}", "../../etc/passwd", "\n\r\t", "ﬀ ﬁ",
    "①②", "İstanbul",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:12]))
def test_no_question_is_an_error(client: FlaskClient, words: str) -> None:
    page = got(client, "/search", q=words, country=words[:300], year=words[:300], kind=words[:300], page=words[:20])
    assert "<script>alert" not in page
    assert client.get("/search", query_string={"q": words, "format": "csv"}).status_code == 200
    suggested = client.get("/suggest", query_string={"q": words})
    assert (suggested.status_code, len(json.loads(suggested.data))) == (200, 4)


def test_bytes_that_are_no_text_are_no_error(client: FlaskClient) -> None:
    assert client.get("/search?q=%ff%fe%00&country=%ed%a0%80&page=-1&group=%00").status_code == 200
    assert client.get("/suggest?q=%ff%fe%00").status_code == 200


def test_folding_leaves_words_apart() -> None:
    assert fold("  L’Oriental — Tanger-Tétouan–Al Hoceïma ") == "oriental tanger tetouan al hoceima"
    assert fold("œuvre d'art qu’elle") == "oeuvre art elle"
    assert phrases("10.7 MA-02 d'Ivoire") == ("10 7", "ma 02", "ivoire")


# Each facet in plain SPARQL over what is stated; a kind is one class here, so that the two ways share nothing.
COUNTED = {
    "country": "?thing (m4sd:operatesIn|m4sd:hasParticipatingCountry)/m4sd:locatedIn* ?value . ?value a m4sd:Country",
    "goal": "?thing m4sd:claimsContribution/m4sd:contributionTo/sdgo:isTargetOf? ?value . ?value a sdgo:Goal",
    "sector": "?thing m4sd:sector/skos:broader* ?value",
    "actor": "?thing m4sd:hasFinancialFlow?/m4sd:qualifiedParticipation/m4sd:participant ?value",
}  # fmt: skip


def asked_plainly(store: Store, where: str) -> dict[str, int]:
    text = f"""SELECT ?value (COUNT(DISTINCT ?thing) AS ?number) FROM <{ASSERTED.value}> WHERE {{
        ?thing a m4sd:Initiative . {where} }} GROUP BY ?value"""
    return {row["value"].value: int(row["number"].value) for row in store.query(text, prefixes=PREFIXES)}  # type: ignore[union-attr]


@pytest.mark.parametrize("facet", COUNTED)
def test_the_counts_of_a_facet_are_those_of_plain_sparql(names: Opened, published: Store, facet: str) -> None:
    expected = asked_plainly(published, COUNTED[facet])
    asked = Asked("", (("kind", ("initiative",)),))
    counted = {each.iri: each.count for each in count(names, find(names, asked, "en"), asked, facet, "en")}
    assert counted == expected
    assert len(counted) >= 5


@pytest.mark.parametrize("facet", COUNTED)
def test_the_counts_stay_right_under_a_selection(names: Opened, published: Store, facet: str) -> None:
    place = "FILTER EXISTS { ?thing m4sd:operatesIn/m4sd:locatedIn* area:504 }"  # a facet does not narrow itself
    expected = asked_plainly(published, f"{COUNTED[facet]} . {place if facet != 'country' else ''}")
    asked = Asked("", (("country", ("MAR",)), ("kind", ("initiative",))))
    counted = {each.iri: each.count for each in count(names, find(names, asked, "en"), asked, facet, "en")}
    assert counted == expected
    assert counted


def test_a_count_is_what_choosing_the_value_then_finds(names: Opened) -> None:
    for start in (Asked("migration"), Asked("", (("country", ("MAR", "SEN")),)), Asked("a", (("dataset", ("seed",)),))):
        found = find(names, start, "en")
        for facet in FACETS:
            others = tuple((each, values) for each, values in start.chosen if each != facet)
            for each in count(names, found, start, facet, "en")[:12]:
                narrowed = Asked(start.words, (*others, (facet, (each.value,))))
                assert len(find(names, narrowed, "en").ids) == each.count, (start, facet, each.value)


def test_two_values_of_a_facet_widen_and_two_facets_narrow(names: Opened) -> None:
    def ids(**chosen: tuple[str, ...]) -> set[int]:
        return set(find(names, Asked("", tuple(chosen.items())), "en").ids)

    morocco, senegal = ids(country=("MAR",)), ids(country=("SEN",))
    assert ids(country=("MAR", "SEN")) == morocco | senegal
    assert ids(country=("MAR",), kind=("initiative",)) == morocco & ids(kind=("initiative",))
    assert ids(country=("XXX",)) == set()


def test_the_page_shows_every_kind_with_its_number(client: FlaskClient, names: Opened) -> None:
    page = got(client, "/search", country="MAR")
    asked = Asked("", (("country", ("MAR",)),))
    for each in count(names, find(names, asked, "en"), asked, "kind", "en"):
        assert f'id="{each.value}"' in page
        assert f"<small>{each.count}</small>" in page


def test_each_state_has_an_address_that_keeps_the_language(client: FlaskClient) -> None:
    asked = {"q": "santé", "country": "MAR", "lang": "fr"}
    page = client.get("/search", query_string=asked, headers={"Accept": BROWSER}).text
    assert '<html lang="fr">' in page
    links = re.findall(r'href="(/search[^"]*)"', page)
    assert any("country=MAR" in link and "kind=result" in link and "q=sant%C3%A9" in link for link in links)
    assert [
        link for link in links if "lang=fr" not in link and "lang=en" not in link
    ] == []  # but for the other language
    assert 'name="country" value="MAR"' in page
    assert page.count("lang=fr") > 20


def test_a_long_list_is_shown_page_by_page(client: FlaskClient) -> None:
    seen: list[str] = []
    for number in (1, 2, 3):
        page = got(client, "/search", kind="target", page=number)
        seen += [line for line in page.splitlines() if line.startswith('<li><a href="/page')]
    assert len(seen) == len(set(seen)) == 75
    assert "Page 7 of 7" in got(client, "/search", kind="target", page=9999)


def test_a_misspelled_word_gets_a_guess(client: FlaskClient) -> None:
    page = got(client, "/search", q="entrepreneurshipp tangeer")
    assert ">entrepreneurship tanger<" in page or ">entrepreneurship tangier<" in page


def test_the_whole_list_is_taken_away_with_names_beside_codes(client: FlaskClient) -> None:
    asked = {"country": "MAR", "lang": "fr"}
    listed = data(client, **asked)["results"]
    rows = list(csv.DictReader(io.StringIO(client.get("/search", query_string={**asked, "format": "csv"}).text)))
    sheet = load_workbook(io.BytesIO(client.get("/search", query_string={**asked, "format": "xlsx"}).data)).worksheets[
        0
    ]
    assert len(rows) == len(listed) == sheet.max_row - 1 > 70
    assert [row["IRI"] for row in rows] == [each["iri"] for each in listed]
    assert [cell.value for cell in sheet["E"]][1:] == [row["IRI"] for row in rows]
    one = next(row for row in rows if row["IRI"].endswith("initiative-ma-tta-entrepreneurship"))
    assert (one["nature"], one["pays"], one["noms des pays"]) == ("Initiatives", "MAR", "Maroc")
    assert set(one["objectifs"].split("; ")) == {"4", "8", "10"}


def test_counts_are_taken_away_grouped(client: FlaskClient) -> None:
    asked = {"kind": "initiative", "group": "country"}
    told = data(client, **asked)["counts"]
    rows = list(csv.reader(io.StringIO(client.get("/search", query_string={**asked, "format": "csv"}).text)))
    assert rows[0] == ["code", "name", "IRI", "number"]
    assert [[row[0], row[1], int(row[3])] for row in rows[1:]] == [[e["code"], e["name"], e["count"]] for e in told]
    page = got(client, "/search", **asked)
    assert all(f"<code>{row[0]}</code>" in page for row in rows[1:])


def test_only_the_embedded_page_may_stand_in_a_frame(client: FlaskClient) -> None:
    plain, embedded = (client.get("/search", query_string={"q": "maroc", **more}) for more in ({}, {"embed": "1"}))
    assert "frame-ancestors 'none'" in plain.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
    assert len(embedded.headers.getlist("Content-Security-Policy")) == 1
    assert "<header>" in plain.text
    assert "<header>" not in embedded.text
    assert "embed=1" in embedded.text


def test_suggestions_follow_opensearch(client: FlaskClient) -> None:
    found = client.get("/suggest?q=moro&lang=en")
    words, told, kinds, addresses = json.loads(found.data)
    assert (found.mimetype, words) == ("application/x-suggestions+json", "moro")
    assert (told[0], kinds[0]) == ("Morocco", "country · MAR")
    assert len(told) == len(kinds) == len(addresses) == 10
    assert all(address.startswith("http://localhost/page") for address in addresses)


def test_browsers_learn_how_to_search(client: FlaskClient) -> None:
    assert 'rel="search" href="/opensearch.xml"' in got(client, "/search")
    found = client.get("/opensearch.xml")
    tree = ElementTree.fromstring(found.data)
    assert found.mimetype == "application/opensearchdescription+xml"
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert tree.findtext(f"{space}ShortName") == "M4SD Graph"
    templates = {url.get("type"): url.get("template") for url in tree.iter(f"{space}Url")}
    assert templates["application/x-suggestions+json"] == "http://localhost/suggest?q={searchTerms}"


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all that an index holds, whatever the numbers of its things."""
    with sqlite3.connect(path) as database:
        iri = "(SELECT iri FROM thing WHERE id = thing)"
        asked = {
            "thing": "SELECT iri, kind, code FROM thing",
            "label": f"SELECT lang, {iri}, text, spoken, note FROM label",
            "name": f"SELECT key, weight, {iri}, lang, text FROM name",
            "facet": f"SELECT name, value, {iri} FROM facet",
            "words": "SELECT (SELECT iri FROM thing WHERE id = words.rowid), name, code, other, text FROM words",
        }
        found = {table: sorted(database.execute(sql), key=repr) for table, sql in asked.items()}
        iris = dict(database.execute("SELECT id, iri FROM thing"))
        found["listing"] = [
            (lang, [iris[n] for n in array("I", ids)]) for lang, ids in database.execute("SELECT * FROM listing")
        ]
        values = database.execute("SELECT name, value, iri, ids FROM value ORDER BY name, value").fetchall()
        assert all(list(array("I", ids)) == sorted(array("I", ids)) for *_, ids in values)
        found["value"] = [(*told, sorted(iris[n] for n in array("I", ids))) for *told, ids in values]
        return found


def changed(store: Store, gone: Iterable[Quad], *come: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> Touched:
    """Change what a record states, and what is merged of it; return what that touches."""
    record, touched = record_graph("background", "initiative-rs-ivanjica"), Touched()
    new = {Quad(*triple, graph) for triple in come for graph in (record, ASSERTED, DefaultGraph())}
    old = {quad for one in list(gone) for quad in store.quads(*one.triple)}
    for quad in old:
        store._engine.remove(quad)  # a store has no other way to take out what no patch names
    store.extend(new)
    touched.add(old | new)
    return touched


def one_of(store: Store, predicate: str, part: str = "") -> Quad:
    return next(quad for quad in store.quads(p=name(predicate), g=ASSERTED) if part in str(quad.subject))


def changes(store: Store) -> Iterator[tuple[str, Touched]]:
    """Change a store in one way after the other; yield what was done and what it touched."""
    thing, taking = name("id:initiative-rs-ivanjica"), name("id:participation--x")
    morocco, new = name("area:504"), name("id:org-quite-new")
    works_in, taker, label = name("m4sd:operatesIn"), name("m4sd:participant"), name("skos:prefLabel")
    spelt = Literal("Čačak orchards", language="en")
    yield "another name", changed(store, [], (thing, name("skos:altLabel"), spelt))
    yield "another country", changed(store, store.quads(thing, works_in), (thing, works_in, morocco))
    taking_part = (thing, name("m4sd:qualifiedParticipation"), taking)
    yield "somebody takes part", changed(store, [], taking_part, (taking, taker, name("id:org-oxfam")))
    yield "somebody else does", changed(store, store.quads(taking), (taking, taker, name("id:org-iom")))
    yield "a thing goes", changed(store, store.quads(name("id:initiative-np-host")))
    actor = (new, name("rdf:type"), name("m4sd:Actor"))
    yield "a thing comes", changed(store, [], actor, (new, label, Literal("Abacus", language="en")))
    code = name("m4sd:isoAlpha3")
    yield "a country has another code", changed(store, store.quads(morocco, code), (morocco, code, Literal("MRC")))
    for what, moved, to in (
        ("a place lies in another country", one_of(store, "m4sd:locatedIn"), morocco),
        ("a target belongs to another goal", one_of(store, "sdgo:isTargetOf"), name("sdg:17")),
        ("a sector stands below another one", one_of(store, "skos:broader", "/sector/"), name("sector:health")),
    ):
        assert isinstance(moved.subject, NamedNode)
        yield what, changed(store, [moved], (moved.subject, moved.predicate, to))


def test_an_index_that_was_renewed_is_the_one_that_is_made_anew(
    published: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store()
    store.extend(published.quads())
    index(store, tmp_path / "renewed.db")
    monkeypatch.setattr("graph.search.renew.index", None)  # that would be no renewal
    for number, (what, touched) in enumerate(changes(store), 1):
        update(tmp_path / "renewed.db", store, touched)
        if number % 5 == 0:  # half and all of them: to make one anew takes longer
            index(store, tmp_path / "fresh.db")
            renewed, fresh = content(tmp_path / "renewed.db"), content(tmp_path / "fresh.db")
            for table in fresh:
                assert renewed[table] == fresh[table], (what, table)


def test_an_index_of_which_much_changes_is_made_anew(published: Store, tmp_path: Path) -> None:
    index(published, tmp_path / "renewed.db")
    before, touched = content(tmp_path / "renewed.db"), Touched()
    touched.add(published.quads(g=ASSERTED))
    update(tmp_path / "renewed.db", published, touched)
    assert content(tmp_path / "renewed.db") == before


def test_the_index_of_a_snapshot_follows_what_was_changed_though_its_writer_was_ended_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "store"
    copytree(folder, place, symlinks=True, ignore=ignore_patterns("*.sock"))
    fresh = index
    monkeypatch.setattr("graph.search.renew.index", None)  # neither is made anew
    monkeypatch.setattr("graph.keeping.beside.index", None)
    for number, seen in ((1, True), (2, False), (3, True)):
        with Live(place) as live:
            thing, graph = name(f"id:org-new-{number}"), record_graph("background", f"org-new-{number}")
            label, town = Literal(f"Zzz {number}", language="en"), name(f"id:place-new-{number}")
            said = {Quad(thing, name("rdf:type"), name("m4sd:Organisation"), graph)}
            said |= {Quad(thing, name("skos:prefLabel"), label, graph), Quad(thing, name("m4sd:basedIn"), town, graph)}
            said |= {Quad(town, name("m4sd:locatedIn"), name("area:504"), graph)}
            live.commit(Change("record", "Ada", datetime.now(UTC)), Patch(frozenset(), frozenset(said)))
            if seen:
                live.snapshot()
    fresh(open_snapshot(current(place)), tmp_path / "fresh.db")
    renewed, anew = content(current(place) / FILE), content(tmp_path / "fresh.db")
    assert {table: renewed[table] == anew[table] for table in anew} == dict.fromkeys(anew, True)
    found = {iri for _, value, _, iris in renewed["value"] if value == "MAR" for iri in iris}  # type: ignore[attr-defined]
    assert {name(f"id:org-new-{number}").value for number in (1, 2, 3)} <= found


def test_a_snapshot_without_an_index_gets_one_at_the_first_search(folder: Path, tmp_path: Path) -> None:
    copytree(folder, tmp_path / "store", symlinks=True, ignore=ignore_patterns("*.sock"))
    (current(tmp_path / "store") / FILE).unlink(missing_ok=True)
    limits = Limits(anonymous=Role(deadline=60.0))
    app = create_app(Settings(store=tmp_path / "store", log=False, limits=limits))
    try:
        assert "Morocco" in got(app.test_client(), "/search", q="maroc")
        assert (current(tmp_path / "store") / FILE).is_file()
    finally:
        app.extensions["pool"].close()


def test_a_snapshot_without_an_index_gets_one_before_it_is_served(folder: Path, tmp_path: Path) -> None:
    copytree(folder, tmp_path / "store", symlinks=True, ignore=ignore_patterns("*.sock"))
    found = current(tmp_path / "store") / FILE
    found.unlink(missing_ok=True)
    prepare(tmp_path / "store")
    assert is_ours(found)
    made = found.stat().st_ino
    prepare(tmp_path / "store")
    assert found.stat().st_ino == made


def test_half_an_index_is_made_anew(published: Store, tmp_path: Path) -> None:
    (tmp_path / "000007").mkdir()
    (tmp_path / "000007" / FILE).write_bytes(b"SQLite format 3\x00" + b"\x01" * 5000)
    store = Store(published._engine, fixed=True)
    assert short(first(opened(store, str(tmp_path / "000007")), "maroc")) == "504"


def test_a_folder_that_takes_no_file_is_searched_all_the_same(published: Store, tmp_path: Path) -> None:
    store = Store(published._engine, fixed=True)
    found = opened(store, str(tmp_path / "nowhere" / "at all"))
    assert short(first(found, "maroc")) == "504"

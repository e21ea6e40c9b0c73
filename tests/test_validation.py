"""Check records over HTTP: in every syntax and format, as a page, kept under a link, and hostile ones."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from graph.quality import keep, series
from graph.store import read_only
from graph.validate.whole import validate_whole
from graph.validate.written.formats import FORMATS
from server.app import create_app
from server.limits import Limits, Role
from server.settings import Settings
from tests.conftest import WHEN

pytestmark = pytest.mark.slow

HEAD = """
PREFIX id: <https://w3id.org/m4sd/id/>
PREFIX m4sd: <https://w3id.org/m4sd/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
BAD = HEAD + 'id:org-new a m4sd:Organisation ;\n  skos:prefLabel "New"@en ;\n  m4sd:acronim "N" .\n'
GOOD = Path("graph/records/seed/org-CH-4.ttl")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Flask]:
    app = create_app(Settings(store=folder))
    yield app
    app.extensions["checkers"].close()
    app.extensions["pool"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def post(client: FlaskClient, text: str | bytes, accept: str = "application/json", **how: str):  # type: ignore[no-untyped-def]
    kind = how.pop("kind", "text/turtle")
    return client.post("/validate", query_string=how, data=text, content_type=kind, headers={"Accept": accept})


def test_a_report_names_the_line_and_the_column_and_how_to_mend(client: FlaskClient) -> None:
    answer = post(client, BAD, name="org.ttl")
    told = json.loads(answer.data)
    assert (answer.status_code, answer.headers["M4SD-Outcome"], told["conforms"]) == (200, "refused", False)
    (wrong,) = (each for each in told["findings"] if each["rule"].endswith("#Terms-declared"))
    assert (wrong["file"], wrong["line"], wrong["column"]) == ("org.ttl", 7, 3)
    assert "m4sd:acronym" in wrong["mend"]


def test_a_report_speaks_french(client: FlaskClient) -> None:
    told = json.loads(post(client, BAD, lang="fr").data)
    (wrong,) = (each for each in told["findings"] if each["rule"].endswith("#Terms-declared"))
    assert wrong["mend"].startswith("Écrivez")


def test_422_comes_only_where_it_is_asked_for(client: FlaskClient) -> None:
    assert post(client, BAD).status_code == 200
    assert post(client, BAD, strict="1").status_code == 422
    headers = {"Prefer": "handling=strict", "Accept": "text/plain"}
    assert client.post("/validate", data=BAD, content_type="text/turtle", headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("json", "application/json"),
        ("turtle", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("csv", "text/csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("junit", "application/xml"),
        ("text", "text/plain"),
        ("html", "text/html"),
    ],
)
def test_a_report_comes_in_every_format_by_name_and_by_accept(client: FlaskClient, form: str, kind: str) -> None:
    named, chosen = post(client, BAD, format=form), post(client, BAD, accept=kind)
    assert (named.status_code, named.mimetype, chosen.mimetype) == (200, kind, kind)
    if form == "xlsx":
        assert load_workbook(io.BytesIO(named.data)).worksheets
    if form == "junit":
        assert ElementTree.fromstring(named.data).iter("failure")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/ld+json", '{"@id": "https://w3id.org/m4sd/id/x", "@type": "https://w3id.org/m4sd/ontology#Meting"}'),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:m4sd="https://w3id.org/m4sd/ontology#"><m4sd:Meting rdf:about="https://w3id.org/m4sd/id/x"/></rdf:RDF>',
        ),
        (
            "application/n-triples",
            "<https://w3id.org/m4sd/id/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            "<https://w3id.org/m4sd/ontology#Meting> .",
        ),
    ],
)  # fmt: skip
def test_every_syntax_is_read(client: FlaskClient, kind: str, text: str) -> None:
    told = json.loads(post(client, text, kind=kind).data)
    assert any("m4sd:Meeting" in each["mend"] for each in told["findings"])


def test_a_good_record_can_be_taken_in(client: FlaskClient) -> None:
    assert post(client, GOOD.read_bytes(), name=GOOD.name).headers["M4SD-Outcome"] == "admitted"


@pytest.mark.parametrize(
    ("text", "kind", "status", "word"),
    [
        ("", "text/turtle", 400, "nothing was sent"),
        ("id:x a", "text/turtle", 400, "line 1"),
        ("x", "image/png", 415, "image/png"),
        ("<!DOCTYPE x><x/>", "application/rdf+xml", 400, "DOCTYPE"),
        (HEAD + 'id:x skos:note "a\\u0007b" .', "text/turtle", 400, "control character"),
        (
            b"PK\x03\x04 no workbook",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            400,
            "workbook",
        ),
        ("[" * 100_000, "application/ld+json", 400, "line 1"),
        ("<a> <b> " + "(" * 100_000, "text/turtle", 400, "line 1"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(
    client: FlaskClient, text: str | bytes, kind: str, status: int, word: str
) -> None:
    answer = post(client, text, kind=kind)
    told = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert word in told["detail"]
    assert post(client, GOOD.read_bytes()).status_code == 200  # the workers live on


def test_too_large_a_file_is_refused(folder: Path) -> None:
    app = create_app(Settings(store=folder, limits=replace(Limits(), upload=1000)))
    answer = app.test_client().post("/validate", data="x" * 2000, content_type="text/turtle")
    assert answer.status_code == 413


def test_a_check_past_its_deadline_is_ended(folder: Path) -> None:
    app = create_app(Settings(store=folder, limits=replace(Limits(), anonymous=Role(deadline=0.2), checks=1)))
    many = HEAD + "".join(f'id:x{n} a m4sd:Meeting ; skos:prefLabel "a"@en .\n' for n in range(20_000))
    try:
        answer = post(app.test_client(), many)
        assert (answer.status_code, "The check was ended after" in answer.text) == (504, True)
    finally:
        app.extensions["checkers"].close()


def test_the_page_takes_a_text_and_files_and_marks_the_lines(client: FlaskClient) -> None:
    assert client.get("/validate").status_code == 200
    sent = {"text": BAD, "syntax": ".ttl", "file": (io.BytesIO(GOOD.read_bytes()), "good.ttl")}
    answer = client.post("/validate?lang=fr", data=sent, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    for words in (
        "ne peut pas encore être reprise",
        "<mark>m4sd:acronim</mark>",
        'lang="fr"',
        "m4sd:acronim &#34;N&#34;",
    ):
        assert words in answer.text


def test_what_is_sent_cannot_act_on_the_page(client: FlaskClient) -> None:
    text = HEAD + 'id:x a m4sd:Meeting ; skos:prefLabel "<script>alert(1)</script>"@en .'
    answer = client.post("/validate", data={"text": text, "keep": "1"}, headers={"Accept": "text/html"})
    assert "<script>" not in answer.text
    assert "&lt;script" in answer.text


def test_a_kept_report_has_a_link_a_badge_and_every_format(client: FlaskClient) -> None:
    answer = post(client, BAD, keep="1", name="org.ttl")
    address = answer.headers["Link"].partition(">")[0].removeprefix("<http://localhost")
    page = client.get(address, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "org.ttl" in page.text
    for form in ("json", "turtle", "jsonld", "csv", "xlsx", "junit", "text"):
        assert client.get(address, query_string={"format": form, "lang": "fr"}).status_code == 200
    assert json.loads(client.get(address, query_string={"format": "json"}).data) == json.loads(answer.data)
    badge = client.get(f"{address}/badge.svg")
    assert badge.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(badge.data).get("aria-label", "").startswith("M4SD: errors: ")


def test_who_sends_nothing_finds_the_form_again_with_what_was_chosen(client: FlaskClient) -> None:
    form = {"text": " ", "syntax": ".trig", "profile": "imported", "alone": "1", "keep": "1"}
    page = client.post("/validate", data=form, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "Nothing was sent" in page.text
    for chosen in (
        '".trig" selected',
        '"imported" selected',
        'name="alone" value="1" checked',
        'name="keep" value="1" checked',
    ):
        assert chosen in page.text


def test_nothing_is_kept_unless_it_is_asked_for(client: FlaskClient) -> None:
    assert "Link" not in post(client, BAD).headers
    assert client.get("/reports/nowhere").status_code == 404


def test_the_whole_graph_is_measured_and_the_page_shows_the_series(folder: Path, client: FlaskClient) -> None:
    before = len(series(folder))
    report = validate_whole(folder, WHEN)
    (found,) = series(folder)[before:]
    assert found.counts["Violation"] == 0 == len([f for f in report.findings if f.severity == "Violation"])
    assert found.checked == report.checked > 1000
    assert read_only(folder)
    for lang, words in (("en", "Findings over time"), ("fr", "Constats au fil du temps")):
        page = client.get("/quality", query_string={"lang": lang}, headers={"Accept": "text/html"})
        assert words in page.text
    told = json.loads(client.get("/quality", headers={"Accept": "application/json"}).data)
    assert told[-1]["counts"] == found.counts


def test_a_line_of_the_series_that_was_cut_is_left_out(tmp_path: Path, folder: Path) -> None:
    validate_whole(folder, WHEN)
    newest = series(folder)[-1]
    keep(tmp_path, newest)
    with (tmp_path / "quality.jsonl").open("ab") as file:
        file.write(b'{"at": "2026-')
    assert series(tmp_path) == [newest]


def test_a_filled_in_workbook_is_answered_by_its_cells_and_not_quoted(client: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(client.get("/shapes/Meeting.xlsx").data))
    book["Meeting"].cell(4, 2, "x")
    filled = io.BytesIO()
    book.save(filled)
    found = post(client, filled.getvalue(), accept="text/plain", kind=FORMATS["xlsx"], name="meetings.xlsx")
    assert (found.status_code, "meetings.xlsx: Meeting!C4: error" in found.text) == (200, True)
    assert "\N{REPLACEMENT CHARACTER}" not in found.text


def test_a_file_that_cannot_be_read_stays_on_the_page_with_its_slip_marked(client: FlaskClient) -> None:
    text = HEAD + 'id:x a m4sd:Meeting ;\n skos:prefLabel "One"@en\n m4sd:date "2024" .'
    answer = client.post("/validate", data={"text": text, "syntax": ".ttl"}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "a semicolon is missing here" in answer.text
    assert "<mark> </mark>" in answer.text
    assert "m4sd:date &#34;2024&#34; .</textarea>" in answer.text

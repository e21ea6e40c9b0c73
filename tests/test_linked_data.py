"""Ask for things and for their data as browsers, libraries and crawlers do."""

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from bench.served import free_port, served
from bench.wire import HOST
from graph.context import with_context
from graph.names import BASE
from server.app import create_app
from server.cli.main import main
from server.http.negotiate import HTML, THINGS, choose
from server.http.problem import Refusal
from server.linked.addresses import data_of, iri_of, page_of
from server.settings import Settings

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROTEGE = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
RDFLIB = (
    "text/turtle, application/x-turtle, application/rdf+xml, application/xhtml+xml, text/n3, application/n-triples, "
    "application/ld+json, application/json;q=0.9, */*;q=0.1"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,text/html;q=0.2"
)
COMPACTED = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"'
EVERY = "application/ld+json, application/trig, application/n-quads, application/n-triples, text/n3, text/turtle"
# Accept -> what a thing gives, and what its data give.
ACCEPTS: dict[str | None, tuple[str, str]] = {
    CHROME: ("html", "html"),
    "*/*": ("html", "turtle"),
    None: ("html", "turtle"),
    PROTEGE: ("rdfxml", "rdfxml"),
    "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2": ("html", "html"),
    RDFLIB: ("turtle", "turtle"),
    COMUNICA: ("nq", "nq"),
    f"{EVERY}, application/rdf+xml": ("turtle", "turtle"),
    "text/turtle;charset=utf-8": ("turtle", "turtle"),
    COMPACTED: ("jsonld", "jsonld"),
    "application/json": ("jsonld", "jsonld"),
    "text/rdf+n3, */*;q=0.1": ("turtle", "turtle"),
    "image/png": ("", ""),
    "text/html;q=0, */*": ("turtle", "turtle"),
    "application/xml": ("rdfxml", "rdfxml"),
    "text/csv": ("csv", "csv"),
    "application/sparql-results+json,*/*;q=0.9": ("html", "turtle"),
}
TARGET = "http://metadata.un.org/sdg/10.7"
KINDS = (
    f"{BASE}id/programme-m4sd",
    f"{BASE}concept/sector/health",
    f"{BASE}concept/sector",
    f"{BASE}dataset/seed",
    f"{BASE}graph/seed/programme-m4sd",
    f"{BASE}ontology#Initiative",
    f"{BASE}ontology/alignments/prov",
    TARGET,
    "http://metadata.un.org/sdg/codes/geoArea/504",
)
GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=folder, log=False))
    yield app.test_client()
    app.extensions["pool"].close()


def get(client: FlaskClient, address: str, accept: str | None = "*/*", **headers: str) -> TestResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(address, headers={**given, **({"Accept": accept} if accept is not None else {})})


def media(name: str) -> str:
    return next((each.type for each in (HTML, *THINGS) if each.name == name), "")


def name_of_thing(iri: str) -> str:
    """Return the address here that the canonical IRI of a thing stands for."""
    return iri.removeprefix(BASE.rstrip("/")) if "#" not in iri and iri.startswith(BASE) else page_of(iri)


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("iri", [f"{BASE}id/programme-m4sd", f"{BASE}concept/sector/health", f"{BASE}dataset/seed"])
def test_the_name_of_a_thing_leads_to_its_page_or_to_its_data(
    client: FlaskClient, iri: str, accept: str | None
) -> None:
    found = get(client, name_of_thing(iri), accept)
    wanted = ACCEPTS[accept][0]
    if not wanted:
        assert (found.status_code, found.mimetype) == (406, "application/problem+json")
        assert "text/turtle" in found.get_json()["detail"]
        return
    extension = next(each.extension for each in (HTML, *THINGS) if each.name == wanted)
    assert found.status_code == 303
    assert found.headers["Location"] == (page_of(iri) if wanted == "html" else data_of(iri, extension))
    assert "Accept" in found.headers["Vary"]
    assert "max-age" in found.headers["Cache-Control"]
    head = client.head(name_of_thing(iri), headers={"Accept": accept} if accept is not None else {})
    assert (head.status_code, head.headers["Location"]) == (303, found.headers["Location"])


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("iri", KINDS)
def test_data_come_in_the_format_that_is_asked_for(client: FlaskClient, iri: str, accept: str | None) -> None:
    found, wanted = get(client, data_of(iri), accept), ACCEPTS[accept][1]
    if wanted in ("", "html"):
        assert found.status_code == (303 if wanted else 406)
        return
    assert (found.status_code, found.mimetype) == (200, media(wanted))
    assert get(client, found.headers["Content-Location"], "text/html").data == found.data


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("iri", KINDS)
def test_a_page_is_shown_to_people_and_leads_programs_to_data(
    client: FlaskClient, iri: str, accept: str | None
) -> None:
    found, wanted = get(client, page_of(iri), accept), ACCEPTS[accept][0]
    assert found.status_code == {"": 406, "html": 200}.get(wanted, 303)
    if wanted == "html":
        assert found.mimetype == "text/html"
    elif wanted:
        assert get(client, found.headers["Location"]).mimetype == media(wanted)


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_ontology_is_one_document_at_its_own_address(client: FlaskClient, accept: str | None) -> None:
    found, wanted = get(client, "/ontology", accept), ACCEPTS[accept][0]
    assert (found.status_code, found.mimetype) == (
        (200, media(wanted)) if wanted else (406, "application/problem+json")
    )


@pytest.mark.parametrize("iri", KINDS)
def test_every_format_says_the_same(client: FlaskClient, iri: str) -> None:
    read = {}
    for name, form in GRAPHS.items():
        extension = next(each.extension for each in THINGS if each.name == name)
        body = get(client, data_of(iri, extension)).data
        body = with_context(body) if name == "jsonld" else body
        read[name] = {re.sub(r"_:\w+", "_", str(quad.triple)) for quad in parse(body, format=form)}
    assert read["turtle"]
    assert all(read[name] == read["turtle"] for name in ("jsonld", "nt", "rdfxml"))
    assert read["trig"] == read["nq"]


def test_trig_says_which_record_says_what(client: FlaskClient) -> None:
    quads = list(parse(get(client, "/data/phase-m4sd-3.trig").data, format=RdfFormat.TRIG))
    graphs = {getattr(quad.graph_name, "value", "").removeprefix(BASE) for quad in quads}
    assert {"graph/seed/phase-m4sd-3", "graph/background/phase-m4sd-3", "graph/catalogue", "graph/inferred"} <= graphs
    assert "graph/asserted" not in graphs


def test_json_ld_names_our_context_by_its_address(client: FlaskClient) -> None:
    told = json.loads(get(client, "/data/programme-m4sd.jsonld").data)
    assert told["@context"] == f"{BASE}shapes/context.jsonld"
    node = next(each for each in told["@graph"] if each["@id"] == "id:programme-m4sd")
    assert node["@type"] == ["m4sd:Intervention", "m4sd:Programme"]
    assert node["acronym"] == ["M4SD"]
    assert "id:org-CH-4" in [each["@id"] for each in node["m4sd:isFundedBy"]]


@pytest.mark.parametrize("kind", ["expanded", "flattened"])
def test_json_ld_comes_without_a_context_where_the_client_wants_it_so(client: FlaskClient, kind: str) -> None:
    found = get(client, "/data/programme-m4sd", f'application/ld+json;profile="http://www.w3.org/ns/json-ld#{kind}"')
    assert "json-ld#expanded" in found.headers["Content-Type"]
    nodes = json.loads(found.data)
    assert isinstance(nodes, list)
    assert f"{BASE}id/programme-m4sd" in [each["@id"] for each in nodes]
    compacted = with_context(get(client, "/data/programme-m4sd.jsonld").data)
    assert {str(q) for q in parse(found.data, format=RdfFormat.JSON_LD)} == {
        str(q) for q in parse(compacted, format=RdfFormat.JSON_LD)
    }


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_csv_has_names_beside_codes_and_who_says_so(client: FlaskClient, lang: str) -> None:
    found = get(client, "/data/programme-m4sd.csv", Accept_Language=lang)
    rows = list(csv.DictReader(io.StringIO(found.text)))
    funder = next(row for row in rows if row["property"].endswith("isFundedBy"))
    assert funder["value"] == f"{BASE}id/org-CH-4"
    assert funder["property_name"] == {"en": "is funded by", "fr": "est financé par"}[lang]
    assert "(E3)" in funder["sources"]
    assert found.headers["Content-Language"] == lang


@pytest.mark.parametrize("name", ["ttl", "turtle", "text/turtle", "json", "jsonld", "xml", "nquads", "csv"])
def test_a_format_may_be_named(client: FlaskClient, name: str) -> None:
    by_parameter = client.get("/data/org-CH-4", query_string={"format": name}, headers={"Accept": "image/png"})
    assert by_parameter.status_code == 200
    if "/" not in name:
        assert get(client, f"/data/org-CH-4.{name}").mimetype == by_parameter.mimetype
        assert get(client, f"/id/org-CH-4.{name}").headers["Location"] == by_parameter.headers["Content-Location"]


def test_a_format_that_nobody_knows_is_406_with_the_list(client: FlaskClient) -> None:
    for address in ("/data/org-CH-4.doc", "/data/org-CH-4?format=doc", "/id/org-CH-4?format=doc"):
        found = get(client, address)
        assert found.status_code == 406
        assert all(each.type in found.get_json()["detail"] for each in THINGS)


def test_data_that_the_client_has_are_not_sent_again(client: FlaskClient) -> None:
    first = get(client, "/data/programme-m4sd.ttl")
    tag = first.headers["ETag"]
    assert get(client, "/data/programme-m4sd", "text/turtle", If_None_Match=f"W/{tag}").status_code == 304
    again = get(client, "/data/programme-m4sd", "text/turtle", If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert get(client, "/data/programme-m4sd", "text/csv", If_None_Match=tag).status_code == 200
    packed = get(client, "/data/programme-m4sd.ttl", Accept_Encoding="gzip").headers["ETag"]
    assert packed != tag
    assert get(client, "/data/programme-m4sd.ttl", If_None_Match=packed, Accept_Encoding="gzip").status_code == 304
    assert first.headers["Last-Modified"]
    page = get(client, "/page/programme-m4sd")
    assert get(client, "/page/programme-m4sd", If_None_Match=page.headers["ETag"]).status_code == 304
    french = get(client, "/page/programme-m4sd", Accept_Language="fr")
    assert french.headers["ETag"] != page.headers["ETag"]


def links(response: TestResponse) -> list[tuple[str, str]]:
    """Return the relations and targets of a Link header."""
    return [(rel, target) for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["Link"])]


@pytest.mark.parametrize("iri", KINDS)
def test_a_page_has_the_signposts_of_fair(client: FlaskClient, iri: str) -> None:
    found = get(client, page_of(iri), CHROME)
    told = links(found)
    assert ("canonical", iri) in told
    assert ("cite-as", iri) in told
    assert ("license", "https://creativecommons.org/licenses/by/4.0/") in told
    assert ("type", "https://schema.org/AboutPage") in told
    assert len([target for rel, target in told if rel == "type"]) == 2
    assert len([target for rel, target in told if rel == "alternate"]) == len(THINGS)
    assert [rel for rel, _ in told].count("describedby") == 2
    local = [target for rel, target in told if rel in ("alternate", "describedby", "linkset")]
    for target in local:
        assert get(client, _path(target)).status_code == 200, target
    assert len(found.headers["Link"]) < 3000


@pytest.mark.parametrize("iri", KINDS)
def test_the_linkset_of_a_thing_tells_all_of_it_and_resolves(client: FlaskClient, iri: str) -> None:
    address = next(target for rel, target in links(get(client, page_of(iri), CHROME)) if rel == "linkset")
    found = get(client, _path(address), "application/linkset+json")
    assert found.mimetype == "application/linkset+json"
    contexts = {each["anchor"]: each for each in found.get_json()["linkset"]}
    page = contexts[f"http://localhost{page_of(iri)}"]
    assert len(page["describedby"]) == len(THINGS)
    assert len(contexts) == 1 + len(THINGS)
    for each in page["describedby"]:
        data = get(client, _path(each["href"]))
        assert data.mimetype == each["type"]
        assert ("describes", iri) in links(data)
        assert ("canonical", iri) in links(data)
    lines = get(client, _path(address), "application/linkset")
    assert lines.text.count("anchor=") == sum(
        len(targets) for each in contexts.values() for key, targets in each.items() if key != "anchor"
    )


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize("iri", KINDS)
def test_every_address_reads_back_to_its_iri(iri: str) -> None:
    address = page_of(iri)
    assert address.startswith("/page?iri=") or iri_of(address.removeprefix("/page/")) == iri


HOSTILE = (
    "..", "../../etc/passwd", "a/b", "a\x00b", "a\nb", "a b", "<script>", "a'--", "x" * 10_240, "%2e%2e%2f", "é", "a:b",
    "concept/a/b/c", "graph/../..", "javascript:alert(1)", "-x", "_x", "concept/", "\ud7ff\u202e",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("below", ["id", "page", "data", "concept", "dataset", "linkset"])
def test_what_can_be_no_name_is_nothing(client: FlaskClient, below: str, name: str) -> None:
    found = get(client, f"/{below}/{name}")
    assert found.status_code in (404, 406)
    assert found.mimetype == "application/problem+json"
    with pytest.raises(Refusal):
        iri_of(name)


NO_IRIS = (
    "", "x", "javascript:alert(1)", "data:text/html,x", "http://", "http://a b", "http://x\x00",
    "http://x\r\nA: b",
    "http://x<script>", 'http://x"y', "http://" + "x" * 10_240, "file:///etc/passwd", "//evil.example", "http://x\\y",
)  # fmt: skip


@pytest.mark.parametrize("iri", NO_IRIS, ids=range(len(NO_IRIS)))
@pytest.mark.parametrize("address", ["/page", "/data", "/linkset"])
def test_what_is_no_iri_is_refused(client: FlaskClient, address: str, iri: str) -> None:
    found = client.get(address, query_string={"iri": iri}, headers={"Accept": "*/*"})
    assert (found.status_code, found.mimetype) == (400, "application/problem+json")


def test_one_iri_is_asked_at_a_time(client: FlaskClient) -> None:
    assert get(client, "/page").status_code == 400
    assert get(client, f"/data?iri={TARGET}&iri={TARGET}").status_code == 400


def test_what_nobody_describes_is_not_found_in_every_language(client: FlaskClient) -> None:
    for address in (
        "/id/nobody",
        "/page/nobody",
        "/data/nobody",
        "/data/nobody.csv",
        "/linkset/nobody",
        "/page?iri=http://x.example/",
    ):
        assert get(client, address).status_code == 404, address
    assert "le graphe ne dit rien" in get(client, "/data/nobody.ttl", Accept_Language="fr").get_json()["detail"]


def test_a_thing_of_ours_has_one_page(client: FlaskClient) -> None:
    found = client.get("/page", query_string={"iri": f"{BASE}id/org-CH-4", "lang": "fr"}, headers={"Accept": CHROME})
    assert (found.status_code, found.headers["Location"]) == (303, "/page/org-CH-4?lang=fr")


def test_the_table_of_formats_breaks_ties_in_one_order() -> None:
    assert choose("*/*", (HTML, *THINGS)) is HTML
    assert choose("application/trig, application/n-quads", THINGS) is THINGS[4]


HTACCESS = Path(__file__).parents[1] / "deploy" / "w3id" / ".htaccess"
NAMED = (
    *(
        "id/programme-m4sd",
        "id/programme-m4sd.ttl",
        "concept/sector/health",
        "concept/sector",
        "dataset",
        "dataset/seed",
    ),
    *("graph/seed/programme-m4sd", "ontology", "ontology.ttl", "ontology/alignments/prov", "ontology/0.1.0", "shapes"),
    *("shapes/context.jsonld", "shapes/Initiative-place", "shapes/Initiative.schema.json", "sparql", ""),
)


def redirected(path: str) -> str:
    """Return where the redirect file leads a path, its rules read as Apache reads them: the first that matches."""
    rules = re.findall(r"^RewriteRule (\S+) %\{ENV:M4SD\}(\S+) \[R=30[237],NE,L\]$", HTACCESS.read_text(), re.MULTILINE)
    for pattern, target in rules:
        if found := re.search(pattern, path):
            return re.sub(r"\$(\d)", lambda group: found[int(group[1])] or "", str(target))
    return ""


@pytest.mark.parametrize("path", NAMED)
def test_the_redirect_file_leads_every_kind_of_iri_to_an_address_that_answers(client: FlaskClient, path: str) -> None:
    target = redirected(path)
    assert target
    found = client.get(target, headers={"Accept": "*/*"}, follow_redirects=True)
    assert (found.status_code, found.request.path) == (200, found.request.path)


@pytest.mark.parametrize(
    "path", ["id/../etc", "id/", "id/a.b.c", "concept/a/b/c", "graph/..", "other", "id/x%0d%0aSet-Cookie"]
)
def test_the_redirect_file_leads_nothing_else_on(path: str) -> None:
    assert redirected(path) == ""


@pytest.mark.slow
def test_the_doctor_finds_a_deployment_well_and_another_server_ill(folder: Path, tmp_path: Path) -> None:
    with served(folder, free_port()) as service:
        well = CliRunner().invoke(main, ["--lang", "en", "doctor", f"http://{HOST}:{service.port}"])
    assert well.exit_code == 0, well.output
    assert "0 wrong." in well.stderr
    assert all(word in well.stdout for word in ("record graph", "JSON-LD context", "turtle", "nq", "csv"))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer((HOST, 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        ill = CliRunner().invoke(main, ["--lang", "fr", "doctor", f"http://{HOST}:{other.server_port}", "--faults"])
        other.shutdown()
    assert (ill.exit_code, "la réponse est 404" in ill.stdout) == (1, True)
    assert CliRunner().invoke(main, ["doctor", "ftp://example.org"]).exit_code != 0

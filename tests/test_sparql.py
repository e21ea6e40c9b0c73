"""Ask the endpoint over HTTP, as the SPARQL 1.1 Protocol has it."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.examples import examples
from server.app import create_app
from server.settings import Settings

FUNDER = "SELECT ?f WHERE { id:programme-m4sd m4sd:isFundedBy ?f }"
SDC = "https://w3id.org/m4sd/id/org-CH-4"


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(store=folder)).test_client()


@pytest.mark.parametrize(
    ("accept", "media", "words"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", f'"value":"{SDC}"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", f"<uri>{SDC}</uri>"),
        ("text/csv", "text/csv", f"f\r\n{SDC}\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values", f"?f\n<{SDC}>\n"),
        ("*/*", "application/sparql-results+json", SDC),
        ("text/html", "text/html", '<code class="iri">id:org-CH-4</code>'),
    ],
)
def test_rows_come_in_the_format_asked_for(client: FlaskClient, accept: str, media: str, words: str) -> None:
    found = client.get("/sparql", query_string={"query": FUNDER}, headers={"Accept": accept})
    assert (found.status_code, found.mimetype) == (200, media)
    assert words in found.text


@pytest.mark.parametrize(
    "media", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_triples_come_in_the_format_asked_for(client: FlaskClient, media: str) -> None:
    text = "CONSTRUCT WHERE { id:org-CH-4 a ?type }"
    found = client.get("/sparql", query_string={"query": text}, headers={"Accept": media})
    assert (found.status_code, found.mimetype) == (200, media)
    assert "org-CH-4" in found.text


def test_a_query_is_taken_from_both_kinds_of_post(client: FlaskClient) -> None:
    form = client.post("/sparql", data={"query": FUNDER}, headers={"Accept": "text/csv"})
    direct = client.post(
        "/sparql", data=FUNDER, content_type="application/sparql-query", headers={"Accept": "text/csv"}
    )
    assert form.text == direct.text == f"f\r\n{SDC}\r\n"


def test_asserted_only_is_one_dataset_away(client: FlaskClient) -> None:
    asserted = {"query": FUNDER, "default-graph-uri": "https://w3id.org/m4sd/graph/asserted"}
    assert client.get("/sparql", query_string=asserted, headers={"Accept": "text/csv"}).text == "f\r\n"


@pytest.mark.parametrize(
    ("send", "status"),
    [
        ({"query_string": {"query": [FUNDER, FUNDER]}}, 400),
        ({"query_string": {"query": "SELECT {"}}, 400),
        ({"query_string": {}, "headers": {"Accept": "text/csv"}}, 400),
        ({"query_string": {"query": FUNDER}, "headers": {"Accept": "image/png"}}, 406),
        ({"query_string": {"query": FUNDER}, "headers": {"Accept": "text/turtle"}}, 406),
        ({"method": "POST", "data": "x", "content_type": "text/plain"}, 415),
        ({"method": "POST", "data": b"\xff", "content_type": "application/sparql-query"}, 400),
        ({"method": "POST", "data": {"query": "#" * 2_000_000}}, 413),
        ({"method": "PUT", "data": "x"}, 405),
        ({"query_string": {"query": "DROP ALL"}}, 400),
        ({"query_string": {"query": FUNDER, "default-graph-uri": "not an iri"}}, 400),
    ],
)
def test_a_wrong_request_is_a_problem_with_its_status(
    client: FlaskClient, send: dict[str, object], status: int
) -> None:
    headers = {"Accept": "application/problem+json", **send.pop("headers", {})}  # type: ignore[dict-item]
    if headers["Accept"] == "application/problem+json":
        headers["Accept"] = "*/*"
    found = client.open("/sparql", headers=headers, **send)  # type: ignore[arg-type]
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")
    assert json.loads(found.text)["status"] == status


def test_a_syntax_error_says_line_and_column_in_the_readers_language(client: FlaskClient) -> None:
    query = {"query": "SELECT * {\n ?s nope:x ?o }"}
    found = client.get("/sparql", query_string=query, headers={"Accept-Language": "fr"})
    problem = json.loads(found.text)
    assert (problem["line"], problem["column"]) == (2, 5)
    assert problem["detail"] == "Ligne 2, colonne 5 : le préfixe nope: n’est pas déclaré ; ajoutez une ligne PREFIX"


def test_no_rows_for_an_unknown_code_are_explained_in_header_and_page(client: FlaskClient) -> None:
    query = {"query": "SELECT * { sdg:4.1.1 ?p ?o }"}
    header = client.get("/sparql", query_string=query).headers["M4SD-Note"]
    page = client.get("/sparql", query_string=query, headers={"Accept": "text/html", "Accept-Language": "fr"}).text
    assert header == "sdg:4.1.1 is not in the graph; near it are: sdg:C040101"
    assert "sdg:4.1.1 n’est pas dans le graphe ; ce qui porte ce code est sdg:C040101" in page


def test_counting_is_right_with_and_without_a_dataset(client: FlaskClient) -> None:
    def count(**dataset: object) -> int:
        text = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT *) AS ?d) WHERE { ?s ?p ?o }"
        found = client.get("/sparql", query_string={"query": text, **dataset}, headers={"Accept": "text/csv"})
        all_rows, distinct = found.text.split("\r\n")[1].split(",")
        assert all_rows == distinct
        return int(all_rows)

    graphs = [f"https://w3id.org/m4sd/graph/{part}" for part in ("asserted", "inferred", "annotated")]
    assert count() == count(**{"default-graph-uri": graphs})
    assert count() == sum(count(**{"default-graph-uri": graph}) for graph in graphs)


def test_what_a_literal_holds_is_never_markup(client: FlaskClient) -> None:
    query = {"query": 'SELECT ("<script>alert(1)</script>" AS ?x) (<javascript:alert(1)> AS ?y) {}'}
    page = client.get("/sparql", query_string=query, headers={"Accept": "text/html"}).text
    assert "<script>" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", ["/", "/sparql", "/examples", "/nowhere"])
def test_each_page_speaks_both_languages(client: FlaskClient, path: str, lang: str) -> None:
    page = client.get(path, query_string={"lang": lang}, headers={"Accept": "text/html"})
    assert f'<html lang="{lang}">' in page.text
    assert page.headers["Content-Language"] == lang


def test_every_example_runs_over_http_and_has_a_page(client: FlaskClient) -> None:
    for example in examples():
        found = client.post("/sparql", data={"query": example.text}, headers={"Accept": "text/csv"})
        assert (found.status_code, found.text.count("\n") > 1) == (200, True), example.name
        assert client.get(f"/examples/{example.name}", headers={"Accept": "text/html"}).status_code == 200
        assert client.get(f"/examples/{example.name}?format=rq").text == example.text


def test_the_contract_names_every_route(client: FlaskClient) -> None:
    paths = json.loads(client.get("/openapi.json").text)["paths"]
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in client.application.url_map.iter_rules()}
    assert rules - {"/static/{filename}"} == set(paths)


def test_an_answer_that_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": FUNDER})
    again = client.get("/sparql", query_string={"query": FUNDER}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    weak = {"If-None-Match": f"W/{first.headers['ETag']}"}  # as a proxy that packs answers sends it
    assert client.get("/sparql", query_string={"query": FUNDER}, headers=weak).status_code == 304
    other = {"If-None-Match": first.headers["ETag"], "Accept": "text/csv"}
    assert client.get("/sparql", query_string={"query": FUNDER}, headers=other).status_code == 200


def test_a_long_answer_is_compressed_for_who_takes_it(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s a m4sd:Country }"}
    packed = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip"})
    plain = client.get("/sparql", query_string=query)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data


def test_inference_is_switched_by_one_parameter_and_stated(client: FlaskClient) -> None:
    off = client.get("/sparql", query_string={"query": FUNDER, "inference": "off"}, headers={"Accept": "text/csv"})
    on = client.get("/sparql", query_string={"query": FUNDER}, headers={"Accept": "text/csv"})
    assert (off.text, off.headers["M4SD-Inference"]) == ("f\r\n", "off")
    assert (SDC in on.text, on.headers["M4SD-Inference"]) == (True, "on")


@pytest.mark.parametrize("where", ["FROM <http://x/> { ?s ?p ?o }", "{ GRAPH <http://x/> { ?s ?p ?o } }"])
def test_a_query_that_names_graphs_is_not_asked_of_others_in_silence(client: FlaskClient, where: str) -> None:
    asked = {"query": f"SELECT * {where}", "format": "json"}
    refused = client.get("/sparql", query_string={**asked, "inference": "off"})
    assert refused.status_code == 400
    assert "<https://w3id.org/m4sd/graph/asserted>" in refused.text
    assert client.get("/sparql", query_string=asked).status_code == 200
    page = client.get("/sparql", query_string={**asked, "format": "html"})
    assert "inference=off" not in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graphs?default", 200),
        ("/graphs?graph=https://w3id.org/m4sd/graph/inferred", 200),
        ("/graph/seed/org-CH-4", 200),
        ("/graphs?graph=http://nowhere/", 404),
        ("/graph/nothing", 404),
        ("/graphs", 400),
        ("/graphs?default&graph=http://x/", 400),
    ],
)
def test_a_graph_is_read_whole(client: FlaskClient, path: str, status: int) -> None:
    found = client.get(path, headers={"Accept": "text/turtle"})
    assert found.status_code == status
    assert client.head(path).status_code == status
    assert found.mimetype == ("text/turtle" if status == 200 else "application/problem+json")


def test_the_service_describes_itself(client: FlaskClient) -> None:
    found = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "sd:endpoint <http://localhost/sparql>" in found.text


def test_a_browser_elsewhere_may_ask(client: FlaskClient) -> None:
    found = client.options("/sparql", headers={"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"})
    assert (found.status_code, found.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Access-Control-Allow-Credentials" not in found.headers


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ({"query": "ASK {}", "inference": "AAA"}, 400, "inference is AAA"),
        ({"query": "ASK {}", "format": "AAA"}, 406, "application/sparql-results+json"),
        ({"format": "AAA"}, 406, "text/turtle"),
    ],
)
def test_a_parameter_with_a_value_that_nobody_knows_is_refused(
    client: FlaskClient, asked: dict[str, str], status: int, word: str
) -> None:
    found = client.get("/sparql", query_string=asked)
    assert (found.status_code, word in found.text) == (status, True)

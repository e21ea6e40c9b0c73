"""Try every address with the Accept headers that real clients send; each gives what the contract says it offers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bench.lived import QUERY, THING, Lived, lived
from graph.names import BASE
from server.http.negotiate import GRAPHS, HTML, JSON, PROBLEM, RESULTS, THINGS, Media, choose
from server.openapi.contract import document
from server.openapi.offers import offered, path_of
from tests.test_linked_data import ACCEPTS

pytestmark = pytest.mark.slow

PATHS = document("/")["paths"]
# A real value for each parameter of an address, where `bench.lived` made none.
VALUES: dict[str, dict[str, object]] = {
    "country": {"code": "MAR"}, "goal": {"number": "10"}, "example": {"name": "board-meeting-countries"},
    "question": {"name": "results-in-morocco"}, "recipes": {"reader": "partners"}, "rule": {"name": "Initiative"},
    "sheet": {"name": "Initiative"}, "table": {"name": "Initiative"}, "schema": {"name": "Initiative"},
    "thing": {"name": "programme-m4sd"}, "page": {"name": "programme-m4sd"}, "data": {"name": "programme-m4sd"},
    "linkset": {"name": "programme-m4sd"}, "concept": {"name": "sector/health"}, "of_dataset": {"name": "seed"},
    "graph": {"name": "seed/programme-m4sd"}, "ontology_part": {"name": "alignments/prov"},
    "ontology_data": {"suffix": "ttl"}, "sitemap_part": {"number": 1}, "static": {"filename": "m4sd.css"},
    "form": {"name": "Organisation"},
}  # fmt: skip
FOREIGN = f"iri={quote('http://metadata.un.org/sdg/10.7')}"
# What an address needs beside its path.
ASKED = {
    "graphs": "default", "foreign_page": FOREIGN, "foreign_data": FOREIGN, "foreign_linkset": FOREIGN,
    "history_of": f"iri={quote(THING)}", "compare_releases": "from=2026.1&to=2026.2", "suggest": "q=mar", "why":
    f"query={quote('SELECT ?x { ?x a m4sd:Programm }')}", "terms": "q=health",
}  # fmt: skip
# Whose address it is.
WHO = {"account": "Ana", "people": "Root", "submit_form": "Ana", "submissions": "Bo", "news": "Bo", "edit_form": "Ana"}
WHO |= {"submission": "Bo", "submitted_file": "Bo", "forms": "Ana", "form": "Ana", "resume_form": "Ana"}
ROWS, TRIPLES = (*RESULTS, HTML), (*GRAPHS, HTML)
# What is offered depends on more than the path.
NARROWER: dict[str, Sequence[Media]] = {
    "/sparql": TRIPLES, f"/sparql?query={quote(QUERY)}": ROWS, "/sparql?query=ASK%7B%7D": ROWS,
    f"/sparql?query={quote('DESCRIBE id:programme-m4sd')}": TRIPLES,
    "/history/lived-centre": (HTML, JSON), f"/history?iri={quote(THING)}": (HTML, JSON),
    "/history/lived-centre?version=2": (HTML, *GRAPHS), "/history/lived-centre?from=2&to=4": (HTML, JSON),
    "/graph/seed": GRAPHS, "/?lang=fr": (HTML, JSON), "/ontology.ttl": (),
}  # fmt: skip
CHANGING = {"x-request-id", "server-timing", "date", "set-cookie", "content-length"}


@pytest.fixture(scope="module")
def work(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(folder, tmp_path_factory.mktemp("negotiation") / "store") as found:
        yield found


def ask(work: Lived, endpoint: str, method: str, address: str, accept: str | None) -> TestResponse:
    who = WHO.get(endpoint, "")
    headers = {"Authorization": f"Bearer {work.counter.secrets[who]}"} if who else {}
    headers |= {"Accept": accept} if accept is not None else {}
    return work.counter.app.test_client().open(address, method=method, headers=headers, buffered=True)


def reading(work: Lived) -> list[Rule]:
    return [rule for rule in work.counter.app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def addresses(work: Lived) -> Iterator[tuple[str, str, Sequence[Media]]]:
    """Return every address with its endpoint and with what its contract offers there."""
    for rule in reading(work):
        given = {**VALUES, **work.values}.get(rule.endpoint, {})
        built = rule.build(dict(given))
        assert built is not None, f"a real value is wanted for {rule.rule}"
        address = built[1] + (f"?{asked}" if (asked := ASKED.get(rule.endpoint)) else "")
        path = path_of(rule.rule)
        offer = offered(PATHS[path]["get"]) if path in PATHS else ()
        offer = ROWS if rule.endpoint == "link" else offer  # its query selects
        yield rule.endpoint, address, NARROWER.get(address, offer)
        for other in NARROWER:
            if other != address and (other.partition("?")[0] or "/") == address.partition("?")[0] and "?" in other:
                yield rule.endpoint, other, NARROWER[other]


def test_every_address_gives_what_each_client_takes_or_says_what_there_is(work: Lived) -> None:
    seen, wrong = 0, []
    for endpoint, address, offer in addresses(work):
        for accept in ACCEPTS:
            found = ask(work, endpoint, "GET", address, accept)
            head = ask(work, endpoint, "HEAD", address, accept)
            seen += 1
            faults = [*judged(found, offer, accept, address), *compared(found, head)]
            wrong += [f"{address} for {accept}: {fault}" for fault in faults]
    assert wrong == []
    assert seen >= 60 * len(ACCEPTS)


def judged(found: TestResponse, offer: Sequence[Media], accept: str | None, address: str) -> Iterator[str]:
    """Name what is wrong with an answer to a client, by what is offered at its address."""
    if "Accept" not in ", ".join(found.headers.getlist("Vary")).split(", "):
        yield "Vary does not name Accept"
    wanted = choose(accept, tuple(offer)) if offer else None
    if offer and wanted is None:
        yield from refused(found, offer, accept, address)
    elif found.status_code not in (200, 303):
        yield f"{found.status_code}: {found.text[:200]}"
    elif wanted is not None and found.status_code == 303 and not leads(found.headers["Location"], wanted, address):
        yield f"it leads to {found.headers['Location']} for {wanted.type}"
    elif wanted is not None and found.status_code == 200 and found.mimetype != wanted.type:
        yield f"{found.mimetype} instead of {wanted.type}"


def refused(found: TestResponse, offer: Sequence[Media], accept: str | None, address: str) -> Iterator[str]:
    """Name what is wrong with an answer to a client that takes nothing of what there is."""
    if found.status_code == 400 and address == "/sparql":
        return  # whoever takes rows meant to ask something, and forgot the query
    problem = choose(accept, (PROBLEM, HTML)) or PROBLEM
    if (found.status_code, found.mimetype) != (406, problem.type) or not all(each.type in found.text for each in offer):
        yield f"{found.status_code} {found.mimetype} where nothing fits"


def leads(location: str, wanted: Media, address: str) -> bool:
    """Return whether a location is the page or the data of the thing that an address names."""
    if wanted is HTML:
        return location.startswith("/page") and not address.startswith("/page")
    return location.partition("?")[0].startswith("/data") and wanted.extension in location


def compared(found: TestResponse, head: TestResponse) -> Iterator[str]:
    """Name what HEAD says otherwise than GET (RFC 9110, 9.3.2)."""
    if head.data:
        yield "HEAD has a body"
    if head.status_code != found.status_code:
        yield f"HEAD is answered by {head.status_code}, GET by {found.status_code}"
    for name in {key.lower() for key, _ in (*found.headers, *head.headers)} - CHANGING:
        if found.headers.get(name) != head.headers.get(name):
            yield f"{name} of HEAD is {head.headers.get(name)}, of GET {found.headers.get(name)}"


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ((HTML, JSON), "html html html html html html html - - - json html - json - - html"),
        ((HTML,), "html html html html html html html - - - - html - - - - html"),
        ((JSON,), "json json json json json json - - - - json json - json - - json"),
        ((HTML, *THINGS), " ".join(page or "-" for page, _ in ACCEPTS.values())),
    ],
)
def test_what_is_expected_is_what_people_expect(offer: tuple[Media, ...], expected: str) -> None:
    chosen = [choose(accept, offer) for accept in ACCEPTS]
    assert " ".join(media.name if media else "-" for media in chosen) == expected


def test_a_format_that_nobody_knows_is_406_on_every_address(work: Lived) -> None:
    for endpoint, address, offer in addresses(work):
        if offer and "." not in address:
            found = ask(work, endpoint, "GET", f"{address}{'&' if '?' in address else '?'}format=doc", "*/*")
            assert (found.status_code, found.mimetype) == (406, "application/problem+json"), address


def test_names_below_ours_are_asked_for_as_themselves(work: Lived) -> None:
    found = ask(work, "thing", "GET", f"/id/{THING.removeprefix(BASE + 'id/')}.ttl", "text/html")
    assert (found.status_code, found.headers["Location"]) == (303, "/data/lived-centre.ttl")


def test_a_browser_may_send_what_pages_of_others_need(work: Lived) -> None:
    found = work.counter.app.test_client().options("/submissions/x", headers={"Origin": "https://example.org"})
    assert found.status_code == 204
    assert "PUT" in found.headers["Access-Control-Allow-Methods"].split(", ")
    assert "If-Match" in found.headers["Access-Control-Allow-Headers"].split(", ")
    assert "Access-Control-Allow-Credentials" not in found.headers


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_an_address_does_not_take_is_told_with_what_it_takes(work: Lived, lang: str) -> None:
    client = work.counter.app.test_client()
    found = client.put("/countries", headers={"Accept-Language": lang})
    words = {"en": "This address takes GET, HEAD, OPTIONS.", "fr": "Cette adresse accepte GET, HEAD, OPTIONS."}
    assert (found.status_code, found.get_json()["detail"]) == (405, words[lang])
    long = client.post("/sparql", data=b"x" * 1_100_000, content_type="application/sparql-query")
    assert (long.status_code, "1048576" in long.get_json()["detail"]) == (413, True)
    files = client.post("/validate", data=b"x" * 11_000_000, content_type="text/turtle")
    assert (files.status_code, "10485760" in files.get_json()["detail"]) == (413, True)

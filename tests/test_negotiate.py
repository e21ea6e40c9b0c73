"""Try the negotiator with the Accept headers that real clients send."""

import pytest

from server.http.negotiate import GRAPHS, HTML, RESULTS, choose

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROTEGE = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
RDFLIB = (
    "text/turtle, application/x-turtle, application/rdf+xml, application/xhtml+xml, text/n3, application/n-triples, "
    "application/ld+json, application/json;q=0.9, */*;q=0.1"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,text/html;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "rows", "triples"),
    [
        (CHROME, "html", "html"),
        ("*/*", "json", "turtle"),
        (None, "json", "turtle"),
        (PROTEGE, "xml", "rdfxml"),
        (JAVA, "html", "html"),
        (RDFLIB, "html", "turtle"),
        (COMUNICA, "xml", "jsonld"),
        ("text/turtle;charset=utf-8", None, "turtle"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None, "jsonld"),
        ("application/json", "json", "jsonld"),
        ("text/rdf+n3, */*;q=0.1", "json", "turtle"),
        ("image/png", None, None),
        ("text/html;q=0, */*", "json", "turtle"),
        ("application/xml", "xml", "rdfxml"),
        ("text/csv", "csv", None),
        ("application/sparql-results+json,*/*;q=0.9", "json", "turtle"),
        ("text/csv;q=nonsense", None, None),
        ("", "json", "turtle"),
    ],
)
def test_the_format_that_the_client_prefers_is_chosen(
    accept: str | None, rows: str | None, triples: str | None
) -> None:
    chosen = choose(accept, (*RESULTS, HTML)), choose(accept, (*GRAPHS, HTML))
    assert tuple(media.name if media else None for media in chosen) == (rows, triples)

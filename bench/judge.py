"""Judge an answer: whether it is whole in its format, and what it says, so that it can be held against another."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.etree import ElementTree

from pyoxigraph import RdfFormat, parse

from bench.wire import Reply

# Above this size the frame (length, last bytes) is judged, not the content: the judge shares two cores with the server.
LARGE: Final = 4 * 1024 * 1024
PROBLEM: Final = "application/problem+json"
RDF: Final = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
_BLANK = re.compile(r"_:[\w.-]+|(?<=<)[0-9a-f]{32}(?=>)")


def fault(reply: Reply) -> str:
    """Say what is wrong with an answer as a message; nothing where it is whole and clean."""
    if reply.status >= 400:
        return _problem_fault(reply)
    if reply.status in (204, 301, 302, 303, 304, 307, 308) or not reply.media:
        return ""
    return _body_fault(reply)


def canonical(reply: Reply) -> object:
    """Return the content of an answer, the same for every order of its rows and every name of its blank nodes."""
    read = _READ.get(reply.media)
    return read(reply.body) if read else reply.body


def detail(reply: Reply) -> str:
    """Return what a problem says, or the beginning of what came instead."""
    try:
        return str(json.loads(reply.body)["detail"])
    except (ValueError, KeyError, TypeError):
        return reply.body[:160].decode(errors="replace")


def _problem_fault(reply: Reply) -> str:
    if reply.media == "text/html":
        return "" if b"</html>" in reply.body else "an error page without an end"
    if reply.media != PROBLEM:
        return f"{reply.status} as {reply.media or 'nothing'}, not a problem"
    try:
        problem = json.loads(reply.body)
    except ValueError:
        return "a problem that is no JSON"
    if problem.get("status") != reply.status or not problem.get("detail"):
        return "a problem with another status or no detail"
    return ""


def _body_fault(reply: Reply) -> str:
    if len(reply.body) > LARGE:
        end = {"application/sparql-results+json": b"}", "application/sparql-results+xml": b"</sparql>"}.get(
            reply.media, b""
        )
        return "" if reply.body.rstrip().endswith(end) else f"a large {reply.media} without its end"
    try:
        canonical(reply)
    except (ValueError, SyntaxError, KeyError) as error:
        return f"a 200 that is no whole {reply.media}: {str(error)[:80]}"
    return ""


def _json(body: bytes) -> object:
    found = json.loads(body)
    if "boolean" in found:
        return found["boolean"]
    return found["head"].get("vars"), sorted(json.dumps(row, sort_keys=True) for row in found["results"]["bindings"])


def _xml(body: bytes) -> object:
    return sorted(ElementTree.tostring(each) for each in ElementTree.fromstring(body.decode()).iter() if _row(each.tag))


def _row(tag: str) -> bool:
    return tag.endswith(("}result", "}boolean"))


def _lines(body: bytes) -> object:
    return sorted(body.decode().splitlines())


def _triples(form: RdfFormat) -> Callable[[bytes], object]:
    def read(body: bytes) -> object:
        return sorted(_BLANK.sub("_:b", str(triple)) for triple in parse(body, format=form))

    return read


def _page(body: bytes) -> object:
    if b"</html>" not in body:
        raise ValueError("a page without its end")
    return None  # a page carries what differs between two requests


_READ: Mapping[str, Callable[[bytes], object]] = {
    "application/sparql-results+json": _json,
    "application/sparql-results+xml": _xml,
    "text/csv": _lines,
    "text/tab-separated-values": _lines,
    "text/html": _page,
    "application/json": json.loads,
    **{media: _triples(form) for media, form in RDF.items()},
}

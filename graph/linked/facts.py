"""Write what is said of a thing as a table: a row for each fact, names beside codes, who says so."""

import csv
import io
from collections.abc import Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.names import ANNOTATED, INFERRED
from graph.pages.naming import Namer
from graph.pages.testimony import Said, Testimony, Witness
from graph.store import Store, placed

HEAD = (
    *("property", "property_name", "value", "value_name", "language", "datatype"),
    *("status", "confidence", "sources", "addresses"),
)
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def table(store: Store, thing: NamedNode, lang: str) -> bytes:
    """Return the facts of a thing as CSV (RFC 4180), its names in a language."""
    namer = Namer(store, lang)
    said = Witness(store, namer).of(thing)
    target = io.StringIO()
    rows = csv.writer(target)
    rows.writerow(HEAD)
    quads = sorted(store.quads(s=thing, g=DefaultGraph()), key=lambda quad: str(quad.triple))
    rows.writerows(_row(store, namer, said, quad) for quad in quads)
    return target.getvalue().encode()


def status_of(store: Store, quad: Quad) -> str:
    """Return whether a triple of the default graph is stated, inferred, or follows from annotations."""
    for graph, status in ((INFERRED, "inferred"), (ANNOTATED, "annotated")):
        if store.holds(placed(quad.triple, graph)):
            return status
    return "stated"


def _row(store: Store, namer: Namer, said: Said, quad: Quad) -> list[str]:
    value = quad.object
    heard = said.get((quad.predicate, value), [])
    called = namer.name(value).text if isinstance(value, NamedNode) else ""
    literal = isinstance(value, Literal)
    datatype = value.datatype.value if isinstance(value, Literal) and not value.language else ""
    return [
        quad.predicate.value,
        namer.name(quad.predicate).text,
        value.value if isinstance(value, NamedNode | Literal) else str(value),
        called,
        (value.language or "") if isinstance(value, Literal) and literal else "",
        "" if datatype == _STRING else datatype,
        status_of(store, quad),
        "; ".join(dict.fromkeys(each.confidence.text for each in heard if each.confidence)),
        "; ".join(dict.fromkeys(_sources(heard))),
        " ".join(dict.fromkeys(source.address for each in heard for source in each.sources if source.address)),
    ]


def _sources(heard: list[Testimony]) -> Iterator[str]:
    for each in heard:
        for source in each.sources:
            yield f"{source.document.text} ({source.sentence})" if source.sentence else source.document.text

"""Try every kind of canonical IRI against a deployment, in every format, as a stranger's program would."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from time import perf_counter
from typing import Final
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from pyoxigraph import RdfFormat, parse

from graph.context import with_context
from graph.errors import M4sdError, Said, said
from graph.names import BASE
from server.http.negotiate import DATASETS, GRAPHS, HTML, THINGS, Media

PATIENCE: Final = 20.0  # seconds for one answer
LARGEST: Final = 64 * 1024 * 1024
# What a deployment is asked for, beside a thing: the kind, the IRI after the base, the formats.
_KINDS: Final[tuple[tuple[Said, str, tuple[Media, ...]], ...]] = (
    (said("concept"), "concept/sector/health", (HTML, *THINGS)),
    (said("list of concepts"), "concept/sector", (HTML, *THINGS)),
    (said("dataset"), "dataset/seed", (HTML, *THINGS)),
    (said("record graph"), "graph/seed/programme-m4sd", (HTML, *GRAPHS)),
    (said("ontology"), "ontology", (HTML, *GRAPHS)),
    (said("term of the ontology"), "ontology#Initiative", (HTML, *GRAPHS)),
    (said("alignment"), "ontology/alignments/prov", (HTML, *THINGS)),
    (said("rules"), "shapes", (HTML, *GRAPHS)),
    (said("rule"), "shapes#Initiative-place", (HTML, *GRAPHS)),
    (said("JSON-LD context"), "shapes/context.jsonld", (GRAPHS[1],)),
)
_SYNTAX: Final = {
    "turtle": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}
_RDF: Final = (*GRAPHS, *DATASETS)


class NoAddress(M4sdError):
    """Say that this is no address of a deployment."""

    template = "{url} is no address of a deployment: write it with http:// or https://"


@dataclass(frozen=True, slots=True)
class Tried:
    """Carry one trial: what was asked for, what went wrong if anything did, where it ended, how long it took."""

    kind: Said
    iri: str
    format: str
    fault: Said | None
    address: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Got:
    """Carry an answer, after every redirect."""

    status: int
    type: str
    headers: dict[str, str]
    body: bytes
    address: str
    seconds: float


def examine(url: str, thing: str) -> Iterator[Tried]:
    """Try the IRIs of a deployment at an address that stands for the base of our IRIs; `thing` is the name of one."""
    if not url.startswith(("http://", "https://")):
        raise NoAddress(url=url)
    root = url.rstrip("/") + "/"
    kinds = ((said("thing"), f"id/{thing}", (HTML, *THINGS)), *_KINDS)
    for kind, local, formats in kinds:
        for media in formats:
            yield _tried(root, kind, local, media)
    yield _refused(root, said("a format that is not known"), f"id/{thing}", "image/png", 406)
    yield _refused(root, said("a thing that is not known"), "id/nothing-of-this-name", "*/*", 404)


def _tried(root: str, kind: Said, local: str, media: Media) -> Tried:
    iri, path = BASE + local, local.partition("#")[0]
    try:
        got = _got("GET", root + path, media.type)
        head = _got("HEAD", root + path, media.type)
    except (OSError, HTTPException) as error:
        return Tried(kind, iri, media.name, said("no answer: {why}", why=str(error)))
    return Tried(kind, iri, media.name, _fault(got, head, iri, media), got.address, got.seconds)


def _fault(got: _Got, head: _Got, iri: str, media: Media) -> Said | None:
    """Return the first thing that is wrong with an answer."""
    if got.status != 200:
        return said("the answer is {status}", status=got.status)
    if got.type != media.type:
        return said("the answer is of the type {type}", type=got.type or "?")
    if (head.status, head.type) != (got.status, got.type):
        return said("HEAD answers otherwise: {status} {type}", status=head.status, type=head.type or "?")
    if "accept" not in got.headers.get("vary", "").lower():
        return said("no Vary: Accept, so that caches would give one format for another")
    return _unread(got, iri, media)


def _unread(got: _Got, iri: str, media: Media) -> Said | None:
    """Return what keeps a reader from finding the IRI in an answer."""
    if media not in _RDF or iri.endswith(".jsonld"):
        return None
    try:
        quads = list(parse(with_context(got.body), format=_SYNTAX[media.name], base_iri=iri))
    except (SyntaxError, ValueError) as error:
        return said("it cannot be read: {why}", why=str(error))
    named = {getattr(term, "value", "") for quad in quads for term in (quad.subject, quad.object, quad.graph_name)}
    known = iri in named or (bool(quads) and iri.startswith((f"{BASE}graph/", f"{BASE}shapes")))
    return None if known else said("it says nothing of {iri}", iri=iri)


def _refused(root: str, kind: Said, local: str, accept: str, status: int) -> Tried:
    try:
        got = _got("GET", root + local, accept)
    except (OSError, HTTPException) as error:
        return Tried(kind, BASE + local, accept, said("no answer: {why}", why=str(error)))
    fault = None if got.status == status else said("the answer is {status}", status=got.status)
    return Tried(kind, BASE + local, accept, fault, got.address, got.seconds)


def _got(method: str, address: str, accept: str) -> _Got:
    """Return an answer, whatever its status; raise OSError where there is none."""
    begun = perf_counter()
    asked = Request(quote(address, safe=":/?=&%#"), headers={"Accept": accept}, method=method)  # noqa: S310
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - http and https alone, see examine
            body, status, headers, ended = answer.read(LARGEST), answer.status, answer.headers, answer.url
    except HTTPError as error:
        body, status, headers, ended = error.read(LARGEST), error.code, error.headers, error.url
    plain = {name.lower(): value for name, value in headers.items()}
    kind = plain.get("content-type", "").partition(";")[0].strip()
    return _Got(status, kind, plain, body, ended, perf_counter() - begun)

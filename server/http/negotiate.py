"""Choose a format: one negotiator over one table (RFC 9110, 12.5.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from graph.errors import NotAcceptable


@dataclass(frozen=True, slots=True, eq=False)
class Media:
    """Describe one format: its name, as in `graph.results.write`, its media type, and other types by which clients ask.

    A person sees `title`; a file of it ends in `extension`; one that is `attached` is saved rather than shown, and one
    that is `worded` holds labels in the reader's language.
    """

    name: str
    type: str
    aliases: tuple[str, ...] = ()
    charset: bool = False
    title: str = ""
    extension: str = ""
    attached: bool = False
    worded: bool = False

    @property
    def content_type(self) -> str:
        """Return the value of the Content-Type header."""
        return f"{self.type}; charset=utf-8" if self.charset else self.type


HTML = Media("html", "text/html", ("application/xhtml+xml",), charset=True, worded=True)
JSON = Media("json", "application/json")
PROBLEM = Media("problem", "application/problem+json", ("application/json",))

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARQUET = "application/vnd.apache.parquet"
_ANY_XML = ("application/xml", "text/xml")
RESULTS = (
    Media("json", "application/sparql-results+json", ("application/json",), title="JSON", extension="json"),
    Media("xml", "application/sparql-results+xml", _ANY_XML, title="XML", extension="xml"),
    Media("csv", "text/csv", charset=True, title="CSV", extension="csv"),
    Media("tsv", "text/tab-separated-values", charset=True, title="TSV", extension="tsv"),
    Media("xlsx", _XLSX, title="XLSX", extension="xlsx", attached=True, worded=True),
    Media("parquet", _PARQUET, ("application/x-parquet",), title="Parquet", extension="parquet", attached=True),
)
_NOTATIONS = ("application/x-turtle", "text/rdf+n3", "text/n3")
GRAPHS = (
    Media("turtle", "text/turtle", _NOTATIONS, charset=True, title="Turtle", extension="ttl"),
    Media("jsonld", "application/ld+json", ("application/json",), title="JSON-LD", extension="jsonld"),
    Media("nt", "application/n-triples", ("text/plain",), charset=True, title="N-Triples", extension="nt"),
    Media("rdfxml", "application/rdf+xml", _ANY_XML, title="RDF/XML", extension="rdf"),
)

# What says of each triple which graph holds it.
DATASETS = (
    Media("trig", "application/trig", ("application/x-trig",), charset=True, title="TriG", extension="trig"),
    Media("nq", "application/n-quads", ("text/x-nquads",), charset=True, title="N-Quads", extension="nq"),
)
# How a thing is described: a graph, the same with its record graphs, or a table of facts.
FACTS = Media("csv", "text/csv", charset=True, title="CSV", extension="csv", worded=True)
THINGS = (*GRAPHS, *DATASETS, FACTS)


# What people call a format of triples.
SHORT = {"json": "jsonld", "xml": "rdfxml", "ttl": "turtle", "ntriples": "nt", "rdf": "rdfxml", "nquads": "nq"}


@dataclass(frozen=True, slots=True)
class Range:
    """Carry one media range of an Accept header and its quality, 0 to 1."""

    type: str
    quality: float


@lru_cache(1000)  # most clients send one of a few headers
def choose(accept: str | None, offered: tuple[Media, ...]) -> Media | None:
    """Return the best of `offered` for an Accept header, the server's order breaking ties; None where nothing fits."""
    ranges = list(_ranges(accept or "*/*"))
    scored = [(_quality(media, ranges), -place, media) for place, media in enumerate(offered)]
    quality, _, best = max(scored, key=lambda score: score[:2])
    return best if quality > 0 else None


def named(format_name: str, offered: Sequence[Media]) -> Media | None:
    """Return the format of this short name or media type, as in `?format=csv`."""
    wanted = format_name.lower()
    by_name = next((m for m in offered if wanted in (m.name, m.type, *m.aliases)), None)
    return by_name or next((m for m in offered if m.name == SHORT.get(wanted)), None)


def asked_for(offered: tuple[Media, ...]) -> Media | None:
    """Return what the present request asks for, by its parameter `format` or else by its Accept header."""
    wanted = request.args.get("format")
    return named(wanted, offered) if wanted else choose(request.headers.get("Accept"), offered)


def wanted(*offered: Media) -> Media:
    """Return what the present request asks for; raise NotAcceptable where it is none of these."""
    media = asked_for(offered)
    if media is None:
        raise NotAcceptable(tuple(each.type for each in offered))
    return media


def _quality(media: Media, ranges: Sequence[Range]) -> float:
    """Return the quality that the most specific matching range gives; an alias counts a little less than the name."""
    best = (-1, 0.0)
    for asked in ranges:
        for depth, kind in enumerate((media.type, *media.aliases)):
            specific = _specificity(asked.type, kind)
            if specific:
                best = max(best, (specific, asked.quality * (1 if depth == 0 else 0.999)))
    return best[1]


def _specificity(pattern: str, kind: str) -> int:
    if pattern == kind:
        return 3
    if pattern == f"{kind.partition('/')[0]}/*":
        return 2
    return int(pattern in ("*/*", "*"))


def _ranges(accept: str) -> Iterator[Range]:
    for part in accept.split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        given = {k.strip().lower(): v.strip().strip('"') for k, _, v in (p.partition("=") for p in parameters)}
        if kind:
            # Other parameters (charset, profile) are preferences that nothing here depends on (RFC 6906, 3.1).
            yield Range(kind.lower(), number(given.get("q", "1")))


def number(text: str) -> float:
    """Return a quality, 0 to 1; what is no number counts as 0."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0

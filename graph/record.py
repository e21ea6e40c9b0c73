"""Read RDF from any syntax as Records that remember the line each triple stands on."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from graph.errors import SourceError, said
from graph.names import BASE, record_graph

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class Record:
    """Describe one thing by the triples of its named graph; `lines[i]` is where `triples[i]` stands in `path`."""

    iri: NamedNode
    graph: NamedNode
    triples: tuple[Triple, ...]
    path: str
    lines: tuple[int, ...]


def read_record(path: Path, dataset: str, iri: NamedNode | None = None, slug: str = "") -> Record:
    """Read one curated file as a record of a dataset; its name says which, unless `iri` and `slug` do."""
    triples, lines = read_triples(path)
    slug = slug or path.stem
    thing = iri or NamedNode(f"{BASE}id/{slug}")
    return Record(thing, record_graph(dataset, slug), _relabelled(triples, f"{dataset}-{slug}"), str(path), lines)


def read_triples(path: Path) -> tuple[tuple[Triple, ...], tuple[int, ...]]:
    """Read a file of any RDF syntax as triples and their lines; raise SourceError with the line where it breaks."""
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise SourceError(str(path), 1, said("the name should end in one of {endings}", endings=", ".join(FORMATS)))
    data = _bytes_of(path)
    _refuse_doctype(path, form, data)
    found = list(_parse(path, form, data))
    return tuple(triple for triple, _ in found), tuple(line for _, line in found)


def _relabelled(triples: Iterable[Triple], prefix: str) -> tuple[Triple, ...]:
    """Name blank nodes by their order in the file: the parser names them anew each time."""
    names: dict[BlankNode, BlankNode] = {}

    def name(node: BlankNode) -> BlankNode:
        return names.setdefault(node, BlankNode(f"{prefix}-{len(names)}"))

    return tuple(
        Triple(name(s) if isinstance(s, BlankNode) else s, p, name(o) if isinstance(o, BlankNode) else o)
        for s, p, o in triples
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise SourceError(str(path), 1, said("the file cannot be opened: {why}", why=error.strerror)) from error


def _refuse_doctype(path: Path, form: RdfFormat, data: bytes) -> None:
    # Entities declared in a DOCTYPE can grow a few bytes into gigabytes; RDF/XML needs none.
    if form == RdfFormat.RDF_XML and b"<!DOCTYPE" in data:
        line = data[: data.index(b"<!DOCTYPE")].count(b"\n") + 1
        detail = said("a DOCTYPE is not accepted; take it out and write entities as characters")
        raise SourceError(str(path), line, detail)


def _parse(path: Path, form: RdfFormat, data: bytes) -> Iterator[tuple[Triple, int]]:
    lines = _Lines(data)
    try:
        for quad in parse(lines, format=form, base_iri=f"{BASE}upload/"):  # type: ignore[arg-type]  # reads like a file
            _refuse_controls(path, lines.number, quad.object)
            yield quad.triple, lines.number
    except SyntaxError as error:
        # The parser's own "Parser error at line 3 …: " repeats what SourceError says.
        why = str(error.msg).split(": ", 1)[-1]
        raise SourceError(str(path), error.lineno or lines.number, said("{why}", why=why)) from error
    except ValueError as error:
        raise SourceError(str(path), lines.number, said("{why}", why=error)) from error


def _refuse_controls(path: Path, line: int, term: object) -> None:
    text = getattr(term, "value", "")
    if any(c < " " and c not in "\t\n\r" for c in text):
        detail = said("a text holds a control character, which XML cannot carry; remove it")
        raise SourceError(str(path), line, detail)


class _Lines:
    """Feed a parser one line at a time, so that the lines it has read say where a triple ends."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.splitlines(keepends=True)
        self._rest = b""
        self.number = 0

    def read(self, size: int = -1) -> bytes:
        if not self._rest and self.number < len(self._lines):
            self._rest = self._lines[self.number]
            self.number += 1
        cut = len(self._rest) if size < 0 else size  # the parser's buffer takes no more, and a line may be long
        part, self._rest = self._rest[:cut], self._rest[cut:]
        return part

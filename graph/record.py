"""Read RDF from any syntax as Records that remember the line each triple stands on."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from graph.context import lengthened, with_context
from graph.errors import SourceError, said
from graph.names import BASE, record_graph
from graph.places.slip import cut_off, slip
from graph.places.spot import Source, Spot

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
    """Describe one thing by the triples of its named graph; `lines[i]` is where `triples[i]` stands in `path`.

    A line that was read from a file is a Spot, which knows its column.
    """

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
    """Read a file of any RDF syntax as triples and their lines; raise SourceError with the line where it breaks.

    The lines are Spots, which know the columns too.
    """
    return read_bytes(_bytes_of(path), str(path))


def read_bytes(data: bytes, name: str) -> tuple[tuple[Triple, ...], tuple[int, ...]]:
    """Do the same for the content of a file; the ending of its name says in which syntax it is written."""
    form = FORMATS.get(PurePath(name).suffix.lower())
    if form is None:
        raise SourceError(name, 1, said("the name should end in one of {endings}", endings=", ".join(FORMATS)))
    data = data.removeprefix(codecs.BOM_UTF8)
    source = Source(with_context(data), form, lengthened(data)) if form == RdfFormat.JSON_LD else Source(data, form)
    _refuse_doctype(name, form, source)
    found = list(_parse(name, form, source))
    if (slipped := cut_off(form, source)) is not None:
        raise SourceError(name, slipped[0].line, slipped[1], slipped[0].column)
    source.triples = tuple(triple for triple, _ in found)
    spots = tuple(Spot(line, source, index) for index, (_, line) in enumerate(found))
    _refuse_controls(name, source.triples, spots)
    return source.triples, spots


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
        return path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), 1, said("the file cannot be opened: {why}", why=error.strerror)) from error


def _refuse_doctype(name: str, form: RdfFormat, source: Source) -> None:
    # Entities declared in a DOCTYPE can grow a few bytes into gigabytes; RDF/XML needs none.
    if form == RdfFormat.RDF_XML and "<!DOCTYPE" in source.text:
        place = source.place(source.text.index("<!DOCTYPE"))
        detail = said("a DOCTYPE is not accepted; take it out and write entities as characters")
        raise SourceError(name, place.line, detail, place.column)


def _parse(name: str, form: RdfFormat, source: Source) -> Iterator[tuple[Triple, int]]:
    lines = _Lines(source.data)
    try:
        for quad in parse(lines, format=form, base_iri=f"{BASE}upload/"):  # type: ignore[arg-type]  # reads like a file
            yield quad.triple, lines.number
    except (SyntaxError, ValueError) as error:
        place, why = slip(form, source, error, lines.number)
        raise SourceError(name, place.line, why, place.column) from error


def _refuse_controls(name: str, triples: Sequence[Triple], spots: Sequence[Spot]) -> None:
    for triple, spot in zip(triples, spots, strict=True):
        text = getattr(triple.object, "value", "")
        if any(c < " " and c not in "\t\n\r" for c in text):
            place = spot.at(triple.predicate, triple.object)
            detail = said("a text holds a control character, which XML cannot carry; remove it")
            raise SourceError(name, place.line, detail, place.column)


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

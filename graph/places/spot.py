"""Remember where statements stand: a line that knows its column, which is looked up only when someone asks."""

import functools
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, RdfFormat, Triple

from graph.places.json_ld import scan as scan_json
from graph.places.marks import Marks
from graph.places.rdf_xml import scan as scan_xml
from graph.places.turtle import scan as scan_turtle

_SCANS: Final[Mapping[RdfFormat, Callable[[str, Sequence[Triple]], Sequence[Marks]]]] = {
    RdfFormat.TURTLE: scan_turtle,
    RdfFormat.TRIG: scan_turtle,
    RdfFormat.N_TRIPLES: scan_turtle,
    RdfFormat.N_QUADS: scan_turtle,
    RdfFormat.JSON_LD: scan_json,
    RdfFormat.RDF_XML: scan_xml,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Name a place in a text: line and column, both from 1, the column in characters; 0 where it is not known."""

    line: int
    column: int = 0


class Source:
    """Hold the text that triples were read from, and find where each part of them stands.

    `longer` says at which offsets it is longer than what was sent, and by how much: no place counts that.
    """

    def __init__(self, data: bytes, form: RdfFormat, longer: Sequence[tuple[int, int]] = ()) -> None:
        self.data, self._form, self._longer = data, form, longer
        self.triples: tuple[Triple, ...] = ()

    @functools.cached_property
    def text(self) -> str:
        """Return the text; what is no UTF-8 in it is replaced."""
        return self.data.decode("utf-8", "replace")

    @functools.cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        while (at := self.text.find("\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return starts

    @functools.cached_property
    def _marks(self) -> Sequence[Marks]:
        found = _SCANS[self._form](self.text, self.triples)
        return found if len(found) == len(self.triples) else ()

    def marks(self, index: int) -> Marks | None:
        """Return where the parts of a triple begin; nothing where that cannot be told."""
        return self._marks[index] if self._marks else None

    def place(self, offset: int) -> Place:
        """Return an offset in the text as line and column."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        added = sum(min(more, offset - at) for at, more in self._longer if start <= at < offset)
        return Place(line, offset - start - added + 1)

    def offset(self, place: Place) -> int:
        """Return the offset of a place in this text, as a parser of it names one."""
        start = self._starts[min(place.line, len(self._starts)) - 1] if place.line else 0
        return min(start + max(place.column - 1, 0), len(self.text))


class Spot(int):
    """Be the number of the line where a triple was read, and find the exact place when it is asked for."""

    source: Source
    index: int

    def __new__(cls, line: int, source: Source, index: int) -> "Spot":
        """Return a line number of a triple of a source."""
        spot = super().__new__(cls, line)
        spot.source, spot.index = source, index
        return spot

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        """Travel to another process as the line alone."""
        return int, (int(self),)

    def at(self, path: object, value: object) -> Place:
        """Return where a value stands; else where the property does, else where the subject does."""
        marks, triple = self.source.marks(self.index), self.source.triples[self.index]
        if marks is None:
            return Place(int(self))
        if value is not None and _is(value, triple.object):
            offset = marks.object
        elif path is not None and path == triple.predicate:
            offset = marks.predicate
        else:
            offset = marks.subject
        return self.source.place(offset) if offset >= 0 else Place(int(self))


def _is(value: object, term: object) -> bool:
    """Return whether two terms are one; a blank node has another name after each reading."""
    return value == term or (isinstance(value, BlankNode) and isinstance(term, BlankNode))


def place_of(line: int, path: object, value: object) -> Place:
    """Return the place of what a finding points to, as exactly as its line knows it."""
    return line.at(path, value) if isinstance(line, Spot) else Place(line)

"""Say where a text stops making sense and how to mend that: the parser's own words are for programmers."""

from collections.abc import Callable, Mapping
from typing import Final

from pyoxigraph import RdfFormat

from graph.errors import Said, said
from graph.places.slip_json import json_slip
from graph.places.slip_turtle import turtle_slip
from graph.places.slip_xml import ill_formed, xml_slip
from graph.places.spot import Place, Source
from graph.places.told import Told

_SLIPS: Final[Mapping[RdfFormat, tuple[str, Callable[[str, int, str], Told | None]]]] = {
    RdfFormat.TURTLE: ("Turtle", turtle_slip),
    RdfFormat.TRIG: ("TriG", turtle_slip),
    RdfFormat.N_TRIPLES: ("N-Triples", turtle_slip),
    RdfFormat.N_QUADS: ("N-Quads", turtle_slip),
    RdfFormat.JSON_LD: ("JSON-LD", json_slip),
    RdfFormat.RDF_XML: ("RDF/XML", xml_slip),
}


def slip(form: RdfFormat, source: Source, error: SyntaxError | ValueError, line: int) -> tuple[Place, Said]:
    """Return where a parser stopped, or rather where the cause is, and how to mend it."""
    place = _place(error, line)
    if (wrong := _undecoded(source.data)) >= 0:
        return source.place(wrong), said("this is not UTF-8; save the file as UTF-8")
    # The parser's own "Parser error at line 3 …: " repeats what is said of the place.
    why = str(getattr(error, "msg", error)).split(": ", 1)[-1] if place.column else str(getattr(error, "msg", error))
    syntax, read = _SLIPS[form]
    at = source.offset(place)
    told = read(source.text, at, why)
    place = source.place(at) if place.column else place
    if told is None:
        return place, said("this is no {syntax} any more: {why}", syntax=syntax, why=why)
    return source.place(told.at) if told.at >= 0 else place, told.words


def cut_off(form: RdfFormat, source: Source) -> tuple[Place, Said] | None:
    """Return where a text that the parser takes is cut off nevertheless, and how to mend it: RDF/XML may be."""
    told = ill_formed(source.text) if form == RdfFormat.RDF_XML else None
    return (source.place(max(told.at, 0)), told.words) if told else None


def _undecoded(data: bytes) -> int:
    """Return where, in characters, the first byte stands that is no UTF-8; -1 where all is."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return len(data[: error.start].decode())
    return -1


def _place(error: SyntaxError | ValueError, line: int) -> Place:
    number, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    return Place(number, column or 0) if number else Place(line)

"""Find where the statements of RDF/XML stand: the text or the address, its property, and the element of the thing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from pyoxigraph import Triple

from graph.names import BASE
from graph.places.content import NAMELESS, RDF, Content, Key, joined, text, thing
from graph.places.marks import Marks

XML: Final = "http://www.w3.org/XML/1998/namespace"
UPLOAD: Final = f"{BASE}upload/"
_SPECIAL: Final = {f"{RDF}{each}" for each in ("about", "ID", "nodeID", "resource", "datatype", "parseType", "bagID")}


@dataclass(slots=True)
class _Element:
    """Remember an element that is open: a thing, a property of one, or what is inside an XML literal."""

    role: str
    at: int
    subject: Key
    base: str
    predicate: str = ""
    text: str = ""
    text_at: int = -1
    done: bool = False
    items: int = 0
    attributes: dict[str, tuple[str, int]] = field(default_factory=dict)


def scan(source: str, triples: Sequence[Triple]) -> Sequence[Marks]:
    """Return where the parts of each triple stand; of one that is not found, where its thing is described."""
    walk = _Walk(source)
    try:
        walk.parse()
    except expat.ExpatError:
        return ()
    return walk.content.marks(triples)


class _Walk:
    """Follow the elements of a document (RDF/XML, 7.2): things and their properties by turns."""

    def __init__(self, source: str) -> None:
        self.content = Content()
        self._source, self._data = source, source.encode()
        self._ascii = len(self._data) == len(source)
        self._open: list[_Element] = []
        self._bytes = self._characters = 0
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.buffer_text = False

    def parse(self) -> None:
        """Read the document; it has been read already, so that it holds no DOCTYPE."""
        self._parser.Parse(self._data, True)

    def _at(self) -> int:
        """Return the present place in characters; places only grow, so each byte is decoded once."""
        at = self._parser.CurrentByteIndex
        if self._ascii:
            return at
        self._characters += len(self._data[self._bytes : at].decode("utf-8", "ignore"))
        self._bytes = at
        return self._characters

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        at, name = self._at(), tag.replace(" ", "")
        outer = self._open[-1] if self._open else None
        base = attributes.get(f"{XML} base") or (outer.base if outer else UPLOAD)
        given = {key.replace(" ", ""): each for key, each in attributes.items() if not key.startswith(XML)}
        placed = {key: (each, self._attribute(at, key)) for key, each in given.items()}
        if name == f"{RDF}RDF":
            self._open.append(_Element("root", at, NAMELESS, base))
        elif outer is None or outer.role in ("root", "property"):
            self._thing(name, at, base, placed, outer)
        elif outer.role == "thing":
            self._property(name, at, base, placed, outer)
        else:
            self._open.append(_Element("inside", at, NAMELESS, base))

    def _thing(self, name: str, at: int, base: str, given: dict[str, tuple[str, int]], outer: _Element | None) -> None:
        subject, named = _subject(given, base, at)
        element = _Element("thing", at, subject, base)
        self.content.node(subject, at)
        if name != f"{RDF}Description":
            self.content.add(subject, f"{RDF}type", [thing(name)], Marks(at, at, at))
        self._attributes(subject, at, given)
        if outer is not None and outer.role == "property":
            outer.done = True
            self.content.add(outer.subject, outer.predicate, [subject, NAMELESS], Marks(self._outer(), outer.at, named))
        self._open.append(element)

    def _outer(self) -> int:
        return self._open[-2].at if len(self._open) > 1 else -1

    def _property(self, name: str, at: int, base: str, given: dict[str, tuple[str, int]], outer: _Element) -> None:
        if name == f"{RDF}li":
            outer.items += 1
            name = f"{RDF}_{outer.items}"
        element = _Element("property", at, outer.subject, base, name)
        marks = Marks(outer.at, at, at)
        if f"{RDF}resource" in given or f"{RDF}nodeID" in given:
            element.done = True
            value, where = _subject(given, base, at)
            self.content.add(outer.subject, name, [value], marks._replace(object=where))
        plain = {key: each for key, each in given.items() if key not in _SPECIAL}
        parse = given.get(f"{RDF}parseType", ("", 0))[0]
        if parse == "Resource" or (plain and not element.done):
            element.done = True
            self.content.add(outer.subject, name, [NAMELESS], marks)
            self._attributes(NAMELESS, at, plain)
            element.role, element.subject = "thing", NAMELESS
        elif parse == "Literal":
            element.role = "literal"
            self.content.add(outer.subject, name, [], marks)
        self._open.append(element)

    def _attributes(self, subject: Key, at: int, given: dict[str, tuple[str, int]]) -> None:
        for key, (value, where) in given.items():
            if key not in _SPECIAL:
                values = [thing(value)] if key == f"{RDF}type" else [text(value)]
                self.content.add(subject, key, values, Marks(at, where, where))

    def _attribute(self, at: int, name: str) -> int:
        """Return where the value of an attribute begins in the tag at a place."""
        local = re.escape(re.split(r"[/#]", name)[-1])
        match = re.compile(rf"""[\s:]{local}\s*=\s*["']""").search(self._source, at, at + 10_000)
        return match.end() if match else at

    def _text(self, data: str) -> None:
        element = self._open[-1] if self._open else None
        if element is not None and element.role == "property" and not element.done:
            if element.text_at < 0 and data.strip():
                element.text_at = self._at() + len(data) - len(data.lstrip())
            element.text += data

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        if element.role == "property" and not element.done:
            at = element.text_at if element.text_at >= 0 else element.at
            outer = self._open[-1].at if self._open else -1
            self.content.add(element.subject, element.predicate, [text(element.text)], Marks(outer, element.at, at))


def _subject(given: dict[str, tuple[str, int]], base: str, at: int) -> tuple[Key, int]:
    for name in ("about", "resource"):
        if f"{RDF}{name}" in given:
            address, where = given[f"{RDF}{name}"]
            return thing(joined(base, address)), where
    if f"{RDF}ID" in given:
        name, where = given[f"{RDF}ID"]
        return thing(joined(base, f"#{name}")), where
    return NAMELESS, given.get(f"{RDF}nodeID", ("", at))[1]

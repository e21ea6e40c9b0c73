"""Find the terms of Turtle, TriG, N-Triples and N-Quads, in the order in which the parser gives their triples.

This is no parser: the text has been parsed already. Where it meets what it does not know (RDF 1.2's triple terms), or
where its terms are not those of the triples, it finds nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.places.marks import Marks

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST, REST = NamedNode(RDF + "first"), NamedNode(RDF + "rest")

_WORD: Final = r"""(?:[^\s<>"'\[\](){};,#^@\\.|~]|\\.|\.(?=[^\s<>"'\[\](){};,#^@]))+"""
TOKEN: Final = re.compile(
    r"[ \t\r\n]+|\#[^\n]*"
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"|' + r"'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<iri><[^<>\s]*>)"
    r"|(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<type>\^\^)"
    rf"|(?P<word>{_WORD})"
    r"|(?P<mark>[\[\](){};,.])"
    r"|(?P<other>.)",
    re.DOTALL,
)


class _Lost(Exception):
    """Say that the text holds what this room does not know."""


@dataclass(slots=True)
class _Frame:
    """Remember what stood outside a bracket: `role` is what the bracket is there (subject, object or item)."""

    role: str
    at: int
    subject: int
    predicate: int
    is_list: bool
    begun: bool = False


@dataclass(slots=True)
class _Found:
    """Gather the marks of triples, and of the items of lists, whose triples the parser makes."""

    triples: list[Marks] = field(default_factory=list)
    items: list[Marks] = field(default_factory=list)


def scan(text: str, triples: Sequence[Triple]) -> Sequence[Marks]:
    """Return where the parts of each triple begin, in the order of the triples; nothing where that is not sure."""
    try:
        found = _Walk(text).walk()
    except _Lost:
        return ()
    return list(_aligned(text, triples, found))


def _aligned(text: str, triples: Sequence[Triple], found: _Found) -> Iterator[Marks]:
    plain, items = iter(found.triples), iter(found.items)
    last = Marks(-1, -1, -1)
    for triple in triples:
        if triple.predicate == REST and isinstance(triple.subject, BlankNode):
            yield last
            continue
        made = triple.predicate == FIRST and isinstance(triple.subject, BlankNode)
        marks = next(items if made else plain, None)
        if marks is None or not _agrees(text, marks.object, triple.object):
            return  # fewer marks than triples: none is used
        last = marks
        yield marks


def _agrees(text: str, at: int, term: object) -> bool:
    """Return whether a term may be what is written at a place."""
    if isinstance(term, BlankNode):
        return text[at] in "_[("
    if isinstance(term, Literal):
        return text[at] in "\"'+-.tf" or text[at].isdigit()
    return isinstance(term, NamedNode) and text[at] not in "\"'[_"


class _Walk:
    """Walk over the tokens of a text; `wants` says what comes next: subject, predicate, object, item or end."""

    def __init__(self, text: str) -> None:
        self._tokens = TOKEN.finditer(text)
        self._frames: list[_Frame] = []
        self._subject = self._predicate = self._text = -1
        self._wants = "subject"
        self._found = _Found()

    def walk(self) -> _Found:
        """Read the text to its end."""
        for token in self._tokens:
            kind = token.lastgroup
            if kind is None:
                continue
            if self._text < 0:
                self._take(kind, token)
            elif kind == "at":
                self._give()
            elif kind == "type":
                self._skip(1)
                self._give()
            else:
                self._with_text(kind, token)
        return self._found

    def _take(self, kind: str, token: re.Match[str]) -> None:
        if kind == "mark":
            _MARKS[token[0]](self, token.start())
        elif kind == "other" or kind == "type":
            raise _Lost
        elif kind == "text":
            self._string(token.start())
        else:
            self._term(token.start(), token[0])

    def _string(self, at: int) -> None:
        """Keep a text until the next token tells whether a language or a datatype follows, as the parser does."""
        if self._wants == "item":
            self._begins()
        elif self._wants != "object":
            raise _Lost
        self._text = at

    def _give(self) -> None:
        """Give the triple or the item that ends with a text."""
        at, self._text = self._text, -1
        if self._wants == "object":
            self._object(at)
        else:
            self._found.items.append(Marks(self._frames[-1].at, at, at))

    def _with_text(self, kind: str, token: re.Match[str]) -> None:
        """Give a text that a token ends, and what that token gives: the parser gives the last of these first."""
        given = self._found.triples, self._found.items
        before = [len(each) for each in given]
        self._give()
        self._take(kind, token)
        for each, start in zip(given, before, strict=True):
            each[start:] = each[start:][::-1]

    def _skip(self, count: int, until: str = "") -> None:
        for token in self._tokens:
            if token.lastgroup is not None:
                count -= 1
                if token[0] == until if until else count == 0:
                    return

    def _term(self, at: int, text: str) -> None:
        wants = self._wants
        if wants == "object":
            self._object(at)
        elif wants == "predicate":
            self._predicate, self._wants = at, "object"
        elif wants == "item":
            self._begins(at)
        elif wants == "subject" and not self._directive(text):
            self._subject, self._wants = at, "predicate"
        # else: the graph of a quad

    def _directive(self, text: str) -> bool:
        if text.startswith("@"):
            self._skip(0, ".")
            return True
        word = text.upper()
        if word in ("PREFIX", "BASE", "VERSION"):
            self._skip(2 if word == "PREFIX" else 1)
        return word in ("PREFIX", "BASE", "VERSION", "GRAPH")

    def _object(self, at: int) -> None:
        self._found.triples.append(Marks(self._subject, self._predicate, at))
        self._wants = "end"

    def _begins(self, term: int = -1) -> None:
        """Begin an item, which may be a term.

        With the first one, the parser gives the triple in which the list itself stands; of those that one token leads
        to, the last comes first.
        """
        frame = self._frames[-1]
        begun, frame.begun = frame.begun, True
        if term >= 0:
            self._found.items.append(Marks(frame.at, term, term))
        if not begun and frame.role == "object":
            self._found.triples.append(Marks(frame.subject, frame.predicate, frame.at))
        if not begun and frame.role == "item":
            self._found.items.append(Marks(self._frames[-2].at, frame.at, frame.at))

    def opens(self, at: int, is_list: bool) -> None:
        """Enter a bracket."""
        if self._wants not in ("subject", "object", "item"):
            raise _Lost
        if self._wants == "item":
            self._begins()
        self._frames.append(_Frame(self._wants, at, self._subject, self._predicate, is_list))
        self._subject, self._wants = at, "item" if is_list else "predicate"

    def closes(self, at: int) -> None:
        """Leave a bracket."""
        if not self._frames:
            raise _Lost
        frame = self._frames.pop()
        self._predicate = frame.predicate
        if frame.role == "subject":
            self._subject, self._wants = frame.at, "predicate"
            return
        self._subject, self._wants = frame.subject, "end" if frame.role == "object" else "item"
        if frame.is_list and frame.begun:
            return
        if frame.role == "object":
            self._object(frame.at)
        else:
            self._found.items.append(Marks(self._frames[-1].at, frame.at, frame.at))

    def next(self, wants: str) -> None:
        """Go on with another object, property or statement."""
        self._wants = wants

    def brace(self, _at: int) -> None:
        """Enter or leave a graph of TriG; what stood before its bracket was its name."""
        self._frames.clear()
        self._wants = "subject"


_MARKS: Final[Mapping[str, Callable[[_Walk, int], None]]] = {
    "[": lambda walk, at: walk.opens(at, False),
    "(": lambda walk, at: walk.opens(at, True),
    "]": _Walk.closes,
    ")": _Walk.closes,
    "{": _Walk.brace,
    "}": _Walk.brace,
    ",": lambda walk, _at: walk.next("object"),
    ";": lambda walk, _at: walk.next("predicate"),
    ".": lambda walk, _at: walk.next("subject"),
}

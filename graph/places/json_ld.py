"""Find where the statements of JSON-LD stand in its text: the value, its key, and the thing that is described."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import Triple

from graph.places.content import NAMELESS, RDF, Content, Key, number, text, thing
from graph.places.json_context import Context, Term
from graph.places.json_text import NotJson, Value, read
from graph.places.marks import Marks

Members = Mapping[str, tuple[int, Value]]
_GRAPHS: Final = ("@graph", "@included")


def scan(source: str, triples: Sequence[Triple]) -> Sequence[Marks]:
    """Return where the parts of each triple stand; of one that is not found, where its thing is described."""
    walk = _Walk()
    try:
        walk.top(read(source), Context())
    except (NotJson, RecursionError):
        return ()
    return walk.content.marks(triples)


class _Walk:
    """Walk over the objects of a document, and note what each says."""

    def __init__(self) -> None:
        self.content = Content()

    def top(self, value: Value, context: Context) -> None:
        """Note what the things of a document, or of a graph in it, say."""
        for each in _each(value):
            if each.members is not None:
                self.node(each, context)

    def node(self, value: Value, context: Context) -> tuple[Key, int]:
        """Note what one thing says; return which thing, and where it is named."""
        members = value.members or {}
        context = context.with_(members["@context"][1] if "@context" in members else None)
        fields = [(at, context.field(key), each) for key, (at, each) in members.items()]
        named = next((each for _, term, each in fields if term.iri == "@id"), None)
        subject = thing(context.thing(named.text)) if named and named.text is not None else NAMELESS
        at = named.at if named else value.at
        self.content.node(subject, at)
        kinds = [kind for _, term, each in fields if term.iri == "@type" for kind in _each(each)]
        for kind in kinds:
            known = context.terms.get(kind.text or "")
            context = context.with_(known.inner if known else None)
        for key, term, each in fields:
            self._field(subject, at, key, term, each, context)
        return subject, at

    def _field(self, subject: Key, at: int, key: int, term: Term, value: Value, context: Context) -> None:
        inner = context.with_(term.inner)
        if term.iri == "@type":
            for kind in _each(value):
                values = [thing(context.kind(kind.text or ""))]
                self.content.add(subject, f"{RDF}type", values, Marks(at, key, kind.at))
        elif term.iri in _GRAPHS:
            self.top(value, inner)
        elif term.iri in ("@nest", "@reverse"):
            for name, (nested, each) in (value.members or {}).items():
                known = context.field(name)
                known = replace(known, reverse=not known.reverse) if term.iri == "@reverse" else known
                self._field(subject, at, nested, known, each, inner)
        elif not term.iri.startswith("@"):
            self._said(subject, at, key, term, value, inner)

    def _said(self, subject: Key, at: int, key: int, term: Term, value: Value, context: Context) -> None:
        if term.reverse:
            self._backwards(subject, key, term, value, context)
            return
        for each in _unpacked(value, term):
            self._value(subject, term, each, Marks(at, key, each.at), context)

    def _backwards(self, value: Key, key: int, term: Term, things: Value, context: Context) -> None:
        for each in _each(things):
            subject, at = self.node(each, context) if each.members is not None else (_read(each, context), each.at)
            self.content.add(subject, term.iri, [value], Marks(at, key, at))

    def _value(self, subject: Key, term: Term, value: Value, marks: Marks, context: Context) -> None:
        members = value.members
        if members is None:
            self.content.add(subject, term.iri, _plain(value, term, context), marks)
            return
        fields = {context.field(key).iri: each for key, (_, each) in members.items()}
        if "@value" in fields:
            said = fields["@value"]
            self.content.add(subject, term.iri, _plain(said, Term(""), context), marks._replace(object=said.at))
        elif "@list" in fields:
            self._list(subject, term, fields["@list"], marks, context)
        elif "@set" in fields:
            for each in _each(fields["@set"]):
                self._value(subject, term, each, marks._replace(object=each.at), context)
        else:
            named, at = self.node(value, context)
            self.content.add(subject, term.iri, [named], marks._replace(object=at))

    def _list(self, subject: Key, term: Term, value: Value, marks: Marks, context: Context) -> None:
        self.content.add(subject, term.iri, [NAMELESS], marks)
        first = Term(f"{RDF}first", term.kind)
        for each in _each(value):
            self._value(NAMELESS, first, each, Marks(marks.object, each.at, each.at), context)


def _each(value: Value) -> Sequence[Value]:
    return (value,) if value.items is None else value.items


def _unpacked(value: Value, term: Term) -> Iterator[Value]:
    """Yield the values of a field; a map by language or index holds them one level down."""
    if "@list" in term.container and value.items is not None:
        yield Value(value.at, members={"@list": (value.at, value)})
    elif value.members is not None and {"@language", "@index"} & set(term.container):
        for _, each in value.members.values():
            yield from _each(each)
    else:
        yield from _each(value)


def _plain(value: Value, term: Term, context: Context) -> list[Key]:
    """Return the ways in which a text or a number may be read."""
    if value.text is None:
        return [text(value.bare or ""), number(value.bare or "")]
    if term.kind == "@id":
        return [thing(context.thing(value.text))]
    if term.kind == "@vocab":
        return [thing(context.kind(value.text)), thing(context.thing(value.text))]
    return [text(value.text)]


def _read(value: Value, context: Context) -> Key:
    return thing(context.thing(value.text or ""))

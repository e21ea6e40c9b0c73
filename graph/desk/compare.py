"""Show what a submission changes: for each node and field what goes, what comes and what stays, in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from graph.desk import content
from graph.desk.submission import Words
from graph.names import name, short
from graph.store import Store, placed
from graph.template.labels import called, known

LABEL: Final = name("skos:prefLabel")
_FIRST: Final = (name("rdf:type"), LABEL)
_SIDES: Final = ("removed", "added", "kept")


@dataclass(frozen=True)
class Shown:
    """Show one value: its text, and for an IRI what that is called and whether it is published and so has a page.

    `lang` and `datatype` are as RDF has them.
    """

    text: str
    iri: str = ""
    label: Words | None = None
    lang: str = ""
    datatype: str = ""
    known: bool = False


@dataclass(frozen=True)
class Row:
    """Show one field of one node."""

    path: str
    field: Words
    removed: tuple[Shown, ...]
    added: tuple[Shown, ...]
    kept: tuple[Shown, ...]

    @property
    def changed(self) -> bool:
        """Return whether anything goes or comes."""
        return bool(self.removed or self.added)


@dataclass(frozen=True)
class Section:
    """Show one node: the thing itself first, then what it owns."""

    node: str
    label: Words
    rows: tuple[Row, ...]

    @property
    def changed(self) -> bool:
        """Return whether anything goes or comes."""
        return any(row.changed for row in self.rows)


def compare(store: Store, graph: str, thing: str, body: str) -> tuple[Section, ...]:
    """Return what would change if a body took the place of what a record graph states; all goes where it is empty.

    Both sides are read as a store has them, so that 01 and 1 are no difference.
    """
    return between(store, graph, thing, content.published(store, NamedNode(graph)), content.read(body))


def alike(store: Store, graph: str, body: str) -> bool:
    """Return whether a body says exactly what a record graph states."""
    return set(_plain(content.published(store, NamedNode(graph)))) == set(_plain(content.read(body)))


def is_published(store: Store, thing: str) -> bool:
    """Return whether anything is published of a thing, so that it has a page."""
    try:
        node = NamedNode(thing)
    except ValueError:  # what anybody says may be about what looks like an IRI and is none
        return False
    return next(store.quads(s=node, g=DefaultGraph()), None) is not None


def between(
    store: Store, graph: str, thing: str, older: Iterable[Triple], newer: Iterable[Triple]
) -> tuple[Section, ...]:
    """Return what changes from one version of a record to another one."""
    before, after = set(_plain(older)), set(_plain(newer))
    names = _Names(store, [*before, *after])
    by_node: dict[str, dict[NamedNode, dict[str, list[Triple]]]] = defaultdict(lambda: defaultdict(dict))
    for side, triples in zip(_SIDES, (before - after, after - before, before & after), strict=True):
        for triple in sorted(triples, key=str):
            by_node[_text(triple.subject)][triple.predicate].setdefault(side, []).append(triple)
    nodes = sorted(by_node, key=lambda node: (node != thing, node == graph, node))
    return tuple(Section(node, names.of(node), tuple(_rows(by_node[node], names))) for node in nodes)


def _rows(fields: Mapping[NamedNode, Mapping[str, Sequence[Triple]]], names: "_Names") -> Iterator[Row]:
    for path in sorted(fields, key=_order):
        sides = [tuple(names.shown(triple.object) for triple in fields[path].get(side, ())) for side in _SIDES]
        yield Row(path.value, called(path), *sides)


def _order(path: NamedNode) -> tuple[int, str]:
    first = _FIRST.index(path) if path in _FIRST else len(_FIRST)
    return first, called(path).get("en", path.value).casefold()


class _Names:
    """Call things by what the two versions say, else by what is published, else by what the ontology says."""

    def __init__(self, store: Store, triples: Iterable[Triple]) -> None:
        self._store = store
        self._own: dict[str, dict[str, str]] = defaultdict(dict)
        for triple in triples:
            if triple.predicate == LABEL and isinstance(triple.object, Literal):
                self._own[_text(triple.subject)][triple.object.language or "en"] = triple.object.value

    def of(self, iri: str) -> Words:
        """Return what something is called, in the languages in which it is."""
        if iri in self._own:
            return self._own[iri]
        if ":" not in iri:
            return {"en": iri}
        node = NamedNode(iri)
        labels = (quad.object for quad in self._store.quads(node, LABEL, None, DefaultGraph()))
        found = {label.language or "en": label.value for label in labels if isinstance(label, Literal)}
        return found or known().get(node) or {"en": short(iri)}

    def shown(self, value: NamedNode | BlankNode | Literal | Triple) -> Shown:
        """Return a value as it is shown."""
        if isinstance(value, Literal):
            return Shown(value.value, lang=value.language or "", datatype=value.datatype.value)
        if isinstance(value, NamedNode):
            words = dict(self.of(value.value))
            return Shown(short(value.value), value.value, words, known=is_published(self._store, value.value))
        return Shown(str(value))


def _plain(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield triples as a store gives them back."""
    store = Store()
    store.extend(placed(triple, DefaultGraph()) for triple in triples)
    return (quad.triple for quad in store.quads())


def _text(node: NamedNode | BlankNode | Triple) -> str:
    return node.value if isinstance(node, NamedNode | BlankNode) else str(node)

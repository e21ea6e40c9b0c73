"""Gather what pages with forms show: a record to go on with, candidates for a link, what was typed as Turtle."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph import owl
from graph.desk.content import digest, published, read, spelt, topic
from graph.desk.place import dataset_of
from graph.desk.split import GRAPH
from graph.errors import Said, SourceError
from graph.form.asked import column
from graph.form.fill import as_turtle, filled, kind_of
from graph.form.read import read_form
from graph.form.typed import FORM, Spot, Typed
from graph.names import name, short
from graph.pages.submitted import present
from graph.search.opened import opened
from graph.search.suggest import suggest
from graph.store import Store
from graph.template.outline import find_class

LABEL = name("skos:prefLabel")
FEW = 12  # candidates that are shown
_CODE = re.compile(r"\s*\([^()\s]*\)$")  # behind the name of a thing that was chosen before
_READ = 400  # names that fit the words, of which those of the right class are shown


@dataclass(frozen=True)
class Started:
    """Carry a record as a form: its class, its thing, its dataset, what is typed, and what it is when it is opened."""

    kind: str
    thing: str
    dataset: str
    typed: Typed
    digest: str
    source: str = ""


@dataclass(frozen=True)
class Candidate:
    """Show one thing that a link may lead to: as it is typed, its name, and a few words on it."""

    text: str
    name: str
    note: str = ""


def started(store: Store, iri: str, lang: str) -> tuple[Started, ...]:
    """Return the published records of a thing, or of a record graph, that a form can show."""
    found = (_started(store, NamedNode(each.graph), lang) for each in present(store, iri))
    return tuple(each for each in found if each is not None)


def resumed(store: Store, thing: str, graph: str, body: str, lang: str) -> Started | None:
    """Return what waits on the desk as a form, nothing where no form can show it."""
    node, triples = NamedNode(thing), read(body)
    kind = kind_of(t.object for t in triples if t.subject == node and t.predicate == owl.TYPE)  # type: ignore[misc]
    if kind is None:
        return None
    typed = filled(kind, node, triples, lambda each: _called(store, each, lang), graph)
    if not graph:
        return Started(typed.kind, thing, "", typed, "")
    return Started(typed.kind, thing, dataset_of(NamedNode(graph)), typed, digest(store, NamedNode(graph)))


def proposed(store: Store, thing: str, body: str, lang: str) -> Started | None:
    """Return what somebody proposed as a form: it names its graph only where that is published already."""
    triples = read(body)
    graph = next((t.subject for t in triples if str(t.subject).startswith(f"<{GRAPH}")), None)
    if isinstance(graph, NamedNode) and topic(store, graph) is not None:
        return resumed(store, thing, graph.value, body, lang)
    sources = [t.object.value for t in triples if t.subject == graph and isinstance(t.object, NamedNode)]
    own = spelt(t for t in triples if t.subject != graph)
    found = resumed(store, thing, "", own, lang)
    return replace(found, source=sources[0] if sources else "", dataset="") if found else None


def state(store: Store, graph: str) -> str:
    """Return the digest of what a record graph states now."""
    return digest(store, NamedNode(graph))


def kinds(store: Store, iri: str) -> tuple[str, ...]:
    """Return the classes by whose forms the records of a thing are described."""
    return tuple(each.kind for each in started(store, iri, "en"))


def candidates(store: Store, folder: str, kind: str, place: str, words: str, lang: str) -> tuple[Candidate, ...]:
    """Return things of the right class that words may mean, for the column of a form; the first ones without words."""
    spot, whole = Spot.of(f"{place}.0"), find_class(kind)
    own = find_class(spot.part) if spot and spot.part else whole
    found = column(own, spot.key, bool(spot.part)) if own and spot else None
    if found is None or found.field is None:
        return ()
    classes, words = found.field.classes, _CODE.sub("", words)
    told = _searched(store, folder, words, lang) if words.strip() else _members(store, classes, lang)
    fitting = (each for each in told if not classes or _is_one(store, each[0], classes))
    return tuple(
        Candidate(f"{label} ({short(iri.value).strip('<>')})" if label else short(iri.value).strip("<>"), label, note)
        for (iri, label, note), _ in zip(fitting, range(FEW), strict=False)
    )


def turtle(store: Store, data: bytes) -> str | Said:
    """Return what was typed into a form as Turtle; or why it cannot be read."""
    try:
        return as_turtle(read_form(data, f"record{FORM}", lambda thing: False).record.triples)
    except SourceError as error:
        return error.said


def _started(store: Store, graph: NamedNode, lang: str) -> Started | None:
    thing, triples = topic(store, graph), published(store, graph)
    kind = kind_of(t.object for t in triples if t.subject == thing and t.predicate == owl.TYPE)  # type: ignore[misc]
    if thing is None or kind is None:
        return None
    typed = filled(kind, thing, triples, lambda each: _called(store, each, lang), graph.value)
    return Started(typed.kind, thing.value, dataset_of(graph), typed, digest(store, graph))


def _called(store: Store, thing: NamedNode, lang: str) -> str:
    labels = (quad.object for quad in store.quads(thing, LABEL, None, DefaultGraph()))
    found = {label.language or "en": label.value for label in labels if isinstance(label, Literal)}
    return found.get(lang) or found.get("en") or next(iter(found.values()), "")


def _searched(store: Store, folder: str, words: str, lang: str) -> Iterator[tuple[NamedNode, str, str]]:
    for hit in suggest(opened(store, folder), words, lang, _READ):
        yield NamedNode(hit.iri), hit.name, " · ".join(filter(None, (hit.code, hit.matched)))


def _members(store: Store, classes: tuple[NamedNode, ...], lang: str) -> Iterator[tuple[NamedNode, str, str]]:
    found = {quad.subject for kind in classes for quad in store.quads(None, owl.TYPE, kind, DefaultGraph())}
    named = [(_called(store, thing, lang), thing) for thing in found if isinstance(thing, NamedNode)]
    for label, thing in sorted(named, key=lambda each: (not each[0], each[0].casefold(), each[1].value)):
        yield thing, label, ""


def _is_one(store: Store, thing: NamedNode, classes: tuple[NamedNode, ...]) -> bool:
    return any(next(store.quads(thing, owl.TYPE, kind, DefaultGraph()), None) is not None for kind in classes)

"""Find published things that a submitted one may be a second description of, each with the reasons and a score."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple
from rapidfuzz import fuzz, process

from graph.desk import content
from graph.desk.submission import Submission, Words
from graph.errors import Said, said
from graph.names import name
from graph.search.folded import fold
from graph.search.opened import opened
from graph.store import Store

CLOSE: Final = 87.0  # of 100: two names of which one word in eight differs
MOST: Final = 10
_NEAR: Final = 500  # things whose names share words, or how these begin, and are looked at more closely
SHARED: Final = 5  # things with one link; a page that more of them have is about none in particular
_LABELS: Final = (name("skos:prefLabel"), name("skos:altLabel"))
_ACRONYM: Final = name("m4sd:acronym")
_CODES: Final = {
    name("m4sd:iatiIdentifier"): 0.98,
    name("dcterms:identifier"): 0.9,
    **dict.fromkeys(
        map(name, ("skos:notation", "m4sd:isoAlpha2", "m4sd:isoAlpha3", "m4sd:isoSubdivision", "m4sd:m49Code")), 0.9
    ),
}
_LINKS: Final = tuple(map(name, ("foaf:page", "foaf:homepage", "m4sd:address", "schema:url")))
_TYPE, _ABOVE = name("rdf:type"), name("rdfs:subClassOf")

Value = NamedNode | Literal


@dataclass(frozen=True)
class Likeness:
    """Name a published thing that may be the same, why, and how sure that is, from 0 to 1."""

    thing: str
    label: Words
    why: tuple[Said, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the folded names of all things, and whose each is."""

    folded: tuple[str, ...]
    things: tuple[str, ...]
    written: tuple[str, ...]


def duplicates(store: Store, thing: str, body: str, folder: str = "") -> tuple[Likeness, ...]:
    """Return the published things that the thing of a body may be a second description of, the likeliest first.

    With the folder of the snapshot, names are looked for in its index first, which spares reading all of them.
    """
    node = NamedNode(thing)
    own = [triple for triple in content.read(body) if triple.subject == node]
    kinds = _above(store, {t.object for t in own if t.predicate == _TYPE and isinstance(t.object, NamedNode)})
    found: dict[NamedNode, list[tuple[float, Said]]] = defaultdict(list)
    for other, score, why in (
        *_by_code(store, own),
        *_by_link(store, own),
        *_by_name(store, folder, own),
    ):
        if other != node and _is_related(store, other, kinds):
            found[other].append((score, why))
    told = [_told(store, other, reasons) for other, reasons in found.items()]
    return tuple(sorted(told, key=lambda each: (-each.score, each.thing))[:MOST])


def also_waiting(submission: Submission, others: Iterable[Submission]) -> tuple[Submission, ...]:
    """Return the open submissions that are of the same record or thing, or have nearly the same title."""
    titles = [_fold(title) for title in submission.title.values()]
    return tuple(
        other
        for other in others
        if other.id != submission.id and other.open
        if (other.graph and other.graph == submission.graph)  # what anybody says is of no record
        or (other.thing and other.thing == submission.thing)
        or any(_alike(one, _fold(title)) >= CLOSE for one in titles for title in other.title.values())
    )


def _by_code(store: Store, own: Sequence[Triple]) -> Iterator[tuple[NamedNode, float, Said]]:
    for _, predicate, code in own:
        if predicate in _CODES and isinstance(code, Literal):
            for other in _subjects(store, predicate, code):
                yield other, _CODES[predicate], said("the same code: {code}", code=code.value)


def _by_link(store: Store, own: Sequence[Triple]) -> Iterator[tuple[NamedNode, float, Said]]:
    links = {t.object for t in own if t.predicate in _LINKS and isinstance(t.object, NamedNode | Literal)}
    for link in links:
        others = {other for form in _forms(link) for predicate in _LINKS for other in _subjects(store, predicate, form)}
        if 0 < len(others) <= SHARED:
            yield from ((other, 0.7, said("the same page: {link}", link=link.value)) for other in others)


def _by_name(store: Store, folder: str, own: Sequence[Triple]) -> Iterator[tuple[NamedNode, float, Said]]:
    given = {_fold(t.object.value) for t in own if t.predicate in _LABELS and isinstance(t.object, Literal)}
    for text in given - {""}:
        known = _near(store, folder, text)
        hits = process.extract(text, known.folded, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=5 * MOST)
        for hit, score, index in hits:
            if _same_numbers(text, hit):
                why = said("nearly the same name: {label}", label=known.written[index])
                if score == 100:
                    why = said("the same name: {label}", label=known.written[index])
                yield NamedNode(known.things[index]), 0.9 * (score / 100) ** 4, why
    for triple in own:
        if triple.predicate == _ACRONYM and isinstance(triple.object, Literal):
            for other in _subjects(store, _ACRONYM, triple.object):
                yield other, 0.5, said("the same acronym: {acronym}", acronym=triple.object.value)


def _near(store: Store, folder: str, text: str) -> Names:
    """Return the names among which those near to a text are: a few hundred from the index, or all there are."""
    if not folder:
        return _all(store)
    database = opened(store, folder).database
    parts = (f'"{word}" OR "{word[: max(3, len(word) // 2 + 1)]}"*' for word in text.split())  # whole ones weigh more
    sought = " OR ".join(parts)
    asked = (
        "SELECT key, iri, text FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AS near "
        "JOIN name ON name.thing = near.rowid JOIN thing ON thing.id = near.rowid"
    )
    rows = database.execute(asked, (f"{{name other}} : ({sought})", _NEAR)).fetchall()
    return _as_names((" ".join(sorted(key.split())), iri, text) for key, iri, text in rows)


def _all(store: Store) -> Names:
    """Return the names of all things, read once from a store that does not change."""
    if store.memo is not None and "likeness" in store.memo:
        kept: Names = store.memo["likeness"]
        return kept
    found = _as_names(_labelled(store))
    if store.memo is not None:
        store.memo["likeness"] = found
    return found


def _as_names(rows: Iterable[tuple[str, str, str]]) -> Names:
    held = list(rows)
    folded, things, written = zip(*held, strict=True) if held else ((), (), ())
    return Names(folded, things, written)


def _labelled(store: Store) -> Iterator[tuple[str, str, str]]:
    for label in _LABELS:
        for quad in store.quads(None, label, None, DefaultGraph()):
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                yield _fold(quad.object.value), quad.subject.value, quad.object.value


def _fold(text: str) -> str:
    """Return a name without accents, case, signs and the order of its words."""
    return " ".join(sorted(fold(text).split()))


def _alike(one: str, other: str) -> float:
    return fuzz.ratio(one, other) if _same_numbers(one, other) else 0.0


def _same_numbers(one: str, other: str) -> bool:
    """Return whether two names have the same numbers: phase 1 is not phase 2, whatever else they share."""
    first, second = ([word for word in text.split() if any(map(str.isdigit, word))] for text in (one, other))
    return first == second


def _subjects(store: Store, predicate: NamedNode, value: Value) -> Iterator[NamedNode]:
    for quad in store.quads(None, predicate, value, DefaultGraph()):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _forms(link: Value) -> Iterator[Value]:
    """Yield the ways in which one address is written, as an IRI and as a text."""
    parts = urlsplit(link.value)
    if parts.scheme not in ("http", "https") or " " in link.value:
        return
    host, path = parts.netloc.casefold().removeprefix("www."), parts.path.rstrip("/")
    rest = f"?{parts.query}" if parts.query else ""
    for scheme in ("https", "http"):
        for www in ("", "www."):
            for end in ("", "/"):
                address = f"{scheme}://{www}{host}{path}{end}{rest}"
                yield NamedNode(address)
                yield Literal(address, datatype=name("xsd:anyURI"))


def _is_related(store: Store, other: NamedNode, kinds: frozenset[NamedNode]) -> bool:
    """Return whether two things could be one: they share a class, or nothing is known of one's."""
    types = {quad.object for quad in store.quads(other, _TYPE, None, DefaultGraph())}
    others = _above(store, {each for each in types if isinstance(each, NamedNode)})
    return not kinds or bool(kinds & others)


def _above(store: Store, kinds: Iterable[NamedNode]) -> frozenset[NamedNode]:
    """Return classes of ours with those above them."""
    found, waiting = set[NamedNode](), list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind not in found and kind.value.startswith(name("m4sd:").value):
            found.add(kind)
            above = (quad.object for quad in store.quads(kind, _ABOVE, None, DefaultGraph()))
            waiting += [each for each in above if isinstance(each, NamedNode)]
    return frozenset(found)


def _told(store: Store, other: NamedNode, reasons: Sequence[tuple[float, Said]]) -> Likeness:
    best: dict[str, tuple[float, Said]] = {}
    for score, why in sorted(reasons, key=lambda reason: -reason[0]):
        best.setdefault(why.template, (score, why))
    score = 1 - prod(1 - each for each, _ in best.values())
    return Likeness(other.value, _label(store, other), tuple(why for _, why in best.values()), round(score, 3))


def _label(store: Store, thing: NamedNode) -> Mapping[str, str]:
    labels = (quad.object for quad in store.quads(thing, _LABELS[0], None, DefaultGraph()))
    return {label.language or "en": label.value for label in labels if isinstance(label, Literal)}

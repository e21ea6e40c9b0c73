"""Read a map out of an answer: the countries that its rows name, and how often, or how much of each."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryTriples

from graph.names import name
from graph.query import Question, evaluate
from graph.results.table import Labels, in_words, rows_of
from graph.store import Store

MOST_ROWS: Final = 10_000  # read of an answer
_CODE: Final = name("m4sd:m49Code")
_COUNTRY: Final = name("m4sd:Country")
_INSIDE: Final = name("m4sd:locatedIn")
_TYPE: Final = name("rdf:type")


@dataclass(frozen=True, slots=True)
class Spot:
    """Carry a country: its three-digit UN code (M49), its IRI and name, and the rows that name it or lie in it."""

    code: str
    iri: str
    label: str
    rows: int


def atlas(store: Store, question: Question, lang: str) -> tuple[Spot, ...]:
    """Return the countries of an answer, those of most rows first; a place inside a country counts for that."""
    result, _ = evaluate(store, question)
    if isinstance(result, QueryBoolean | QueryTriples):
        return ()
    country = lru_cache(maxsize=10_000)(lambda thing: _country(store, thing))
    counts: Counter[NamedNode] = Counter()
    for row, _ in zip(rows_of(result), range(MOST_ROWS), strict=False):
        counts.update({found for term in row if isinstance(term, NamedNode) and (found := country(term)) is not None})
    labels = Labels(store)
    spots = (
        Spot(_code(store, iri), iri.value, in_words(labels.of(iri), lang)[0], rows) for iri, rows in counts.items()
    )
    return tuple(sorted(spots, key=lambda spot: (-spot.rows, spot.label)))


def _country(store: Store, thing: NamedNode) -> NamedNode | None:
    if next(store.quads(thing, _TYPE, _COUNTRY), None):
        return thing
    inside = (quad.object for quad in store.quads(thing, _INSIDE))
    return next(
        (o for o in inside if isinstance(o, NamedNode) and next(store.quads(o, _TYPE, _COUNTRY), None)),
        None,
    )


def _code(store: Store, country: NamedNode) -> str:
    codes = (quad.object.value for quad in store.quads(country, _CODE) if isinstance(quad.object, Literal))
    return next(codes, "")

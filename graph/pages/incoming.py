"""Gather what links to a thing: by property, counted, the first few named; all of one property page by page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode

from graph.names import name, short
from graph.pages.naming import Name, Namer, in_order
from graph.pages.wording import GROUPS, wording
from graph.store import Store

FIRST: Final = 8  # things named for each property
ALL: Final = 10  # so few are named all
SORTED: Final = 200  # things that are put in the order of their names; more are in the order of their addresses
PAGE: Final = 100
# What says the same as another link, or belongs to how the graph is kept.
MINOR: Final = frozenset(
    name(f"m4sd:{each}")
    for each in ("about", "claimsContribution", "contributionTo", "hasActor", "object", "participant", "property")
) | {name("skos:hasTopConcept"), name("foaf:primaryTopic"), name("skos:topConceptOf"), name("rdfs:isDefinedBy")}

# What follows from others, and stands behind them in its group.
LATER: Final = frozenset((name("m4sd:isIndirectlyFundedBy"),))

_BROADER: Final = name("skos:broader")
_TARGETS: Final = (name("sdgo:isTargetOf"), name("sdgo:isIndicatorOf"))  # they say the same, better


@dataclass(frozen=True)
class Back:
    """Carry the things that link to one by a property, in the words of that other end."""

    key: str
    words: Name
    count: int
    things: tuple[Name, ...]
    minor: bool
    by_name: bool
    start: int = 0


def incoming(store: Store, namer: Namer, thing: NamedNode) -> tuple[Back, ...]:
    """Return what links to a thing, the groups of properties in the order of a page."""
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for quad in store.quads(o=thing, g=DefaultGraph()):
        if isinstance(quad.subject, NamedNode):
            found[quad.predicate].append(quad.subject)
    order = list(GROUPS)
    minor = MINOR | {_BROADER} if any(each in found for each in _TARGETS) else MINOR
    backs = sorted(
        found, key=lambda s: (s in minor, order.index(wording(s).group), s in LATER, -len(found[s]), s.value)
    )
    return tuple(_back(namer, says, found[says], 0, _first(len(found[says]), says in minor)) for says in backs)


def incoming_by(store: Store, namer: Namer, thing: NamedNode, says: NamedNode, page: int) -> Back:
    """Return one page of what links to a thing by a property; pages count from one."""
    subjects = [q.subject for q in store.quads(p=says, o=thing, g=DefaultGraph()) if isinstance(q.subject, NamedNode)]
    return _back(namer, says, subjects, (page - 1) * PAGE, PAGE)


def backwards(namer: Namer, says: NamedNode) -> Name:
    """Return how a property reads from its other end."""
    words, own = wording(says).backwards, namer.name(says)
    return namer.worded(says, words) if words else Name(own.iri, f"← {own.text}", own.lang, own.known)


def sorted_names(namer: Namer, things: Sequence[NamedNode], start: int, most: int) -> tuple[Name, ...]:
    """Return some of the names, in order."""
    if len(things) > SORTED:
        return tuple(namer.name(each) for each in sorted(things, key=_address)[start : start + most])
    return tuple(by_name(namer.name(each) for each in things)[start : start + most])


def by_name(names: Iterable[Name]) -> list[Name]:
    """Return names in their order, numbers in them by size."""
    return sorted(names, key=lambda each: (in_order(each.text), each.iri))


def _first(count: int, minor: bool) -> int:
    """Return how many of the things are named on the page itself."""
    if minor:
        return 0
    return ALL if count <= ALL else FIRST


def _back(namer: Namer, says: NamedNode, subjects: list[NamedNode], start: int, most: int) -> Back:
    named = sorted_names(namer, subjects, start, most) if most else ()
    key, by_name = short(says.value).strip("<>"), len(subjects) <= SORTED
    return Back(key, backwards(namer, says), len(subjects), named, not named, by_name, start)


def _address(thing: NamedNode) -> str:
    return thing.value

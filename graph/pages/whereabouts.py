"""Say in which countries a thing is found, for a map: those that it names, and those in which its places lie."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph import owl
from graph.names import name
from graph.pages.naming import Name, Namer
from graph.reason.axioms import Node
from graph.store import Store

LINKS: Final = tuple(
    name(f"m4sd:{each}")
    for each in (
        *("operatesIn", "heldIn", "basedIn", "governmentOf", "appliesIn", "achievedIn", "practisedIn"),
        *("hasParticipatingCountry", "locatedIn", "providedAt", "forCountry"),
    )
)
CODE: Final = name("m4sd:m49Code")
COUNTRY: Final = name("m4sd:Country")


@dataclass(frozen=True)
class Spot:
    """Carry a country with its code of three digits (M49)."""

    code: str
    name: Name


def whereabouts(
    store: Store, namer: Namer, thing: NamedNode, facts: Mapping[NamedNode, list[Node]]
) -> tuple[Spot, ...]:
    """Return the countries of a thing, each once, in the order of their names."""
    named = [place for link in LINKS for place in facts.get(link, ()) if isinstance(place, NamedNode)]
    spots = {spot.code: spot for place in (thing, *named) for spot in _spots(store, namer, place)}
    return tuple(sorted(spots.values(), key=lambda spot: spot.name.text))


def _spots(store: Store, namer: Namer, place: NamedNode) -> Iterator[Spot]:
    if next(store.quads(s=place, p=owl.TYPE, o=COUNTRY, g=DefaultGraph()), None) is not None:
        for quad in store.quads(s=place, p=CODE, g=DefaultGraph()):
            if isinstance(quad.object, Literal):
                yield Spot(quad.object.value, namer.name(place))

"""Gather the sectors as a tree, each with what is stated to be done in it and below it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.pages.naming import Name
from graph.pages.stated import Stated
from graph.store import Store

COUNTED: Final = {
    "phases": ("m4sd:ProgrammePhase",),
    "initiatives": ("m4sd:Initiative",),
    "groups": ("m4sd:InitiativeGroup",),
    "policies": ("m4sd:Policy",),
    "results": ("m4sd:Result",),
    "practices": ("m4sd:Practice",),
}
_SCHEME: Final = name("sector:x").value.removesuffix("/x")
_MATCHES: Final = ("skos:exactMatch", "skos:closeMatch", "skos:narrowMatch", "skos:broadMatch")


@dataclass(frozen=True)
class Sector:
    """Show a sector: what it means, its codes elsewhere, what is counted in it and below, and the sectors below."""

    sector: Name
    code: str
    meaning: str
    meaning_spoken: str
    elsewhere: tuple[tuple[Name, str], ...]
    counts: tuple[tuple[str, int], ...]
    below: tuple["Sector", ...]


def sectors(store: Store, lang: str) -> tuple[Sector, ...]:
    """Return the sectors at the top, in the order of their names; what is below stands within them."""
    stated = Stated(store, lang)
    scheme = NamedNode(_SCHEME)
    known = set(stated.subjects(scheme, "skos:inScheme"))
    held = _held(stated)
    tops = [each for each in known if not set(stated.objects(each, "skos:broader")) & known]
    return tuple(_sector(stated, each, held) for each in stated.in_order(tops))


def below(stated: Stated, sector: NamedNode) -> set[NamedNode]:
    """Return a sector and all below it."""
    found, waiting = {sector}, [sector]
    while waiting:
        narrower = set(stated.subjects(waiting.pop(), "skos:broader")) - found
        waiting += narrower
        found |= narrower
    return found


def _held(stated: Stated) -> dict[NamedNode, dict[str, set[NamedNode]]]:
    kinds = {thing: kind for kind, classes in COUNTED.items() for thing in stated.of(*classes)}
    found: dict[NamedNode, dict[str, set[NamedNode]]] = defaultdict(lambda: defaultdict(set))
    for thing, sector in stated.pairs("m4sd:sector"):
        if thing in kinds:
            found[sector][kinds[thing]].add(thing)
    return found


def _sector(stated: Stated, sector: NamedNode, held: dict[NamedNode, dict[str, set[NamedNode]]]) -> Sector:
    within = below(stated, sector)
    counts = [(kind, len(set().union(*(held[each][kind] for each in within)))) for kind in COUNTED]
    meaning, spoken = stated.words(sector, "skos:definition")
    matches = [(stated.name(each), stated.text(each, "skos:notation")) for each in stated.objects(sector, *_MATCHES)]
    narrower = stated.in_order(stated.subjects(sector, "skos:broader"))
    return Sector(
        stated.name(sector),
        sector.value.rpartition("/")[2],
        meaning,
        spoken,
        tuple(sorted(matches, key=lambda each: each[1])),
        tuple(each for each in counts if each[1]),
        tuple(_sector(stated, each, held) for each in narrower),
    )

"""Draw what is around a thing: what links to it on its left, what it links to on its right, a few of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from graph.names import name
from graph.pages.naming import Name

SIDE: Final = 7  # things on each side
HEIGHT: Final = 46  # of a row
BOX: Final = 390
LETTERS: Final = 46  # that fit into a box
# What says where a thing is filed, not what it has to do with.
FILED: Final = frozenset(
    name(each).value
    for each in ("skos:inScheme", "rdf:type", "m4sd:statedIn", "dcterms:isPartOf", "foaf:primaryTopic", "m4sd:property")
)


@dataclass(frozen=True)
class Neighbour:
    """Carry a thing beside another one: the words of the link, the side on which it stands, and where."""

    name: Name
    words: Name
    comes_in: bool
    y: int = 0

    @property
    def short(self) -> str:
        """Return as much of the name as fits."""
        return cut(self.name.text)


@dataclass(frozen=True)
class Surroundings:
    """Carry the neighbours of a thing and the height of their picture."""

    neighbours: tuple[Neighbour, ...]
    height: int

    @property
    def one_sided(self) -> bool:
        """Return whether nothing stands on one of the sides."""
        return len({each.comes_in for each in self.neighbours}) < 2


def surroundings(comes: Iterable[Sequence[Neighbour]], goes: Iterable[Sequence[Neighbour]]) -> Surroundings:
    """Return a few neighbours: of each property in turn, those that come first; each thing once."""
    left, right = _chosen(comes, set()), []
    right = _chosen(goes, {each.name.iri for each in left})
    rows = max(len(left), len(right), 2)  # the name of the thing stands above the middle
    return Surroundings((*_placed(left, rows), *_placed(right, rows)), rows * HEIGHT)


def cut(text: str) -> str:
    """Return a text that fits into a box."""
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1].rstrip()}…"


def _chosen(by_property: Iterable[Sequence[Neighbour]], seen: set[str]) -> list[Neighbour]:
    chosen: list[Neighbour] = []
    for turn in zip_longest(*by_property):
        for each in turn:
            if each and each.name.known and each.words.iri not in FILED and each.name.iri not in seen:
                seen.add(each.name.iri)
                chosen.append(each)
    return chosen[:SIDE]


def _placed(side: list[Neighbour], rows: int) -> list[Neighbour]:
    above = (rows - len(side)) * HEIGHT // 2
    return [Neighbour(n.name, n.words, n.comes_in, above + at * HEIGHT + HEIGHT // 2) for at, n in enumerate(side)]

"""Draw the ontology: its main classes, and the links between them as often as the graph has them."""

from dataclasses import dataclass
from typing import Final

from pyoxigraph import QuerySolutions

from graph.names import PREFIXES, name, short
from graph.pages.naming import Name, Namer
from graph.pages.wording import wording
from graph.store import Store

ACROSS: Final = 420  # from box to box
DOWN: Final = 104
BOX: Final = 200  # the size of a box
HIGH: Final = 44
# Where a class stands: its column and its row.
Places = dict[str, tuple[int, int]]
_WORK: Final[Places] = {
    "m4sd:Meeting": (0, 0), "m4sd:Programme": (1, 0), "m4sd:Policy": (2, 0),
    "m4sd:Actor": (0, 1), "m4sd:ProgrammePhase": (1, 1), "m4sd:Place": (2, 1),
    "m4sd:Practice": (0, 2), "m4sd:Initiative": (1, 2), "sdgo:Target": (2, 2),
    "m4sd:Result": (1, 3), "sdgo:Goal": (2, 3),
}  # fmt: skip
_PROOF: Final[Places] = {
    "m4sd:Fact": (0, 0), "m4sd:SourcePassage": (1, 0), "m4sd:SourceDocument": (2, 0),
    "m4sd:Contribution": (0, 1), "sdgo:Target": (1, 1), "sdgo:Goal": (2, 1),
    "m4sd:Participation": (0, 2), "m4sd:Actor": (1, 2), "m4sd:Place": (2, 2),
}  # fmt: skip
_LINKS: Final = {
    "work": (
        ("m4sd:Meeting", "m4sd:hostedBy", "m4sd:Actor"),
        ("m4sd:ProgrammePhase", "m4sd:phaseOf", "m4sd:Programme"),
        ("m4sd:ProgrammePhase", "m4sd:isImplementedBy", "m4sd:Actor"),
        ("m4sd:ProgrammePhase", "m4sd:operatesIn", "m4sd:Place"),
        ("m4sd:Policy", "m4sd:appliesIn", "m4sd:Place"),
        ("m4sd:Initiative", "m4sd:partOf", "m4sd:ProgrammePhase"),
        ("m4sd:Initiative", "m4sd:isFundedBy", "m4sd:Actor"),
        ("m4sd:Initiative", "m4sd:operatesIn", "m4sd:Place"),
        ("m4sd:Practice", "m4sd:practiceOf", "m4sd:Initiative"),
        ("m4sd:Initiative", "m4sd:contributesToTarget", "sdgo:Target"),
        ("m4sd:Initiative", "m4sd:hasResult", "m4sd:Result"),
        ("sdgo:Target", "sdgo:isTargetOf", "sdgo:Goal"),
    ),
    "proof": (
        ("m4sd:Fact", "m4sd:statedIn", "m4sd:SourcePassage"),
        ("m4sd:SourcePassage", "m4sd:inDocument", "m4sd:SourceDocument"),
        ("m4sd:Contribution", "m4sd:contributionTo", "sdgo:Target"),
        ("sdgo:Target", "sdgo:isTargetOf", "sdgo:Goal"),
        ("m4sd:Participation", "m4sd:participant", "m4sd:Actor"),
        ("m4sd:Actor", "m4sd:basedIn", "m4sd:Place"),
    ),
}
_BOXES: Final = {"work": _WORK, "proof": _PROOF}
_COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s a %s ; %s ?o . ?o a %s }"


@dataclass(frozen=True)
class Box:
    """Place a class."""

    name: Name
    x: int
    y: int


@dataclass(frozen=True)
class Arrow:
    """Join two classes by a property: from where to where, the words in the middle, how often the graph has it."""

    subject: Name
    says: Name
    object: Name
    count: int
    start: tuple[int, int]
    stop: tuple[int, int]


@dataclass(frozen=True)
class Diagram:
    """Hold a picture of classes and links."""

    key: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def diagrams(store: Store, lang: str) -> tuple[Diagram, ...]:
    """Return the pictures of the ontology: who does what, and who says so."""
    return tuple(_diagram(store, Namer(store, lang), key) for key in _BOXES)


def _diagram(store: Store, namer: Namer, key: str) -> Diagram:
    places = _BOXES[key]
    boxes = tuple(Box(namer.name(name(curie)), x * ACROSS, y * DOWN) for curie, (x, y) in places.items())
    arrows = []
    for subject, says, object_ in _LINKS[key]:
        start, stop = _ends(places[subject], places[object_])
        words = namer.worded(name(says), wording(name(says)).forwards)
        ends = namer.name(name(subject)), namer.name(name(object_))
        arrows.append(Arrow(ends[0], words, ends[1], _count(store, subject, says, object_), start, stop))
    rows = max(y for _, y in places.values())
    return Diagram(key, boxes, tuple(arrows), 2 * ACROSS + BOX, rows * DOWN + HIGH)


def _ends(one: tuple[int, int], other: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where a line leaves one box and where it meets the other: side by side, or one above the other."""
    (x, y), (u, v) = ((each[0] * ACROSS, each[1] * DOWN) for each in (one, other))
    if x == u:
        below = v > y
        return (x + BOX // 2, y + HIGH if below else y), (u + BOX // 2, v if below else v + HIGH)
    right = u > x
    aside = 0 if y == v else HIGH // 3 * (1 if v > y else -1)
    return (x + BOX if right else x, y + HIGH // 2 + aside), (u if right else u + BOX, v + HIGH // 2 - aside)


def _count(store: Store, subject: str, says: str, object_: str) -> int:
    prefixes = {key: PREFIXES[key] for key in ("m4sd", "sdgo")}
    rows = store.query(_COUNT % (short(name(subject).value), says, object_), prefixes=prefixes)
    assert isinstance(rows, QuerySolutions)
    return next(int(row["n"].value) for row in rows)

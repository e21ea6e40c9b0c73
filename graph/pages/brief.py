"""Say what a thing is in a line: of what it is part, where, with whom, from when to when; by what is stated."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from graph.pages.naming import Name
from graph.pages.rows import Group, Row, Value

MOST: Final = 3  # things of one property
PLACES: Final = (
    *("m4sd:operatesIn", "m4sd:heldIn", "m4sd:basedIn", "m4sd:governmentOf", "m4sd:locatedIn", "m4sd:practisedIn"),
    *("m4sd:appliesIn", "m4sd:achievedIn", "m4sd:providedAt"),
)
# Which properties say what a thing is, in the order of the line; of each group the first that there is.
TELLING: Final[tuple[tuple[str, ...], ...]] = (
    ("m4sd:phaseOf", "m4sd:partOf", "m4sd:meetingOf", "m4sd:practiceOf", "sdgo:isTargetOf", "sdgo:isIndicatorOf"),
    ("m4sd:about", "m4sd:inDocument", "m4sd:contributionTo", "skos:inScheme", "rdfs:subClassOf", "rdfs:domain"),
    PLACES,
    ("m4sd:isFundedBy", "m4sd:isLedBy", "m4sd:participant", "m4sd:hostedBy"),
)
BEGINS: Final = ("m4sd:startDate", "m4sd:launchDate", "m4sd:date", "m4sd:adoptedOn")
ENDS: Final = "m4sd:endDate"


@dataclass(frozen=True)
class Brief:
    """Carry the parts of a line: words with the things that they lead to, and the first and the last day."""

    parts: tuple[tuple[str, tuple[Name, ...]], ...]
    begins: Value | None
    ends: Value | None


def brief(groups: Iterable[Group]) -> Brief:
    """Return the line that the facts give."""
    rows = {row.key: row for group in groups for row in group.rows}
    telling = (next((rows[key] for key in keys if key in rows and _stated(rows[key])), None) for keys in TELLING)
    parts = tuple((row.words.text, _stated(row)) for row in telling if row)
    begins = next((rows[key].values[0] for key in BEGINS if key in rows), None)
    return Brief(parts, begins, rows[ENDS].values[0] if ENDS in rows else None)


def _stated(row: Row) -> tuple[Name, ...]:
    return tuple(value.name for value in row.values if value.name and value.status != "inferred")[:MOST]

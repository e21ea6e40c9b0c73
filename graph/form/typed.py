"""Carry what is typed into a form, each text under the name of its control, as one more file that may be sent."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graph.errors import SourceError, said

FORM: Final = ".form"  # the ending of a file that is what was typed into a form
MOST: Final = 3000  # controls of one form
LONGEST: Final = 20_000  # characters of one control
REST: Final = "rest"  # the control of what has no field, in Turtle
PART: Final = "part-"  # stands before the class of parts where something is wrong with all of them
_NAME: Final = re.compile(
    r"(?:(?P<part>[A-Z][A-Za-z]{0,40})\.(?P<number>[0-9]{1,3})\.)?(?P<key>@?[A-Za-z][A-Za-z0-9-]{0,80})\.(?P<row>[0-9]{1,3})"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Name one control: the column that it belongs to and its row there, in a numbered part of the record if any.

    A part is a node that belongs to the thing, such as a participation; its name is that of its class.
    """

    key: str
    row: int = 0
    part: str = ""
    number: int = 0

    def __str__(self) -> str:
        return f"{self.place}.{self.row}"

    @property
    def place(self) -> str:
        """Return the column in its part: what all its rows share."""
        return f"{self.inside}{self.key}"

    @property
    def inside(self) -> str:
        """Return the beginning of all names of the part, nothing for the thing itself."""
        return f"{self.part}.{self.number}." if self.part else ""

    @classmethod
    def of(cls, name: str) -> "Spot | None":
        """Return the control of a name, or nothing where it can be none."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        return cls(found["key"], int(found["row"]), found["part"] or "", int(found["number"] or 0))


@dataclass(frozen=True, slots=True)
class Typed:
    """Carry a form: the class that it describes, texts by control, more in Turtle, and the record graph it replaces."""

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    graph: str = ""

    def spots(self) -> Iterator[tuple[Spot, str]]:
        """Yield all controls with their texts, those of one column in the order of their rows."""
        found = ((spot, text) for name, text in self.values.items() if (spot := Spot.of(name)) is not None)
        yield from sorted(found, key=lambda each: (each[0].part, each[0].number, each[0].key, each[0].row))

    def rows(self, part: str = "", number: int = 0) -> dict[str, list[tuple[Spot, str]]]:
        """Return the rows of each column of the thing, or of one of its parts."""
        found: dict[str, list[tuple[Spot, str]]] = defaultdict(list)
        for spot, text in self.spots():
            if (spot.part, spot.number) == (part, number):
                found[spot.key].append((spot, text))
        return found

    def parts(self) -> list[tuple[str, int]]:
        """Return the parts that are in the form, filled in or not."""
        return list(dict.fromkeys((spot.part, spot.number) for spot, _ in self.spots() if spot.part))

    def with_row(self, spot: Spot) -> "Typed":
        """Return the form with one more row at a column."""
        taken = [each.row for each, _ in self.spots() if each.place == spot.place]
        more = replace(spot, row=max(taken, default=-1) + 1)
        return replace(self, values={**self.values, str(more): ""})

    def with_part(self, part: str) -> "Typed":
        """Return the form with one more part of a class, empty."""
        number = max((number for each, number in self.parts() if each == part), default=-1) + 1
        return replace(self, values={**self.values, str(Spot("@id", 0, part, number)): ""})

    def without(self, part: str, number: int) -> "Typed":
        """Return the form without a part."""
        begin = Spot("", 0, part, number).inside
        return replace(self, values={name: text for name, text in self.values.items() if not name.startswith(begin)})

    def written(self) -> bytes:
        """Return the form as the content of a file."""
        told = {"class": self.kind, "values": dict(self.values), "rest": self.rest, "graph": self.graph}
        return json.dumps(told, ensure_ascii=False).encode()


def parsed(data: bytes, name: str) -> Typed:
    """Return the form that a file holds; raise SourceError where it is none."""
    try:
        told = json.loads(data)
        texts = {key: told.get(key, "") for key in ("class", "rest", "graph")}
        values = told.get("values", {})
    except (ValueError, AttributeError, RecursionError) as error:
        raise SourceError(name, 1, said("this is no form that was filled in here")) from error
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in (*texts.values(), *values.values())):
        raise SourceError(name, 1, said("this is no form that was filled in here"))
    if len(values) > MOST or max(map(len, values.values()), default=0) > LONGEST:
        words = said("a form holds {most} texts, each of {longest} characters", most=MOST, longest=LONGEST)
        raise SourceError(name, 1, words)
    return Typed(texts["class"], values, texts["rest"], texts["graph"])

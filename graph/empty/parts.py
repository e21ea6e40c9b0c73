"""Find the first part of a query that matches nothing, by asking for ever more of its parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from graph.empty.trial import Trial
from graph.sparql.outline import Block, Formula, Group, Part, Select, Triple, Union, optional

Within = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Unit:
    """Carry what is asked in one step: a triple pattern or another part, and its text, which can stand alone."""

    part: Triple | Part
    text: str
    start: int
    end: int
    at: int  # where it begins for a reader: behind what it shares with the part before


@dataclass(frozen=True, slots=True)
class Culprit:
    """Carry the first part that matches nothing, and what stands before it; `within` puts a pattern in its place."""

    unit: Unit
    before: str
    within: Within
    others: tuple[Unit, ...]
    group: Group

    @property
    def alone(self) -> str:
        """Return the pattern of this part alone."""
        return self.within(self.unit.text)

    def beside(self, pattern: str) -> str:
        """Return a pattern with another one in the place of this part."""
        return self.within(f"{self.before} {pattern}")


def units(text: str, group: Group) -> Iterator[Unit]:
    """Yield the parts of a group, its triple patterns one by one where each can stand alone."""
    for part in group.parts:
        single = isinstance(part, Block) and not any(_is_node(triple) for triple in part.triples)
        if isinstance(part, Block) and single:
            yield from _triples(text, part)
        else:
            whole = text[part.start : part.end] + (" ." if isinstance(part, Block) else "")
            yield Unit(part, whole, part.start, part.end, part.start)


def _triples(text: str, block: Block) -> Iterator[Unit]:
    for before, triple in zip((None, *block.triples), block.triples, strict=False):
        at = triple.start
        if before is not None and before.subject is triple.subject:
            at = triple.object.start if before.path is triple.path else triple.path[0].start
        yield Unit(triple, alone(text, triple), triple.start, triple.end, at)


def alone(text: str, triple: Triple) -> str:
    """Return a triple pattern that shares its subject with others as one that stands alone."""
    path = text[triple.path[0].start : triple.path[-1].start + len(triple.path[-1].text)]
    return f"{triple.subject.text} {path} {text[triple.object.start : triple.end]} ."


def culprit(trial: Trial, group: Group, within: Within = lambda pattern: pattern) -> Culprit | None:
    """Return the first part of a group that leaves no row, in the order of the text, filters last (18.2.2)."""
    found = tuple(units(trial.text, group))
    before = ""
    for unit in sorted(found, key=lambda each: _tests(each.part)):
        if (isinstance(unit.part, Group) and optional(unit.part)) or trial.holds(within(f"{before} {unit.text}")):
            before += f" {unit.text}"
        else:
            blamed = Culprit(unit, before, within, found, group)
            return _inside(trial, blamed) or blamed
    return None


def _inside(trial: Trial, blamed: Culprit) -> Culprit | None:
    """Return the part within a group to blame, or within the first branch of a UNION."""
    part = blamed.unit.part
    if isinstance(part, Union):
        part = part.branches[0]
    if isinstance(part, Select):
        return culprit(trial, part.where)
    if not isinstance(part, Group) or part.keyword in ("MINUS", "OPTIONAL", "SERVICE"):
        return None
    opening = f"GRAPH {part.name.text}" if part.name else ""
    return culprit(trial, part, lambda pattern: blamed.beside(f"{opening} {{ {pattern} }}"))


def _tests(part: Triple | Part) -> int:
    """Return when a part is asked: what tests rows comes after what makes them."""
    return int(isinstance(part, Formula) and part.keyword == "FILTER")


def _is_node(triple: Triple) -> bool:
    ends: Sequence[str] = (triple.subject.kind, triple.object.kind)
    return "node" in ends or "none" in ends or not triple.path

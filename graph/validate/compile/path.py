"""Hold SHACL property paths as values: write them as SPARQL, and walk them (SHACL, 2.3.1 and 5.3)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term: TypeAlias = NamedNode | BlankNode | Literal
# What finds triples by subject, predicate and object, None standing for anything.
Lookup = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]


@dataclass(frozen=True, slots=True)
class Step:
    """Follow one predicate, or any where there is none, forwards or backwards."""

    predicate: NamedNode | None
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Follow one path after another."""

    parts: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Follow any of some paths."""

    parts: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Follow a path as often as it leads on, or at most once; `nullable` where not at all will do."""

    part: "Path"
    nullable: bool
    many: bool


Path: TypeAlias = Step | Chain | Choice | Repeat


def as_sparql(path: Path) -> str:
    """Write a path as SPARQL 1.1 Query, 9.1 does."""
    if isinstance(path, Step):
        return f"^{path.predicate}" if path.inverse else str(path.predicate)
    if isinstance(path, Repeat):
        return f"({as_sparql(path.part)}){'*' if path.nullable and path.many else '+' if path.many else '?'}"
    joint = "/" if isinstance(path, Chain) else "|"
    return f"({joint.join(as_sparql(part) for part in path.parts)})"


def is_nullable(path: Path) -> bool:
    """Return whether a path may lead from a node to itself without a step."""
    if isinstance(path, Step):
        return False
    if isinstance(path, Repeat):
        return path.nullable or is_nullable(path.part)
    return (all if isinstance(path, Chain) else any)(is_nullable(part) for part in path.parts)


def first_steps(path: Path) -> frozenset[Step]:
    """Return the steps with which a walk along a path may begin."""
    if isinstance(path, Step):
        return frozenset({path})
    if isinstance(path, Repeat):
        return first_steps(path.part)
    found: set[Step] = set()
    for part in path.parts:
        found |= first_steps(part)
        if isinstance(path, Chain) and not is_nullable(part):
            break
    return frozenset(found)


def steps(path: Path) -> Iterator[Step]:
    """Yield every step of a path."""
    if isinstance(path, Step):
        yield path
    else:
        for part in [path.part] if isinstance(path, Repeat) else path.parts:
            yield from steps(part)


def reverse(path: Path) -> Path:
    """Return the path that leads back."""
    if isinstance(path, Step):
        return Step(path.predicate, not path.inverse)
    if isinstance(path, Repeat):
        return Repeat(reverse(path.part), path.nullable, path.many)
    parts = tuple(reverse(part) for part in path.parts)
    return Chain(parts[::-1]) if isinstance(path, Chain) else Choice(parts)


def walk(path: Path, starts: Iterable[Term], find: Lookup, seen: set[Triple]) -> set[Term]:
    """Return where a path leads from some nodes, and add each triple on the way to `seen`."""
    if isinstance(path, Step):
        return set(_taken(path, starts, find, seen))
    if isinstance(path, Chain):
        ends = set(starts)
        for part in path.parts:
            ends = walk(part, ends, find, seen)
        return ends
    if isinstance(path, Choice):
        starts = set(starts)
        return set().union(*(walk(part, starts, find, seen) for part in path.parts))
    return _repeated(path, set(starts), find, seen)


def _repeated(path: Repeat, starts: set[Term], find: Lookup, seen: set[Triple]) -> set[Term]:
    found = set(starts) if path.nullable else set()
    edge = starts
    while edge:
        edge = walk(path.part, edge, find, seen) - found
        found |= edge
        if not path.many:
            break
    return found


def _taken(step: Step, starts: Iterable[Term], find: Lookup, seen: set[Triple]) -> Iterator[Term]:
    for start in starts:
        if step.inverse:
            triples = find(None, step.predicate, start)
        else:
            triples = () if isinstance(start, Literal) else find(start, step.predicate, None)
        for triple in triples:
            seen.add(triple)
            yield subject(triple) if step.inverse else value(triple)


def subject(triple: Triple) -> NamedNode | BlankNode:
    """Return the subject of a triple of a plain graph."""
    assert not isinstance(triple.subject, Triple), "a triple of a plain graph"
    return triple.subject


def value(triple: Triple) -> Term:
    """Return the object of a triple of a plain graph."""
    assert not isinstance(triple.object, Triple), "a triple of a plain graph"
    return triple.object

"""Find the nodes whose verdict a change can alter: those that reach a changed triple through what a shape reads."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from graph.names import name
from graph.validate.compile.constraint import Constraint
from graph.validate.compile.lead import leads
from graph.validate.compile.path import Chain, Choice, Path, Repeat, Step, Term, reverse, subject, value, walk
from graph.validate.compile.shape import Shape
from graph.validate.compile.shapes import Compiled, Shapes
from graph.validate.context import BELOW, PAIRS, TYPE, outlines
from graph.validate.find import Pair, aims
from graph.validate.view import View

SUBCLASS = name("rdfs:subClassOf")


@dataclass(frozen=True, slots=True)
class Read:
    """Say that a shape reads the triples of a step where `before` leads from its targets; None: wherever they are."""

    step: Step
    before: tuple[Path, ...] | None


def affected(view: View, shapes: Shapes, compiled: Compiled, changed: Collection[Triple]) -> set[Pair]:
    """Return the shapes and targets whose verdict may differ with and without some triples.

    `view` shows the data after the change. What is no target any more has no verdict, and is left out.
    """
    found, aimed = reached(view, shapes, compiled, changed)
    return _targeted(view, shapes, compiled, found, aimed)


def affected_among(
    view: View, shapes: Shapes, compiled: Compiled, changed: Collection[Triple], own: Collection[Term], most: int
) -> tuple[set[Pair], int]:
    """Do the same for nodes other than `own`, of which at most so many are looked at; count those that were not."""
    found, aimed = reached(view, shapes, compiled, changed)
    others = {node for nodes in found.values() for node in nodes} | aimed
    others -= set(own)
    kept = others if len(others) <= most else set(sorted(others, key=str)[:most])
    few = {shape: nodes & kept for shape, nodes in found.items()}
    return _targeted(view, shapes, compiled, few, aimed & kept), len(others) - len(kept)


def reached(
    view: View, shapes: Shapes, compiled: Compiled, changed: Collection[Triple]
) -> tuple[dict[Term, set[Term]], set[Term]]:
    """Return the nodes from which each shape reaches some triples, and the nodes of which these triples are said."""
    starts: dict[tuple[Term, tuple[Path, ...] | None], set[Term]] = defaultdict(set)
    reads, aimed = _reads(shapes), {term for t in changed for term in (subject(t), value(t))}
    for triple in _with_kinds(view, changed):
        for shape, read in (*reads.get(triple.predicate, ()), *reads.get(None, ())):
            starts[shape, read.before].add(value(triple) if read.step.inverse else subject(triple))
    found: dict[Term, set[Term]] = defaultdict(set)
    for (shape, before), ends in starts.items():
        if before is None:
            found[shape] |= _all_targets(view, shapes, compiled, shape)
        else:
            found[shape] |= walk(reverse(Chain(before)), ends, view, set())
    return found, aimed


def _targeted(
    view: View, shapes: Shapes, compiled: Compiled, found: Mapping[Term, Collection[Term]], aimed: Collection[Term]
) -> set[Pair]:
    known = outlines(view, shapes, {*aimed, *(node for nodes in found.values() for node in nodes)})
    targets = aims(shapes, compiled, known)
    near = {(shape, node) for shape, nodes in targets.items() for node in nodes if node in found.get(shape, ())}
    return near | {(shape, node) for shape, nodes in targets.items() for node in nodes if node in aimed}


def _with_kinds(view: View, changed: Collection[Triple]) -> Iterator[Triple]:
    """Yield the changed triples, and where a class moves, the types of its instances, which move with it."""
    for triple in changed:
        yield triple
        if triple.predicate == SUBCLASS:
            for kind in walk(BELOW, [subject(triple)], view, set()):
                yield from view(None, TYPE, kind)


def _all_targets(view: View, shapes: Shapes, compiled: Compiled, shape: Term) -> set[Term]:
    targets = shapes.shapes[shape].targets
    kinds = {each for kind in targets.classes for each in compiled.hierarchy.kinds(kind)}
    found = set(targets.nodes) | {subject(t) for kind in kinds for t in view(None, TYPE, kind)}
    found |= {subject(t) for predicate in targets.subjects_of for t in view(None, predicate, None)}
    return found | {value(t) for predicate in targets.objects_of for t in view(None, predicate, None)}


def _reads(shapes: Shapes) -> Mapping[NamedNode | None, set[tuple[Term, Read]]]:
    """Index what each shape with targets reads, by predicate."""
    if not shapes.reads:
        for shape in shapes.targeting:
            for read in _of_shape(shapes.shapes, shape.node, (), frozenset()):
                shapes.reads.setdefault(read.step.predicate, set()).add((shape.node, read))
    return shapes.reads


def _of_shape(
    shapes: Mapping[Term, Shape], node: Term, before: tuple[Path, ...], within: frozenset[Term]
) -> Iterator[Read]:
    shape = shapes[node]
    if node in within or not shape.active:
        return
    values = before if shape.path is None else (*before, shape.path)
    if shape.path is not None:
        yield from _of_path(shape.path, before)
    for constraint in shape.constraints:
        yield from _of_constraint(constraint, shape, before, values)
        for nested in (*constraint.shapes, *constraint.siblings):
            yield from _of_shape(shapes, nested, values, within | {node})
    for part in shape.properties:
        yield from _of_shape(shapes, part, values, within | {node})


def _of_constraint(
    constraint: Constraint, shape: Shape, before: tuple[Path, ...], values: tuple[Path, ...]
) -> Iterator[Read]:
    if constraint.component == "Class":
        yield Read(Step(TYPE), values)
    elif constraint.component == "Closed":
        yield Read(Step(None), values)
    elif constraint.component in PAIRS:
        yield from (Read(Step(term), before) for term in constraint.terms if isinstance(term, NamedNode))
    elif constraint.component == "SPARQL":
        for lead in leads(constraint, shape.path):
            if lead.before is None or lead.start is not None:
                ways = [lead.path] if lead.before is None else [lead.before, lead.path]
                yield from (Read(read.step, None) for way in ways for read in _of_path(way, ()))
            else:
                yield from _of_path(lead.before, before)
                yield from _of_path(lead.path, (*before, lead.before))


def _of_path(path: Path, before: tuple[Path, ...]) -> Iterator[Read]:
    """Yield the steps of a path, each with the way that leads to it."""
    if isinstance(path, Step):
        yield Read(path, before)
    elif isinstance(path, Repeat):
        again = Repeat(path.part, nullable=True, many=True)
        yield from _of_path(path.part, (*before, again) if path.many else before)
    elif isinstance(path, Choice):
        for part in path.parts:
            yield from _of_path(part, before)
    else:
        for at, part in enumerate(path.parts):
            yield from _of_path(part, (*before, *path.parts[:at]))

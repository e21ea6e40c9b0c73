"""Compile a shapes graph once: every constraint that its targets reach, as a query for what violates it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from pyoxigraph import NamedNode

from graph.errors import Said, said
from graph.validate.compile.constraint import Constraint
from graph.validate.compile.counts import COUNTS, missing
from graph.validate.compile.flow import START, THIS, Flow, query, select, union
from graph.validate.compile.hierarchy import Hierarchy
from graph.validate.compile.logic import JOINED, LOGIC
from graph.validate.compile.path import Term, first_steps, is_nullable
from graph.validate.compile.place import Broken, Place, Test, either
from graph.validate.compile.refusal import NotCompiled
from graph.validate.compile.select import compile_select
from graph.validate.compile.shape import Shape
from graph.validate.compile.values import TESTS, VALUES

COMPILE = {**VALUES, **COUNTS, **LOGIC, "SPARQL": compile_select}
# The components that nodes without any value can break.
OF_NONE = {"MinCount", "QualifiedMinCount", "HasValue", "Equals", "SPARQL"}


@dataclass(frozen=True, slots=True)
class Check:
    """Hold the query for one constraint of what a shape aims at: its text, with FOCUS for the nodes, and its columns.

    A node has something to check only if it has one of the predicates `needs`, where there are some. `own` where a
    result without a value is about the focus node itself (SHACL, 5.3.2).
    """

    shape: Term
    source: Term
    component: NamedNode
    path: Term | None
    text: str
    columns: tuple[str, ...]
    node: str
    value: str | None
    path_name: str | None
    own: bool
    needs: frozenset[NamedNode]
    alone: bool


@dataclass(frozen=True, slots=True)
class Uncompiled:
    """Say which constraint of a shape has no query, and why; an empty component stands for the whole shape."""

    shape: Term
    source: Term
    component: str
    why: Said


def checks(shapes: Mapping[Term, Shape], hierarchy: Hierarchy) -> Iterator[Check | Uncompiled]:
    """Yield the checks of every shape that has targets, and what did not compile."""
    for shape in shapes.values():
        if shape.targets:
            yield from _Compiler(shapes, hierarchy, shape.node).checks(shape.node, START, frozenset())


class _Compiler:
    """Compile what one shape with targets asks."""

    def __init__(self, shapes: Mapping[Term, Shape], hierarchy: Hierarchy, top: Term) -> None:
        self._shapes, self._hierarchy, self._top = shapes, hierarchy, top
        self._names = (f"_{number}" for number in count())
        self._within: list[Term] = []

    def checks(self, node: Term, flow: Flow, needs: frozenset[NamedNode]) -> Iterator[Check | Uncompiled]:
        shape = self._shapes[node]
        if not shape.active:
            return
        if shape.trouble or node in self._within:
            yield Uncompiled(self._top, node, "", shape.trouble or _RECURSIVE)
            return
        self._within.append(node)
        place = self._place(shape, flow)
        needs = _needs(shape) if flow == START else needs
        for constraint in shape.constraints:
            yield from self._check(constraint, shape, place, needs)
        for part in shape.properties:
            yield from self.checks(part, place.values, needs)
        self._within.pop()

    def _check(
        self, constraint: Constraint, shape: Shape, place: Place, needs: frozenset[NamedNode]
    ) -> Iterator[Check | Uncompiled]:
        try:
            broken = COMPILE[constraint.component](constraint, place)
        except NotCompiled as refusal:
            yield Uncompiled(self._top, shape.node, constraint.component, refusal.why)
            return
        if broken is not None:
            bare = constraint.component in OF_NONE and place.focus == START
            yield self._made(constraint, shape, place, broken, frozenset() if bare else needs)

    def _made(
        self, constraint: Constraint, shape: Shape, place: Place, broken: Broken, needs: frozenset[NamedNode]
    ) -> Check:
        names = (THIS, place.focus.at, broken.value, broken.path, *broken.extra)
        columns = tuple(dict.fromkeys(name for name in names if name))
        return Check(
            shape=self._top,
            source=shape.node,
            component=constraint.iri,
            path=shape.path_node,
            text=query(columns, broken.pattern),
            columns=columns,
            node=place.focus.at,
            value=broken.value,
            path_name=broken.path,
            own=constraint.component == "SPARQL" and shape.path is None,
            needs=needs,
            alone=broken.alone,
        )

    def _breaks(self, node: Term, flow: Flow) -> str | None:
        """Return a pattern that binds the nodes of a flow which do not conform to a shape (SHACL, 3.4.3)."""
        shape = self._shapes[node]
        if not shape.active:
            return None
        if shape.trouble or node in self._within:
            raise NotCompiled(shape.trouble or _RECURSIVE)
        if test := self._test(node, flow.at):
            return select(flow.keys, test.after(flow.pattern))
        self._within.append(node)
        try:
            place = self._place(shape, flow)
            found = [COMPILE[each.component](each, place) for each in shape.constraints]
            parts = [each.pattern for each in found if each is not None]
            nested = [self._breaks(part, place.values) for part in shape.properties]
            parts += [pattern for pattern in nested if pattern]
        finally:
            self._within.pop()
        return select(flow.keys, union(parts)) if parts else None

    def _test(self, node: Term, at: str) -> Test | None:
        """Return the test that tells whether a node breaks a shape; None where only a pattern tells it."""
        shape = self._shapes[node]
        if not shape.active:
            return Test("", "false")
        if shape.trouble or node in self._within:
            return None
        self._within.append(node)
        try:
            place = self._place(replace(shape, path=None), Flow("", (at,)))
            parts = [self._part(each, place, shape, at) for each in shape.constraints]
            parts += [self._test(part, at) for part in shape.properties] if shape.path is None else []
        finally:
            self._within.pop()
        known = [each for each in parts if each]
        return either(known) if len(known) == len(parts) else None

    def _part(self, constraint: Constraint, place: Place, shape: Shape, at: str) -> Test | None:
        """Return the test of one constraint for a node, of whose values only what is missing can be tested."""
        if shape.path is not None:
            return missing(constraint, shape, at, place) if not shape.properties else None
        if constraint.component in TESTS:
            return TESTS[constraint.component](constraint, place, at)
        if constraint.component not in JOINED:
            return None
        tests = [self._test(each, at) for each in constraint.shapes]
        known = [each for each in tests if each]
        return JOINED[constraint.component](known) if len(known) == len(tests) else None

    def _place(self, shape: Shape, flow: Flow) -> Place:
        values = flow if shape.path is None else flow.step(shape.path, next(self._names))
        return Place(flow, values, shape.path, self._breaks, self._test, self._hierarchy.kinds, self._names)


_RECURSIVE = said("it is inside itself, which SHACL leaves open")


def _needs(shape: Shape) -> frozenset[NamedNode]:
    """Return the predicates of which a node needs one to have any value; none where it may do without."""
    if shape.path is None or is_nullable(shape.path):
        return frozenset()
    steps = first_steps(shape.path)
    if any(step.inverse or step.predicate is None for step in steps):
        return frozenset()
    return frozenset(step.predicate for step in steps if step.predicate)

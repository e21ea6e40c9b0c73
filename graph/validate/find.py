"""Find what violates the shapes, by SPARQL where the data is: over everything, or over given nodes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from pyoxigraph import BlankNode, NamedNode, QuerySolutions

from graph.store import Store
from graph.validate.compile.checks import Check
from graph.validate.compile.flow import FOCUS, THIS
from graph.validate.compile.hierarchy import Edge
from graph.validate.compile.path import Term
from graph.validate.compile.shapes import Compiled, Shapes
from graph.validate.compile.target import Aims, Outline, given, targeted
from graph.validate.refused import ShapesUnusable

Pair = tuple[Term, Term]
Progress = Callable[[int, int], None]
# As many nodes as one query names.
BATCH = 500
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_BELOW = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"


class Engine(Protocol):
    """Answer SPARQL 1.1 SELECT queries, the values of each solution in the order in which the query names them."""

    def select(self, text: str) -> Iterable[Sequence[Term | None]]:
        """Yield the solutions of a query."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """Say that a target of a shape breaks a constraint of `source`, as a validation result would (SHACL, 3.6.2)."""

    shape: Term
    focus: Term
    source: Term
    component: NamedNode
    node: Term
    path: Term | None
    value: Term | None


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what was found, and which nodes no query could judge for a shape."""

    rows: tuple[Row, ...]
    undecided: frozenset[Pair]

    @property
    def pairs(self) -> frozenset[Pair]:
        """Return the shapes and their targets that need to be explained."""
        return self.undecided | {(row.shape, row.focus) for row in self.rows}


@dataclass(frozen=True, slots=True)
class Embedded:
    """Ask our own store, of one of its graphs or of its default graph."""

    store: Store
    graph: NamedNode | None = None

    def select(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a query."""
        options = {} if self.graph is None else {"default_graph": self.graph}
        try:
            solutions = self.store.query(text, **options)
        except SyntaxError as error:  # a query of the shapes' own
            raise ShapesUnusable(error.msg) from error
        assert isinstance(solutions, QuerySolutions)
        for solution in solutions:
            yield tuple(solution)


def find(store: Store, shapes: Shapes, nodes: Collection[Term] | None = None, graph: NamedNode | None = None) -> Found:
    """Return which nodes of a store break which shapes; of all nodes, or of those given."""
    return find_in(Embedded(store, graph), shapes, nodes)


def find_in(
    engine: Engine,
    shapes: Shapes,
    nodes: Collection[Term] | None = None,
    progress: Progress = lambda done, of: None,
) -> Found:
    """Do the same in any SPARQL 1.1 engine."""
    compiled = shapes.compiled(_edges(engine, shapes))
    if nodes is None:
        return _everywhere(engine, shapes, compiled, progress)
    if any(isinstance(node, BlankNode) for node in nodes):
        # No query can name a blank node, so all nodes are asked for.
        found, wanted = _everywhere(engine, shapes, compiled, progress), set(nodes)
        rows = tuple(row for row in found.rows if row.focus in wanted)
        return Found(rows, frozenset(pair for pair in found.undecided if pair[1] in wanted))
    return among(engine, shapes, compiled, _outlines(engine, shapes, nodes))


def aims(shapes: Shapes, compiled: Compiled, outlines: Mapping[Term, Outline]) -> dict[Term, list[Term]]:
    """Return the nodes at which each shape aims."""
    by_shape: dict[Term, list[Term]] = {shape.node: [] for shape in shapes.targeting}
    index = Aims({shape.node: shape.targets for shape in shapes.targeting}, compiled.hierarchy)
    for node, outline in outlines.items():
        for shape in index.at(node, outline):
            by_shape[shape].append(node)
    return by_shape


def _edges(engine: Engine, shapes: Shapes) -> list[Edge]:
    """Return what the data says to be below the classes that shapes name."""
    text = f"SELECT ?lower ?upper WHERE {{ VALUES ?upper {{ {_listed(shapes.named)} }} ?lower {_BELOW}+ ?upper . }}"
    return [(lower, upper) for lower, upper in engine.select(text) if lower and upper]


def _everywhere(engine: Engine, shapes: Shapes, compiled: Compiled, progress: Progress) -> Found:
    focus = {shape.node: targeted(shape.targets, compiled.hierarchy) for shape in shapes.targeting}
    rows: list[Row] = []
    for done, check in enumerate(compiled.checks):
        progress(done, len(compiled.checks))
        if check.alone:
            targets = [row[0] for row in engine.select(_targets(focus[check.shape]))]
            rows += _asked(engine, check, [node for node in targets if node is not None])
        else:
            rows += _rows(check, engine.select(check.text.replace(FOCUS, focus[check.shape])))
    undecided = {
        (each.shape, row[0])
        for each in compiled.uncompiled
        for row in engine.select(_targets(focus[each.shape]))
        if row[0] is not None
    }
    return Found(tuple(rows), frozenset(undecided))


def among(engine: Engine, shapes: Shapes, compiled: Compiled, outlines: Mapping[Term, Outline]) -> Found:
    """Return which of some nodes break which shapes, given what decides which shapes aim at them."""
    aimed = aims(shapes, compiled, outlines)
    rows: list[Row] = []
    for check in compiled.checks:
        wanted = [
            node for node in aimed[check.shape] if not check.needs or not check.needs.isdisjoint(outlines[node].has)
        ]
        rows += _asked(engine, check, wanted)
    undecided = {(each.shape, node) for each in compiled.uncompiled for node in aimed[each.shape]}
    return Found(tuple(rows), frozenset(undecided))


def _asked(engine: Engine, check: Check, nodes: Collection[Term]) -> Iterator[Row]:
    waiting = iter(nodes)
    while batch := list(islice(waiting, 1 if check.alone else BATCH)):
        yield from _rows(check, engine.select(check.text.replace(FOCUS, given(batch))))


def _rows(check: Check, solutions: Iterable[Sequence[Term | None]]) -> Iterator[Row]:
    at = {name: place for place, name in enumerate(check.columns)}
    this, node = at[THIS], at[check.node]
    value, path = at.get(check.value or ""), at.get(check.path_name or "")
    for solution in solutions:
        focus, stands = solution[this], solution[node]
        assert focus is not None, "a pattern of targets binds ?this"
        assert stands is not None, "a flow binds its keys"
        on = None if path is None else solution[path]
        held = (None if value is None else solution[value]) or (stands if check.own else None)
        yield Row(check.shape, focus, check.source, check.component, stands, on or check.path, held)


def _outlines(engine: Engine, shapes: Shapes, nodes: Collection[Term]) -> Mapping[Term, Outline]:
    """Return what decides which shapes aim at some nodes."""
    kinds, has, of = ({node: set[Term]() for node in nodes} for _ in range(3))
    objects_of = {predicate for shape in shapes.targeting for predicate in shape.targets.objects_of}
    waiting = iter(nodes)
    while batch := list(islice(waiting, BATCH)):
        focus = given(batch)
        _gather(kinds, engine.select(f"SELECT ?this ?kind WHERE {{ {focus} ?this {_TYPE} ?kind . }}"))
        _gather(has, engine.select(f"SELECT DISTINCT ?this ?has WHERE {{ {focus} ?this ?has ?value . }}"))
        for each in objects_of:
            rows = engine.select(f"SELECT DISTINCT ?this WHERE {{ {focus} ?subject {each} ?this . }}")
            _gather(of, ((row[0], each) for row in rows))
    return {node: Outline(kinds[node], has[node], of[node]) for node in nodes}


def _gather(into: Mapping[Term, set[Term]], rows: Iterable[Sequence[Term | None]]) -> None:
    for node, term in rows:
        if node is not None and term is not None:
            into[node].add(term)


def _targets(focus: str) -> str:
    return f"SELECT DISTINCT ?this WHERE {{ {focus} }}"


def _listed(terms: Iterable[Term]) -> str:
    return " ".join(str(term) for term in terms if not isinstance(term, BlankNode))

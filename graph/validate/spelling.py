"""Know what a store does not keep: how literals are spelt, since it writes 01 as 1; and whose verdict rests on that."""

import re
from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Triple

from graph.store import Store
from graph.validate.compile.constraint import Constraint
from graph.validate.compile.lead import leads
from graph.validate.compile.path import Path, Term, first_steps, reverse, steps
from graph.validate.compile.shape import Shape
from graph.validate.compile.shapes import Shapes

# Constraints for which the spelling counts, not only what it stands for.
SPELT = {"Pattern", "MinLength", "MaxLength", "In", "HasValue", "Equals", "Disjoint"}
COUNTED = {"MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount"}


# What a query does with a spelling; the mere value it compares as stores do.
TEXTUAL = re.compile("STR|REGEX|REPLACE|CONCAT|CONTAINS|SAMETERM|CASE|ENCODE|MD5|SHA", re.IGNORECASE)


def respelt(triples: Collection[Triple], store: Store, shapes: Shapes) -> list[Triple]:
    """Return those of some triples that a store of them spells otherwise, where a verdict may rest on it."""
    kept = {quad.triple for quad in store.quads()}
    changed = [triple for triple in triples if triple not in kept]
    if not changed:
        return []
    merged = len(kept) < len(set(triples))
    if merged not in shapes.spelt:
        shapes.spelt[merged] = _predicates(shapes, merged)
    told = shapes.spelt[merged]
    return [triple for triple in changed if triple.predicate in told or None in told]


def _predicates(shapes: Shapes, merged: bool) -> set[NamedNode | None]:
    """Return the predicates whose literals' spelling a shape looks at; `merged` where two have become one."""
    looked_at = SPELT | COUNTED if merged else SPELT
    return {each for shape in shapes.targeting for each in _of(shapes, shape.node, None, looked_at, frozenset())}


def _of(
    shapes: Shapes, node: Term, path: Path | None, looked_at: set[str], within: frozenset[Term]
) -> Iterator[NamedNode | None]:
    shape = shapes.shapes[node]
    if node in within:
        return
    path = shape.path or path
    for constraint in shape.constraints:
        yield from _of_constraint(constraint, shape, path, looked_at)
        for nested in (*constraint.shapes, *constraint.siblings):
            yield from _of(shapes, nested, path, looked_at, within | {node})
    for part in shape.properties:
        yield from _of(shapes, part, path, looked_at, within | {node})


def _of_constraint(
    constraint: Constraint, shape: Shape, path: Path | None, looked_at: set[str]
) -> Iterator[NamedNode | None]:
    if constraint.component == "SPARQL":
        if "MaxCount" not in looked_at and not TEXTUAL.search(constraint.text):
            return
        for lead in leads(constraint, shape.path):
            for way in [lead.path, lead.before] if lead.before else [lead.path]:
                yield from (step.predicate for step in steps(way))
    elif constraint.component in looked_at:
        yield from (step.predicate for step in first_steps(reverse(path))) if path else ()
        yield from (term for term in constraint.terms if isinstance(term, NamedNode))

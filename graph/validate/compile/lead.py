"""Say which way the patterns of a SPARQL-based constraint lead from $this: what it reads, and what can change it."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any

from pyoxigraph import NamedNode
from pyparsing import ParseBaseException
from rdflib import URIRef, paths
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node, Variable

from graph.errors import said
from graph.validate.compile.constraint import Constraint
from graph.validate.compile.path import Chain, Choice, Path, Repeat, Step, Term, as_sparql, reverse
from graph.validate.rdf import from_rdflib
from graph.validate.refused import ShapesUnusable

Pattern = tuple[Node, Any, Node]  # Any: rdflib's property paths share no type with its terms
_THIS = Variable("this")
# A step ahead finds few triples, one back may find many, and a term that the query names has no end of them.
_BACK, _AHEAD = 3, 1
_NAMED = 50


@dataclass(frozen=True, slots=True)
class Lead:
    """Read the triples of `path` where `before` leads to: from $this, or from a node that the query names.

    Without a way there, `before` is None: the triples of `path` are read wherever they are.
    """

    path: Path
    before: Path | None = None
    start: Term | None = None


@functools.lru_cache(maxsize=1000)
def leads(constraint: Constraint, path: Path | None) -> tuple[Lead, ...]:
    """Return all that the query of a constraint reads; raise ShapesUnusable where it is none."""
    text = constraint.text
    for name in ("$PATH", "?PATH"):
        text = text.replace(name, as_sparql(path) if path else name)
    try:
        algebra = prepareQuery(text).algebra
    except ParseBaseException as error:
        raise ShapesUnusable(said("a query cannot be read: {why}", why=error)) from error
    return tuple(dict.fromkeys(_of(algebra, [])))


def _of(part: Any, around: Sequence[Pattern]) -> Iterator[Lead]:
    """Yield the leads of a part of a query, given the patterns that hold wherever it matters."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from _of(each, around)
    elif isinstance(part, CompValue):
        if part.name == "ToMultiSet":
            around = ()  # another query inside this one: its variables may be others of the same name
        holding = [*around, *_holding(part)]
        if part.name in ("BGP", "TriplesBlock"):
            ways = _ways(holding)
            yield from (_lead(pattern, ways) for pattern in _patterns(part))
        for name, inner in part.items():
            if name not in ("_vars", "triples"):
                yield from _of(inner, around if part.name == "Union" else holding)


def _holding(part: Any) -> list[Pattern]:
    """Return the patterns that match in every solution of a part."""
    if isinstance(part, list):
        return [pattern for each in part for pattern in _holding(each)]
    if not isinstance(part, CompValue) or part.name in ("Union", "GroupOrUnionGraphPattern", "ToMultiSet"):
        return []
    if part.name in ("BGP", "TriplesBlock"):
        return _patterns(part)
    if part.name == "LeftJoin":
        return _holding(part.p1)
    if part.name == "Join":
        return [*_holding(part.p1), *_holding(part.p2)]
    inner = part.get("p") if "p" in part else part.get("part")
    return [] if part.name in ("OptionalGraphPattern", "Minus") else _holding(inner)


def _patterns(part: Any) -> list[Pattern]:
    flat = list(part.triples or [])
    if part.name == "TriplesBlock":
        return [tuple(row[at : at + 3]) for row in flat for at in range(0, len(row), 3)]
    return flat


def _ways(patterns: Sequence[Pattern]) -> dict[Node, tuple[Term | None, tuple[Path, ...], int]]:
    """Return the cheapest way to what each variable stands for, from $this or from a term of the query."""
    known: dict[Node, tuple[Term | None, tuple[Path, ...], int]] = {}
    order = count()
    waiting: list[tuple[int, int, Node, Term | None, tuple[Path, ...]]] = []
    fixed = {term for s, _, o in patterns for term in (s, o) if isinstance(term, URIRef)}
    for cost, term in [(0, _THIS), *((50, term) for term in sorted(fixed))]:
        heappush(waiting, (cost, next(order), term, None if term == _THIS else from_rdflib(term), ()))
    while waiting:
        cost, _, node, start, way = heappop(waiting)
        if node in known:
            continue
        known[node] = (start, way, cost)
        for s, p, o in patterns:
            path = _path(p)
            if s == node and o not in known:
                heappush(waiting, (cost + _AHEAD, next(order), o, start, (*way, path)))
            if o == node and s not in known:
                heappush(waiting, (cost + _BACK, next(order), s, start, (*way, reverse(path))))
    return known


def _lead(pattern: Pattern, ways: dict[Node, tuple[Term | None, tuple[Path, ...], int]]) -> Lead:
    s, p, o = pattern
    ends = [(ways[s][2] + _AHEAD, 0)] if s in ways else []
    ends += [(ways[o][2] + _BACK, 1)] if o in ways else []
    if not ends:
        return Lead(_path(p))
    start, way, _ = ways[o if min(ends)[1] else s]
    return Lead(reverse(_path(p)) if min(ends)[1] else _path(p), Chain(way), start)


def _path(predicate: Any) -> Path:
    """Return the path that rdflib writes in its own way."""
    if isinstance(predicate, URIRef):
        return Step(NamedNode(str(predicate)))
    if isinstance(predicate, paths.InvPath):
        return reverse(_path(predicate.arg))
    if isinstance(predicate, paths.SequencePath):
        return Chain(tuple(_path(each) for each in predicate.args))
    if isinstance(predicate, paths.AlternativePath):
        return Choice(tuple(_path(each) for each in predicate.args))
    if isinstance(predicate, paths.MulPath):
        return Repeat(_path(predicate.path), predicate.zero, predicate.more)
    return Step(None)  # a variable, or a set of predicates that are left out

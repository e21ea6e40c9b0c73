"""Find the path of length zero that the engine leaves out: at a constant which the data lacks.

By SPARQL 1.1 Query, 18.4, `:c :p* ?x` has `:c` among its answers whatever the data. The engine (pyoxigraph 0.5.13)
has it only where the active graph holds `:c`: https://github.com/oxigraph/oxigraph/pull/1815, not yet released.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pyoxigraph import NamedNode

from graph.sparql.constants import constants
from graph.sparql.edit import Edit
from graph.sparql.outline import Block, Group, Part, Select, Triple, excerpt, inside
from graph.sparql.tokens import Token, tokens
from graph.sparql.view import View
from graph.store import Graph, Term

MOST_WAYS: Final = 64
_TERMS: Final = ("iri", "name", "string", "number", "word")


@dataclass(frozen=True, slots=True)
class _Place:
    """Carry a triple pattern that is a whole statement, and the graph that it is asked of, as the query writes it."""

    triple: Triple
    graph: Token | None
    subject: str
    object: str

    @property
    def constants(self) -> list[str]:
        """Return the ends that are constants."""
        ends = (self.triple.subject, self.subject), (self.triple.object, self.object)
        return [text for token, text in ends if token.kind in _TERMS]

    @property
    def variable(self) -> str:
        """Return the end that is a variable, if one is."""
        ends = (self.triple.subject, self.triple.object)
        return next((token.text for token in ends if token.kind == "variable"), "")


def added_paths(text: str, query: Select, view: View, base: str) -> tuple[list[Edit], list[str]]:
    """Return how to write the paths that would be missed, and the terms at which they are."""
    places = list(_places(text, query))
    if not places:
        return [], []
    written = [term for place in places for term in place.constants]
    written += [place.graph.text for place in places if place.graph]
    known = constants(text[: query.start], written, base)
    edits: list[Edit] = []
    for place in places:
        graphs = _graphs(place, known, view)
        ends = [known.get(term) for term in place.constants]
        if None not in ends and len(set(ends)) == 1 and any(not view.holds(ends[0], each) for each in graphs):
            edits.append(_added(place))
    starts = {edit.start for edit in edits}
    return edits, [place.constants[0] for place in places if place.triple.start in starts]


def exposed(group: Group) -> list[Triple]:
    """Return the triple patterns of a group whose path may have length zero and is at a constant.

    Left out are those with an end that another pattern of the group has too, by a path that needs a triple: the data
    then holds that end, or the group has no answer at all.
    """
    own = [triple for part in group.parts if isinstance(part, Block) for triple in part.triples]
    held = {_key(end) for triple in own if not ways(triple.path) for end in (triple.subject, triple.object)}
    return [
        triple
        for triple in own
        if ways(triple.path)
        and any(end.kind in _TERMS for end in (triple.subject, triple.object))
        and held.isdisjoint({_key(triple.subject), _key(triple.object)} - {""})
    ]


def ways(path: Sequence[Token]) -> int:
    """Return in how many ways a path joins a node with itself without any triple, or a little more than the most."""
    return _either(deque([*(token.text for token in path), ""])) if path else 0


def _either(path: deque[str]) -> int:
    found = _sequence(path)
    while path[0] == "|":
        path.popleft()
        found += _sequence(path)
    return min(found, MOST_WAYS + 1)


def _sequence(path: deque[str]) -> int:
    found = _step(path)
    while path[0] == "/":
        path.popleft()
        found = min(found * _step(path), MOST_WAYS + 1)
    return found


def _step(path: deque[str]) -> int:
    while path[0] in ("^", "!"):
        path.popleft()
    found, begins = 0, path.popleft() if path[0] else ""
    if begins == "(" and path[0] != ")":  # !() is no path without triples
        found = _either(path)
    if begins == "(" and path[0]:
        path.popleft()
    while path[0] in ("*", "?", "+"):
        found = min(found, 1) if path.popleft() == "+" else 1
    return found


def _key(end: Token) -> str:
    return f"?{end.text[1:]}" if end.kind == "variable" else end.text if end.kind in ("iri", "name") else ""


def _places(text: str, query: Select) -> Iterator[_Place]:
    """Yield the exposed patterns that can be written anew: whole statements, of a graph that is known."""
    for group, graph in _active(query, None):
        found = exposed(group) if graph is None or graph.kind != "variable" else []
        for block in (part for part in group.parts if isinstance(part, Block) and found):
            for triple in _statements(text, block):
                if triple in found and ways(triple.path) <= MOST_WAYS:
                    last = triple.path[-1]
                    subject = excerpt(text, triple.start, triple.path[0].start)
                    yield _Place(triple, graph, subject, excerpt(text, last.start + len(last.text), triple.end))


def _statements(text: str, block: Block) -> Iterator[Triple]:
    """Yield the triple patterns of a block that are statements of their own, without blank nodes."""
    shared = Counter(triple.start for triple in block.triples)
    cut = list(tokens(text[block.start : block.end]))
    after = {one.start + block.start: other.text for other, one in pairwise(cut)}
    for triple in block.triples:
        simple = {triple.subject.kind, triple.object.kind} <= {"variable", *_TERMS}
        begins = triple.start == block.start or after.get(triple.start) == "."
        behind = next((token.text for token in tokens(text[triple.end : block.end])), ".")
        if simple and begins and behind == "." and shared[triple.start] == 1:
            yield triple


def _active(part: Part, graph: Token | None) -> Iterator[tuple[Group, Token | None]]:
    """Yield the groups of a part, each with the graph that it is asked of; none is the default graph."""
    if isinstance(part, Group):
        graph = part.name or graph
        yield part, graph
    for inner in inside(part):
        yield from _active(inner, graph)


def _graphs(place: _Place, known: dict[str, Term], view: View) -> Sequence[Graph | None]:
    """Return the graph that a pattern is asked of, if there is one; none stands for an empty one."""
    if place.graph is None:
        return [view.default]
    named = known.get(place.graph.text)
    return [named] if isinstance(named, NamedNode) and view.names(named) else []


def _added(place: _Place) -> Edit:
    variable, number = place.variable, ways(place.triple.path)
    data = f"{variable} {{ {' '.join([place.constants[0]] * number)} }}" if variable else f"() {{ {'() ' * number}}}"
    return Edit(place.triple.start, place.triple.end, f"VALUES {data}")

"""Write GRAPH ?g { … } as the union over the named graphs that defines it (SPARQL 1.1 Query, 18.6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode

from graph.errors import Said, said
from graph.sparql.constants import constants
from graph.sparql.edit import Edit, edited
from graph.sparql.outline import Block, Group, Part, Select, Values, groups, inside
from graph.sparql.scope import leaks, mentions, variable
from graph.sparql.tokens import tokens
from graph.sparql.view import View

MOST_GRAPHS: Final = 64
MOST_PATTERNS: Final = 32  # of a group that is copied: with 64 copies of it the engine plans for half a second
MOST_TEXT: Final = 64 * 1024  # characters that all copies may take


@dataclass(frozen=True, slots=True)
class _Site:
    """Carry a GRAPH ?g { … } that leaks, the parts beside it, and whether it is in EXISTS, for rows known already."""

    group: Group
    beside: Sequence[Part]
    correlated: bool


def spread(text: str, query: Select, view: View, base: str) -> tuple[list[Edit], list[Said]]:
    """Return how to write each GRAPH ?g { … } that the engine may answer wrongly, and what to say of it."""
    edits: list[Edit] = []  # each inner one comes before the outer one
    notes: list[Said] = []
    mark = _mark(text)
    for site in reversed(list(_sites(query, (), False))):
        group = site.group
        graphs = _graphs(text, query.start, site, view, base)
        if len(graphs) > MOST_GRAPHS:
            notes.append(_too_many(group))
            continue
        inner = [edit for edit in edits if edit.start < group.end]
        outer = [edit for edit in edits if edit.start >= group.end]
        body = _body(text, group, inner)
        if _may_copy(site, len(body) * len(graphs) + sum(len(edit.text) for edit in outer)):
            edits = [*outer, Edit(group.start, group.end, _union(group, body, graphs, mark))]
            notes.append(_asked(group, len(graphs)))
        else:
            notes.append(_left(group))
    return edits, notes[::-1]


def _sites(part: Part, beside: Sequence[Part], correlated: bool) -> Iterator[_Site]:
    """Yield what leaks, the outer ones first."""
    if isinstance(part, Group):
        correlated = correlated or part.keyword in ("EXISTS", "LATERAL")
        if variable(part) and leaks(part):
            yield _Site(part, beside, correlated)
    for inner in inside(part):
        yield from _sites(inner, part.parts if isinstance(part, Group) else (), correlated)


def _graphs(text: str, prologue: int, site: _Site, view: View, base: str) -> Sequence[NamedNode]:
    """Return the graphs to ask, or one more than the most: those that VALUES names beside GRAPH, else all."""
    for part in site.beside:
        if isinstance(part, Values) and part.variables == (variable(site.group),):
            data = list(tokens(text[part.start : part.end]))[3:-1]  # behind VALUES ?g {
            if all(token.kind in ("iri", "name") for token in data):
                named = constants(text[:prologue], (token.text for token in data), base).values()
                graphs = (term for term in dict.fromkeys(named) if isinstance(term, NamedNode) and view.names(term))
                return list(islice(graphs, MOST_GRAPHS + 1))
    return view.some(MOST_GRAPHS + 1)


def _body(text: str, group: Group, inner: Sequence[Edit]) -> str:
    """Return what stands in the braces of a group, its inner groups written anew."""
    opens = group.opens + 1
    shifted = [Edit(edit.start - opens, edit.end - opens, edit.text) for edit in inner]
    return edited(text[opens : group.end - 1], shifted)


def _may_copy(site: _Site, length: int) -> bool:
    """Return whether copies mean the same, and the engine can plan them soon."""
    bound = site.correlated and any(mentions(part, variable(site.group)) for part in site.group.parts)
    triples = sum(len(part.triples) for group in groups(site.group) for part in group.parts if isinstance(part, Block))
    return not bound and triples <= MOST_PATTERNS and length <= MOST_TEXT


def _union(group: Group, body: str, graphs: Sequence[NamedNode], mark: str) -> str:
    name = f"?{variable(group)}"
    copies = [
        f"{{ GRAPH {graph} {{{_renamed(body, f'{mark}{number}')}}} VALUES {name} {{ {graph} }} }}"
        for number, graph in enumerate(graphs)
    ]
    if not copies:
        return f"{{ GRAPH {name} {{{body}}} FILTER(false) }}"
    return f"{{ {' UNION '.join(copies)} }}"


def _renamed(body: str, suffix: str) -> str:
    """Give the blank nodes of a copy names of its own: no name may stand in two groups (4.1.4)."""
    ends = [token.start + len(token.text) for token in tokens(body) if token.kind == "blank"] if "_:" in body else []
    return edited(body, (Edit(end, end, suffix) for end in ends))


def _mark(text: str) -> str:
    """Return an ending of names that no name of a query has."""
    mark = "-copy"
    while mark in text:
        mark += "-"
    return mark


def _asked(group: Group, number: int) -> Said:
    return said(
        "GRAPH {variable} {{ }} was asked of {number} named graphs one by one, since the engine would bind {variable} "
        "inside the braces, where it is not bound",
        variable=f"?{variable(group)}",
        number=number,
    )


def _too_many(group: Group) -> Said:
    return said(
        "the answer may be wrong: the engine binds {variable} inside the braces of GRAPH {variable} {{ }}, where it is "
        "not bound, and there are more than {most} named graphs to ask one by one; choose fewer by FROM NAMED, or by "
        "VALUES {variable} {{ }} beside GRAPH",
        variable=f"?{variable(group)}",
        most=MOST_GRAPHS,
    )


def _left(group: Group) -> Said:
    return said(
        "the answer may be wrong: the engine binds {variable} inside the braces of GRAPH {variable} {{ }}, where it is "
        "not bound, and this group cannot be asked of each graph by itself; write it shorter, or outside EXISTS",
        variable=f"?{variable(group)}",
    )

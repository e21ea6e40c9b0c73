"""Evaluate a small part of SPARQL as its standard defines it, inside out (SPARQL 1.1 Query, 18): slow and plain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, str]
Graph = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Data:
    """Hold a default graph and named ones."""

    default: Graph
    named: Mapping[str, Graph]


@dataclass(frozen=True)
class Match:
    """Be a triple pattern; its predicate may end in `*` or `?`."""

    subject: str
    predicate: str
    object: str

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object} ."


@dataclass(frozen=True)
class Nest:
    """Be OPTIONAL, MINUS, GRAPH and a name, FILTER EXISTS or FILTER NOT EXISTS, or nothing, before a group."""

    keyword: str
    parts: "tuple[Part, ...]"
    name: str = ""

    def __str__(self) -> str:
        return f"{self.keyword} {self.name} {{ {' '.join(map(str, self.parts))} }}"


@dataclass(frozen=True)
class Either:
    """Be a union."""

    one: Nest
    other: Nest

    def __str__(self) -> str:
        return f"{self.one} UNION {self.other}"


@dataclass(frozen=True)
class Filter:
    """Be FILTER on the equality of two terms, or on a variable that is bound."""

    one: str
    other: str

    def __str__(self) -> str:
        return f"FILTER({self.one} = {self.other})" if self.other else f"FILTER(BOUND({self.one}))"


@dataclass(frozen=True)
class Bind:
    """Be BIND of a term to a variable."""

    term: str
    variable: str

    def __str__(self) -> str:
        return f"BIND({self.term} AS {self.variable})"


@dataclass(frozen=True)
class Inline:
    """Be VALUES of one variable; an empty text is UNDEF."""

    variable: str
    terms: tuple[str, ...]

    def __str__(self) -> str:
        return f"VALUES {self.variable} {{ {' '.join(term or 'UNDEF' for term in self.terms)} }}"


@dataclass(frozen=True)
class Sub:
    """Be a subquery that keeps variables, or counts rows where it keeps none."""

    kept: tuple[str, ...]
    count: str
    parts: "tuple[Part, ...]"

    def __str__(self) -> str:
        head = " ".join(self.kept) or f"(COUNT(*) AS {self.count})"
        return f"{{ SELECT {head} {{ {' '.join(map(str, self.parts))} }} }}"


Part = Match | Nest | Either | Filter | Bind | Inline | Sub


def rows(data: Data, parts: Sequence[Part], graph: Graph) -> list[Row]:
    """Return the rows of a group; its filters come last."""
    found: list[Row] = [{}]
    for part in parts:
        if not _tests(part):
            found = _with(data, part, graph, found)
    return [row for row in found if _passes(data, parts, graph, row)]


def _tests(part: Part) -> bool:
    return isinstance(part, Filter) or (isinstance(part, Nest) and part.keyword.startswith("FILTER"))


def _with(data: Data, part: Part, graph: Graph, before: list[Row]) -> list[Row]:
    if isinstance(part, Bind):
        bound = ((row, _value(part.term, row)) for row in before)
        return [{**row, part.variable: value} if value else row for row, value in bound]
    if isinstance(part, Nest) and part.keyword == "OPTIONAL":
        matched = [p for p in part.parts if not _tests(p)]
        return [each for row in before for each in _optional(data, part, graph, row, rows(data, matched, graph))]
    if isinstance(part, Nest) and part.keyword == "MINUS":
        less = rows(data, part.parts, graph)
        return [row for row in before if not any(_joined(row, each) is not None and row.keys() & each for each in less)]
    return _join(before, list(_rows_of(data, part, graph)))


def _optional(data: Data, part: Nest, graph: Graph, row: Row, found: list[Row]) -> list[Row]:
    joined = [each for each in _join([row], found) if _passes(data, part.parts, graph, each)]
    return joined or [row]


def _rows_of(data: Data, part: Part, graph: Graph) -> Iterator[Row]:  # noqa: C901 - one case a kind of part
    match part:
        case Match(subject, predicate, object_):
            for one, other in _pairs(predicate, graph, subject, object_):
                row = _bound((subject, one), (object_, other))
                yield from [row] if row is not None else []
        case Inline(variable, terms):
            yield from ({variable: term} if term else {} for term in terms)
        case Either(one, other):
            yield from rows(data, one.parts, graph)
            yield from rows(data, other.parts, graph)
        case Sub((), count, parts):
            yield {count: str(len(rows(data, parts, graph)))}
        case Sub(kept, _, parts):
            yield from ({name: row[name] for name in kept if name in row} for row in rows(data, parts, graph))
        case Nest("GRAPH", parts, name) if name.startswith("?"):
            for each, inner in data.named.items():
                yield from _join(rows(data, parts, inner), [{name: each}])
        case Nest("GRAPH", parts, name):
            yield from rows(data, parts, data.named[name]) if name in data.named else []
        case Nest(_, parts):
            yield from rows(data, parts, graph)


def _pairs(predicate: str, graph: Graph, *ends: str) -> set[tuple[str, str]]:
    steps = {(s, o) for s, p, o in graph if p == predicate.rstrip("*?")}
    if predicate[-1] not in "*?":
        return steps
    nodes = {node for s, _, o in graph for node in (s, o)} | {end for end in ends if end[0] != "?"}
    found = {(node, node) for node in nodes} | steps
    while predicate[-1] == "*":
        longer = found | {(s, o) for s, m in found for n, o in steps if m == n}
        if longer == found:
            break
        found = longer
    return found


def _bound(*pairs: tuple[str, str]) -> Row | None:
    row: dict[str, str] = {}
    for term, value in pairs:
        if (row.setdefault(term, value) if term[0] == "?" else term) != value:
            return None
    return row


def _join(one: list[Row], other: list[Row]) -> list[Row]:
    return [row for a in one for b in other if (row := _joined(a, b)) is not None]


def _joined(one: Row, other: Row) -> Row | None:
    return {**one, **other} if all(other.get(name, value) == value for name, value in one.items()) else None


def _passes(data: Data, parts: Sequence[Part], graph: Graph, row: Row) -> bool:
    return all(_holds(data, part, graph, row) for part in parts if _tests(part))


def _holds(data: Data, part: Part, graph: Graph, row: Row) -> bool:
    if isinstance(part, Filter):
        one, other = _value(part.one, row), _value(part.other, row) if part.other else ""
        return bool(one) and (not part.other or one == other)
    assert isinstance(part, Nest)
    inner = [_substituted(each, row) for each in part.parts]
    return bool(rows(data, inner, graph)) is not ("NOT" in part.keyword)


def _substituted(part: Part, row: Row) -> Part:
    """Put the values of a row into a pattern (18.6); only what a test may have in EXISTS."""
    match part:
        case Match(subject, predicate, object_):
            return Match(row.get(subject, subject), predicate, row.get(object_, object_))
        case Filter(one, other):
            return Filter(row.get(one, one), row.get(other, other))
        case Nest(keyword, parts, name):
            return Nest(keyword, tuple(_substituted(each, row) for each in parts), row.get(name, name))
    return part


def _value(term: str, row: Row) -> str:
    return row.get(term, "") if term.startswith("?") else term

"""Say what a query is made of: its groups, its triple patterns and its filters, each with its place in the text."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.sparql.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Triple:
    """Carry a triple pattern; a node in brackets or a list stands under a name of its own, as a blank node."""

    subject: Token
    path: tuple[Token, ...]
    object: Token
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Carry triple patterns that stand together."""

    triples: tuple[Triple, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Formula:
    """Carry a FILTER or a BIND: its tokens, behind the keyword, and the groups of its EXISTS."""

    keyword: str
    tokens: tuple[Token, ...]
    groups: "tuple[Group, ...]"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Values:
    """Carry inline data: its variables, and whether it leaves any of them unbound."""

    variables: tuple[str, ...]
    partial: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """Carry a group in braces and the keyword before it, if any; `name` is the graph of GRAPH."""

    keyword: str
    parts: "tuple[Part, ...]"
    name: Token | None
    start: int
    opens: int
    end: int


@dataclass(frozen=True, slots=True)
class Union:
    """Carry the branches that UNION joins."""

    branches: tuple[Group, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Select:
    """Carry a query or a subquery: what stands before its dataset and pattern, and what stands behind them."""

    form: str
    head: tuple[Token, ...]
    dataset: tuple[Token, ...]
    where: Group
    tail: tuple[Token, ...]
    start: int
    end: int


Part = Block | Formula | Values | Group | Union | Select


@dataclass(frozen=True, slots=True)
class Outline:
    """Hold the outline of a query, and where each of the things begins that are capped."""

    query: Select
    patterns: tuple[int, ...]
    operators: tuple[int, ...]


def groups(part: Part) -> Iterator[Group]:
    """Yield the groups of a part, itself too, those of EXISTS and of subqueries too, the outer ones first."""
    if isinstance(part, Group):
        yield part
    for inner in inside(part):
        yield from groups(inner)


def selects(part: Part) -> Iterator[Select]:
    """Yield the queries of a part, itself too."""
    if isinstance(part, Select):
        yield part
    for inner in inside(part):
        yield from selects(inner)


def inside(part: Part) -> "tuple[Part, ...]":
    """Return the parts that a part is made of."""
    if isinstance(part, Group):
        return part.parts
    if isinstance(part, Union):
        return part.branches
    if isinstance(part, Select):
        return (part.where,)
    return part.groups if isinstance(part, Formula) else ()


def variables(part: Part) -> frozenset[str]:
    """Return the variables that a part can bind, nodes in brackets counted as such."""
    if isinstance(part, Block):
        return frozenset(name for triple in part.triples for name in names(triple))
    if isinstance(part, Values):
        return frozenset(part.variables)
    if isinstance(part, Select):
        return frozenset(projected(part)) or variables(part.where)
    if isinstance(part, Formula):
        return frozenset(t.text[1:] for t in part.tokens[-2:] if part.keyword == "BIND" and t.kind == "variable")
    return _graph(part).union(*(variables(inner) for inner in inside(part) if not only_tests(inner)))


def certain(part: Part) -> frozenset[str]:
    """Return the variables that a part binds in each of its rows."""
    if isinstance(part, Union):
        return frozenset.intersection(*(certain(branch) for branch in part.branches))
    if isinstance(part, Values) and part.partial:
        return frozenset()
    if isinstance(part, Group):
        kept = (inner for inner in part.parts if not only_tests(inner) and not optional(inner))
        return _graph(part).union(*map(certain, kept))
    return variables(part)


def _graph(part: Part) -> frozenset[str]:
    """Return the variable of GRAPH, if there is one."""
    name = part.name if isinstance(part, Group) else None
    return frozenset({name.text[1:]} if name and name.kind == "variable" else ())


def optional(part: Part) -> bool:
    """Return whether a part is an OPTIONAL."""
    return isinstance(part, Group) and part.keyword == "OPTIONAL"


def only_tests(part: Part) -> bool:
    """Return whether a part binds nothing: a FILTER or a MINUS."""
    return isinstance(part, Formula | Group) and part.keyword in ("FILTER", "MINUS")


def names(triple: Triple) -> list[str]:
    """Return the variables of a triple pattern; a node in brackets has a name that no variable has."""
    terms = (triple.subject, *(triple.path if len(triple.path) == 1 else ()), triple.object)
    return [f"[{t.start}]" if t.kind == "node" else t.text[1:] for t in terms if t.kind in ("variable", "node")]


def projected(select: Select) -> list[str]:
    """Return the variables that a SELECT names; none stands for all."""
    found, depth, before = list[str](), 0, ""
    for token in select.head:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if token.kind == "variable" and (depth == 0 or (depth == 1 and before.upper() == "AS")):
            found.append(token.text[1:])
        before = token.text
    return found


def excerpt(text: str, start: int, end: int) -> str:
    """Return what stands between two places of a text on one line, without comments."""
    written, last = "", 0
    for token in tokens(text[start:end]):
        written += (" " if token.start > last and written else "") + token.text
        last = token.start + len(token.text)
    return written

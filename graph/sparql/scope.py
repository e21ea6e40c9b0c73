"""Ask GRAPH ?g of each graph by itself, where the engine would not.

By SPARQL 1.1 Query, 18.6, the group of `GRAPH ?g { … }` is evaluated on each named graph, and only then is ?g joined.
The engine (pyoxigraph 0.5.13) makes ?g a variable of each triple pattern instead:
https://github.com/oxigraph/oxigraph/issues/1450, mended by its pull request 1758, not yet released. For most groups
that comes to the same; `leaks` tells for which it may not.
"""

from dataclasses import dataclass

from graph.sparql.outline import Block, Formula, Group, Part, Select, Union, Values, inside, names, variables
from graph.sparql.paths import exposed


@dataclass(frozen=True, slots=True)
class _Judged:
    """Say of a pattern whether it may have ?g in each triple pattern, and whether it then has it in each row.

    `firm` is an anchor that is a triple pattern, and holds below other patterns too.
    """

    sound: bool
    anchored: bool
    firm: bool


def leaks(group: Group) -> bool:
    """Return whether the engine may answer GRAPH ?g { … } wrongly."""
    judged = _judge(group)
    return not (judged.sound and judged.anchored and _used_well(group, variable(group)))


def variable(group: Group) -> str:
    """Return the variable of GRAPH ?g { … }, without its mark; nothing where it names a graph."""
    return group.name.text[1:] if group.keyword == "GRAPH" and group.name and group.name.kind == "variable" else ""


def mentions(part: Part, name: str) -> bool:
    """Return whether a variable stands anywhere in a part."""
    if isinstance(part, Block):
        return any(name in names(triple) for triple in part.triples)
    if isinstance(part, Values):
        return name in part.variables
    if isinstance(part, Group) and variable(part) == name:
        return True
    own = part.tokens if isinstance(part, Formula) else (*part.head, *part.tail) if isinstance(part, Select) else ()
    return any(t.kind == "variable" and t.text[1:] == name for t in own) or any(
        mentions(inner, name) for inner in inside(part)
    )


def _judge(group: Group) -> _Judged:
    """Judge a group from its first part to its last one; the order of parts counts (18.2.2.6)."""
    first = next((part for part in group.parts if not _is_filter(part)), None)
    # An empty group stands for every graph, also below OPTIONAL and BIND; inline data hide it.
    anchored = first is None or isinstance(first, Block | Formula) or _is(first, "OPTIONAL", "MINUS")
    sound, firm = not exposed(group), False
    shared: frozenset[str] = frozenset()
    for part in group.parts:
        inner = [_judge(each) for each in _inner(part)]
        sound = (
            sound and all(each.sound for each in inner) and not isinstance(part, Select) and not _is(part, "LATERAL")
        )
        if isinstance(part, Block):
            firm, shared = True, shared | variables(part)
        elif isinstance(part, Union) or _is(part, ""):
            firm = firm or all(each.firm for each in inner)
        elif _is(part, "OPTIONAL", "MINUS") or (isinstance(part, Formula) and inner and not _is_filter(part)):
            sound = sound and anchored
        anchored = anchored or firm
        if _is(part, "MINUS"):
            sound = sound and not shared.isdisjoint(_own(part))
    exist = any(_inner(part) for part in group.parts if _is_filter(part))
    return _Judged(sound and (anchored or not exist), anchored, firm)


def _inner(part: Part) -> tuple[Group, ...]:
    """Return the groups that are evaluated with ?g too; not that of another GRAPH."""
    if isinstance(part, Group):
        return () if part.keyword == "GRAPH" else (part,)
    if isinstance(part, Union):
        return part.branches
    return part.groups if isinstance(part, Formula) else ()


def _own(part: Part) -> frozenset[str]:
    blocks = (variables(inner) for inner in inside(part) if isinstance(inner, Block))
    return frozenset[str]().union(*blocks)


def _used_well(group: Group, name: str) -> bool:
    """Return whether ?g, where its group uses it, is bound by the group's own triple patterns first."""
    using = [part for part in group.parts if mentions(part, name)]
    first = next((part for part in using if not _is_filter(part)), None)
    return not using or (isinstance(first, Block) and all(_only_matches(part, name, own=True) for part in using))


def _only_matches(part: Part, name: str, own: bool = False) -> bool:
    """Return whether a part uses a variable in triple patterns only; in its own group expressions may use it, too."""
    if isinstance(part, Block) or not mentions(part, name):
        return True
    if isinstance(part, Formula):
        used = any(token.text[1:] == name for token in part.tokens if token.kind == "variable")
        return (own or not used) and all(_only_matches(inner, name) for inner in part.groups)
    if isinstance(part, Values | Select) or (isinstance(part, Group) and variable(part) == name):
        return False
    return all(_only_matches(inner, name) for inner in inside(part))


def _is(part: Part | None, *keywords: str) -> bool:
    return isinstance(part, Group) and part.keyword in keywords


def _is_filter(part: Part) -> bool:
    return isinstance(part, Formula) and part.keyword == "FILTER"

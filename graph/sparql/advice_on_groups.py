"""Suggest a better way to write one group of a query."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from graph.errors import Said, said
from graph.sparql.outline import (
    Block,
    Formula,
    Group,
    Part,
    Select,
    Triple,
    Union,
    Values,
    certain,
    excerpt,
    groups,
    inside,
    names,
    only_tests,
    optional,
    variables,
)
from graph.sparql.tokens import Token

_SEARCHES: Final = frozenset({"CONTAINS", "REGEX", "STRSTARTS", "STRENDS"})
_LABELS: Final = "{ skos:prefLabel skos:altLabel }"
_CORRELATED: Final = frozenset({"EXISTS", "OPTIONAL", "MINUS", "LATERAL"})  # which see the rows around them


def advice_on_group(text: str, query: Select, group: Group) -> Iterator[Said]:
    """Yield what makes a group slow; those inside it have their own turn."""
    yield from _outside_a_union(text, group)
    yield from _open_paths(query, group)
    yield from _tested_constants(text, group)
    yield from _searches(query, group)
    yield from _products(query, group)
    yield from _traps(text, group)


def _outside_a_union(text: str, group: Group) -> Iterator[Said]:
    """Find triple patterns beside a UNION that share a variable with each of its branches (engine issue 1951)."""
    for one, other in pairwise(group.parts):
        block, union = (one, other) if isinstance(one, Block) else (other, one)
        if not isinstance(block, Block) or not isinstance(union, Union):
            continue
        if not all(variables(block) & variables(branch) for branch in union.branches):
            continue
        outer = excerpt(text, block.start, block.end).rstrip(" .")
        better = " UNION ".join(f"{{ {outer} . {_inner(text, branch)} }}" for branch in union.branches)
        present = excerpt(text, min(block.start, union.start), max(block.end, union.end))
        yield said(
            "A pattern beside UNION is joined late; put it first into each branch. Instead of {present} write {better}",
            present=present,
            better=better,
        )


def _inner(text: str, group: Group) -> str:
    """Return what stands in a group's braces, fit to follow a pattern."""
    inner = excerpt(text, group.opens + 1, group.end - 1)
    return f"{{ {inner} }}" if any(isinstance(part, Select) for part in group.parts) else inner


def _open_paths(query: Select, group: Group) -> Iterator[Said]:
    """Find paths of any length, zero too, of which neither end is bound elsewhere."""
    uses = Counter(name for triple in _triples(query) for name in names(triple))
    for triple in _own(group):
        ends = triple.subject, triple.object
        if any(end.kind != "variable" or uses[end.text[1:]] > 1 for end in ends) or not _may_be_empty(triple.path):
            continue
        better = "".join({"*": "+", "?": ""}.get(token.text, token.text) for token in triple.path)
        yield said(
            "{present} with both ends open finds every thing with itself; where that is not meant, write {better}",
            present=f"{ends[0].text} {''.join(token.text for token in triple.path)} {ends[1].text}",
            better=f"{ends[0].text} {better} {ends[1].text}",
        )


def _may_be_empty(path: Sequence[Token]) -> bool:
    """Return whether each step of a path may be left out; only plain sequences are read."""
    marks = [token.text for token in path if token.kind == "mark"]
    steps = 1 + marks.count("/")
    return bool(marks) and not {"(", "|", "!"} & set(marks) and marks.count("*") + marks.count("?") == steps


def _tested_constants(text: str, group: Group) -> Iterator[Said]:
    """Find filters that a constant would spare."""
    bound: frozenset[str] = frozenset()
    for part in group.parts:
        bound |= variables(part) if isinstance(part, Block) else frozenset()
        if not isinstance(part, Formula) or part.keyword != "FILTER":
            continue
        present = excerpt(text, part.start, part.end)
        variable, values, by_text = _constants(part.tokens)
        if variable[1:] not in bound or not values:
            continue
        better = f"VALUES {variable} {{ {' '.join(values)} }}"
        if by_text:
            yield said(
                "STR() reads each text; instead of {present} write {better}, with the languages that you need",
                present=present,
                better=better,
            )
        else:
            yield said("A FILTER tests each row; instead of {present} write {better}", present=present, better=better)


def _constants(found: Sequence[Token]) -> tuple[str, Sequence[str], bool]:
    """Return the variable that a filter compares, the constants, and whether it compares texts."""
    match [token.text for token in found]:
        case ["(", left, "=", right, ")"]:
            kinds = {found[1].kind: left, found[3].kind: right}
            constant = kinds.get("iri") or kinds.get("name")
            return kinds.get("variable", ""), [constant] if constant else [], False
        case ["(", variable, word, "(", *_, ")", ")"] if word.upper() == "IN":
            items = found[4:-2]
            fit = all(token.kind in ("iri", "name") for token in items[::2]) and {t.text for t in items[1::2]} <= {","}
            return variable, list(dict.fromkeys(t.text for t in items[::2])) if fit else [], False
        case ["(", word, "(", variable, ")", "=", text, ")"] if word.upper() == "STR" and found[6].kind == "string":
            return variable, _spellings(text), True
        case ["(", text, "=", word, "(", variable, ")", ")"] if word.upper() == "STR" and found[1].kind == "string":
            return variable, _spellings(text), True
    return "", [], False


def _spellings(text: str) -> list[str]:
    """Return the terms that have a text: an IRI, or words without a language and in each of ours."""
    words = text.strip("'\"")
    if words.startswith(("http://", "https://")):
        return [f"<{words}>"]
    return [text, f"{text}@en", f"{text}@fr"]


def _searches(query: Select, group: Group) -> Iterator[Said]:
    """Find filters that read the texts of things of which nothing else is known."""
    for part in group.parts:
        if not isinstance(part, Formula) or part.keyword != "FILTER":
            continue
        function = next((t.text.upper() for t in part.tokens if t.text.upper() in _SEARCHES), "")
        read = {token.text for token in part.tokens if token.kind == "variable"} if function else set[str]()
        for triple in (triple for triple in _own(group) if triple.object.text in read):
            if _is_narrowed(query, triple):
                continue
            pattern = f"{triple.subject.text} {''.join(t.text for t in triple.path)} {triple.object.text}"
            if triple.path[0].kind == "variable":
                better = f"VALUES {triple.path[0].text} {_LABELS} {pattern}"
            else:
                better = f"{triple.subject.text} a m4sd:Initiative . {pattern}"
            yield said(
                "{function} reads every text that {present} finds; say first where to look, for example {better}",
                function=function,
                present=pattern,
                better=better,
            )


def _is_narrowed(query: Select, triple: Triple) -> bool:
    """Return whether the query says something else of the subject, or names it, or its properties."""
    predicates = {token.text[1:] for token in triple.path if token.kind == "variable"}
    given = {
        name for group in groups(query.where) for p in group.parts if isinstance(p, Values) for name in p.variables
    }
    if triple.subject.kind != "variable" or triple.subject.text[1:] in given or predicates & given:
        return True
    subject = triple.subject.text[1:]
    others = [each for each in _triples(query) if each != triple and subject in names(each)]
    return any(
        each.path and each.path[0].kind != "variable" and each.object.text != triple.object.text for each in others
    )


def _products(query: Select, group: Group) -> Iterator[Said]:
    """Find patterns that share no variable: the rows of the one are multiplied with those of the other."""
    joined = _joined(query, group)
    equal = [pair for part in group.parts if isinstance(part, Formula) for pair in _equalities(part)]
    for one, other in pairwise(joined):
        pair = next((p for p in equal if (p[0] in one and p[1] in other) or (p[1] in one and p[0] in other)), None)
        if pair:
            yield said(
                "{one} and {other} meet only in a FILTER, so that each row of the one meets each of the other; "
                "where they are things, write {one} for {other} and leave the FILTER out",
                one=f"?{pair[0]}",
                other=f"?{pair[1]}",
            )
        else:
            yield said(
                "Nothing joins {one} with {other}, so that each row of the one meets each of the other; "
                "name what joins them, or ask in two queries",
                one=_first(one),
                other=_first(other),
            )


def _joined(query: Select, group: Group) -> list[list[str]]:
    """Return the variables of a group, apart where nothing joins them, without those that only data or BIND give."""
    own = _own(group)
    sets = [list(dict.fromkeys(names(triple))) for triple in own if triple.subject.kind in ("variable", "node")]
    sets += [
        sorted(variables(p)) for p in group.parts if not isinstance(p, Block | Values | Formula) and not only_tests(p)
    ]
    links = [
        sorted(variables(p) | _read(p)) for p in group.parts if isinstance(p, Values | Formula) and not only_tests(p)
    ]
    if group.keyword in _CORRELATED:
        around = frozenset[str]().union(
            *(variables(p) for g in groups(query.where) if _holds(g, group) for p in g.parts)
        )
        links.append(sorted(around))
    return [found for found in _merged([s for s in sets if s], links) if found]


def _merged(sets: list[list[str]], links: list[list[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    for each, counts in [*((s, True) for s in sets), *((s, False) for s in links)]:
        touching = [other for other in found if set(other) & set(each)]
        if counts or len(touching) > 1:
            merged = [*(name for other in touching for name in other), *(each if counts else ())]
            at = min((found.index(other) for other in touching), default=len(found))
            found = [other for other in found if other not in touching]
            found.insert(at, list(dict.fromkeys(merged)))
    return found


def _equalities(part: Formula) -> list[tuple[str, str]]:
    match [token.text for token in part.tokens]:
        case ["(", left, "=", right, ")"] if left[0] in "?$" and right[0] in "?$":
            return [(left[1:], right[1:])]
    return []


def _read(part: Part) -> frozenset[str]:
    """Return the variables that a BIND reads."""
    return (
        frozenset(t.text[1:] for t in part.tokens if t.kind == "variable") if isinstance(part, Formula) else frozenset()
    )


def _holds(outer: Group, inner: Group) -> bool:
    return outer.start < inner.start and inner.end <= outer.end


def _first(joined: Sequence[str]) -> str:
    return next((f"?{name}" for name in joined if not name.startswith("[")), "[]")


def _traps(text: str, group: Group) -> Iterator[Said]:
    """Find an OPTIONAL that hangs on nothing but an OPTIONAL before it."""
    bound: frozenset[str] = frozenset()
    before: list[Group] = []
    for part in group.parts:
        if not optional(part):
            bound |= certain(part) if not only_tests(part) else frozenset()
            continue
        assert isinstance(part, Group)
        wanted = certain(part)
        base = next((o for o in before if wanted & certain(o) - bound), None)
        if base is not None and not wanted & bound:
            yield _nest(text, base, part, min(wanted & certain(base) - bound))
        before.append(part)


def _nest(text: str, base: Group, part: Group, variable: str) -> Said:
    first, second = (excerpt(text, each.opens + 1, each.end - 1) for each in (base, part))
    return said(
        "{variable} may be unbound, and OPTIONAL then matches everything; put the one into the other. "
        "Instead of {present} write {better}",
        variable=f"?{variable}",
        present=f"OPTIONAL {{ {first} }} OPTIONAL {{ {second} }}",
        better=f"OPTIONAL {{ {first} OPTIONAL {{ {second} }} }}",
    )


def _own(group: Group) -> list[Triple]:
    return [triple for part in group.parts if isinstance(part, Block) for triple in part.triples]


def _triples(part: Part) -> Iterator[Triple]:
    yield from part.triples if isinstance(part, Block) else ()
    for inner in inside(part):
        yield from _triples(inner)

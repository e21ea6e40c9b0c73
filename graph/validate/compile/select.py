"""Rewrite the queries of SPARQL-based constraints so that one asks for many focus nodes at once (SHACL, 5.2 and 5.3).

SHACL binds $this before the query runs. For many nodes at once, the pattern that brings them joins each group that
needs $this. That holds where every part of the query is then split by $this; elsewhere nodes are asked for one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.errors import said
from graph.sparql.tokens import Token, tokens
from graph.validate.compile.constraint import Constraint
from graph.validate.compile.flow import START, THIS, Flow
from graph.validate.compile.path import as_sparql
from graph.validate.compile.place import Broken, Place
from graph.validate.compile.refusal import NotCompiled
from graph.validate.refused import ShapesUnusable

_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_UNKNOWN = {"shapesGraph", "currentShape"}


@dataclass(frozen=True, slots=True)
class Words:
    """Hold the tokens of a query, its prefixes read and gone, the gap before each, and where its outer group opens."""

    tokens: tuple[str, ...]
    gaps: tuple[str, ...]
    opens: int

    def head(self) -> tuple[str, ...]:
        """Return what stands before the outer group."""
        return self.tokens[: self.opens]


def compile_select(constraint: Constraint, place: Place) -> Broken:
    """Write the query of a constraint over the focus nodes of a place."""
    words = _words(constraint.text, place)
    alone = _is_alone(words)
    flow = START if alone else place.focus
    if alone and place.focus != START:
        raise NotCompiled(
            said("its query can only be asked for one node at a time, and it stands inside another shape")
        )
    inner = "".join(_rewritten(words, _focus(flow), alone))
    if flow.at != THIS:
        inner = f"SELECT (?{THIS} AS ?{flow.at}) WHERE {{ {{ {inner} }} }}"
    pattern = f"{flow.pattern} {{ {inner} }}"
    return Broken(pattern, "value", "path", _returned(words.head()), alone)


def _returned(head: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other variables that tell one solution from another."""
    depth, found = 0, []
    for before, word in zip(("", *head), head, strict=False):
        depth += (word == "(") - (word == ")")
        if word.startswith("?") and (depth == 0 or before.upper() == "AS"):
            found.append(word[1:])
    return tuple(name for name in found if name not in (THIS, "value", "path"))


def _focus(flow: Flow) -> str:
    if flow.at == THIS:
        return flow.pattern
    return f"{{ SELECT (?{flow.at} AS ?{THIS}) WHERE {{ {flow.narrow().pattern} }} }}"


def _words(text: str, place: Place) -> Words:
    found: list[str] = []
    gaps: list[str] = []
    prefixes: dict[str, str] = {}
    waiting, end = iter(tokens(text)), -1
    for token in waiting:
        if token.text.upper() == "PREFIX":
            name = next(waiting).text
            prefixes[name.rstrip(":")] = next(waiting).text.strip("<>")
        else:
            found.append(_word(token, prefixes, place))
            # The engine reads no space where it wants none, such as after CONCAT.
            gaps.append("" if token.start == end else " ")
        end = token.start + len(token.text)
    if "SELECT" not in {word.upper() for word in found} or "{" not in found:
        raise NotCompiled(said("its query is no SELECT"))
    return Words(tuple(found), tuple(gaps), found.index("{"))


def _word(token: Token, prefixes: dict[str, str], place: Place) -> str:
    if token.kind == "variable":
        name = token.text[1:]
        if name in _UNKNOWN:
            raise NotCompiled(said("its query asks for ${name}, which only a processor knows", name=name))
        return as_sparql(place.path) if name == "PATH" and place.path else f"?{name}"
    if token.kind == "name" and ":" in token.text:
        prefix, _, local = token.text.partition(":")
        if prefix not in prefixes:
            raise ShapesUnusable(said("a query uses the prefix {prefix}, which is not declared", prefix=prefix))
        return f"<{prefixes[prefix]}{local.replace(chr(92), '')}>"
    return token.text


def _is_alone(words: Words) -> bool:
    """Return whether the query is not split by $this: it cuts its answer, or counts over more than one focus node."""
    upper = [word.upper() for word in words.tokens]
    if {"LIMIT", "OFFSET"} & set(upper):
        return True
    grouped = [at for at, word in enumerate(upper) if word == "GROUP" and upper[at + 1] == "BY"]
    if upper.count("SELECT") > 1 or not grouped:
        return _counts(words)
    return f"?{THIS}" not in words.tokens[grouped[-1] :]


def _counts(words: Words) -> bool:
    return any(word.upper() in {*_AGGREGATES, "GROUP"} for word in words.tokens)


def _rewritten(words: Words, focus: str, alone: bool) -> Iterator[str]:
    """Yield the query: distinct, with ?this among what it returns, and the focus nodes in each group that asks."""
    bare = alone and _counts(words)  # one node's count has no ?this to group by, nor to return
    yield "SELECT DISTINCT (1 AS ?_one)" if bare else "SELECT DISTINCT"
    if not alone and f"?{THIS}" not in words.head() and "*" not in words.head():
        yield f" ?{THIS}"
    of_query = False
    for at, (word, gap) in enumerate(zip(words.tokens, words.gaps, strict=True)):
        of_query = of_query or word.upper() == "SELECT"
        dropped = word.upper() in ("DISTINCT", "REDUCED") and at < words.opens
        if at and not dropped and not (bare and of_query and word == f"?{THIS}"):
            yield f"{gap}{word}"
        if word == "{" and (of_query or _asks(words.tokens, at)):
            yield f" {focus} "
        of_query = of_query and word != "{"


def _asks(found: tuple[str, ...], at: int) -> bool:
    """Return whether the group that opens at a token uses ?this in an expression, and binds it by no pattern."""
    if found[at - 1].upper() == "EXISTS":  # which sees the bindings of its group (SPARQL 1.1 Query, 18.6)
        return False
    braces = brackets = 0
    inside = bound = False
    for word in found[at:]:
        braces += (word == "{") - (word == "}")
        brackets += (word == "(") - (word == ")")
        if braces == 0:
            break
        if braces == 1 and word == f"?{THIS}":
            inside, bound = inside or brackets > 0, bound or brackets == 0
    return inside and not bound

"""Refuse what the engine would choke on before it sees it: planning is superquadratic, and nothing cancels it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graph.errors import QueryError, Said, said
from graph.sparql.reader import outline
from graph.sparql.syntax import place
from graph.sparql.tokens import Token, most_tokens, plain, tokens


@dataclass(frozen=True, slots=True)
class Caps:
    """Bound what one query may be made of."""

    length: int = 64 * 1024  # bytes
    nesting: int = 128  # brackets within brackets, of any kind
    patterns: int = 128  # triple patterns, further steps of paths, and two for each item of a list
    groups: int = 256  # groups in braces: OPTIONAL, UNION, MINUS, GRAPH, EXISTS, VALUES and others
    operators: int = 1000  # operators, FILTER and BIND


CAPS: Final = Caps()


def refuse_too_many(text: str) -> None:
    """Raise QueryError, with the cap and the place, for a query that passes a cap other than that on its length."""
    text = plain(text)
    if 2 * most_tokens(text) <= min(CAPS.nesting, CAPS.patterns, CAPS.groups):
        return  # no token counts more than twice
    found = list(tokens(text))
    nested = said("brackets stand more than {most} deep here; write the query flatter", most=CAPS.nesting)
    _refuse(text, _too_deep(found), 0, nested)
    opened = [token.start for token in found if token.text == "{" and token.kind == "mark"]
    grouped = said("more than {most} groups in braces; ask in several queries", most=CAPS.groups)
    _refuse(text, opened, CAPS.groups, grouped)
    read = outline(text)
    told = said(
        "more than {most} triple patterns, where each step of a path counts and an item of a list counts twice; "
        "ask in several queries",
        most=CAPS.patterns,
    )
    _refuse(text, sorted(read.patterns), CAPS.patterns, told)
    worked = said("more than {most} operators, FILTER and BIND; use VALUES or IN for long lists", most=CAPS.operators)
    _refuse(text, sorted(read.operators), CAPS.operators, worked)


def _refuse(text: str, places: Sequence[int], most: int, words: Said) -> None:
    """Raise QueryError at the first place beyond the cap, if there is one."""
    if len(places) > most:
        raise QueryError(words, *place(text, places[most]))


def _too_deep(found: Sequence[Token]) -> list[int]:
    """Return where a bracket opens deeper than the cap, if one does."""
    depth = 0
    for start, step in _brackets(found):
        depth = max(depth + step, 0)
        if depth > CAPS.nesting:
            return [start]
    return []


def _brackets(found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield where a bracket stands and whether it opens or closes; `<<` and `>>` are brackets too."""
    before = Token("", "", -2)
    for token in found:
        if token.kind == "mark" and token.text in "([{)]}":
            yield token.start, 1 if token.text in "([{" else -1
        elif token.text == before.text and token.text in ("<", ">") and token.start == before.start + 1:
            yield token.start, 1 if token.text == "<" else -1
            token = Token("", "", -2)  # a third one begins another pair
        before = token

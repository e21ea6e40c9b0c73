"""Write a query so that the engine answers it as the standard says, where it is known to answer otherwise.

Three faults of pyoxigraph 0.5.13 are mended here, all mended upstream and not yet released. What is sent means the same
by SPARQL 1.1 Query as what was asked, and each change is told: see docs/decisions/0013-mending-the-engine.md.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from graph.errors import Said, said
from graph.names import PREFIXES
from graph.sparql.edit import Edit, edited
from graph.sparql.paths import added_paths
from graph.sparql.reader import outline
from graph.sparql.spread import spread
from graph.sparql.tokens import Token, tokens
from graph.sparql.view import View

MOST_NOTES: Final = 3  # of one kind
SHOWN: Final = 60  # characters of a term

_MAY_NEED: Final = re.compile(r"GROUP_CONCAT|GRAPH|[\w>)]\s*(?:\*|\?(?!\w))", re.IGNORECASE)
_KEYWORD: Final = re.compile(
    "GRAPH|MINUS|OPTIONAL|UNION|SELECT|VALUES|FILTER|BIND|EXISTS|LATERAL|FROM|NAMED|GROUP_CONCAT|CONCAT"
)


@dataclass(frozen=True, slots=True)
class Mended:
    """Carry the query to send and what to say of it."""

    text: str
    notes: tuple[Said, ...] = ()


def mend(text: str, view: View, base: str) -> Mended:
    """Return a query as the engine should get it; its names with dots are escaped already."""
    if not _MAY_NEED.search(text):
        return Mended(text)
    cut = list(tokens(text))
    graph, path, concats, asked = _asks_any_graph(cut), _has_path(cut), list(_concats(cut)), list[Said]()
    if not (graph or path or concats) or _is_glued(cut):
        return Mended(text)
    if graph:
        edits, asked = spread(text, outline(text).query, view, base)
        text = edited(text, edits)
        concats = list(_concats(list(tokens(text)))) if edits and concats else concats
    paths, terms = added_paths(text, outline(text).query, view, base) if path else ([], [])
    notes = [*([_without_language()] if concats else []), *_first(asked), *_first(map(_added, terms))]
    return Mended(edited(text, [*paths, *concats]), tuple(notes))


def _asks_any_graph(cut: Sequence[Token]) -> bool:
    return any(one.text.upper() == "GRAPH" and other.kind == "variable" for one, other in pairwise(cut))


def _has_path(cut: Sequence[Token]) -> bool:
    """Return whether a path may have length zero; `*` in SELECT * and COUNT(*) stands elsewhere."""
    return any(
        mark.text in ("*", "?") and (step.kind in ("iri", "name") or step.text in (")", "a"))
        for step, mark in pairwise(cut)
    )


def _is_glued(cut: Sequence[Token]) -> bool:
    """Return whether the engine may see keywords that we do not: it reads trueMINUS as two words, and GRAPH:g too."""
    declared = set(PREFIXES) | {
        name.text.rstrip(":") for word, name in pairwise(cut) if word.kind == "word" and word.text.upper() == "PREFIX"
    }
    words = {token.text.upper() for token in cut if token.kind == "word" and token.text[0] != "@"}
    if any(_KEYWORD.search(word) and not _KEYWORD.fullmatch(word) for word in words):
        return True
    undeclared = {token.text.partition(":")[0] for token in cut if token.kind == "name"} - declared
    return any(_KEYWORD.search(prefix.upper()) for prefix in undeclared)


def _concats(cut: Sequence[Token]) -> Iterator[Edit]:
    """Take away the language that GROUP_CONCAT keeps (https://github.com/oxigraph/oxigraph/pull/1717), by STR."""
    closing = _closing(cut)
    for place, token in enumerate(cut):
        opens = place + 1
        if token.kind != "word" or token.text.upper() != "GROUP_CONCAT" or opens not in closing:
            continue
        item = opens + 1 + (cut[opens + 1].text.upper() == "DISTINCT")
        if _is_str(cut, place - 2) or (_is_str(cut, item) and cut[closing.get(item + 1, item) + 1].text in (")", ";")):
            continue  # plain already
        end = cut[closing[opens]].start + 1
        yield from (Edit(token.start, token.start, "STR("), Edit(end, end, ")"))


def _closing(cut: Sequence[Token]) -> dict[int, int]:
    """Return where the round brackets close that open at a place."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(cut):
        if token.text == "(":
            opened.append(place)
        elif token.text == ")" and opened:
            found[opened.pop()] = place
    return found


def _is_str(cut: Sequence[Token], place: int) -> bool:
    return place >= 0 and cut[place].text.upper() == "STR" and cut[place + 1].text == "("


def _first(notes: Iterable[Said]) -> list[Said]:
    return list({str(note): note for note in notes}.values())[:MOST_NOTES]


def _without_language() -> Said:
    return said(
        "GROUP_CONCAT was asked as STR(GROUP_CONCAT()), since the engine would keep a language that all values share"
    )


def _added(term: str) -> Said:
    return said(
        "{term} is not in the data; the path of length zero at it, which the engine leaves out, was added",
        term=term if len(term) <= SHOWN else f"{term[:SHOWN]} ...",
    )

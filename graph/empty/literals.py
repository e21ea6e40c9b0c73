"""Say how a literal of a part is written in the graph: with a language or a type, in other letters, or as a thing."""

import json
import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from graph.empty.mend import Mend
from graph.empty.parts import Culprit
from graph.empty.trial import Trial
from graph.errors import Said, said
from graph.names import PREFIXES
from graph.search.folded import fold
from graph.sparql.edit import Edit
from graph.sparql.nearest import CLOSE
from graph.sparql.outline import Triple, Values
from graph.sparql.tokens import Token, tokens

MOST: Final = 3  # ways to write one literal otherwise, of one kind
READ: Final = 20_000  # values of a property that are compared
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)
_LETTERS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def otherwise(trial: Trial, blamed: Culprit) -> Iterator[Mend]:
    """Yield mends for the literals that a triple pattern asks for, itself or by VALUES."""
    part = blamed.unit.part
    if not isinstance(part, Triple):
        return
    for token, end in _literals(trial, blamed, part):
        present, value = trial.text[token.start : end], lexical(token)
        path = trial.text[part.path[0].start : part.path[-1].start + len(part.path[-1].text)]
        for better, words in _ways(trial, path, value, present):
            yield Mend(words, (Edit(token.start, end, better),))


def lexical(token: Token) -> str:
    """Return the value of a string or number as it stands in a query (19.7, 19.8)."""
    if token.kind != "string":
        return token.text
    quotes = 3 if token.text[:3] in ('"""', "'''") else 1
    return _ESCAPED.sub(_letter, token.text[quotes:-quotes])


def _letter(match: re.Match[str]) -> str:
    if match[3]:
        return _LETTERS.get(match[3], match[3])
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else ""


def quoted(value: str) -> str:
    """Return a value as a string of SPARQL."""
    return json.dumps(value, ensure_ascii=False)


def in_query(trial: Trial, term: Literal) -> str:
    """Return a literal as a person would write it in a query."""
    kind = term.datatype.value
    if term.language:
        return f"{quoted(term.value)}@{term.language}"
    if kind == PREFIXES["xsd"] + "string":
        return quoted(term.value)
    if kind in (PREFIXES["xsd"] + "integer", PREFIXES["xsd"] + "boolean", PREFIXES["xsd"] + "decimal"):
        return term.value
    return f"{quoted(term.value)}^^{trial.written(kind)}"


def _literals(trial: Trial, blamed: Culprit, part: Triple) -> Iterator[tuple[Token, int]]:
    """Yield the literals that stand at the end of a triple pattern, with where each ends."""
    if part.object.kind in ("string", "number") or part.object.text in ("true", "false"):
        yield part.object, part.end
    if part.object.kind == "variable":
        for unit in blamed.others:
            if isinstance(unit.part, Values) and unit.part.variables == (part.object.text[1:],):
                yield from _data(trial.text, unit.start, unit.end)


def _data(text: str, start: int, end: int) -> Iterator[tuple[Token, int]]:
    found = [Token(each.kind, each.text, each.start + start) for each in tokens(text[start:end])]
    for place, token in enumerate(found):
        if token.kind in ("string", "number") and not _is_type(found, place):
            behind = found[place + 1 : place + 4]
            tag = behind[0] if behind and behind[0].text.startswith("@") else None
            typed = behind[2] if len(behind) > 2 and behind[0].text == "^" else None
            last = tag or typed or token
            yield token, last.start + len(last.text)


def _is_type(found: list[Token], place: int) -> bool:
    return place > 0 and found[place - 1].text == "^"


def _ways(trial: Trial, path: str, value: str, present: str) -> Iterator[tuple[str, Said]]:
    same = f"?s {path} ?o FILTER(isLiteral(?o) && STR(?o) = {quoted(value)})"
    for term in _terms(trial, same, 2 * MOST):
        yield in_query(trial, term), _typed(trial, present, term)
    yield from _things(trial, path, value, present)
    if path.startswith(("?", "$")):  # any property: what is nearest among all literals says little
        return
    every = _terms(trial, f"?s {path} ?o FILTER(isLiteral(?o))", READ)
    bare = fold(value)
    for term in [each for each in every if fold(each.value) == bare and each.value != value][:MOST]:
        better = in_query(trial, term)
        yield better, said("literals tell every letter and mark apart: {present} is not there, {better} is",
                           present=present, better=better)  # fmt: skip
    names = {each.value: each for each in every}
    for hit, _, _ in process.extract(value, names.keys(), scorer=fuzz.ratio, limit=MOST, score_cutoff=CLOSE):
        better = in_query(trial, names[hit])
        yield better, said("{present} is not there; near it is {better}", present=present, better=better)


def _typed(trial: Trial, present: str, term: Literal) -> Said:
    better = in_query(trial, term)
    if term.language:
        return said("a word with a language is another one than without, or with another: {present} is not there, "
                    "{better} is", present=present, better=better)  # fmt: skip
    return said("a value is the same only with the same type: {present} is not there, {better} is",
                present=present, better=better)  # fmt: skip


def _things(trial: Trial, path: str, value: str, present: str) -> Iterator[tuple[str, Said]]:
    """Yield the things to which a property leads that are called so."""
    named = f"isIRI(?o) && isLiteral(?name) && LCASE(STR(?name)) = {quoted(value.lower())}"
    called = f"?s {path} ?o . ?o ?by ?name FILTER({named})"
    for (term,) in trial.values("?o", called, f"LIMIT {MOST}"):
        if isinstance(term, NamedNode):
            better = trial.written(term.value)
            yield better, said("this property leads to things, not to words: what is called {present} is {better}",
                               present=present, better=better)  # fmt: skip


def _terms(trial: Trial, pattern: str, most: int) -> list[Literal]:
    """Return literals, those in English and French first."""
    found = [term for (term,) in trial.values("?o", pattern, f"LIMIT {most}") if isinstance(term, Literal)]
    return sorted(found, key=lambda term: (term.language not in (None, "en", "fr"), term.language != "en"))

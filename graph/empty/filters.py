"""Say why a FILTER lets nothing through: it compares what is never equal, or tests what is not there."""

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from graph.empty.literals import in_query, lexical, quoted
from graph.empty.mend import Mend
from graph.empty.parts import Culprit
from graph.empty.trial import Trial
from graph.errors import said
from graph.results.values import Term
from graph.sparql.edit import Edit
from graph.sparql.nearest import CLOSE
from graph.sparql.outline import Formula, variables
from graph.sparql.tokens import Token

_LOOKING: Final = ("CONTAINS", "STRSTARTS", "STRENDS", "REGEX")
_COMPARING: Final = ("=", "<", ">", "!")


def otherwise(trial: Trial, blamed: Culprit) -> Iterator[Mend]:
    """Yield mends for a filter: what it compares, written as the graph has it; else the query without it."""
    part = blamed.unit.part
    if not isinstance(part, Formula) or part.keyword != "FILTER":
        return
    tokens = list(part.tokens)
    yield from _unbound(trial, blamed, tokens)
    for place, token in enumerate(tokens):
        if token.text.upper() == "LANG" and token.kind == "word":
            yield from _language(trial, blamed, tokens, place)
        elif token.text.upper() in _LOOKING and token.kind == "word":
            yield from _looking(trial, blamed, tokens, place)
        elif token.kind == "variable" and not _is_argument(tokens, place):
            yield from _compared(trial, blamed, tokens, place)
    yield _without(trial, blamed, tokens)


def _is_argument(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a variable stands in the brackets of a function."""
    return (
        place > 1
        and tokens[place - 1].text == "("
        and tokens[place - 2].kind == "word"
        and tokens[place - 2].text.upper() != "FILTER"
    )


def _unbound(trial: Trial, blamed: Culprit, tokens: Sequence[Token]) -> Iterator[Mend]:
    """Yield a mend for a variable that nothing binds but that is like one that is bound."""
    bound = variables(blamed.group)
    for token in tokens:
        if token.kind == "variable" and token.text[1:] not in bound:
            for hit, _, _ in process.extract(token.text[1:], bound, scorer=fuzz.ratio, limit=2, score_cutoff=CLOSE):
                words = said("nothing binds {variable}; near it is {better}", variable=token.text, better=f"?{hit}")
                yield Mend(words, (_instead(token, f"?{hit}"),))


def samples(trial: Trial, blamed: Culprit, variable: str, most: int = 5) -> list[Term]:
    """Return a few values that a variable has before a filter."""
    return [term for (term,) in trial.values(variable, blamed.beside(""), f"LIMIT {most}") if term is not None]


def _language(trial: Trial, blamed: Culprit, tokens: Sequence[Token], place: int) -> Iterator[Mend]:
    """Yield mends for LANG, which gives a tag such as `en`, in small letters in this graph (17.4.2.2)."""
    variable = next((each.text for each in tokens[place:] if each.kind == "variable"), "")
    compared = next((each for each in tokens[place:] if each.kind == "string"), None)
    if not variable or compared is None:
        return
    found = [
        t.value
        for (t,) in trial.values("?_tag", f"{blamed.beside('')} BIND(LANG({variable}) AS ?_tag)", "LIMIT 20")
        if isinstance(t, Literal)
    ]
    wanted = lexical(compared).lower()
    for tag in sorted(found, key=lambda each: (each != wanted[:2], each not in ("en", "fr"), each)):
        tags = ", ".join(quoted(each) for each in sorted(found))
        words = said("the languages of {variable} are {tags} here, and never {present}",
                     variable=variable, tags=tags, present=compared.text)  # fmt: skip
        yield Mend(words, (_instead(compared, quoted(tag)),))


def _looking(trial: Trial, blamed: Culprit, tokens: Sequence[Token], place: int) -> Iterator[Mend]:
    """Yield mends for CONTAINS and the like, which read no IRI, and tell capitals from small letters (17.4.3)."""
    inner = tokens[place + 1 :]
    variable = next((each for each in inner if each.kind == "variable"), None)
    sought = next((each for each in inner if each.kind == "string"), None)
    if variable is None or sought is None:
        return
    whole = [t for t in inner if t.start >= variable.start]
    direct = len(whole) > 1 and whole[1].text == ","
    first = next(iter(samples(trial, blamed, variable.text, 1)), None)
    if direct and isinstance(first, NamedNode):
        words = said("{variable} is a thing here, not a word; its IRI is read by STR()", variable=variable.text)
        yield Mend(words, (_instead(variable, f"STR({variable.text})"),))
    small = (
        _instead(variable, f"LCASE(STR({variable.text}))") if direct else None,
        _instead(sought, quoted(lexical(sought).lower())),
    )
    words = said("{function} tells capitals from small letters, and {present} is not written so in {variable}",
                 function=tokens[place].text.upper(), present=sought.text, variable=variable.text)  # fmt: skip
    yield Mend(words, tuple(edit for edit in small if edit))


def _compared(trial: Trial, blamed: Culprit, tokens: Sequence[Token], place: int) -> Iterator[Mend]:
    """Yield mends for a comparison: it holds between terms of the same kind and type only (17.3)."""
    variable, after = tokens[place], tokens[place + 1 : place + 3]
    if not after or after[0].text not in _COMPARING:
        return
    ahead = 2 if len(after) > 1 and after[1].text == "=" and after[1].start == after[0].start + 1 else 1
    other = tokens[place + 1 + ahead] if len(tokens) > place + 1 + ahead else None
    if other is None or other.kind not in ("string", "number", "name", "iri"):
        return
    found = samples(trial, blamed, variable.text)
    end = _end_of(tokens, place + 1 + ahead)
    present = trial.text[other.start : end]
    for term in found[:1]:
        example = (
            in_query(trial, term)
            if isinstance(term, Literal)
            else trial.written(term.value)
            if isinstance(term, NamedNode)
            else ""
        )
        if isinstance(term, NamedNode) and other.kind == "string":
            words = said("{variable} is a thing here, such as {example}, and never equal to the word {present}",
                         variable=variable.text, example=example, present=present)  # fmt: skip
            yield Mend(words, (Edit(other.start, end, f"<{lexical(other)}>"),))
        if isinstance(term, Literal) and other.kind in ("string", "number"):
            words = said(
                "{variable} has values such as {example} here; {present} is of another type, and so never compared",
                variable=variable.text, example=example, present=present)  # fmt: skip
            yield Mend(
                words, (_instead(variable, f"STR({variable.text})"), Edit(other.start, end, quoted(lexical(other))))
            )
    yield from _otherwise_written(trial, blamed, variable, (other, end))


def _otherwise_written(trial: Trial, blamed: Culprit, variable: Token, other: tuple[Token, int]) -> Iterator[Mend]:
    """Yield a value of a variable that differs only in its letters."""
    token, end = other
    if token.kind != "string":
        return
    same = f"{blamed.beside('')} FILTER(LCASE(STR({variable.text})) = {quoted(lexical(token).lower())})"
    for (term,) in trial.values(variable.text, same, "LIMIT 3"):
        if isinstance(term, Literal):
            better = in_query(trial, term)
            words = said("literals tell every letter and mark apart: {present} is not there, {better} is",
                         present=token.text, better=better)  # fmt: skip
            yield Mend(words, (Edit(token.start, end, better),))


def _without(trial: Trial, blamed: Culprit, tokens: Sequence[Token]) -> Mend:
    unit = blamed.unit
    variable = next((token.text for token in tokens if token.kind == "variable"), "")
    found = samples(trial, blamed, variable, 1) if variable else []
    edit = (Edit(unit.start, unit.end, ""),)
    if found and isinstance(found[0], Literal | NamedNode):
        example = in_query(trial, found[0]) if isinstance(found[0], Literal) else trial.written(found[0].value)
        words = said(
            "the filter lets nothing through; before it, {variable} is for example {example}",
            variable=variable,
            example=example,
        )
        return Mend(words, edit)
    if variable:
        return Mend(said("the filter lets nothing through: {variable} has no value there", variable=variable), edit)
    return Mend(said("the filter lets nothing through"), edit)


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """Return where a literal ends, its language or type included."""
    last = tokens[place]
    behind = tokens[place + 1 : place + 4]
    if behind and behind[0].text.startswith("@"):
        last = behind[0]
    elif len(behind) > 2 and behind[0].text == behind[1].text == "^":
        last = behind[2]
    return last.start + len(last.text)


def _instead(token: Token, text: str) -> Edit:
    return Edit(token.start, token.start + len(token.text), text)

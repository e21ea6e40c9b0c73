"""Fill the parameters of a question in: what can be chosen, what is chosen, and the query that asks it.

A value is a term, never text: it is found among what the graph holds, or read as a date, and written by its own kind.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from graph.errors import M4sdError
from graph.examples import Example, Parameter
from graph.names import PREFIXES, name, short
from graph.query import Question, evaluate
from graph.results.table import Labels
from graph.search.folded import fold
from graph.sparql.outline import Group, optional
from graph.sparql.reader import outline
from graph.store import Store

ANY: Final = "UNDEF"
MOST: Final = 2000  # choices
_IDENTIFIER: Final = name("dcterms:identifier")
CODES: Final = {"m4sd:Country": name("m4sd:isoAlpha3"), "sdgo:Goal": _IDENTIFIER, "sdgo:Target": _IDENTIFIER}
Value = NamedNode | Literal


class NoSuchValue(M4sdError):
    """Say that a question has no such value of a parameter."""

    template = "“{value}” is no value of {parameter} here; try: {choices}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Carry a value that gives an answer: the code that stands for it in an address, and its labels by language."""

    code: str
    value: Value
    labels: Mapping[str, str]


def default(example: Example, parameter: Parameter) -> str:
    """Return what a query binds a parameter to as it stands, in SPARQL; UNDEF for any."""
    return parameter.place(example.text)[1]


def by_date(parameter: Parameter) -> bool:
    """Return whether a parameter is a date that a person writes, rather than one of several values."""
    return parameter.kind == "xsd:date"


def choices(store: Store, example: Example, parameter: Parameter) -> tuple[Choice, ...]:
    """Return the values for which a question has an answer; found once for a snapshot."""
    memo = store.memo if store.memo is not None else {}
    key = ("choices", example.name, parameter.name)
    if key not in memo:
        memo[key] = () if by_date(parameter) else tuple(_choices(store, example, parameter))
    found: tuple[Choice, ...] = memo[key]
    return found


def chosen(store: Store, example: Example, parameter: Parameter, given: str) -> Value | None:
    """Return the value that a person names, by its code, its name or its label; None for any."""
    if not given:
        return None
    if by_date(parameter):
        return _day(parameter, given)
    wanted, offered = fold(given), choices(store, example, parameter)
    for choice in offered:
        if given in (choice.code, str(choice.value.value), short(choice.value.value)):
            return choice.value
    for choice in offered:
        if wanted in (fold(choice.code), *map(fold, choice.labels.values())):
            return choice.value
    other = _other(store, parameter, given)
    if other is None:
        raise NoSuchValue(value=given[:60], parameter=parameter.name, choices=_few(offered))
    return other


def bound(example: Example, values: Mapping[str, Value]) -> str:
    """Return the query of a question with its parameters bound to values."""
    text = example.text
    for parameter in example.parameters:
        if parameter.name in values:
            place = parameter.place(text)
            text = text[: place.start(1)] + _written(values[parameter.name], text) + text[place.end(1) :]
    return text


def code_of(store: Store, kind: str, value: Value) -> str:
    """Return what stands for a value in an address: a country's three letters, a goal's number, a slug of ours."""
    if isinstance(value, Literal):
        return value.value
    codes = [quad.object.value for quad in store.quads(s=value, p=CODES.get(kind, name("m4sd:isoAlpha3")))]  # type: ignore[union-attr]
    if codes:
        return min(codes)
    return value.value.removeprefix(PREFIXES["id"]) if value.value.startswith(PREFIXES["id"]) else short(value.value)


def _choices(store: Store, example: Example, parameter: Parameter) -> Iterator[Choice]:
    labels = Labels(store)
    result, _ = evaluate(store, Question(_open(example, parameter)))
    assert isinstance(result, QuerySolutions)
    for row in result:
        value = row[0]
        if isinstance(value, NamedNode | Literal):
            known = dict(labels.of(value)) if isinstance(value, NamedNode) else {}
            yield Choice(code_of(store, parameter.kind, value), value, known)


def _open(example: Example, parameter: Parameter) -> str:
    """Return a query for all values of a parameter that lead to rows: without what only describes these."""
    text, query = example.text, outline(example.text).query
    places = {each.name: each.place(text).start() for each in example.parameters}
    pattern = [f"?{parameter.name} a <{name(parameter.kind).value}> ."] if _is_thing(example, parameter) else []
    for part in query.where.parts:
        if isinstance(part, Group) and optional(part):
            continue
        if not any(part.start <= place < part.end for place in places.values()):  # each list is of all that there is
            pattern.append(text[part.start : part.end])
    dataset = text[query.dataset[0].start : query.where.start] if query.dataset else ""
    whole = " ".join(pattern)
    return f"{text[: query.start]} SELECT DISTINCT ?{parameter.name} {dataset} WHERE {{ {whole} }} LIMIT {MOST}"


def _is_thing(example: Example, parameter: Parameter) -> bool:
    return default(example, parameter)[0] not in "\"'"


def _other(store: Store, parameter: Parameter, given: str) -> Value | None:
    """Return a thing of the right class that a question has no answer for, by its code, slug, name or IRI."""
    kind, prefix = name(parameter.kind), given.partition(":")[0]
    for code in (CODES.get(parameter.kind), name("dcterms:identifier")):
        for quad in store.quads(p=code, o=Literal(given)) if code else ():
            if isinstance(quad.subject, NamedNode) and _is_a(store, quad.subject, kind):
                return quad.subject
    spelled = PREFIXES[prefix] + given.partition(":")[2] if prefix in PREFIXES else PREFIXES["id"] + given
    for iri in (given, spelled):
        if re.fullmatch(r"https?://[^\x00-\x20<>\"{}|\\^`]+", iri) and _is_a(store, NamedNode(iri), kind):
            return NamedNode(iri)
    return None


def _is_a(store: Store, thing: NamedNode, kind: NamedNode) -> bool:
    return next(store.quads(s=thing, p=name("rdf:type"), o=kind), None) is not None


def _day(parameter: Parameter, given: str) -> Literal:
    try:
        return Literal(date.fromisoformat(given).isoformat())
    except ValueError as error:
        raise NoSuchValue(value=given[:60], parameter=parameter.name, choices="2022-06-13") from error


def _few(offered: tuple[Choice, ...]) -> str:
    codes = [choice.code for choice in offered[:8]]
    return ", ".join(codes) + (", …" if len(offered) > len(codes) else "")


def _written(value: Value, text: str) -> str:
    """Return a value in SPARQL, by a prefix that the query declares where one fits."""
    if isinstance(value, Literal) and value.datatype.value == PREFIXES["xsd"] + "gYear" and "PREFIX xsd:" in text:
        return f'"{value.value}"^^xsd:gYear'
    if isinstance(value, NamedNode):
        written = short(value.value)
        if f"PREFIX {written.partition(':')[0]}: <" in text:
            return written
    return str(value)

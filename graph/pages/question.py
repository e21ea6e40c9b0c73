"""Answer a question with its parameters filled in: a sentence, its rows, and the query behind it."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from graph.errors import Said
from graph.examples import Example, find
from graph.pages.naming import in_order
from graph.query import Question, evaluate
from graph.questions import ANY, Value, bound, by_date, choices, chosen, code_of, default
from graph.results.table import Cell, Labels, head_of, in_words
from graph.results.values import Term
from graph.search.folded import fold
from graph.store import Store

COLUMNS: Final = Path(__file__).with_name("columns.tsv")
MOST_ROWS: Final = 10_000
MOST_NAMED: Final = 12  # values that a sentence lists
LONGEST_LIST: Final = 260  # characters of them
ALL: Final = {"en": "all", "fr": "tous"}
AND: Final = {"en": " and ", "fr": " et "}
MORE: Final = {"en": (" and {} more", " and {} more"), "fr": (" et {} autre", " et {} autres")}  # one, several
_SLOT: Final = re.compile(r"\{(\w+)(#)?(?:\|([^|}]*)\|([^|}]*))?\}")


@dataclass(frozen=True, slots=True)
class Option:
    """Carry one value to choose: what stands for it in an address, and its name."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """Carry a parameter as a form shows it: what is chosen, and from what."""

    name: str
    label: str
    code: str
    words: str
    options: tuple[Option, ...]
    may_be_any: bool
    by_date: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """Carry the answer to a question in a language."""

    asked: str
    sentence: str
    fields: tuple[Field, ...]
    text: str
    head: tuple[str, ...]
    titles: tuple[str, ...]  # the same in words
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Said, ...]


def question(store: Store, title: str, given: tuple[tuple[str, str], ...], lang: str) -> Answered:
    """Answer the question of a name with parameters given by codes, names or IRIs; raise NoSuchValue for others."""
    example = find(title)
    assert example is not None
    named, values, labels = dict(given), dict[str, Value | None](), Labels(store)
    for parameter in example.parameters:
        values[parameter.name] = chosen(store, example, parameter, named.get(parameter.name, "").strip())
    text = bound(example, {key: value for key, value in values.items() if value is not None})
    result, notes = evaluate(store, Question(text))
    assert isinstance(result, QuerySolutions)
    head, rows = head_of(result), [tuple(row) for row in islice(result, MOST_ROWS)]
    fields = tuple(_field(store, example, place, text, lang) for place in range(len(example.parameters)))
    words = {field.name: field.words for field in fields}
    asked = example.words.get("asked", {}).get(lang, "") or example.title[lang]
    for field in fields:
        asked = re.sub(rf" ?: \{{{field.name}\}}", "", asked) if not field.code else asked  # in which country?
    told = example.words.get("answer" if rows else "none", {}).get(lang, "")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(head)}
    shown, cells = _table(head, rows, labels)
    return Answered(
        _filled(asked, words, {}, labels, lang),
        _filled(told, words, columns, labels, lang),
        fields,
        replace(example, text=text).shown(lang),
        shown,
        tuple(column(name, lang) for name in shown),
        cells,
        notes,
    )


def column(variable: str, lang: str) -> str:
    """Return the words for a variable of the questions at the head of its column."""
    return _columns().get(variable, {}).get(lang, variable)


@cache
def _columns() -> dict[str, dict[str, str]]:
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        return {row["variable"]: row for row in csv.DictReader(file, delimiter="\t")}


def _field(store: Store, example: Example, place: int, text: str, lang: str) -> Field:
    """Return a parameter as a form shows it, what the query is bound to chosen."""
    parameter, labels = example.parameters[place], Labels(store)
    written = parameter.place(text)[1]
    options = tuple(
        Option(c.code, _called(labels, c.value, lang) or c.code) for c in choices(store, example, parameter)
    )
    label = parameter.label[lang]
    shown = tuple(sorted(options, key=lambda option: in_order(fold(option.label))))
    may_be_any = default(example, parameter) == ANY
    if written == ANY:
        return Field(parameter.name, label, "", ALL[lang], shown, may_be_any, by_date(parameter))
    value = _bound_value(store, text, parameter.name)
    code = code_of(store, parameter.kind, value)
    words = _called(labels, value, lang) or code
    if code not in [option.code for option in options] and not by_date(parameter):
        shown = (Option(code, words), *shown)  # it has no answer here, and is chosen all the same
    return Field(parameter.name, label, code, words, shown, may_be_any, by_date(parameter))


def _bound_value(store: Store, text: str, variable: str) -> Value:
    """Return the term to which a query binds a parameter, as the engine reads it."""
    start = text.upper().index("SELECT")
    line = re.search(rf"VALUES \?{variable} \{{ .+? \}}", text)
    assert line is not None
    result, _ = evaluate(store, Question(f"{text[:start]} SELECT ?{variable} {{ {line[0]} }}"))
    value = next(iter(result))[0]  # type: ignore[arg-type]  # one row of one column
    assert isinstance(value, NamedNode | Literal)
    return value


def _table(
    head: Sequence[str], rows: Sequence[Sequence[Term]], labels: Labels
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return a table without the columns that only hold the labels of others: these stand beside their things."""
    shown = [place for place, name in enumerate(head) if name[-2:] not in ("En", "Fr") or name[:-2] not in head]
    cells = tuple(tuple(labels.cell(row[place]) for place in shown) for row in rows)
    return tuple(head[place] for place in shown), cells


def _filled(
    template: str, words: Mapping[str, str], columns: Mapping[str, Sequence[Term]], labels: Labels, lang: str
) -> str:
    """Return a sentence with its slots filled: by what a column holds, else by what was chosen."""

    def slot(match: re.Match[str]) -> str:
        name, counts, one, many = match.groups()
        values = list(dict.fromkeys(value for value in columns.get(name, ()) if value is not None))
        if counts and one is not None:
            return str(one if len(values) == 1 or (lang == "fr" and not values) else many)
        if counts:
            return str(len(values))
        return _listed([_words(value, labels, lang) for value in values], lang) if values else words.get(name, "–")

    return _SLOT.sub(slot, template)


def _listed(names: Sequence[str], lang: str) -> str:
    """Return names as a list in a sentence, the first few of many."""
    named = list(dict.fromkeys(names))
    most = next((n for n in range(1, len(named)) if len(", ".join(named[:n])) > LONGEST_LIST), MOST_NAMED)
    if len(named) > most:
        left = len(named) - most
        return ", ".join(named[:most]) + MORE[lang][left > 1].format(left)
    return AND[lang].join([*([", ".join(named[:-1])] if named[:-1] else []), named[-1]])


def _words(value: Term, labels: Labels, lang: str) -> str:
    cell = labels.cell(value)
    return in_words(cell.labels, lang)[0] or cell.text


def _called(labels: Labels, value: Value, lang: str) -> str:
    if isinstance(value, Literal):
        return value.value
    return in_words(labels.of(value), lang)[0]

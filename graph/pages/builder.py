"""Write a query by choosing: things of a class, their properties, and the values that these have here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from graph.empty.literals import quoted
from graph.names import PREFIXES, short
from graph.pages.naming import Namer
from graph.pages.terms import can_be_written
from graph.query import Question, evaluate
from graph.results.values import Term
from graph.search.folded import fold
from graph.store import Store

MOST: Final = 200  # values to choose from
COUNTED: Final = 1000  # rows that are counted
SPACES: Final = tuple(PREFIXES[prefix] for prefix in ("m4sd", "sdgo", "skos", "dcat"))
HIDDEN: Final = frozenset(PREFIXES["rdf"] + each for each in ("type", "first", "rest"))
CLASSES: Final = "SELECT ?it (COUNT(?x) AS ?n) { ?x a ?it FILTER(isIRI(?it)) } GROUP BY ?it"
PROPERTIES: Final = "SELECT ?it (COUNT(DISTINCT ?x) AS ?n) { ?x a <CLASS> ; ?it ?value } GROUP BY ?it"
VALUES: Final = "SELECT ?it (COUNT(DISTINCT ?x) AS ?n) { ?x a <CLASS> ; <PROPERTY> ?it } GROUP BY ?it"


@dataclass(frozen=True, slots=True)
class Option:
    """Carry what can be chosen: as a query names it, as people do, and of how many things it holds."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """Carry one line of the form: a property that is chosen, its value or a part of it, and the values there are."""

    property: str
    value: str
    part: str
    values: tuple[Option, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Built:
    """Carry the form as it stands, and the query that it writes."""

    classes: tuple[Option, ...]
    chosen: str
    properties: tuple[Option, ...]
    rows: tuple[Row, ...]
    text: str
    count: int


def build(store: Store, chosen: str, lines: tuple[tuple[str, str, str], ...], lang: str) -> Built:
    """Return the form for a class and its lines (property, value, part of a value); what is not offered is left out."""
    namer = Namer(store, lang)
    classes = _options(store, namer, CLASSES, SPACES)
    named = {each.code for each in classes}
    if chosen not in named:
        return Built(_by_name(classes), "", (), (), "", 0)
    of_class = PROPERTIES.replace("CLASS", _iri(chosen))
    properties = _options(store, namer, of_class, tuple(PREFIXES.values()))
    offered = {each.code for each in properties}
    rows = tuple(_row(store, namer, chosen, line) for line in lines if line[0] in offered)
    text = _written(chosen, rows, lang)
    result, _ = evaluate(store, Question(text))
    count = sum(1 for _ in islice(result, COUNTED)) if isinstance(result, QuerySolutions) else 0
    return Built(_by_name(classes), chosen, _by_name(properties), rows, text, count)


def _row(store: Store, namer: Namer, chosen: str, line: tuple[str, str, str]) -> Row:
    linked, value, part = line
    asked = VALUES.replace("CLASS", _iri(chosen)).replace("PROPERTY", _iri(linked))
    values = _options(store, namer, f"{asked} ORDER BY DESC(?n) ?it LIMIT {MOST + 1}", ())
    known = value if value in {each.code for each in values} else ""
    return Row(linked, known, part.strip(), _by_name(values[:MOST]), len(values) > MOST)


def _options(store: Store, namer: Namer, text: str, spaces: tuple[str, ...]) -> tuple[Option, ...]:
    """Return what a query of our own finds as options; of IRIs those in some namespaces, if any are named."""
    memo = store.memo if store.memo is not None else {}
    key = ("options", text, namer.lang)
    if key not in memo:
        result, _ = evaluate(store, Question(text))
        assert isinstance(result, QuerySolutions)
        memo[key] = tuple(_found(result, namer, spaces))
    found: tuple[Option, ...] = memo[key]
    return found


def _found(result: QuerySolutions, namer: Namer, spaces: tuple[str, ...]) -> Iterator[Option]:
    for row in result:
        it, count = row[0], row[1]
        code = _code(it)
        fits = not spaces or (isinstance(it, NamedNode) and it.value.startswith(spaces) and it.value not in HIDDEN)
        if code and fits and isinstance(count, Literal):
            label = namer.name(it).text if isinstance(it, NamedNode) else getattr(it, "value", "")
            yield Option(code, label or code, int(count.value))


def _code(term: Term) -> str:
    """Return a term as a query holds it; nothing for what no query can name."""
    if isinstance(term, NamedNode):
        name = short(term.value)
        return name if can_be_written(name) else f"<{term.value}>"
    if not isinstance(term, Literal):
        return ""
    if term.language:
        return f"{quoted(term.value)}@{term.language}"
    kind = short(term.datatype.value)
    plain = term.datatype.value == PREFIXES["xsd"] + "string"
    return quoted(term.value) if plain else f"{quoted(term.value)}^^{kind}"


def _iri(code: str) -> str:
    if code.startswith("<"):
        return code[1:-1]
    prefix, _, local = code.partition(":")
    return PREFIXES[prefix] + local


def _by_name(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: fold(option.label)))


def _written(chosen: str, rows: tuple[Row, ...], lang: str) -> str:
    """Return the query: a line for each line of the form, and the label of what is looked for."""
    thing, names, lines = _variable(chosen, set()), set[str](), list[str]()
    names.add(thing)
    shown = [f"?{thing}", f"?{thing}Label"]
    for row in rows:
        if row.value:
            lines.append(f"    ?{thing} {row.property} {row.value} .")
            continue
        name = _variable(row.property, names)
        names.add(name)
        shown.append(f"?{name}")
        lines.append(f"    ?{thing} {row.property} ?{name} .")
        if row.part:
            lines.append(f"    FILTER(CONTAINS(LCASE(STR(?{name})), {quoted(row.part.lower())}))")
    label = f'    OPTIONAL {{ ?{thing} skos:prefLabel ?{thing}Label FILTER(LANG(?{thing}Label) = "{lang}") }}'
    body = "\n".join([f"    ?{thing} a {chosen} .", *lines, label])
    return f"SELECT DISTINCT {' '.join(shown)}\nWHERE {{\n{body}\n}}\nORDER BY ?{thing}Label\nLIMIT 1000\n"


def _variable(code: str, taken: set[str]) -> str:
    """Return a name for a variable after a class or a property, one that is not taken."""
    local = re.sub(r"\W", "", re.split(r"[:/#]", code.strip("<>"))[-1]) or "value"
    wanted = local[0].lower() + local[1:]
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}{number}", number + 1
    return name

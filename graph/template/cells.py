"""Read a cell as terms: dates, numbers, codes by name in either language; or say what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.errors import Said, said
from graph.names import PREFIXES, name, short
from graph.template.fields import Field
from graph.template.grid import Cell
from graph.template.labels import known
from graph.template.layout import BETWEEN, NO, YES, Column, options
from graph.template.outline import ontology_index
from graph.template.things import published
from graph.validate.say.terms import joined
from graph.validate.say.value import last_day
from graph.validate.say.value import plain as plain_letters

Term = NamedNode | Literal
_EPOCH: Final = date(1899, 12, 30)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_TURNED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DURATION = re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_CODE_LAST = re.compile(r"\(([^()\s]+)\)$")


@dataclass(frozen=True, slots=True)
class Unread:
    """Say why a text of a cell is no value, by the rule of graph/template/cells.ttl that it breaks, and the mend."""

    rule: str
    text: str
    mend: Said | None = None


def read(cell: Cell, column: Column, kind: NamedNode) -> tuple[list[Term], list[Unread]]:
    """Return the terms that a cell holds, and what in it cannot be read."""
    if cell.trouble == "formula":
        return [], [Unread("Cell-formula", str(cell.value), said("Copy the cell and paste it as a value."))]
    if cell.trouble:
        return [], [Unread("Cell-error", str(cell.value))]
    found = [_one(text, cell, column, kind) for text in _texts(cell, column)]
    return [f for f in found if not isinstance(f, Unread)], [f for f in found if isinstance(f, Unread)]


def plain(cell: Cell) -> str:
    """Return a cell as text, as a person would write it."""
    value = cell.value
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, datetime | date):
        # A spreadsheet that was given 2022-06 keeps its first day, and shows month and year.
        month = cell.form and "d" not in re.sub(r'"[^"]*"|\[[^]]*\]', "", cell.form.lower())
        return value.isoformat()[:7] if month else value.isoformat()
    if isinstance(value, bool):
        return YES["en"] if value else NO["en"]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return "" if value is None else str(value).strip("\u00a0\u202f \t\r\n")


def _texts(cell: Cell, column: Column) -> list[str]:
    """Return the values that a cell holds as texts; only what is typed as text may hold several."""
    whole = plain(cell)
    if not column.many or not isinstance(cell.value, str):
        return [whole] if whole else []
    prose = column.field is not None and not column.field.is_thing
    parts = whole.split(BETWEEN) if prose else re.split(r"[|\n;]", whole)
    return [part.strip() for part in parts if part.strip()]


def _one(text: str, cell: Cell, column: Column, kind: NamedNode) -> Term | Unread:
    if any(c < " " and c not in "\t\n\r" for c in text):
        return Unread("Cell-text", text.translate(dict.fromkeys(range(32), "�")))
    listed = options(column, kind)
    if listed:
        return _code(text, listed)
    if column.field is None or column.field.is_thing:
        return _thing(text, column.field)
    if column.lang:
        return Literal(text, language=column.lang)
    return _literal(text, cell, column.field)


def _code(text: str, listed: tuple[NamedNode, ...]) -> Term | Unread:
    """Return the code that a text names: by address, prefixed name, code, or name in either language."""
    names: dict[str, set[NamedNode]] = {}
    for code in listed:
        for form in _forms(code):
            names.setdefault(_folded(form), set()).add(code)
    last = _CODE_LAST.search(text)
    for asked in (text, last[1] if last else text):
        found = names.get(_folded(asked), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            return Unread("Cell-code", text, said("Several codes have this name: {codes}.", codes=_shorts(found)))
    near = get_close_matches(_folded(text), names, n=1, cutoff=0.6)
    if near:
        code = min(names[near[0]], key=str)
        return Unread(
            "Cell-code", text, said("Write {code} ({label}).", code=short(code.value), label=known().get(code, {}))
        )
    return Unread("Cell-code", text, said("Choose one of: {list}.", list=_labelled(listed)))


def _thing(text: str, field: Field | None) -> Term | Unread:
    """Return the address that a text gives, or that of the published thing of that name."""
    last = _CODE_LAST.search(text)
    for asked in (last[1] if last else text, text):
        address = _address(asked)
        if address:
            return address
    names = _names(field.classes if field else ())
    found = names.get(_folded(text), ())
    if len(found) == 1:
        return found[0]
    if found:
        return Unread("Cell-thing", text, said("Several things have this name: {codes}.", codes=_shorts(found)))
    if re.fullmatch(r"[A-Za-z0-9_-]+", text) and "-" in text:
        return Unread("Cell-thing", text, said("Write id:{code} if it is an address of this graph.", code=text))
    near = get_close_matches(_folded(text), names, n=1, cutoff=0.8)
    if near:
        thing = names[near[0]][0]
        words = published().labels.get(thing, {})
        return Unread("Cell-thing", text, said("Write {code} ({label}).", code=short(thing.value), label=words))
    return Unread("Cell-thing", text)


def _address(text: str) -> NamedNode | None:
    prefix, colon, local = text.partition(":")
    if not colon or re.search(r'[\s<>"{}|\\^`]', text):
        return None
    if prefix in PREFIXES and not local.startswith("//"):
        return NamedNode(PREFIXES[prefix] + local)
    try:
        return NamedNode(text) if re.match(r"https?://[^/]", text) else None
    except ValueError:  # http://[::1 and the like
        return None


def _literal(text: str, cell: Cell, field: Field) -> Term | Unread:
    kinds = {each for each in field.kinds if each not in ("iri", "langString")}
    if kinds & {"gYear", "gYearMonth", "date"}:
        return _dated(text, cell, kinds)
    if "boolean" in kinds:
        return _truth(text)
    if kinds & {"integer", "nonNegativeInteger", "decimal"}:
        return _number(text, kinds)
    if "duration" in kinds and not _DURATION.fullmatch(text):
        return Unread("Cell-duration", text, _PERIODS.get(_folded(text)))
    if len(kinds) == 1:
        return Literal(text, datatype=name(f"xsd:{next(iter(kinds))}"))
    return _anything(text, field)


def _anything(text: str, field: Field) -> Term:
    """Return a value of which no rule says what it is: an address where it looks like one and may be one."""
    texts = ontology_index().typed(name("owl:DatatypeProperty"))
    address = _address(text) if text.startswith("http") and not field.patterns and field.path not in texts else None
    return address or Literal(text)


def _dated(text: str, cell: Cell, kinds: set[str]) -> Term | Unread:
    match = _DATE.fullmatch(text)
    if match and _is_date(match[1], match[2] or "01", match[3] or "01"):
        kind = ("gYear", "gYearMonth", "date")[match.lastindex - 1 if match.lastindex else 0]
        if kind in kinds:
            return Literal(text, datatype=name(f"xsd:{kind}"))
    turned = _TURNED.fullmatch(text)
    if turned:
        orders = ((turned[3], turned[2], turned[1]), (turned[3], turned[1], turned[2]))  # day first, or month first
        days = ["-".join((y, m.zfill(2), d.zfill(2))) for y, m, d in orders if _is_date(y, m, d)]
        if not days:
            return _no_day(text, *("-".join((y, m.zfill(2), d.zfill(2))) for y, m, d in orders))
        return _meant("Cell-date", text, *dict.fromkeys(days))
    if isinstance(cell.value, int | float) and 20000 < cell.value < 80000:
        day = _EPOCH + timedelta(days=int(cell.value))  # the number by which a spreadsheet counts days
        return _meant("Cell-date", text, day.isoformat())
    return _no_day(text, text)


def _no_day(text: str, *days: str) -> Unread:
    """Say which is the last day of the month that a text names a later day of."""
    last = next(filter(None, map(last_day, days)), None)
    mend = said("There is no such day: the last one of that month is {day}.", day=last) if last else None
    return Unread("Cell-date", text, mend)


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _truth(text: str) -> Term | Unread:
    yes = {"true", "1", "x", "vrai", *(word for word in YES.values())}
    no = {"false", "0", "faux", *(word for word in NO.values())}
    if _folded(text) in yes | no:
        return Literal(_folded(text) in yes)
    return Unread("Cell-yes-no", text)


def _number(text: str, kinds: set[str]) -> Term | Unread:
    tight = _SPACES.sub("", text).replace("’", "").replace("'", "")
    if _WHOLE.fullmatch(tight) and kinds & {"integer", "nonNegativeInteger"} and tight == text:
        return Literal(tight, datatype=name("xsd:integer" if "integer" in kinds else "xsd:nonNegativeInteger"))
    if _DECIMAL.fullmatch(tight) and "decimal" in kinds and tight == text:
        return Literal(tight, datatype=name("xsd:decimal"))
    meant = [each for each in _numbers(tight) if "decimal" in kinds or _WHOLE.fullmatch(each)]
    return _meant("Cell-number", text, *meant)


def _numbers(text: str) -> list[str]:
    """Return what a text with commas or spaces may have meant as a number."""
    if _DECIMAL.fullmatch(text):
        return [text]
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        grouped = text.replace(",", "")
        return [grouped, text.replace(",", ".")] if text.count(",") == 1 and "." not in text else [grouped]
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text):
        return [text.replace(".", "").replace(",", ".")]
    return [text.replace(",", ".")] if re.fullmatch(r"[+-]?\d+,\d+", text) else []


def _meant(rule: str, text: str, *values: str) -> Unread:
    if len(values) == 2:
        return Unread(rule, text, said("Write {one} or {other}, whichever is meant.", one=values[0], other=values[1]))
    return Unread(rule, text, said("Write {value}.", value=values[0]) if values else None)


_PERIODS: Mapping[str, Said] = {
    word: said("Write {value}.", value=value)
    for value, words in {
        "P1Y": ("yearly", "annual", "annually", "year", "a year", "1 year", "annuel", "annuelle", "un an", "1 an"),
        "P6M": ("6 months", "half-yearly", "semestriel", "semestrielle", "6 mois"),
        "P1M": ("monthly", "month", "1 month", "mensuel", "mensuelle", "1 mois", "un mois"),
    }.items()
    for word in words
}


def _forms(code: NamedNode) -> Iterable[str]:
    local = re.split(r"[/#]", code.value)[-1]
    return (code.value, short(code.value), local, *known().get(code, {}).values())


@cache
def _names(classes: tuple[NamedNode, ...]) -> Mapping[str, tuple[NamedNode, ...]]:
    """Return published things of some classes by what they are called, in either language."""
    found: dict[str, dict[NamedNode, None]] = {}
    seen = published()
    for thing in [m for kind in classes for m in seen.members.get(kind, ())]:
        called = (*seen.labels.get(thing, {}).values(), *seen.acronyms.get(thing, ()))
        for text in (*called, re.split(r"[/#]", thing.value)[-1]):
            found.setdefault(_folded(text), {})[thing] = None
    return {text: tuple(things) for text, things in found.items()}


def _folded(text: str) -> str:
    """Return a text for comparing: without accents, in small letters, with single spaces."""
    return plain_letters(_SPACES.sub(" ", text).strip()).replace("’", "'")


def _labelled(codes: tuple[NamedNode, ...], most: int = 12) -> Said:
    """Name codes as one may type them into a cell: by their labels."""
    parts = [said("{label}", label=known().get(code) or {"en": short(code.value)}) for code in codes[:most]]
    if len(codes) > most:
        parts.append(said("{count} more", count=len(codes) - most))
    return joined(parts)


def _shorts(codes: Iterable[NamedNode]) -> str:
    return ", ".join(sorted(short(code.value) for code in codes))

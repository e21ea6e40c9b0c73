"""Take terms as numbers, truth values and times, where that loses nothing; else as text."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal | Triple | None
Value = bool | int | float | Decimal | date | datetime | str | None

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
# XML Schema 1.1 part 2, 3.4.13 to 3.4.25: the types derived from integer.
_INTEGERS: Final = (
    "integer", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte", "nonNegativeInteger",
    "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger",
)  # fmt: skip
_DIGITS: Final = 40  # more of them are text: no column of any format holds them
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def value(term: Term) -> Value:
    """Return what a term stands for: an IRI as its text, a literal by its datatype, nothing as None."""
    if term is None:
        return None
    if not isinstance(term, Literal):
        return lexical(term)
    known = _READERS.get(term.datatype.value)
    if known is None or not known[0].fullmatch(term.value):
        return term.value
    try:
        return known[1](term.value)
    except ValueError:  # such as 30 February
        return term.value


def lexical(term: Term) -> str:
    """Return the text of a term, as it was written."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


_NUMBER: Final = rf"[+-]?(?:\d{{1,{_DIGITS}}}(?:\.\d{{0,{_DIGITS}}})?|\.\d{{1,{_DIGITS}}})"
_FLOAT: Final = _pattern(rf"{_NUMBER}(?:[eE][+-]?\d{{1,3}})?|[+-]?INF|NaN"), float
_DAY: Final = r"\d{4}-\d\d-\d\d"
_READERS: Final[Mapping[str, tuple[re.Pattern[str], Callable[[str], Value]]]] = {
    **{XSD + name: (_pattern(rf"[+-]?\d{{1,{_DIGITS}}}"), int) for name in _INTEGERS},
    XSD + "gYear": (_pattern(r"\d{4}"), int),
    XSD + "decimal": (_pattern(_NUMBER), Decimal),
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
    XSD + "boolean": (_pattern("true|false|0|1"), _boolean),
    XSD + "date": (_pattern(_DAY), date.fromisoformat),
    XSD + "dateTime": (
        _pattern(_DAY + r"T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?"),
        datetime.fromisoformat,
    ),
}

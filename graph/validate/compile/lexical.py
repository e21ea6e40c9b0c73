"""Say how the literals of a datatype are spelt (XML Schema 1.1 Part 2, 3.3), so that ill-formed ones are found."""

from pyoxigraph import NamedNode

from graph.validate.compile.path import Term

_XSD = "http://www.w3.org/2001/XMLSchema#"
# Datatypes below xsd:integer, which the embedded store turns into it.
MERGED = frozenset(
    _XSD + kind
    for kind in (
        "byte", "int", "long", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger",
        "short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort",
    )
)  # fmt: skip
_INTEGER = "[+-]?[0-9]+"
_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = "(0[1-9]|1[0-2])"
_DAY = "(0[1-9]|[12][0-9]|3[01])"
# 30 days has September; whether February has 29 of them is left to the one who explains.
_DATE = f"{_YEAR}-((0[13578]|1[02])-{_DAY}|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_DOUBLE = r"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"

_SPELT = {
    "boolean": "(true|false|0|1)",
    "integer": _INTEGER,
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "float": _DOUBLE,
    "double": _DOUBLE,
    "date": _DATE + _ZONE,
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
}


def lexical(datatype: Term) -> str | None:
    """Return the regular expression that well-formed literals of a datatype match, if we know one."""
    if not isinstance(datatype, NamedNode):
        return None
    spelt = _SPELT.get(datatype.value.removeprefix(_XSD))
    return None if spelt is None else f"^{spelt}$"

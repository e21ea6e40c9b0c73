"""Write a value as it was meant: the right datatype, the day in the right order, the text without its stray spaces."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Variable

from graph.names import PREFIXES
from graph.store import Store

XSD: Final = PREFIXES["xsd"]
LONGEST: Final = 200  # characters; longer texts are no slips of the pen
_MONTHS: Final = (
    "january janvier", "february fevrier", "march mars", "april avril", "may mai", "june juin", "july juillet",
    "august aout", "september septembre", "october octobre", "november novembre", "december decembre",
)  # fmt: skip
_TRUE: Final = frozenset({"true", "yes", "oui", "vrai", "y", "1"})
_FALSE: Final = frozenset({"false", "no", "non", "faux", "n", "0"})
_MATCHES: Final = "SELECT ?text ?pattern WHERE { FILTER(REGEX(?text, ?pattern)) }"


def as_datatype(text: str, datatypes: Sequence[str]) -> Literal | None:
    """Return what a text says as a literal of the first of some datatypes that can hold it; nothing where none can."""
    if len(text) > LONGEST:
        return None
    for datatype in datatypes:
        reader = _READERS.get(datatype)
        read = reader(text.strip()) if reader else None
        if read:
            return Literal(read, datatype=NamedNode(datatype))
    return None


def fitting(text: str, pattern: str) -> str | None:
    """Return a text with a small slip mended so that it has the form of a pattern; nothing where that takes more."""
    if len(text) > LONGEST:
        return None
    return next((each for each in _variants(text) if each != text and matches(each, pattern)), None)


def matches(text: str, pattern: str) -> bool:
    """Return whether a text has the form of a pattern; the engine's expressions take linear time, Python's do not."""
    asked = {Variable("text"): Literal(text), Variable("pattern"): Literal(pattern)}
    found = Store().query(_MATCHES, substitutions=asked)
    return isinstance(found, QuerySolutions) and any(True for _ in found)


def plain(text: str) -> str:
    """Return a text in small letters without accents, for comparing."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def _variants(text: str) -> Iterator[str]:
    space, _, local = text.rpartition("/")
    start = f"{space}/" if space else ""
    yield text.strip()
    yield " ".join(text.split())
    yield "".join(text.split())
    for change in (str.upper, str.lower, str.capitalize):
        yield change("".join(text.split()))
    yield text.strip().replace(" ", "-")
    yield start + re.sub(r"[^\w-]+", "-", plain(local)).strip("-")
    yield text.zfill(3)
    yield f"https://{text.strip()}"
    if text[:1].islower():
        yield text[:1].upper() + text[1:]


def _day(text: str) -> str | None:
    """Return a day as ISO 8601 writes it, where it can be read in one way only."""
    words = plain(text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[t ].*|z|[+-]\d\d:\d\d)?", words):
        return _date(match[1], match[2], match[3])
    if match := re.fullmatch(r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})", words):
        first, second = int(match[1]), int(match[2])
        if first > 12 or first == second:
            return _date(match[3], match[2], match[1])
        return _date(match[3], match[1], match[2]) if second > 12 else None
    if match := re.fullmatch(r"(\d\d?)(?:er|st|nd|rd|th)? (\w+),? (\d{4})", words):
        return _date(match[3], _month_of(match[2]), match[1])
    if match := re.fullmatch(r"(\w+) (\d\d?)(?:st|nd|rd|th)?,? (\d{4})", words):
        return _date(match[3], _month_of(match[1]), match[2])
    return None


def _date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month or 0), int(day)).isoformat()
    except ValueError:
        return None


def last_day(text: str) -> str | None:
    """Return the last day of the month where a text names a day past it, as ISO 8601 writes both; else nothing."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    if not match or not 1 <= int(match[2]) <= 12 or not int(match[1]):
        return None
    last = monthrange(int(match[1]), int(match[2]))[1]
    return f"{match[1]}-{match[2]}-{last}" if last < int(match[3]) < 32 else None


def turned(text: str) -> str | None:
    """Return a day of which month and day have changed places, such as 2023-13-05, as it was meant; else nothing."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    return _date(match[1], match[3], match[2]) if match and int(match[2]) > 12 else None


def _month(text: str) -> str | None:
    words = plain(text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d\d?)(?:z|[+-]\d\d:\d\d)?", words):
        year, month = match[1], match[2]
    elif match := re.fullmatch(r"(\d\d?)[-/.](\d{4})", words):
        year, month = match[2], match[1]
    elif match := re.fullmatch(r"(\w+),? (\d{4})", words):
        year, month = match[2], _month_of(match[1])
    else:
        return None
    return f"{year}-{int(month):02}" if month and 1 <= int(month) <= 12 else None


def _month_of(word: str) -> str:
    whole = [n for n, names in enumerate(_MONTHS, 1) if any(name == word for name in names.split())]
    begun = [n for n, names in enumerate(_MONTHS, 1) if any(name.startswith(word.strip(".")) for name in names.split())]
    found = whole or (begun if len(begun) == 1 and len(word) > 2 else [])
    return str(found[0]) if found else ""


def _year(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4})(?:Z|[+-]\d\d:\d\d|\.0+)?", text)
    return match[1] if match else None


def _integer(text: str) -> str | None:
    bare = re.sub(r"(?<=\d)[\s\u202f\u00a0,'’](?=\d{3}\b)", "", text).removesuffix("%").strip()
    match = re.fullmatch(r"([+-]?\d+)(?:\.0*)?", bare)
    return str(int(match[1])) if match else None


def _decimal(text: str) -> str | None:
    bare = re.sub(r"(?<=\d)[\s\u202f\u00a0'’](?=\d{3}\b)", "", text).removesuffix("%").strip()
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", bare):
        bare = bare.replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return None
    written = f"{number:f}"
    return written if "." in written else f"{written}.0"


def _boolean(text: str) -> str | None:
    word = plain(text)
    return "true" if word in _TRUE else "false" if word in _FALSE else None


def _time(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", text)
    return f"{match[1]}T{match[2]}{match[3] or ':00'}{match[4] or ''}" if match and _day(match[1]) else None


def _address(text: str) -> str | None:
    return text if re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"]+", text) else None


_READERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    XSD + "gYear": _year,
    XSD + "gYearMonth": _month,
    XSD + "date": _day,
    XSD + "dateTime": _time,
    XSD + "integer": _integer,
    XSD + "nonNegativeInteger": _integer,
    XSD + "decimal": _decimal,
    XSD + "boolean": _boolean,
    XSD + "anyURI": _address,
    XSD + "string": str,
}

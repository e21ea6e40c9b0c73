"""Write an answer as Parquet (format version 2): typed columns, each with a dictionary of its values, in gzip."""

import struct
import zlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Final

from pyoxigraph import QueryBoolean, QuerySolutions

from graph.results.columns import Column, columns, length
from graph.results.thrift import I32, Field, structure, varint
from graph.results.values import Value, lexical, value

MAGIC: Final = b"PAR1"
AUTHOR: Final = "m4sd-graph"

# parquet.thrift: Type, Encoding, PageType, CompressionCodec, FieldRepetitionType, ConvertedType.
_BOOLEAN, _INT32, _INT64, _DOUBLE, _BYTES = I32(0), I32(1), I32(2), I32(5), I32(6)
_PLAIN, _RLE, _DICTIONARY = I32(0), I32(3), I32(8)
_DATA_PAGE, _DICTIONARY_PAGE = I32(0), I32(2)
_GZIP, _OPTIONAL = I32(2), I32(1)
_UTF8, _DECIMAL, _DATE = I32(0), I32(5), I32(6)

_WIDTHS: Final = (("B", 8), ("H", 16), ("I", 32))  # of a place in a dictionary, in whole bytes
_INT64_RANGE: Final = range(-(2**63), 2**63)
_PRECISION: Final = 18  # decimal digits that 64 bits hold
_SAFE: Final = 2**53  # the integers up to it are doubles, too
_EPOCH: Final = datetime(1970, 1, 1)

# Any: by then each function knows the type that its values have.
Pack = Callable[[Sequence[Any]], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe a type of column: its physical type, how its values are packed, and its logical type in the schema."""

    physical: I32
    pack: Pack
    logical: dict[int, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """Say where a part of the file begins, and how long it is before compression."""

    begin: int
    raw: int


def write_parquet(result: QuerySolutions | QueryBoolean, target: BinaryIO) -> int:
    """Write an answer and return its number of rows; a column of several types is text."""
    table = columns(result)
    count = length(table)
    target.write(MAGIC)
    schema: list[Field] = [{4: "answer", 5: I32(len(table))}]
    chunks: list[Field] = []
    for column in table:
        values = [value(term) for term in column.terms[1:]]
        kind = _kind(values)
        if kind is _TEXT:
            values = [lexical(term) for term in column.terms[1:]]
        schema.append({1: kind.physical, 3: _OPTIONAL, 4: column.name, **kind.logical})
        chunks.append(_chunk(column, kind, values, target))
    groups: list[Field] = [{1: chunks, 2: target.tell(), 3: count}] if count and chunks else []
    footer = structure({1: I32(2), 2: schema, 3: count, 4: groups, 6: AUTHOR})
    target.write(footer + struct.pack("<I", len(footer)) + MAGIC)
    return count


def _chunk(column: Column, kind: Kind, values: Sequence[Value], target: BinaryIO) -> Field:
    """Write a column, and return its description (ColumnChunk)."""
    write = _write_plain if kind.physical == _BOOLEAN else _write_with_dictionary
    begin = target.tell()
    pages = write(column, kind, values, target)
    about: dict[int, Field] = {
        1: kind.physical,
        2: [_PLAIN, _RLE, _DICTIONARY],
        3: [column.name],
        4: _GZIP,
        5: len(column.places),
        6: sum(page.raw for page in pages),
        7: target.tell() - begin,
        9: pages[-1].begin,
    }
    return {2: begin, 3: about if len(pages) == 1 else {**about, 11: begin}}


def _write_plain(column: Column, kind: Kind, values: Sequence[Value], target: BinaryIO) -> list[Written]:
    """Write truth values, which have no dictionary."""
    body = _levels(column) + kind.pack([values[place - 1] for place in column.places if place])
    return [_data_page(column, _PLAIN, body, target)]


def _write_with_dictionary(column: Column, kind: Kind, values: Sequence[Value], target: BinaryIO) -> list[Written]:
    """Write each value once (terms may share one, such as a word in two languages), then the places of the rows."""
    known: dict[Value, int] = {}
    places = [0, *(known.setdefault(each, len(known)) for each in values)]
    first = _page(_DICTIONARY_PAGE, {7: {1: I32(len(known)), 2: _PLAIN}}, kind.pack(list(known)), target)
    code, width = next(each for each in _WIDTHS if len(known) <= 1 << each[1])
    kept = array(code, [places[place] for place in column.places if place])
    head = bytes([width]) + _run(len(kept))
    kept.extend([0] * (-len(kept) % 8))
    return [first, _data_page(column, _DICTIONARY, _levels(column) + head + kept.tobytes(), target)]


def _data_page(column: Column, encoding: I32, body: bytes, target: BinaryIO) -> Written:
    return _page(_DATA_PAGE, {5: {1: I32(len(column.places)), 2: encoding, 3: _RLE, 4: _RLE}}, body, target)


def _page(kind: I32, head: dict[int, Field], body: bytes, target: BinaryIO) -> Written:
    begin = target.tell()
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(body) + packer.flush()
    header = structure({1: kind, 2: I32(len(body)), 3: I32(len(packed)), **head})
    target.write(header + packed)
    return Written(begin, len(header) + len(body))


def _levels(column: Column) -> bytes:
    """Return which rows hold a value: one bit each, behind their length."""
    run = _run(len(column.places)) + _bits([place > 0 for place in column.places])
    return struct.pack("<I", len(run)) + run


def _run(count: int) -> bytes:
    """Return the head of a bit-packed run (Encodings.md): its number of groups of eight."""
    return varint((count + 7) // 8 << 1 | 1)


def _bits(flags: Sequence[bool]) -> bytes:
    """Pack flags into bits, the first the lowest."""
    padded = bytes(flags) + bytes(-len(flags) % 8)
    eighths = [padded[place::8] for place in range(8)]
    return bytes(
        a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6 | h << 7
        for a, b, c, d, e, f, g, h in zip(*eighths, strict=True)
    )


def _kind(values: Sequence[Value]) -> Kind:
    """Return the narrowest type that keeps every value as it is; else text."""
    types = {type(each) for each in values}
    for wanted, fitting in _KINDS:
        if types and types <= wanted and (kind := fitting(values)):
            return kind
    return _TEXT


def _integers(values: Sequence[Any]) -> Kind | None:
    return Kind(_INT64, _longs) if all(each in _INT64_RANGE for each in values) else None


def _decimals(values: Sequence[Any]) -> Kind | None:
    scale = max(max(-int(Decimal(each).as_tuple().exponent), 0) for each in values)
    if scale > _PRECISION or any(abs(_unscaled(each, scale)) >= 10**_PRECISION for each in values):
        return None
    digits = I32(_PRECISION)
    logical: dict[int, Field] = {6: _DECIMAL, 7: I32(scale), 8: digits, 10: {5: {1: I32(scale), 2: digits}}}
    return Kind(_INT64, lambda given: _longs([_unscaled(each, scale) for each in given]), logical)


def _unscaled(number: int | Decimal, scale: int) -> int:
    above, below = number.as_integer_ratio()
    return int(above * 10**scale // below)


def _doubles(values: Sequence[Any]) -> Kind | None:
    exact = all(isinstance(each, float) or (abs(each) < _SAFE and float(each) == each) for each in values)
    return Kind(_DOUBLE, lambda given: struct.pack(f"<{len(given)}d", *given)) if exact else None


def _times(values: Sequence[Any]) -> Kind | None:
    """Return times in UTC or times of an unsaid zone; a column of both is text."""
    zoned = {each.tzinfo is not None for each in values}
    return Kind(_INT64, _microseconds, {10: {8: {1: zoned == {True}, 2: {2: {}}}}}) if len(zoned) == 1 else None


def _microseconds(values: Sequence[datetime]) -> bytes:
    plain = [each.astimezone(UTC).replace(tzinfo=None) if each.tzinfo else each for each in values]
    return _longs([(each - _EPOCH) // timedelta(microseconds=1) for each in plain])


def _days(values: Sequence[date]) -> bytes:
    return struct.pack(f"<{len(values)}i", *((each - _EPOCH.date()).days for each in values))


def _longs(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def _strings(values: Sequence[str]) -> bytes:
    return b"".join(struct.pack("<I", len(text)) + text for text in map(str.encode, values))


_TEXT: Final = Kind(_BYTES, _strings, {6: _UTF8, 10: {1: {}}})
_KINDS: Final[Sequence[tuple[set[type], Callable[[Sequence[Any]], Kind | None]]]] = (
    ({bool}, lambda _: Kind(_BOOLEAN, _bits)),
    ({int}, _integers),
    ({int, Decimal}, _decimals),
    ({int, Decimal, float}, _doubles),
    ({date}, lambda _: Kind(_INT32, _days, {6: _DATE, 10: {6: {}}})),
    ({datetime}, _times),
)

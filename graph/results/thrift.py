"""Write structures in Thrift's compact protocol, which Parquet's headers are in.

A structure is given as its fields by number; the Python type of a value says how it is written, and `I32` marks the
narrow integers.
"""

from collections.abc import Mapping
from typing import Final

Field = bool | int | str | list["Field"] | Mapping[int, "Field"]

_TRUE, _FALSE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12
_STOP: Final = b"\x00"


class I32(int):
    """Mark an integer of 32 bits."""


def structure(fields: Mapping[int, Field]) -> bytes:
    """Return the bytes of a structure."""
    written, before = bytearray(), 0
    for number, field in sorted(fields.items()):
        if not 0 < number - before < 16:
            raise ValueError(number)  # Parquet leaves no such gap
        written.append((number - before) << 4 | _kind(field))
        written += b"" if isinstance(field, bool) else _value(field)
        before = number
    return bytes(written) + _STOP


def _kind(field: Field) -> int:
    if isinstance(field, bool):
        return _TRUE if field else _FALSE
    if isinstance(field, int):
        return _I32 if isinstance(field, I32) else _I64
    if isinstance(field, str):
        return _BINARY
    return _LIST if isinstance(field, list) else _STRUCT


def _value(field: Field) -> bytes:
    if isinstance(field, int):
        return varint(field << 1 if field >= 0 else (-field << 1) - 1)
    if isinstance(field, str):
        return varint(len(field.encode())) + field.encode()
    if isinstance(field, Mapping):
        return structure(field)
    kind = _kind(field[0]) if field else _STRUCT
    head = bytes([len(field) << 4 | kind]) if len(field) < 15 else bytes([0xF0 | kind]) + varint(len(field))
    return head + b"".join(map(_value, field))


def varint(number: int) -> bytes:
    """Return a number in as few bytes as it needs, seven bits in each, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(written) + bytes([number])

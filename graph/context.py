"""Put our own JSON-LD context in the place of its address: nothing is ever fetched, and our schemas name it."""

import re
from functools import cache
from pathlib import Path

from graph.names import BASE

ADDRESS = BASE + "shapes/context.jsonld"
FILE = Path(__file__).parent / "context.jsonld"  # one line, made by graph.template.context; a test holds it
_NAMED = re.compile(rb'("@context"\s*:\s*)"' + re.escape(ADDRESS).encode() + b'"')


def with_context(data: bytes) -> bytes:
    """Return JSON-LD with our context written out where it is named; lines stay what they are."""
    return _NAMED.sub(lambda match: match[1] + _context(), data)


def lengthened(data: bytes) -> tuple[tuple[int, int], ...]:
    """Return where that makes the text longer, and by how much: in characters of what `with_context` returns."""
    found: list[tuple[int, int]] = []
    at = end = 0
    for match in _NAMED.finditer(data):
        at += len(data[end : match.end(1)].decode(errors="replace"))
        named, end = match.end() - match.end(1), match.end()
        found.append((at, len(_context().decode()) - named))
        at += len(_context().decode())
    return tuple(found)


@cache
def _context() -> bytes:
    return FILE.read_bytes().strip()

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


@cache
def _context() -> bytes:
    return FILE.read_bytes().strip()

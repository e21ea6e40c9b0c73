"""Read the constants of a query as the engine does: Turtle writes terms in the same way, and the engine reads it."""

from collections.abc import Iterable

from pyoxigraph import RdfFormat, parse

from graph.names import PREFIXES
from graph.store import Term


def constants(prologue: str, written: Iterable[str], base: str) -> dict[str, Term]:
    """Return the terms that are written so below a prologue; none at all where one cannot be read."""
    texts = list(dict.fromkeys(written))
    ours = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    turtle = f"{ours}{prologue}\n<x:s> <x:p> {', '.join(texts)} ."
    try:
        read = [quad.object for quad in parse(turtle, format=RdfFormat.TURTLE, base_iri=base)] if texts else []
    except (SyntaxError, ValueError):  # the engine will say what is wrong
        return {}
    return dict(zip(texts, read, strict=True)) if len(read) == len(texts) else {}

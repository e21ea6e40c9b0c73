"""Say where a query stops making sense, in words rather than in the engine's list of all it would have taken."""

import re

from graph.errors import QueryError, Said, said
from graph.tokens import Token, tokens, unescaped

UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})

# What the engine lists is made of "…" (marks), WORDS (keywords) and ['a'..='z'] (ranges of characters).
_RANGES = re.compile(r"\[[^\]]*(?:\.\.|')[^\]]*\]|\[_\]")
_MARKS = re.compile(r'"[^"]+"')
_WORDS = re.compile(r"\b[A-Z]{2,}\b")


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def query_error(message: str, read: str, text: str) -> QueryError:
    """Turn the engine's message about what it read into an error with line, column and plain words.

    `text` is what the client wrote, of which `read` is the form with escaped names.
    """
    found = re.match(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", message, re.DOTALL)
    if not found:
        return QueryError(said("{why}", why=message))
    rows = read.split("\n")[: int(found[1]) - 1]
    offset = unescaped(text, sum(len(row) + 1 for row in rows) + int(found[2]) - 1)
    if "Prefix not found" in found[3]:
        return _undeclared(text, offset)
    return QueryError(_words(found[3], text, offset), *place(text, offset))


def _undeclared(text: str, offset: int) -> QueryError:
    """Point to the start of the name; the engine points somewhere behind its colon."""
    name = next((t for t in tokens(text) if t.start <= offset <= t.start + len(t.text)), Token("name", ":", offset))
    prefix = name.text.partition(":")[0] + ":"
    detail = said("the prefix {prefix} is not declared; add a PREFIX line", prefix=prefix)
    return QueryError(detail, *place(text, name.start))


def _words(expected: str, text: str, offset: int) -> Said:
    if first := next((t.text.upper() for t in tokens(text) if t.kind == "word" and t.text.upper() in UPDATES), ""):
        return said("{keyword} is an update, and this endpoint only reads", keyword=first)
    if "a variable that is unbound" in expected:
        return said("the SELECT names a variable that nothing binds, or that is neither grouped nor aggregated")
    if "IRI parsing failed" in expected:
        return said("this is not a valid IRI")
    return _unread(text[offset:].strip().partition("\n")[0][:30], expected)


def _unread(near: str, expected: str) -> Said:
    # The engine lists all that it would have taken; only a short list of marks helps.
    wanted = list(dict.fromkeys(_MARKS.findall(_RANGES.sub("", expected))))
    marks = ", ".join(wanted) if len(wanted) <= 3 and not _WORDS.search(_RANGES.sub("", expected)) else ""
    if not near:
        return said("the query ends too early; is a bracket open?")
    if not marks:
        return said("this cannot be read: {near}", near=near)
    return said("this cannot be read: {near}; expected {marks}", near=near, marks=marks)

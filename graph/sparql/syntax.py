"""Say where a query stops making sense, in words rather than in the engine's list of all it would have taken."""

import re
from collections.abc import Collection, Sequence

from graph.errors import QueryError, Said, said
from graph.sparql.tokens import Token, tokens, unescaped

FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_PAIRS = {")": "(", "]": "[", "}": "{"}
UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})

# What the engine lists is made of "…" (marks), WORDS (keywords) and ['a'..='z'] (ranges of characters).
_RANGES = re.compile(r"\[[^\]]*(?:\.\.|')[^\]]*\]|\[_\]")
_MARKS = re.compile(r'"[^"]+"')
_WORDS = re.compile(r"\b[A-Z]{2,}\b")


def asks(text: str) -> bool:
    """Return whether a query is one that is answered by yes or no: the first of its words that names a form says so."""
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    return next((word for word in words if word in FORMS), "") == "ASK"


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def query_error(message: str, read: str, text: str, prefixes: Collection[str]) -> QueryError:
    """Turn the engine's message about what it read into an error with line, column and plain words.

    `text` is what the client wrote, of which `read` is the form with escaped names; `prefixes` need no declaration.
    """
    found = re.match(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", message, re.DOTALL)
    if not found:
        return QueryError(said("{why}", why=message))
    rows = read.split("\n")[: int(found[1]) - 1]
    offset = unescaped(text, sum(len(row) + 1 for row in rows) + int(found[2]) - 1)
    stream = list(tokens(text))
    slip = _first_word(stream) or _undeclared(stream, offset, prefixes) or _unbalanced(stream)
    if slip:
        return QueryError(slip[0], *place(text, slip[1]))
    near = text[offset:].strip().partition("\n")[0][:30]
    if not near and stream[-1].text == "}":  # the engine reads on before it complains
        return QueryError(
            said("something is missing before this {bracket}", bracket="}"), *place(text, stream[-1].start)
        )
    return QueryError(_words(found[3], near), *place(text, offset))


def _first_word(stream: Sequence[Token]) -> tuple[Said, int] | None:
    """Say where a query begins with a word that begins none."""
    skip = 0
    for token in stream:
        keyword = token.text.upper()
        if skip:
            skip -= 1
        elif keyword in ("PREFIX", "BASE"):
            skip = 2 if keyword == "PREFIX" else 1
        elif keyword in UPDATES:
            return said("{keyword} is an update, and this endpoint only reads", keyword=keyword), token.start
        elif keyword in FORMS:
            return None
        else:
            after = token.text
            return said(
                "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not with {word}", word=after
            ), token.start
    return said("there is no query"), 0


def _undeclared(stream: Sequence[Token], offset: int, prefixes: Collection[str]) -> tuple[Said, int] | None:
    """Say where a name before an offset uses a prefix that nobody declared."""
    declared = set(prefixes)
    for before, token in zip([None, *stream], stream, strict=False):
        if token.kind == "name" and token.start <= offset:
            prefix = token.text.partition(":")[0]
            if before is not None and before.text.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return said("the prefix {prefix} is not declared; add a PREFIX line", prefix=f"{prefix}:"), token.start
    return None


def _unbalanced(stream: Sequence[Token]) -> tuple[Said, int] | None:
    """Say where a bracket closes nothing, or is not closed."""
    opened: list[Token] = []
    for token in stream:
        if token.text in _PAIRS.values() and token.kind == "mark":
            opened.append(token)
        elif token.text in _PAIRS and token.kind == "mark":
            if not opened or opened[-1].text != _PAIRS[token.text]:
                return said("this {bracket} closes nothing that is open", bracket=token.text), token.start
            opened.pop()
    if opened:
        return said("this {bracket} is not closed", bracket=opened[-1].text), opened[-1].start
    return None


def _words(expected: str, near: str) -> Said:
    if "a variable that is unbound" in expected:
        return said("the SELECT names a variable that nothing binds, or that is neither grouped nor aggregated")
    if "IRI parsing failed" in expected:
        return said("this is not a valid IRI")
    return _unread(near, expected)


def _unread(near: str, expected: str) -> Said:
    # The engine lists all that it would have taken; only a short list of marks helps.
    wanted = list(dict.fromkeys(_MARKS.findall(_RANGES.sub("", expected))))
    marks = ", ".join(wanted) if len(wanted) <= 3 and not _WORDS.search(_RANGES.sub("", expected)) else ""
    if not near:
        return said("the query ends too early")
    if not marks:
        return said("this cannot be read: {near}", near=near)
    return said("this cannot be read: {near}; expected {marks}", near=near, marks=marks)

"""Read JSON (RFC 8259) with the offset of each key and value."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r'\s+|(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\]:,])|(?P<bare>[^\s{}\[\]:,"]+)', re.DOTALL)
_DEEP: Final = 100


class NotJson(Exception):
    """Say that a text is no JSON, or JSON nested beyond what is looked at."""


@dataclass(frozen=True, slots=True)
class Value:
    """Hold a value and where it begins: an object as keys and values, an array, a text, or a bare word or number."""

    at: int
    members: Mapping[str, tuple[int, "Value"]] | None = None
    items: tuple["Value", ...] | None = None
    text: str | None = None
    bare: str | None = None


def read(source: str) -> Value:
    """Read one JSON value; raise NotJson."""
    tokens = (token for token in _TOKEN.finditer(source) if token.lastgroup)
    try:
        return _value(next(tokens), tokens, 0)
    except (StopIteration, RuntimeError, ValueError) as error:
        raise NotJson from error


def _value(token: re.Match[str], tokens: Iterator[re.Match[str]], deep: int) -> Value:
    if deep > _DEEP:
        raise NotJson
    if token.lastgroup == "text":
        return Value(token.start(), text=_plain(token[0]))
    if token.lastgroup == "bare":
        return Value(token.start(), bare=token[0])
    if token[0] == "{":
        return Value(token.start(), members=_members(tokens, deep + 1))
    if token[0] == "[":
        return Value(token.start(), items=tuple(_items(tokens, deep + 1)))
    raise NotJson


def _members(tokens: Iterator[re.Match[str]], deep: int) -> Mapping[str, tuple[int, Value]]:
    found: dict[str, tuple[int, Value]] = {}
    for token in tokens:
        if token[0] == "}":
            return found
        if token.lastgroup == "text":
            next(tokens)  # the colon
            found[_plain(token[0])] = token.start(), _value(next(tokens), tokens, deep)
    raise NotJson


def _items(tokens: Iterator[re.Match[str]], deep: int) -> Iterator[Value]:
    for token in tokens:
        if token[0] == "]":
            return
        if token[0] != ",":
            yield _value(token, tokens, deep)


def _plain(token: str) -> str:
    return str(json.loads(token, strict=False)) if "\\" in token else token[1:-1]

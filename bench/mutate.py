"""Break queries: flip their bytes, drop, double and move their tokens, put pieces of grammar where none belong."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from graph.examples import examples

LONGEST: Final = 72 * 1024  # a little beyond the cap on a query's length
LARGEST_SEED: Final = 8 * 1024
_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
_NAME: Final = re.compile(r"\b\w+:\w[\w-]*")
_KINDS: Final = (re.compile(r"[?$]\w+"), _NAME, re.compile(r"\b\d+\b"), re.compile(r'"[^"\n]*"'))
_CALLS_OUT: Final = re.compile(r"service|load", re.IGNORECASE)

# fmt: off
SNIPPETS: Final = (
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "DISTINCT", "REDUCED", "*", "LIMIT 3", "OFFSET 2", "VALUES",
    "UNDEF", "{", "}", "(", ")", "[", "]", "<<", ">>", "<<(", ")>>", "{|", "|}", ".", ";", ",", "?", "$", ":", "_:",
    "@", "^^", "#", "'", '"', "'''", '"""', "\\", "\\u0041", "\\U0010FFFF", "\\uD800", "\\x", "<", ">", "<http://x/ y>",
    "<\\u0020>", "<>", "!", "^", "|", "/", "*", "+", "?", "||", "&&", "=", "!=", "<=", "-", "--", "1e999", "-0", "1.",
    ".5", "1e", "00", "9" * 40, "OPTIONAL { ?s ?p ?o }", "UNION { }", "MINUS { ?s ?p ?o }", "FILTER(true)",
    "FILTER NOT EXISTS { }", "BIND(1 AS ?new)", "GRAPH ?g { ?s ?p ?o }", "{ SELECT * { } }", "LATERAL { }",
    "GROUP BY ?s", "HAVING(COUNT(*) > 1)", "ORDER BY DESC(?s)", "COUNT(*)", "SUM(?o)", "SAMPLE(?o)",
    'GROUP_CONCAT(?o ; SEPARATOR="")', "(1 AS ?one)", "STRLEN('x')", "REGEX('a', '(')", "REPLACE('a', '', 'b')",
    "SUBSTR('abc', -1, 1e9)", "STRDT('x', 1)", "STRLANG('x', '-')", "IRI(' ')", "BNODE(1)", "NOW()", "CONCAT()",
    "COALESCE()", "IF(1,2)", "xsd:dateTime('x')", "xsd:integer(1e400)", "'x'^^xsd:duration", "1/0", "YEAR('')",
    "TRIPLE(1,2,3)", "SUBJECT(1)", "LANGDIR('x')", "'x'@en--ltr", "'x'@", "'x'^^", "[] ", "()", "(1 2)", "a", "true",
    "NaN", "FROM <http://x/>", "FROM NAMED <y>", "BASE <http://x/>", "PREFIX : <x>", "PREFIX p: <>", "VERSION '1.2'",
    "DROP ALL", "geof:distance(?a, ?b)", "sdg:4.1.1", "id:a.b.c", "m4sd:partOf*", "!(a|^a)", "(a/^a)*", "id:%zz",
    "id:\\-", "\x00", "<http://x/f>(1)", "\ufeff", "\u202e", "\u0130", "\U0001f600", "e\u0301", "\r", "\u2028",
    "\x1b[31m", "\ud800",
)
# fmt: on


def seeds(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return whole queries to begin with: the example library's and those in more folders, none of which calls out."""
    texts = [example.text for example in examples()]
    texts += [path.read_text(encoding="utf-8", errors="replace") for f in folders for path in sorted(f.rglob("*.rq"))]
    return tuple(text for text in texts if len(text) < LARGEST_SEED and not _CALLS_OUT.search(_code(text)))


def mutant(chance: Random, whole: Sequence[str]) -> bytes:
    """Return a broken query, up to a little beyond the cap on length."""
    text = chance.choice(whole)
    if chance.random() < 0.5:
        text = _code(text)
    for _ in range(min(int(chance.expovariate(1.0)) + 1, 8)):
        text = chance.choice(_BREAKS)(chance, text, whole)[:LONGEST]
    data = text.encode("utf-8", "surrogatepass")
    return _flip(chance, data) if chance.random() < 0.2 else data


def reduced(data: bytes, still: Callable[[bytes], bool], tries: int = 80) -> bytes:
    """Return a smaller input for which `still` holds: ever smaller pieces are left out while it does."""
    piece = max(len(data) // 2, 1)
    while tries > 0:
        place, shorter = 0, False
        while place < len(data) and tries > 0:
            tries -= 1
            less = data[:place] + data[place + piece :]
            if less != data and still(less):
                data, shorter = less, True
            else:
                place += piece
        if piece == 1 and not shorter:
            break
        piece = max(piece // 2, 1)
    return data


def _code(text: str) -> str:
    """Return a query without the comments at its top."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text) or [""]


def _drop(chance: Random, text: str, _: Sequence[str]) -> str:
    parts = _tokens(text)
    begin = chance.randrange(len(parts))
    del parts[begin : begin + chance.choice((1, 1, 1, 2, 5))]
    return "".join(parts)


def _double(chance: Random, text: str, _: Sequence[str]) -> str:
    parts = _tokens(text)
    begin = chance.randrange(len(parts))
    piece = parts[begin : begin + chance.choice((1, 1, 3, 10))]
    return "".join(parts[:begin] + piece * chance.choice((2, 2, 2, 3, 50, 1000)) + parts[begin:])


def _insert(chance: Random, text: str, _: Sequence[str]) -> str:
    parts = _tokens(text)
    parts.insert(chance.randrange(len(parts) + 1), f" {chance.choice(SNIPPETS)} ")
    return "".join(parts)


def _replace(chance: Random, text: str, _: Sequence[str]) -> str:
    parts = _tokens(text)
    parts[chance.randrange(len(parts))] = chance.choice(SNIPPETS)
    return "".join(parts)


def _swap(chance: Random, text: str, _: Sequence[str]) -> str:
    parts = _tokens(text)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return "".join(parts)


def _rename(chance: Random, text: str, whole: Sequence[str]) -> str:
    """Put one variable, name or number in place of another: mostly still a query, but another one."""
    kind = chance.choice(_KINDS)
    here = list(kind.finditer(text))
    there = kind.findall(text if chance.random() < 0.5 else _code(chance.choice(whole)))
    if not here or not there:
        return text
    place = chance.choice(here)
    return f"{text[: place.start()]}{chance.choice(there)}{text[place.end() :]}"


def _path(chance: Random, text: str, _: Sequence[str]) -> str:
    """Make a path of a name."""
    here = list(_NAME.finditer(text))
    if not here:
        return text
    place = chance.choice(here)
    form = chance.choice(
        ("{0}*", "{0}+", "{0}?", "^{0}", "!{0}", "({0}|^{0})", "{0}/{0}", "({0})*", "!(a|{0})", "({0}/^{0})+")
    )
    return text[: place.start()] + form.format(place.group()) + text[place.end() :]


def _splice(chance: Random, text: str, whole: Sequence[str]) -> str:
    mine, theirs = _tokens(text), _tokens(_code(chance.choice(whole)))
    return "".join(mine[: chance.randrange(len(mine) + 1)] + theirs[chance.randrange(len(theirs)) :])


def _wrap(chance: Random, text: str, _: Sequence[str]) -> str:
    opening, closing = chance.choice((("{", "}"), ("(", ")"), ("OPTIONAL {", "}"), ("STR(", ")"), ("[ a ", "]")))
    parts, depth = _tokens(text), chance.choice((1, 2, 30, 3000))
    begin = chance.randrange(len(parts))
    end = chance.randrange(begin, len(parts)) + 1
    return "".join([*parts[:begin], opening * depth, *parts[begin:end], closing * depth, *parts[end:]])


def _flip(chance: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(min(chance.choice((1, 1, 2, 8)), len(changed))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


_BREAKS: Final = (
    *(_drop, _double, _insert, _insert, _replace, _swap, _splice, _wrap),
    *(_rename, _rename, _rename, _rename, _path, _path),
)

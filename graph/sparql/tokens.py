"""Cut a SPARQL query into tokens: enough to find its IRIs and dataset, and to mend names that the engine misreads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

# SPARQL 1.1 Query, 19.8: terminals, longest first. PN_CHARS is taken as \w, which is a little wider. No repetition
# gives back what it took, and a string without an end runs to that of its line or text, so that any text is read in
# linear time. `(?>(?:…)*)` stands for `(?:…)*+`, which Python before 3.11.5 reads wrongly (python/cpython#106052).
_TOKEN: Final = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*+)
  | (?P<iri><(?>(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*)>)
  | (?P<string>\'\'\'(?>(?:[^'\\]|\\.|'{1,2}+(?!'))*)(?:\'\'\'|\Z)|"{3}(?>(?:[^"\\]|\\.|"{1,2}+(?!"))*)(?:"{3}|\Z)
        |'(?>(?:[^'\\\n\r]|\\.)*)(?:'|(?=[\n\r])|\Z|\\\Z)|"(?>(?:[^"\\\n\r]|\\.)*)(?:"|(?=[\n\r])|\Z|\\\Z))
  | (?P<variable>[?$]\w++)
  | (?P<blank>_:(?>(?:[\w-]|\.++(?=[\w-]))*))
  | (?P<name>(?:[^\W\d_](?>(?:[\w-]|\.++(?=[\w-]))*))?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
        (?>(?:[\w:-]|\.++(?=[\w:%\\-])|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*))?)
  | (?P<word>@?[^\W\d](?>(?:[\w-]|\.++(?=[\w-]))*))
  | (?P<number>\d++(?>(?:\.\d++|\.(?=[eE][+-]?\d))?)(?>(?:[eE][+-]?\d++)?))
  | (?P<space>\s++)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# What could be a name with dots, an address apart; most queries have none, and need not be cut.
_DOTTED: Final = re.compile(r":(?!//)[^\s<>:.]*+\.++[\w:%\\-]")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Token:
    """Carry one token: its kind, its text and where it starts."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """List the graphs that FROM and FROM NAMED name (SPARQL 1.1 Query, 13.2)."""

    default: tuple[str, ...]
    named: tuple[str, ...]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without white space and comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word" and "." in match.group():  # true.MINUS, which is cut here so as to stay linear
            yield from _words(match.group(), match.start())
        elif match.lastgroup not in ("space", "comment"):
            yield Token(str(match.lastgroup), match.group(), match.start())


def most_tokens(text: str) -> int:
    """Return a number that the tokens of a text cannot pass, quicker than to cut it: space counts, and each dot."""
    return sum(1 for _ in _TOKEN.finditer(text)) + 2 * text.count(".")


def _words(text: str, start: int) -> Iterator[Token]:
    for match in re.finditer(r"\.|[^.]+", text):
        yield Token("mark" if match.group() == "." else "word", match.group(), start + match.start())


def escape_dotted_names(text: str) -> str:
    r"""Write `sdg:4.1.1` as `sdg:4\.1\.1`: the engine reads a name with two dots wrongly, and silently so in VALUES."""
    if not _DOTTED.search(text):
        return text
    return "".join(
        _escaped(match.group()) if match.lastgroup == "name" else match.group() for match in _TOKEN.finditer(text)
    )


def calls_service(text: str) -> int | None:
    """Return where a query says SERVICE, if it does; the engine needs no space before it, and reads escapes first."""
    if "\\" not in text and "SERVICE" not in text.upper():
        return None
    places = (
        t.start for t in tokens(plain(text)) if t.kind == "word" and t.text[0] != "@" and "SERVICE" in t.text.upper()
    )
    return next(places, None)


def unescaped(text: str, offset: int) -> int:
    """Return the place in a query for an offset in what `escape_dotted_names` made of it."""
    added = 0
    for match in _TOKEN.finditer(text):
        longer = len(_escaped(match.group())) - len(match.group()) if match.lastgroup == "name" else 0
        if match.end() + added + longer > offset:
            break
        added += longer
    return offset - added


def iris(text: str, prefixes: Mapping[str, str], base: str) -> list[str]:
    """Return the IRIs that a query names, each once, in their order, its prologue left out."""
    return list(dict.fromkeys(iri for _, iri in _resolved(text, prefixes, base) if iri))


def dataset(text: str, prefixes: Mapping[str, str], base: str) -> Dataset:
    """Return the graphs that the query's own FROM clauses name."""
    if "\\" not in text and "FROM" not in text.upper():
        return Dataset((), ())
    clauses: dict[bool, list[str]] = {False: [], True: []}
    depth, after = 0, ""
    for token, iri in _resolved(text, prefixes, base):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and iri and after in ("FROM", "NAMED"):
            clauses[after == "NAMED"].append(iri)
        after = token.text.upper() if token.kind == "word" else ""
    return Dataset(tuple(clauses[False]), tuple(clauses[True]))


def names_graphs(text: str) -> bool:
    """Return whether a query names graphs itself, by FROM or by GRAPH."""
    return any(token.kind == "word" and token.text.upper() in ("FROM", "GRAPH") for token in tokens(plain(text)))


def _resolved(text: str, prefixes: Mapping[str, str], base: str) -> Iterator[tuple[Token, str | None]]:
    """Yield the tokens after the prologue, each with the IRI that it stands for, if any."""
    known = dict(prefixes)
    stream = tokens(text)
    for token in stream:
        keyword = token.text.upper() if token.kind == "word" else ""
        if keyword == "PREFIX":
            prefix = next(stream, token).text.rstrip(":")
            known[prefix] = resolve(base, next(stream, token).text.strip("<>"))
        elif keyword == "BASE":
            base = resolve(base, next(stream, token).text.strip("<>"))
        else:
            yield token, _iri(token, known, base)


def resolve(base: str, reference: str) -> str:
    """Resolve an IRI reference (RFC 3986, 5.2); unlike `urljoin`, an absolute one keeps an empty fragment."""
    return reference if _ABSOLUTE.match(reference) else urljoin(base, reference)


def _iri(token: Token, prefixes: Mapping[str, str], base: str) -> str | None:
    if token.kind == "iri":
        return resolve(base, plain(token.text[1:-1]))
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return prefixes[prefix] + _ESCAPED.sub(r"\1", local) if prefix in prefixes else None
    return None


def plain(text: str) -> str:
    """Return a query with its codepoint escapes read (SPARQL 1.1 Query, 19.2), as the engine reads it."""
    return _CODEPOINT.sub(lambda match: _character(match[1] or match[2]), text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number <= 0x10FFFF else ""


def _escaped(name: str) -> str:
    prefix, colon, local = name.partition(":")
    bare = _ESCAPED.sub("", local)
    return prefix + colon + re.sub(r"(?<!\\)\.", r"\\.", local) if bare.count(".") >= 2 else name

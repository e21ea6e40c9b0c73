"""Break record files: their bytes, their tokens, and what they say, in every syntax that we read.

The same seed gives the same files. The records we ship and the cases of the tests are where it begins.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from bench.broken_sheets import filled_csv, filled_xlsx
from graph.names import PREFIXES, name, short
from graph.record import FORMATS, read_triples
from graph.template.outline import entered

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = (ROOT / "graph" / "records", ROOT / "tests" / "cases")
LONGEST: Final = 256 * 1024
SHEETS: Final = 0.15  # of the files, those that are filled-in templates
_TOKEN: Final = re.compile(rb"\s+|\w+|[^\w\s]")

# fmt: off
SNIPPETS: Final = tuple(
    text.encode("utf-8", "surrogatepass") for text in (
        ".", ";", ",", "[", "]", "(", ")", "{", "}", "<", ">", "<<", ">>", "<<(", ")>>", "{|", "|}", "~", "a", "@",
        "^^", "_:", ":", "'", '"', "'''", '"""', "\\", "\\u0041", "\\uD800", "\\U0010FFFF", "\\U00110000", "%", "#",
        "&", "&amp;", "&#0;", "&lt", "@prefix x: <> .", "PREFIX", "BASE <x>", "@base <http://x/y> .",
        "@version '1.2' .", "VERSION", "GRAPH", "true", "-0", "1e999", "1.", "9" * 400, "[] a [] .", "( ( ) )",
        "_:b _:b _:b .", "<x y>", "<\\u0020>", "<javascript:alert(1)>", "<http://[::1>", "<>", '"x"@', '"x"@en--ltr',
        '"x"@en-', '"x"^^', '"x"^^xsd:integer', '"9999999999999-99-99"^^xsd:date', '"1e400"^^xsd:double',
        '"' + "0" * 300 + '"^^xsd:decimal', '"2020-01-01T24:00:61Z"^^xsd:dateTime', "m4sd:Initiatve", "m4sd:partOf",
        "rdf:nil", "sh:NodeShape", "owl:imports <file:///etc/passwd> .", "<?xml version='1.1'?>", "<!DOCTYPE x>",
        "<!doctype x [<!ENTITY a 'b'>]>", "<!--", "]]>", "<![CDATA[", "rdf:parseType='Collection'",
        "rdf:parseType='Literal'", "rdf:ID='x'", "xml:lang=''", "xml:base='::'", "rdf:nodeID='1'", "rdf:li",
        "rdf:_1", "xmlns:x=''", '{"@context": "http://127.0.0.1:9/x"}', '"@context"', '"@graph"', '"@id"', '"@list"',
        '"@reverse"', '"@type": "@json"', '"@included"', '"@nest"', "null", "[[[", "{{{", "NaN", "-Infinity", "\x00",
        "\x01", "\x1b[31m", "\x7f", "\x85", "\ufeff", "\ufffe", "\u202e", "\u2028", "\u0130", "\U0001f600",
        "e\u0301", "\ud800", "\r", "\t", "=HYPERLINK('http://x/')", "<script>", "{?value}", "{$this}", "{0}",
        "{words}", "%s", "${jndi:ldap://x/}",
        )
)
# fmt: on
LITERALS: Final = (
    ("", "xsd:string"),
    ("x" * 5000, "xsd:string"),
    ("12x", "xsd:integer"),
    ("1e5", "xsd:decimal"),
    ("-0", "xsd:integer"),
    ("9" * 300, "xsd:integer"),
    ("1." + "0" * 300, "xsd:decimal"),
    ("INF", "xsd:double"),
    ("-0001-01-01", "xsd:date"),
    ("99999-12-31", "xsd:date"),
    ("2023-02-29", "xsd:date"),
    ("2023-01-01T00:00:60", "xsd:dateTime"),
    ("P1Y-1D", "xsd:duration"),
    ("TRUE", "xsd:boolean"),
    ("(a+)+$" + "a" * 40 + "!", "xsd:string"),
    ("javascript:alert(1)", "xsd:anyURI"),
    ("http://x/" + "a" * 3000, "xsd:anyURI"),
    ("{?value} {0} {x} %s", "xsd:string"),
    ("\u202etxet", "xsd:string"),
    ("2020", "xsd:gYear"),
    ("<b>&amp;</b>", "rdf:HTML"),
    ("{}", "rdf:JSON"),
)  # fmt: skip
LANGUAGES: Final = ("en", "fr", "EN", "en-gb", "x-private", "i-klingon", "de-DE-1996", "zz")


@dataclass(frozen=True, slots=True)
class Broken:
    """Carry one broken file: its name, which says the syntax, and its bytes."""

    name: str
    data: bytes


class Breaker:
    """Make broken files without end."""

    def __init__(self, seed: int, folders: Sequence[Path] = FOLDERS) -> None:
        self.chance = Random(seed)
        paths = sorted(path for folder in folders for path in folder.rglob("*.ttl"))
        self._kinds = sorted(entered(), key=str)
        self._files = [(path, list(read_triples(path)[0])) for path in paths]

    def next(self, number: int) -> Broken:
        """Return one more broken file."""
        chance = self.chance
        if chance.random() < SHEETS:
            return self._sheet(number)
        path, said = chance.choice(self._files)
        suffix = chance.choice(tuple(FORMATS))
        if chance.random() < 0.5:
            said = self._said_otherwise(said)
        same = suffix == ".ttl" and chance.random() < 0.5
        data = path.read_bytes() if same else written(said, FORMATS[suffix])
        if chance.random() < 0.65:
            data = self._torn(data)
        return Broken(f"{number:05d}-{path.stem}{suffix}", data[:LONGEST])

    def _sheet(self, number: int) -> Broken:
        """Return a template that was filled in badly."""
        kind, form = self.chance.choice(self._kinds), self.chance.choice(("csv", "xlsx"))
        make = filled_csv if form == "csv" else filled_xlsx
        data = make(self.chance, kind, self.chance.choice(("en", "fr")))
        if self.chance.random() < 0.4:
            data = self._torn(data)
        return Broken(f"{number:05d}-{short(kind.value).partition(':')[2]}.{form}", data)

    def _said_otherwise(self, triples: Sequence[Triple]) -> list[Triple]:
        """Say other things in good order: what remains is a file that can be read."""
        said = list(triples)
        for _ in range(self._times()):
            if said:
                self.chance.choice(_MEANINGS)(self.chance, said)
        return said

    def _torn(self, data: bytes) -> bytes:
        for _ in range(self._times()):
            data = self.chance.choice(_TEARS)(self.chance, data, self._other)
        return data

    def _other(self) -> bytes:
        return self.chance.choice(self._files)[0].read_bytes()

    def _times(self) -> int:
        return min(int(self.chance.expovariate(1.0)) + 1, 6)


def written(triples: Sequence[Triple], form: RdfFormat) -> bytes:
    """Write triples in one of the syntaxes, or in Turtle where it cannot say them, under a name that is then wrong."""
    prefixes = {key: PREFIXES[key] for key in ("m4sd", "id", "skos", "xsd", "dcterms", "prov", "sector", "role")}
    try:
        return serialize(triples, format=form, prefixes=prefixes) or b""
    except (OSError, ValueError):  # a triple on a triple in JSON-LD, a predicate that XML cannot spell
        return serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b""


Tear = Callable[[Random, bytes, Callable[[], bytes]], bytes]


def _tokens(data: bytes) -> list[bytes]:
    return _TOKEN.findall(data) or [b""]


def _flip(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    changed = bytearray(data or b" ")
    for _time in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _drop(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    parts = _tokens(data)
    begin = chance.randrange(len(parts))
    return b"".join(parts[:begin] + parts[begin + chance.choice((1, 1, 2, 5, 50)) :])


def _double(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    parts = _tokens(data)
    begin = chance.randrange(len(parts))
    piece = parts[begin : begin + chance.choice((1, 1, 3, 10, 50))]
    return b"".join(parts[:begin] + piece * chance.choice((2, 2, 3, 50, 5000)) + parts[begin:])[:LONGEST]


def _insert(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    parts = _tokens(data)
    parts.insert(chance.randrange(len(parts) + 1), b" " + chance.choice(SNIPPETS) + b" ")
    return b"".join(parts)


def _replace(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    parts = _tokens(data)
    parts[chance.randrange(len(parts))] = chance.choice(SNIPPETS)
    return b"".join(parts)


def _swap(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    parts = _tokens(data)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return b"".join(parts)


def _splice(chance: Random, data: bytes, other: Callable[[], bytes]) -> bytes:
    theirs = other()
    return data[: chance.randrange(len(data) + 1)] + theirs[chance.randrange(len(theirs) + 1) :]


def _nest(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    pairs = ((b"[ <x> ", b"]"), (b"( ", b")"), (b"[", b"]"), (b'{"x": ', b"}"), (b"<< ", b">>"), (b"<x>", b"</x>"))
    opening, closing = chance.choice(pairs)
    depth, place = chance.choice((1, 30, 1000, 40_000)), chance.randrange(len(data) + 1)
    return (data[:place] + opening * depth + closing * depth + data[place:])[:LONGEST]


def _cut(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _encode(chance: Random, data: bytes, _: Callable[[], bytes]) -> bytes:
    text = data.decode(errors="replace")
    forms = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252")
    ways = [lambda: codecs.BOM_UTF8 + data, lambda: data.replace(b"\n", b"\r"), lambda: data.replace(b"\n", b"\r\n")]
    ways += [lambda form=form: text.encode(form, errors="replace") for form in forms]  # type: ignore[misc]
    return chance.choice(ways)()


_TEARS: Final[tuple[Tear, ...]] = (
    *(_flip, _flip, _drop, _double, _insert, _insert, _replace, _replace),
    *(_swap, _splice, _nest, _cut, _encode),
)

Meaning = Callable[[Random, list[Triple]], None]


def _place(chance: Random, said: list[Triple]) -> int:
    return chance.randrange(len(said))


def _forget(chance: Random, said: list[Triple]) -> None:
    del said[_place(chance, said)]


def _mistype(chance: Random, said: list[Triple]) -> None:
    at = _place(chance, said)
    text, kind = chance.choice(LITERALS)
    said[at] = Triple(said[at].subject, said[at].predicate, Literal(text, datatype=name(kind)))


def _misspeak(chance: Random, said: list[Triple]) -> None:
    at = _place(chance, said)
    value = Literal(str(said[at].object)[:200], language=chance.choice(LANGUAGES))
    said.append(Triple(said[at].subject, said[at].predicate, value))


def _mix(chance: Random, said: list[Triple]) -> None:
    one, other = said[_place(chance, said)], said[_place(chance, said)]
    said.append(Triple(one.subject, other.predicate, other.object))


def _circle(chance: Random, said: list[Triple]) -> None:
    one, other = said[_place(chance, said)], said[_place(chance, said)]
    predicate = name(chance.choice(("m4sd:partOf", "rdf:rest", "rdfs:subClassOf", "m4sd:locatedIn", "skos:broader")))
    said.append(Triple(one.subject, predicate, other.subject))
    said.append(Triple(other.subject, predicate, one.subject))


def _blur(chance: Random, said: list[Triple]) -> None:
    """Let one thing lose its address."""
    lost, blank = said[_place(chance, said)].subject, BlankNode("lost")
    said[:] = [Triple(blank if t.subject == lost else t.subject, t.predicate, t.object) for t in said]


def _misname(chance: Random, said: list[Triple]) -> None:
    at = _place(chance, said)
    odd = (
        said[at].predicate.value + "s",
        "urn:x",
        PREFIXES["m4sd"] + "partof",
        "javascript:alert(1)",
        "http://x/%41?#",
    )
    said[at] = Triple(said[at].subject, NamedNode(chance.choice(odd)), said[at].object)


def _quote(chance: Random, said: list[Triple]) -> None:
    at = _place(chance, said)
    said.append(Triple(BlankNode("told"), name("rdf:reifies"), said[at]))


_MEANINGS: Final[tuple[Meaning, ...]] = (
    *(_forget, _forget, _mistype, _mistype, _misspeak, _mix, _mix),
    *(_circle, _blur, _misname, _quote),
)

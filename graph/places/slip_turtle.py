"""Name the slip behind an error in Turtle, TriG, N-Triples or N-Quads."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from typing import Final, NamedTuple
from urllib.parse import quote

from rapidfuzz import fuzz, process

from graph.errors import said
from graph.names import PREFIXES
from graph.places.told import Told
from graph.places.turtle import TOKEN

_PAIRS: Final = {"[": "]", "(": ")", "{": "}"}
_KINDS: Final = {"text": "t", "iri": "t", "word": "t"}
_CURLY: Final = "“”„«»‘’"
_DECLARED: Final = re.compile(r"(?im)^\s*@?prefix\s+([\w.-]*):")


class _Slip(NamedTuple):
    """Hold what the parser said: its words, the text, and the offset where it stopped."""

    said: re.Match[str]
    text: str
    at: int

    @property
    def before(self) -> re.Match[str] | None:
        """Return the last token before the place."""
        known = deque(takewhile(lambda token: token.start() < self.at, _tokens(self.text)), maxlen=1)
        return known[0] if known else None

    @property
    def is_field(self) -> bool:
        """Return whether a field and its value follow, with nothing that they could be said of."""
        after = _tokens(self.text[self.at : self.at + 1000])
        kinds = "".join(_KINDS.get(token.lastgroup or "", token[0][:1]) for token in islice(after, 5))
        return re.match(r"tt(?:@|\^t)?[.;,\]]", kinds) is not None

    @property
    def found(self) -> str:
        """Return what the parser did not expect."""
        return self.said["found"][:40]


def turtle_slip(text: str, at: int, why: str) -> Told | None:
    """Return the cause of what the parser says, and its mend; nothing where its words say all that is known."""
    for pattern, told in _SLIPS:
        match = re.fullmatch(pattern, why, re.DOTALL)
        if match:
            return told(_Slip(match, text, at))
    return None


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return (token for token in TOKEN.finditer(text) if token.lastgroup)


def _undeclared(slip: _Slip) -> Told:
    prefix = slip.found
    if not prefix.isprintable():
        return Told(-1, said("an invisible character stands here; delete it"))
    if prefix in PREFIXES:
        line = f"@prefix {prefix}: <{PREFIXES[prefix]}> ."
        return Told(-1, said("the prefix {prefix}: is not declared; add at the top: {line}", prefix=prefix, line=line))
    declared = dict.fromkeys([*_DECLARED.findall(slip.text), *PREFIXES])
    near = process.extractOne(prefix, [each for each in declared if each], scorer=fuzz.ratio, score_cutoff=60)
    if near:
        words = said("the prefix {prefix}: is not declared; perhaps {near}: is meant", prefix=prefix, near=near[0])
        return Told(-1, words)
    line = f"@prefix {prefix}: <…> ."
    return Told(-1, said("the prefix {prefix}: is not declared; add at the top: {line}", prefix=prefix, line=line))


def _no_dot(slip: _Slip) -> Told:
    before = slip.before
    words = said("the statement before this has no end; put a dot behind it")
    if slip.is_field:
        words = said("a semicolon is missing here: another field of the same thing follows")
    return Told(before.end() if before else -1, words)


def _open(slip: _Slip) -> Told | None:
    """Return the bracket that is still open where the parser stopped."""
    waiting: list[tuple[str, int]] = []
    for token in takewhile(lambda token: token.start() < slip.at, _tokens(slip.text)):
        if token[0] in _PAIRS and token.lastgroup == "mark":
            waiting.append((token[0], token.start()))
        elif token[0] in _PAIRS.values() and token.lastgroup == "mark" and waiting:
            waiting.pop()
    if not waiting or waiting[-1][0] == "{":
        return None
    bracket, at = waiting[-1]
    return Told(at, said("the bracket {open} is not closed; add {close}", open=bracket, close=_PAIRS[bracket]))


def _no_object(slip: _Slip) -> Told:
    if slip.found in ".;,])":
        before = slip.before
        if before and before[0] not in (",", ";") and (opened := _open(slip)) and slip.found == ".":
            return opened
        return Told(-1, said("a value is missing before {found}", found=slip.found))
    return Told(-1, said(
        "{found} is neither a text nor a number nor an address; put a text in quotes, or a prefix before a name",
        found=slip.found,
    ))  # fmt: skip


def _no_predicate(slip: _Slip) -> Told:
    before = slip.before
    if before and before[0] == ";" and slip.found[:1] in "\"'+-.0123456789":
        words = said("a semicolon begins another field; put a comma before another value of the same field")
        return Told(before.start(), words)
    return Told(-1, said("a field is expected here, as prefix:name or <address>, not {found}", found=slip.found))


def _no_subject(slip: _Slip) -> Told:
    before, found = slip.before, slip.found
    last = before[0] if before else "."
    if found == "^":
        return Told(-1, said("write ^^ between a text and its datatype"))
    if found in ("]", ")", "}"):
        return Told(-1, said("this {found} closes nothing; delete it", found=found))
    if found == "{":
        return Told(-1, said("only TriG takes graphs in braces; give the file a name that ends in .trig"))
    if found == ".":
        sparql = before is not None and before[0].endswith(">") and last != "."
        return Told(-1, said("no dot ends a PREFIX without @; delete it") if sparql else said("delete this dot"))
    if found.startswith("@"):
        return Told(-1, said("{found} is not known; write @prefix or @base", found=found))
    if last not in (".", "{", "}"):
        assert before is not None
        words = said(
            "a comma, a semicolon or a dot is missing between {before} and {found}",
            before=last[: min(40, slip.at - before.start())],
            found=found,
        )
        return Told(min(before.end(), slip.at), words)
    return Told(-1, said("a thing is expected here, as prefix:name or <address>, not {found}", found=found))


def _no_end(slip: _Slip) -> Told:
    start = slip.text.rfind('"', 0, slip.at) if slip.said[0].startswith("Line") else slip.at
    begins = slip.text[start : start + 3]
    if begins[:1] in ("'", '"'):
        mark = begins if begins in ('"""', "'''") else begins[:1]
        return Told(start, said("the text that begins here is not closed; put {mark} behind it", mark=mark))
    if begins[:1] == "<":
        return Told(-1, said("the address that begins here is not closed; put {mark} behind it", mark=">"))
    opened = _open(slip)
    return opened or Told(-1, said("the file ends in the middle of a statement; end it with a dot"))


def _bad_letter(slip: _Slip) -> Told:
    letter = slip.found
    if letter in _CURLY:
        return Told(-1, said('put straight quotes (") around a text, not {found}', found=letter))
    if letter == "/":
        return Told(-1, said("no / may stand in a name behind a prefix; write the whole address in < >"))
    return Told(-1, said("{found} cannot stand here; put a text in quotes, an address in < >", found=letter))


def _bad_address(slip: _Slip) -> Told:
    letter = slip.found
    inside = slip.text.find(letter, slip.at)
    words = said("an address cannot hold “{found}”; write {right}, or delete it", found=letter, right=quote(letter))
    return Told(inside if letter.isprintable() else -1, words)


def _no_datatype(_slip: _Slip) -> Told:
    return Told(-1, said("a datatype is missing behind ^^, such as xsd:gYear or xsd:date"))


def _no_language(_slip: _Slip) -> Told:
    return Told(-1, said("a language is missing behind @, such as en or fr"))


def _escape(slip: _Slip) -> Told:
    return Told(-1, said("{found} means nothing in a text; write \\\\ for a backslash", found=slip.found))


def _colon(_slip: _Slip) -> Told:
    return Told(-1, said("put a colon behind the prefix: @prefix name: <address> ."))


def _nameless(_slip: _Slip) -> Told:
    return Told(-1, said("a name is missing behind _:"))


def _percent(_slip: _Slip) -> Told:
    return Told(-1, said("behind % an address needs two digits or letters from A to F; write %25 for the sign itself"))


def _relative(_slip: _Slip) -> Told:
    return Told(-1, said("write the whole address here, with https:// before it"))


def _whole(_slip: _Slip) -> Told:
    return Told(-1, said("N-Triples and N-Quads take whole addresses in < > and texts in quotes, and no prefixes"))


def _bracket(slip: _Slip) -> Told:
    return _open(slip) or Told(-1, said("a bracket is missing before this"))


_SLIPS: Final[tuple[tuple[str, Callable[[_Slip], Told]], ...]] = (
    (r"The prefix (?P<found>.*): has not been declared", _undeclared),
    (r"A dot is expected at the end of statements|Quads must be followed by a dot", _no_dot),
    (r"(?P<found>.*) is not a valid RDF object", _no_object),
    (r"(?P<found>.*) is not a valid predicate", _no_predicate),
    (r"(?P<found>.*) is not a valid subject or graph name", _no_subject),
    (r"blank node property lists should end with.*", _bracket),
    (r"Unexpected end( of file)?|Line jumps are not allowed.*", _no_end),
    (r"'(?P<found>.)' is not allowed at the beginning of a prefix name", _bad_letter),
    (r"Invalid IRI code point '(?P<found>.)'", _bad_address),
    (r"Invalid IRI percent encoding.*", _percent),
    (r"No scheme found in an absolute IRI", _relative),
    (r"Expecting a datatype IRI after \^\^.*", _no_datatype),
    (
        r"A language code should always start with a letter|.*(?:language|subtag|integer should not be empty).*",
        _no_language,
    ),
    (r"Unexpected escape character '(?P<found>.*)'", _escape),
    (r"The PREFIX (?:keyword|declaration) should be followed by a prefix.*", _colon),
    (r"A blank node ID cannot be empty", _nameless),
    (r"The (?:subject|object|predicate) of a triple must be.*", _whole),
)

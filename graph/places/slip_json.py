"""Name the slip behind an error in JSON-LD."""

import re
from collections.abc import Callable
from typing import Final

from graph.errors import Said, said
from graph.places.told import Told

_CURLY: Final = "'“”„«»‘’"
_CONTEXT: Final = re.compile(r'"@context"\s*:\s*(?:\[[^\]]*?)?(")')
_ID: Final = re.compile(r'"@id"\s*:\s*([^"\s])')


def json_slip(text: str, at: int, why: str) -> Told | None:
    """Return the cause of what the parser says, and its mend; nothing where its words say all that is known."""
    for pattern, told in _SLIPS:
        match = re.fullmatch(pattern, why, re.DOTALL)
        if match:
            return told(match, text, at)
    return None


def _separator(match: re.Match[str], text: str, at: int) -> Told:
    closes = "}" if match["kind"] == "Object" else "]"
    if at >= len(text.rstrip()):
        return Told(-1, said("the file ends too early; put {close} behind it", close=closes))
    if text[at] in "}]":
        return Told(-1, said("{found} closes another bracket than the one that is open; put {close} before it",
                             found=text[at], close=closes))  # fmt: skip
    return Told(len(text[:at].rstrip()), said("a comma is missing here"))


def _trailing(_match: re.Match[str], text: str, at: int) -> Told:
    return Told(max(text.rfind(",", 0, at + 1), 0), said("delete this comma: nothing follows it"))


def _unexpected(match: re.Match[str], text: str, at: int) -> Told:
    found = match.groupdict().get("found") or text[at : at + 1]
    if found in _CURLY:
        return Told(-1, said('put straight double quotes (") around a text, not {found}', found=found))
    return Told(-1, said("{found} cannot stand here; a text stands in double quotes", found=found))


def _escape(match: re.Match[str], _text: str, _at: int) -> Told:
    return Told(-1, said("{found} means nothing in a text; write \\\\ for a backslash", found=match["found"]))


def _context(_match: re.Match[str], text: str, _at: int) -> Told:
    found = _CONTEXT.search(text)
    words = said("a remote context is never fetched; put what it says here, in place of its address")
    return Told(found.start(1) if found else -1, words)


def _id(_match: re.Match[str], text: str, _at: int) -> Told:
    found = _ID.search(text)
    return Told(found.start(1) if found else -1, said("the value of @id must be an address in quotes"))


def _beside(match: re.Match[str], text: str, _at: int) -> Told:
    local = re.split(r"[/#:]", match["found"])[-1]
    found = re.search(rf'"[^"]*{re.escape(local)}"\s*:', text)
    words = said("no field may stand beside @value; move {found} out of there", found=local)
    return Told(found.start() if found else text.find('"@value"'), words)


def _both(_match: re.Match[str], text: str, _at: int) -> Told:
    words = said("a value has a language or a type, not both; delete @language or @type")
    return Told(text.find('"@language"'), words)


def _plainly(words: Said) -> Callable[[re.Match[str], str, int], Told]:
    return lambda _match, _text, _at: Told(-1, words)


_SLIPS: Final[tuple[tuple[str, Callable[[re.Match[str], str, int], Told]], ...]] = (
    (r"(?P<kind>Object|Array) values must be followed by a comma.*", _separator),
    (r"Trailing commas are not allowed", _trailing),
    (r"Unexpected char: '(?P<found>.)'", _unexpected),
    (r"'.?' is not allowed in JSON strings", _plainly(
        said("a text may not go over the end of a line; close its quote, or write \\n for the line break"))),
    (r"(?:true|false|null) expected", _plainly(said("write true, false or null, or put a text in double quotes"))),
    (r"The JSON already contains one root element", _plainly(
        said("the document has ended before this; delete it, or put everything in one array [ ]"))),
    (r"Unexpected end of file.*", _plainly(said("the file ends too early; close what is open"))),
    (r".*LoadDocumentCallback.*", _context),
    (r"@id value must be a string", _id),
    (r"Objects with @value cannot contain properties, (?P<found>.*) found", _beside),
    (r"@type and @language cannot be used together", _both),
    (r"Object keys must be strings", _plainly(said("the name of a field is expected here, in double quotes"))),
    (r"'(?P<found>.*)' is not a valid escape sequence", _escape),
    (r"(?:A number is not allowed to start with '(?P<found>.)'|Unexpected byte.*)", _unexpected),
)  # fmt: skip

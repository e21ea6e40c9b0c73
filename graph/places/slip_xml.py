"""Name the slip behind an error in RDF/XML: first whether it is well-formed XML at all, then whether it is RDF."""

import re
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from graph.errors import Said, said
from graph.names import PREFIXES
from graph.places.told import Told

_ERRORS: Final = expat.errors.codes


def xml_slip(text: str, _at: int, why: str) -> Told | None:
    """Return the cause of an error, and its mend; nothing where the parser's words say all that is known."""
    return ill_formed(text) or _not_rdf(text, why)


def ill_formed(text: str) -> Told | None:
    """Return why a text is no well-formed XML; nothing where it is. The RDF parser takes one that was cut off."""
    reading = _Reading(text)
    try:
        reading.read()
    except expat.ExpatError as error:
        return reading.told(error)
    return None


class _Reading:
    """Read XML, and keep which elements are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, int]] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = lambda tag, _attributes: self._open.append(
            (tag, self._parser.CurrentByteIndex)
        )
        self._parser.EndElementHandler = lambda _tag: self._open.pop() and None
        self._data = text.encode("utf-8", "replace")

    def read(self) -> None:
        """Read to the end, or to the first error."""
        self._parser.Parse(self._data, True)

    def _characters(self, at: int) -> int:
        return len(self._data[:at].decode("utf-8", "ignore"))

    def told(self, error: expat.ExpatError) -> Told:
        """Say what an error of the parser comes from."""
        at = self._characters(self._parser.ErrorByteIndex)
        if error.code == _ERRORS[expat.errors.XML_ERROR_TAG_MISMATCH]:
            return self._mismatch(at)
        if error.code == _ERRORS[expat.errors.XML_ERROR_NO_ELEMENTS] or at >= len(self._text.rstrip()):
            return self._cut()
        if error.code == _ERRORS[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            name = re.match(r"&\w*;?", self._text[at:])
            words = said("{found} is not known in XML; write the character itself", found=name[0] if name else "&")
            return Told(at, words)
        if error.code == _ERRORS[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]:
            return Told(at, said("an attribute stands twice in this element; delete one"))
        if error.code == _ERRORS[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]:
            return Told(at, said("the document has ended before this; delete it, or put everything into rdf:RDF"))
        return self._ill_formed(at)

    def _mismatch(self, at: int) -> Told:
        at -= 2 * (self._text[max(at - 2, 0) : at] == "</")  # the parser stops behind these
        found = re.match(r"</([^>\s]*)", self._text[at:])
        tag, name = f"</{self._open[-1][0]}>" if self._open else "", found[1] if found else ""
        words = said("</{found}> stands here where {close} is due: close what was opened last", found=name, close=tag)
        return Told(at, words)

    def _cut(self) -> Told:
        if not self._open:
            return Told(-1, said("there is no element here; RDF/XML begins with rdf:RDF"))
        tag, begins = self._open[-1]
        at = self._characters(begins)
        return Told(at, said("{open} is never closed; put {close} behind it", open=f"<{tag}>", close=f"</{tag}>"))

    def _ill_formed(self, at: int) -> Told:
        # The parser stops behind a bare & or <, or at an attribute's value that has no quotes.
        before = self._text[max(at - 1, 0) : at + 1]
        if "&" in before:
            return Told(at - (before[0] == "&"), said("write &amp; for a plain &"))
        if re.search(r"=\s*$", self._text[:at]):
            return Told(at, said("put the value of the attribute in quotes"))
        if "<" in before:
            return Told(at - (before[0] == "<"), said("write &lt; for a plain <"))
        return Told(at, said("this is not well-formed XML"))


def _not_rdf(text: str, why: str) -> Told | None:
    for pattern, words in _RDF:
        match = re.fullmatch(pattern, why, re.DOTALL)
        if match:
            found = match.groupdict().get("found") or ""
            at = text.find(found.strip()) if found.strip() else -1
            return Told(at, words(found))
    return None


def _prefix(found: str) -> Said:
    address = PREFIXES.get(found.rstrip(":"), "…")
    line = f'xmlns:{found.rstrip(":")}="{address}"'
    return said("the prefix {prefix} is not declared; add to the first element: {line}", prefix=found, line=line)


def _address(found: str) -> Said:
    return said("“{found}” is no address; write spaces as %20, and nothing that no address holds", found=found)


_RDF: Final[tuple[tuple[str, Callable[[str], Said]], ...]] = (
    (r"Unknown prefix (?P<found>.*)", _prefix),
    (r"error while parsing IRI '(?P<found>.*)': .*", _address),
    (r"(?P<found>.*) is not a valid rdf:ID value", lambda found: said(
        "“{found}” is no name; take letters, digits, hyphens and underscores, or rdf:about", found=found)),
    (r"XML namespaces are required in RDF/XML", lambda _: said(
        "this is XML, but no RDF/XML; its first element should be rdf:RDF, and each element have a prefix")),
    (r"Unexpected text event: '(?P<found>.*)'", lambda _: said(
        "a text cannot stand here; put it into a field of a thing")),
    (r"error while parsing language tag '(?P<found>.*)': .*", lambda found: said(
        "“{found}” is no language; write en or fr", found=found)),
    (r"Not both rdf:ID and .*", lambda _: said("an element has rdf:ID or rdf:about, not both; delete one")),
    (r"Unexpected node, .*", lambda _: said("a field holds a text, an address or a thing, and only one of them")),
)  # fmt: skip

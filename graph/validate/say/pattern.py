"""Say a regular expression in words, as far as it is one that words can say (SHACL, 4.4.3: sh:pattern)."""

import re
from collections.abc import Iterator
from typing import Final

from graph.errors import Said, said
from graph.validate.say.terms import OR, THEN, joined

WHOLE: Final = {
    r"^[0-9]{4}(-[0-9]{2}){0,2}$": said("a year, a month or a day without a time zone: 2019, 2019-07 or 2019-07-31"),
    r"^\S+( \S+)*$": said("a text without spaces around it, and with single spaces in it"),
    r"^https?://[^\s]+$": said("the address of a page, which begins with https:// or http://"),
    r"^[A-Z][A-Za-z0-9-]*$": said(
        "a code that begins with a capital letter and goes on with letters, digits and hyphens"
    ),
    r"^[A-Za-z0-9]{2,}-[^\s/&|?]+$": said("the code of a register, a hyphen and a number, without spaces"),
    r"^([a-z]{2}|http://lexvo\.org/id/iso639-3/[a-z]{3})$": said(
        "a language of two small letters, or its address at lexvo.org"
    ),
}
KINDS: Final = {
    "[0-9]": said("digits"),
    r"\d": said("digits"),
    "[A-Z]": said("capital letters"),
    "[a-z]": said("small letters"),
    "[0-9a-f]": said("digits or letters from a to f"),
    r"\S": said("characters without spaces"),
    "[A-Z0-9]": said("capital letters or digits"),
    "[a-z0-9-]": said("small letters, digits or hyphens"),
    "[A-Za-z0-9]": said("letters or digits"),
    "[A-Za-z0-9_-]": said("unaccented letters, digits, hyphens or underscores"),
}
_PIECE: Final = re.compile(
    r"(?P<kind>\[[^\]^]+\]|\\[dS])(?P<count>\{\d+(?:,\d*)?\}|[+*])?"
    r"|\((?P<choice>[\w./:#-]+(?:\|[\w./:#-]+)+)\)"
    r"|(?P<text>(?:[\w/:#\- ]|\\[.\-/+()])+)"
)


def in_words(pattern: str) -> Said:
    """Say what a text must look like; a pattern beyond words is quoted."""
    if pattern in WHOLE:
        return WHOLE[pattern]
    if pattern.startswith("^"):
        begins = not pattern.endswith("$")
        parts = list(_parts(pattern[1:].removesuffix("$")))
        if parts and None not in parts:
            whole = joined([part for part in parts if part], THEN)
            return said("something that begins with {start}", start=whole) if begins else whole
    return said("a text of the form {pattern}", pattern=pattern)


def prefixes(pattern: str) -> tuple[str, ...]:
    """Return the fixed beginnings that a pattern asks for: of an address in one of some lists, those lists."""
    match = re.match(r"\^((?:[\w/:#-]|\\\.)+)(?:\(([\w-]+(?:\|[\w-]+)*)\)/)?", pattern)
    if not match:
        return ()
    start = match[1].replace("\\.", ".")
    return tuple(f"{start}{each}/" for each in match[2].split("|")) if match[2] else (start,)


def _parts(pattern: str) -> Iterator[Said | None]:
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if not piece:
            yield None
            return
        at = piece.end()
        yield _part(piece)


def _part(piece: re.Match[str]) -> Said | None:
    if piece["text"]:
        return said("{code}", code=re.sub(r"\\(.)", r"\1", piece["text"]))
    if piece["choice"]:
        return joined([said("{code}", code=each) for each in piece["choice"].split("|")], OR)
    kind = KINDS.get(piece["kind"])
    return _counted(piece["count"] or "{1}", kind) if kind else None


def _counted(count: str, kind: Said) -> Said:
    least, comma, most = count.strip("{}").partition(",")
    if count in "+*":
        return said("some {kind}", kind=kind)
    if not comma:
        return said("{count} {kind}", count=least, kind=kind)
    if not most:
        return said("at least {count} {kind}", count=least, kind=kind)
    return said("{least} to {most} {kind}", least=least, most=most, kind=kind)

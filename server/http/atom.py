"""Write feeds: Atom (RFC 4287) with tombstones for what is gone (RFC 6721)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from server.http.negotiate import Media

ATOM: Final = Media("atom", "application/atom+xml", ("application/xml", "text/xml"), charset=True, extension="atom")

_ATOM: Final = "http://www.w3.org/2005/Atom"
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"


@dataclass(frozen=True, slots=True)
class Item:
    """Carry one entry of a feed; one that is `gone` says when, and stands for what has no content any more."""

    identity: str
    updated: str
    title: str
    author: str
    link: str
    summary: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """Carry a feed: what it is called, where it is, and where the pages beside it are."""

    identity: str
    title: str
    updated: str
    lang: str
    links: Sequence[tuple[str, str]]
    items: Sequence[Item]


def written(feed: Feed) -> str:
    """Return a feed as XML; signs that XML cannot carry are left out."""
    return _clean("".join(_lines(feed)))


def _lines(feed: Feed) -> Iterable[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<feed xmlns="{_ATOM}" xmlns:at="{_TOMBSTONES}" xml:lang="{feed.lang}">\n'
    yield f"<id>{escape(feed.identity)}</id>\n<title>{escape(feed.title)}</title>\n<updated>{feed.updated}</updated>\n"
    for relation, address in feed.links:
        yield f"<link rel={quoteattr(relation)} href={quoteattr(address)}/>\n"
    for item in feed.items:
        yield from _gone(item) if item.gone else _entry(item)
    yield "</feed>\n"


def _entry(item: Item) -> Iterable[str]:
    yield f"<entry>\n<id>{escape(item.identity)}</id>\n<title>{escape(item.title)}</title>\n"
    yield f"<updated>{item.updated}</updated>\n<author><name>{escape(item.author or '-')}</name></author>\n"
    yield f"<link href={quoteattr(item.link)}/>\n"
    yield f"<summary>{escape(item.summary)}</summary>\n</entry>\n" if item.summary else "</entry>\n"


def _gone(item: Item) -> Iterable[str]:
    yield f"<at:deleted-entry ref={quoteattr(item.identity)} when={quoteattr(item.updated)}>\n"
    yield f"<at:by><name>{escape(item.author or '-')}</name></at:by>\n"
    yield f"<at:comment>{escape(item.title)}</at:comment>\n"
    yield f"<at:link href={quoteattr(item.link)}/>\n</at:deleted-entry>\n"


def _clean(text: str) -> str:
    """Return a text without what no XML document may hold (XML 1.0, 2.2)."""
    return "".join(letter for letter in text if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff"))

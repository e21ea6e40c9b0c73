"""Point from a page or from data to all that belongs to it (RFC 8288; FAIR Signposting Profile, levels 1 and 2)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import request

from server.http.negotiate import HTML, THINGS, Media
from server.linked.addresses import data_of, name_of, page_of

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
ABOUT_PAGE: Final = "https://schema.org/AboutPage"
LINKSET: Final = (
    Media("linkset", "application/linkset+json", ("application/json",), title="JSON", extension="json"),
    Media("links", "application/linkset", ("text/plain",), charset=True, title="Linkset", extension="txt"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """Point to something: how that stands to what links, what it is, and its type of media if it is one file."""

    target: str
    relation: str
    type: str = ""

    def __str__(self) -> str:
        kind = f'; type="{self.type}"' if self.type else ""
        return f'<{self.target}>; rel="{self.relation}"{kind}'


def here(address: str) -> str:
    """Return a local address in full, as the client reaches it."""
    return request.root_url.rstrip("/") + address


def linkset_of(iri: str) -> str:
    """Return the address of all links of a thing."""
    name = name_of(iri)
    return f"/linkset/{name}" if name else f"/linkset?{urlencode({'iri': iri})}"


def of_page(iri: str, kinds: Iterable[str] = ()) -> list[Link]:
    """Return the links of the page about a thing, whose schema.org types are `kinds`."""
    return [
        Link(iri, "canonical"),
        Link(iri, "cite-as"),
        *(Link(here(data_of(iri, media.extension)), "alternate", media.type) for media in THINGS),
        *(Link(here(data_of(iri, media.extension)), "describedby", media.type) for media in THINGS[:2]),
        Link(LICENCE, "license"),
        Link(ABOUT_PAGE, "type"),
        *(Link(kind, "type") for kind in kinds),
        Link(here(linkset_of(iri)), "linkset", LINKSET[0].type),
    ]


def of_data(iri: str, media: Media) -> list[Link]:
    """Return the links of the data about a thing in one format."""
    others = (each for each in THINGS if each is not media)
    return [
        Link(iri, "canonical"),
        Link(iri, "describes"),
        Link(here(page_of(iri)), "alternate", HTML.type),
        *(Link(here(data_of(iri, each.extension)), "alternate", each.type) for each in others),
        Link(LICENCE, "license"),
        Link("http://www.w3.org/ns/dcat#Distribution", "type"),
        Link(here(linkset_of(iri)), "linkset", LINKSET[0].type),
    ]


def header(links: Sequence[Link]) -> str:
    """Return links as one header."""
    return ", ".join(str(link) for link in links)


def linkset(iri: str, kinds: Iterable[str], media: Media) -> str:
    """Return all links of a page and of the data about a thing (RFC 9264), as JSON or as lines."""
    contexts = {here(page_of(iri)): _all_of_page(iri, kinds)}
    contexts.update({here(data_of(iri, each.extension)): of_data(iri, each) for each in THINGS})
    if media is LINKSET[1]:
        lines = [f'{link}; anchor="{anchor}"' for anchor, links in contexts.items() for link in links]
        return ",\n".join(lines) + "\n"
    return json.dumps({"linkset": [_context(anchor, links) for anchor, links in contexts.items()]}, indent=1)


def _all_of_page(iri: str, kinds: Iterable[str]) -> list[Link]:
    kept = [link for link in of_page(iri, kinds) if link.relation != "describedby"]
    return kept + [Link(here(data_of(iri, each.extension)), "describedby", each.type) for each in THINGS]


def _context(anchor: str, links: Iterable[Link]) -> dict[str, object]:
    found: dict[str, object] = {"anchor": anchor}
    for link in links:
        target = {"href": link.target, **({"type": link.type} if link.type else {})}
        known = found.setdefault(link.relation, [])
        assert isinstance(known, list)
        known.append(target)
    return found

"""Gather what the home page shows: what is here in figures, and the countries for the map."""

from dataclasses import dataclass
from typing import Final

from graph.pages.countries import Row, countries
from graph.pages.stated import Stated
from graph.store import Store

COUNTED: Final = {
    "initiative": ("m4sd:Initiative",),
    "result": ("m4sd:Result",),
    "policy": ("m4sd:Policy",),
    "meeting": ("m4sd:Meeting", "m4sd:BoardMeeting"),
    "fact": ("m4sd:Fact",),
    "source": ("m4sd:SourceDocument", "m4sd:CaseStudy"),
}


@dataclass(frozen=True)
class Welcome:
    """Count things by kind, and hold the countries in which something is done."""

    counts: tuple[tuple[str, int], ...]
    countries: tuple[Row, ...]


def welcome(store: Store, lang: str) -> Welcome:
    """Return what the home page shows."""
    stated = Stated(store, lang)
    return Welcome(tuple((kind, len(stated.of(*classes))) for kind, classes in COUNTED.items()), countries(store, lang))

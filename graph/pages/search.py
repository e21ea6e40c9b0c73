"""Gather what the search page shows: results by kind or in a list, counts by facet, tables, suggestions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graph.pages.tables import written
from graph.search.find import Asked, Counted, Found, Hit, by_kind, count, find, shown
from graph.search.folded import shortened
from graph.search.gather import FACETS
from graph.search.near import meant
from graph.search.opened import Opened, opened
from graph.search.suggest import suggest
from graph.store import Store

FEW = 5  # of each kind
MOST_VALUES = 60  # of a facet; the table of its counts has them all
PAGE = 25  # of one kind
SHARED = ("country", "goal", "sector", "actor", "year", "dataset")


@dataclass(frozen=True)
class Group:
    """Hold the first things of a kind, and how many there are."""

    kind: str
    count: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Results:
    """Hold one state of the search page; `page` counts from 1, and is 0 where the first of each kind are shown."""

    total: int
    groups: tuple[Group, ...]
    facets: tuple[tuple[str, tuple[Counted, ...]], ...]
    page: int
    pages: int
    meant: str
    shortened: bool


def results(store: Store, folder: str, asked: Asked, lang: str, page: int) -> Results:
    """Return what the page shows: the first of each kind, or a page of the one kind that was chosen."""
    index = opened(store, folder)
    found = find(index, asked, lang)
    facets = tuple((facet, count(index, found, asked, facet, lang, MOST_VALUES)) for facet in FACETS)
    kinds = {each.value: each.count for each in dict(facets)["kind"]}
    total = len(found.ids)
    last = max(-(-total // PAGE), 1)
    flat = len(asked.of("kind")) == 1 or page > 0
    page = min(max(page, 1), last) if flat else 0
    if flat:
        here = found.ids[(page - 1) * PAGE : page * PAGE]
        groups = [
            Group(asked.of("kind")[0] if len(asked.of("kind")) == 1 else "", total, _hits(index, here, lang, found))
        ]
    else:
        first = by_kind(index, found, FEW)
        groups = [Group(kind, kinds[kind], _hits(index, ids, lang, found)) for kind, ids in first.items()]
    guess = "" if total or not asked.words else meant(index, asked.words)
    return Results(
        total, tuple(groups) if total else (), facets, page, last if flat else 0, guess, shortened(asked.words)
    )


def counts(store: Store, folder: str, asked: Asked, facet: str, lang: str) -> tuple[Counted, ...]:
    """Return how many of the things found stand under each value of a facet."""
    index = opened(store, folder)
    return count(index, find(index, asked, lang), asked, facet, lang)


def grouped(
    store: Store, folder: str, asked: Asked, facet: str, lang: str, form: str, head: tuple[str, ...], largest: int
) -> bytes:
    """Return the counts of a facet as a file."""
    rows = [(each.value, each.name, each.iri, each.count) for each in counts(store, folder, asked, facet, lang)]
    return written(form, head, rows, largest)


def listed(
    store: Store, folder: str, asked: Asked, lang: str, form: str, head: tuple[str, ...], kinds: Mapping[str, str],
    largest: int,
) -> bytes:  # fmt: skip
    """Return everything that was found as a file: codes and, beside them, names."""
    index = opened(store, folder)
    rows = [_row(thing, kinds) for thing in _things(index, find(index, asked, lang), lang)]
    return written(form, head, rows, largest)


def everything(store: Store, folder: str, asked: Asked, lang: str) -> list[dict[str, object]]:
    """Return everything that was found as plain data."""
    index = opened(store, folder)
    return list(_things(index, find(index, asked, lang), lang))


def suggestions(store: Store, folder: str, words: str, lang: str) -> tuple[Hit, ...]:
    """Return the things that a few typed letters may mean."""
    return suggest(opened(store, folder), words, lang)


def _hits(index: Opened, ids: Iterable[int], lang: str, found: Found) -> tuple[Hit, ...]:
    return shown(index, ids, lang, found.pieces)


def _things(index: Opened, found: Found, lang: str) -> Iterator[dict[str, object]]:
    """Yield each thing with its names in both languages and its place in every facet."""
    ask = index.database.execute
    named = {
        (facet, value): text
        for facet, value, text in ask(
            "SELECT name, value, text FROM value JOIN thing ON thing.iri = value.iri"
            " JOIN label ON label.thing = thing.id WHERE lang = ?",
            (lang,),
        )
    }
    for number in found.ids:
        iri, kind, code = ask("SELECT iri, kind, code FROM thing WHERE id = ?", (number,)).fetchone()
        rows = ask("SELECT lang, text, note FROM label WHERE thing = ? ORDER BY lang", (number,)).fetchall()
        held: dict[str, list[dict[str, str]]] = {facet: [] for facet in SHARED}
        for facet, value in ask("SELECT name, value FROM facet WHERE thing = ?", (number,)):
            if facet in held:
                held[facet].append({"code": value, "name": named.get((facet, value), value)})
        names, notes = {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
        yield {"kind": kind, "iri": iri, "code": code, "name": names, "note": notes.get(lang, ""), **held}


def _row(thing: dict[str, object], kinds: Mapping[str, str]) -> list[str]:
    names = thing["name"]
    assert isinstance(names, dict)
    row = [kinds.get(str(thing["kind"]), str(thing["kind"])), names.get("en", ""), names.get("fr", "")]
    row += [str(thing["code"]), str(thing["iri"]), str(thing["note"])]
    for facet in SHARED:
        held = thing[facet]
        assert isinstance(held, list)
        row.append("; ".join(each["code"] for each in held))
        if facet != "year":
            row.append("; ".join(each["name"] for each in held))
    return row

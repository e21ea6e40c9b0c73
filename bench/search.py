"""Measure the search over 100,000 labels: what the search page asks of the index, and suggestions.

`python -m bench.search` makes things with names from the words of the real graph, as skewed as words are, in both
languages, with facets; then asks as people do: names, beginnings, codes, mistakes, with and without facets.
"""

import argparse
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from pyoxigraph import Literal

from bench.figures import percentile_ms, write
from graph.build import unbuilt
from graph.names import name
from graph.pages.search import results, suggestions
from graph.search import index
from graph.search.find import Asked
from graph.search.folded import fold
from graph.search.gather import Entry, Name
from graph.search.kinds import ORDER
from graph.store import Store

LABELS = 100_000
SEED = 2018
KINDS = ("initiative", "actor", "policy", "result", "meeting", "fact", "source", "place")
COUNTRIES, GOALS, SECTORS, ACTORS = 190, 17, 30, 5000


def words() -> list[str]:
    """Return the words of the real graph's labels, the frequent ones as often as they occur."""
    store = unbuilt(datetime(2026, 1, 1, tzinfo=UTC))
    found = (quad.object for quad in store.quads(p=name("skos:prefLabel")))
    return [word for label in found if isinstance(label, Literal) for word in fold(label.value).split()]


def entries(count: int, pool: Sequence[str], chance: Random) -> Iterator[tuple[int, Entry]]:
    """Yield things with two labels each."""
    for number in range(1, count + 1):
        names = [Name(" ".join(chance.choices(pool, k=chance.randrange(2, 10))), lang, 0) for lang in ("en", "fr")]
        code = f"XX-{number:06d}"
        kind = chance.choice(KINDS)
        facets = {("kind", kind, ""), ("dataset", chance.choice(("seed", "background", "partner-a", "partner-b")), "")}
        facets |= {("country", f"C{int(COUNTRIES * chance.random() ** 2)}", "") for _ in range(chance.randrange(1, 4))}
        facets |= {("goal", str(chance.randrange(1, GOALS + 1)), "") for _ in range(chance.randrange(3))}
        facets |= {("sector", f"s{int(SECTORS * chance.random() ** 2)}", "") for _ in range(chance.randrange(3))}
        facets |= {("actor", f"org-{int(ACTORS * chance.random() ** 2)}", "") for _ in range(chance.randrange(4))}
        start = chance.randrange(2005, 2025)
        facets |= {("year", str(year), "") for year in range(start, start + chance.randrange(1, 5))}
        texts = (" ".join(chance.choices(pool, k=30)),)
        named = (*names, Name(code, "", 1))
        yield number, Entry(f"https://example.org/{number}", kind, code, named, (), texts, tuple(sorted(facets)))


def questions(pool: Sequence[str], number: int, chance: Random) -> Iterator[tuple[str, Asked]]:
    """Yield questions by the way in which they are asked."""
    for _ in range(number):
        word, other = chance.choice(pool), chance.choice(pool)
        place = (("country", (f"C{int(COUNTRIES * chance.random() ** 2)}",)),)
        yield "a word", Asked(word)
        yield "two words", Asked(f"{word} {other}")
        yield "a beginning", Asked(word[: chance.randrange(2, 5)])  # one letter is for suggestions
        yield "a code", Asked(f"XX-{chance.randrange(1, LABELS // 2):06d}")
        yield "a mistake", Asked(word[:2] + word[3:] + "q")
        yield "a word, with a facet", Asked(word, place)
        yield "facets only", Asked("", (*place, ("kind", (chance.choice(ORDER),))))
        yield "everything", Asked("")


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds on the clock and of the processor."""
    begin, busy = perf_counter(), process_time()
    ask()
    return perf_counter() - begin, process_time() - busy


def measure(store: Store, folder: str, pool: Sequence[str], number: int) -> dict[str, dict[str, float]]:
    """Return the times by the way of asking, and over all."""
    found: dict[str, list[tuple[float, float]]] = {}
    chance = Random(SEED + 1)
    for _, asked in questions(pool, 1, Random(SEED)):  # what a worker finds out once
        results(store, folder, asked, "en", 0)
        results(store, folder, asked, "fr", 0)
    for way, asked in questions(pool, number, chance):
        took = timed(lambda asked=asked: results(store, folder, asked, chance.choice(("en", "fr")), 0))  # type: ignore[misc]
        found.setdefault(way, []).append(took)
        found.setdefault("all searches", []).append(took)
        if asked.words:
            typed = asked.words[: chance.randrange(1, 9)]
            took = timed(lambda typed=typed: suggestions(store, folder, typed, "en"))  # type: ignore[misc]
            found.setdefault("suggestions", []).append(took)
    return {way: _figures(times) for way, times in found.items()}


def _figures(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    clock, busy = ([each[place] for each in times] for place in (0, 1))
    figures = {f"p{share}_ms": percentile_ms(clock, share / 100) for share in (50, 95, 99)}
    return {"asked": len(times), **figures, "processor_p95_ms": percentile_ms(busy, 0.95)}


def main() -> None:
    """Make the index, ask, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=LABELS)
    parser.add_argument("--questions", type=int, default=200, help="of each way")
    parser.add_argument("--dry", action="store_true", help="do not write the figures down")
    given = parser.parse_args()
    pool = words()
    with tempfile.TemporaryDirectory() as folder:
        begin = perf_counter()
        with sqlite3.connect(Path(folder) / index.FILE) as database:
            index.write(database, entries(given.labels // 2, pool, Random(SEED)))
        made = round(perf_counter() - begin, 1)
        size = (Path(folder) / index.FILE).stat().st_size
        told = measure(Store(fixed=True), folder, pool, given.questions)
    for way, figures in told.items():
        print(way, figures)
    if not given.dry:
        write("search", {"labels": given.labels, "index_seconds": made, "index_bytes": size, "ways": told})


if __name__ == "__main__":
    main()

"""Measure how long it takes to find the likely duplicates of a record among 100,000 labels.

Example: python -m bench.alike --labels 100000
"""

import argparse
import json
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from bench import figures
from graph.desk.content import spelt
from graph.desk.likeness import duplicates
from graph.names import ASSERTED, BASE, name
from graph.search.index import FILE, index
from graph.store import Store, placed

SYLLABLES = (
    "mi",
    "nis",
    "tè",
    "re",
    "san",
    "té",
    "gra",
    "tion",
    "of",
    "fi",
    "ce",
    "vel",
    "op",
    "ment",
    "é",
    "co",
    "wa",
    "ter",
)
NEW = f"{BASE}id/new"
ROUNDS = 20


def measure(labels: int, folder: Path, seed: int = 1) -> dict[str, object]:
    """Return the seconds of a look for duplicates: the first and those after it, with the index and without."""
    chance = Random(seed)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(5000)]
    often = [1 / rank for rank in range(1, len(words) + 1)]  # as words are in a language (Zipf)
    titles = [chance.choices(words, often, k=chance.randint(3, 8)) for _ in range(labels // 2)]
    store = Store(fixed=True)
    store.extend(quad for number, title in enumerate(titles) for quad in _thing(number, title))
    begin = perf_counter()
    index(store, folder / FILE)
    indexed = perf_counter() - begin
    body = _body(titles[len(titles) // 3])
    found: dict[str, object] = {"labels": labels, "seconds_to_index": round(indexed, 2)}
    for way, place in (("index", str(folder)), ("all names", "")):
        assert store.memo is not None
        store.memo.clear()
        times = [_timed(store, body, place) for _ in range(ROUNDS)]
        found[way] = {"first": round(times[0], 4), "then": round(median(times[1:]), 4)}
    return found


def _timed(store: Store, body: str, folder: str) -> float:
    begin = perf_counter()
    (best, *_) = duplicates(store, NEW, body, folder)
    assert best.score > 0.6
    return perf_counter() - begin


def _thing(number: int, title: list[str]) -> list[Quad]:
    node, label, kind = NamedNode(f"{BASE}id/org-{number}"), name("skos:prefLabel"), name("rdf:type")
    told = [
        Triple(node, kind, name("m4sd:Organisation")),
        Triple(node, kind, name("m4sd:Actor")),
        Triple(node, label, Literal(" ".join(title), language="en")),
        Triple(node, label, Literal(" ".join(reversed(title)), language="fr")),
    ]
    return [placed(each, graph) for each in told for graph in (DefaultGraph(), ASSERTED)]


def _body(title: list[str]) -> str:
    node, label = NamedNode(NEW), name("skos:prefLabel")
    kind = Triple(node, name("rdf:type"), name("m4sd:Organisation"))
    named = [Triple(node, label, Literal(f"{' '.join(title).upper()}s", language=lang)) for lang in ("en", "fr")]
    return spelt([kind, *named])


def main() -> None:
    """Read the command line, measure, write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, default=100_000)
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(given.labels, Path(folder))
    print(json.dumps(found, indent=1), figures.write("alike", found, given.results))


if __name__ == "__main__":
    main()

"""Measure the pages of things: every one of the default graph, in a process, and one with 5,000 incoming links."""

import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from bench.figures import write
from graph.build import build
from graph.names import BASE, name
from graph.pages.entity import entity, links
from graph.store import Store, fresh, read_only

TARGET = "http://metadata.un.org/sdg/10.7"
LINKS = 5000
GOAL_MS = 300
TIMES = 20


def measured(run: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds of a run: of the processor, and on the clock."""
    processor, clock = process_time(), perf_counter()
    run()
    return (process_time() - processor) * 1000, (perf_counter() - clock) * 1000


def told(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Return the middle, the 95th of a hundred, and the worst."""
    found: dict[str, float] = {"count": len(times)}
    for kind, column in zip(("cpu", "wall"), zip(*times, strict=True), strict=True):
        found[f"{kind} p50"] = round(statistics.median(column), 1)
        found[f"{kind} p95"] = round(statistics.quantiles(column, n=20)[-1], 1)
        found[f"{kind} max"] = round(max(column), 1)
    return found


def hub(place: Path) -> Store:
    """Return a store with a target to which 5,000 initiatives contribute."""
    target = NamedNode(TARGET)
    with fresh(place) as (store, _):
        store.extend([Quad(target, name("skos:prefLabel"), Literal("Target", language="en"), DefaultGraph())])
        for number in range(LINKS):
            thing = NamedNode(f"{BASE}id/initiative-{number}")
            said = (
                (name("rdf:type"), name("m4sd:Initiative")),
                (name("skos:prefLabel"), Literal(f"Initiative {number}", language="en")),
                (name("skos:prefLabel"), Literal(f"Action {number}", language="fr")),
                (name("m4sd:contributesToTarget"), target),
            )
            store.extend(Quad(thing, link, value, DefaultGraph()) for link, value in said)
    return read_only(place)


def main() -> None:
    """Measure, print and keep the figures."""
    with tempfile.TemporaryDirectory() as place:
        build(folder := Path(place) / "store", datetime.now(UTC))
        figures = all_of(read_only(folder))
    print(json.dumps(figures, indent=1))
    print(write("entities", {"goal_ms_of_5,000_links": GOAL_MS, **figures}))


def all_of(store: Store) -> dict[str, object]:
    """Return the figures of all pages of a store, and of one beside it with many links, in milliseconds."""
    things = sorted({q.subject.value for q in store.quads(g=DefaultGraph()) if isinstance(q.subject, NamedNode)})
    entity(store, things[0], "en")  # what is loaded once
    every = [measured(lambda iri=iri: entity(store, iri, "en")) for iri in things]  # type: ignore[misc]
    figures: dict[str, object] = {
        "every page": told(every),
        "slowest": things[max(range(len(every)), key=lambda at: every[at])],
    }
    with tempfile.TemporaryDirectory() as place:
        made = hub(Path(place))
        figures["5,000 links"] = told([measured(lambda: entity(made, TARGET, "en")) for _ in range(TIMES)])
        listed = lambda: links(made, TARGET, "fr", f"{BASE}ontology#contributesToTarget", 25)  # noqa: E731
        figures["a page of them"] = told([measured(listed) for _ in range(TIMES)])
    return figures


if __name__ == "__main__":
    main()

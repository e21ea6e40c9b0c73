"""Hold a graph with sown faults against shapes of every kind, by our ways and by other engines: `make validation`.

All must find the same results, focus by focus, and those that were sown. What each costs is measured in the same run:
seconds of the processor and memory of a process that does nothing else. Writes `bench/results/validation-{date}.json`.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import Any, Final

from bench.faults import SHAPES, SPACE, activities, sown, write
from bench.figures import write as write_figures
from bench.oracles import GET, Oracle, Result, Run, by_shape, difference, oracles, ours
from bench.validation_record import records
from bench.validation_same import same_as_full

SIZES: Final = (100_000, 1_000_000)
# pySHACL as it comes needs more than half a minute for 100,000 triples and more than half an hour for a million.
STOCK_LIMIT: Final = 100_000
CALM: Final = 1.5  # load average above which figures would not be worth writing down
# Our ways, each with what it goes by: a file, or the store on disk that is loaded first.
OURS: Final = {
    "load": "file",
    "ours": "store",
    "ours in memory": "file",
    "found": "store",
    "patient": "file",
    "pyshacl": "file",
}
SLOW: Final = ("patient", "pyshacl")
MODULE: Final = "bench.validation_engine"
GOAL_STOCK, GOAL_MEMORY = 20, 1024  # times cheaper than pySHACL, megabytes


def full(sizes: Sequence[int], tools: Path, patience: float) -> dict[str, Any]:  # Any: plain JSON
    """Run every engine over graphs of some sizes; return what each cost, and where any two differ."""
    found: dict[str, Any] = {"runs": [], "differences": {}}
    with tempfile.TemporaryDirectory(prefix="m4sd-validation-") as place:
        for size in sizes:
            data = Path(place) / f"{size}.nt"
            write(data, size)
            bags: dict[str, Counter[Result]] = {}
            for name, run in _runs(data, size, oracles(tools), patience):
                print(f"{size:>9} {name:<28} {run.cpu:>8.2f} s  {run.memory:>6.0f} MB", file=sys.stderr)
                found["runs"].append(_figures(size, name, run))
                if name != "load":
                    bags[name] = run.results
            found["differences"][str(size)] = dict(_differences(bags, sown(size)))
    return found | {"ratios": ratios(found["runs"]), "missing": "" if len(oracles(tools)) > 1 else GET}


def _runs(data: Path, size: int, engines: Sequence[Oracle], patience: float) -> Iterator[tuple[str, Run]]:
    store = data.with_suffix(".store")
    for name, source in OURS.items():
        if size <= STOCK_LIMIT or name not in SLOW:
            wait_for_calm(patience)
            way, shapes = name.partition(" ")[0], store if name == "load" else SHAPES
            yield name, ours(MODULE, way, store if source == "store" else data, shapes)
    for engine in engines:
        wait_for_calm(patience)
        yield engine.name, engine.ask(data, SHAPES)


def wait_for_calm(patience: float) -> None:
    """Wait until the machine has little else to do, or until patience ends."""
    while os.getloadavg()[0] > CALM and patience > 0:
        sleep(5)
        patience -= 5


def _figures(size: int, name: str, run: Run) -> dict[str, Any]:
    steps = dict(line.removeprefix("# ").split() for line in run.words.splitlines())
    return {
        "triples": size,
        "engine": name,
        "results": run.results.total(),
        "cpu_s": round(run.cpu, 2),
        "wall_s": round(run.wall, 2),
        "rss_mb": round(run.memory),
        "steps_cpu_s": {step: float(seconds) for step, seconds in steps.items()},
        "load": round(os.getloadavg()[0], 2),
    }


def _differences(bags: Mapping[str, Counter[Result]], wanted: Counter[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what sets each engine apart from the first, and from what was sown."""
    first = next(iter(bags.values()))
    for name, results in bags.items():
        counts = by_shape(results, SPACE)
        yield f"{name} and what was sown", [f"{rule}: {counts[rule] - wanted[rule]:+}" for rule in counts | wanted
                                            if counts[rule] != wanted[rule]]  # fmt: skip
        yield f"{next(iter(bags))} and {name}", difference(first, results)[:50]


def ratios(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how often our cost goes into that of others, and how ours grows; the start of Python is left out."""
    work = {(run["triples"], run["engine"]): run["cpu_s"] - run["steps_cpu_s"].get("start", 0.0) for run in runs}
    sizes = sorted({size for size, _ in work})
    mine = {
        "ours, in the store": {size: work[size, "ours"] for size in sizes},
        "ours, loading included": {size: work[size, "ours"] + work[size, "load"] for size in sizes},
        "ours, in memory, reading included": {size: work[size, "ours in memory"] for size in sizes},
    }
    others = {key: cost for key, cost in work.items() if key[1] not in OURS or key[1] in SLOW}
    times = {
        f"{name} {size}": {way: round(cost / costs[size], 1) for way, costs in mine.items()}
        for (size, name), cost in others.items()
    }
    growth = {way: round(costs[sizes[-1]] / costs[sizes[0]], 2) for way, costs in mine.items()}
    held = all(run["rss_mb"] <= GOAL_MEMORY for run in runs if run["engine"].startswith("ours"))
    stock = [ours[way] for key, ours in times.items() if key.startswith("pyshacl") for way in ours]
    return {
        "times_our_cpu": times,
        "growth_cpu": growth | {"triples": round(activities(sizes[-1]) / activities(sizes[0]), 2)},
        "goals": {f"1/{GOAL_STOCK} of pySHACL": [each >= GOAL_STOCK for each in stock], f"{GOAL_MEMORY} MB": held},
    }


def main() -> None:
    """Measure, write the figures down; exit 1 where two engines differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="triples, about")
    parser.add_argument("--tools", type=Path, default=Path(".bench"), help="the folder with the other engines")
    parser.add_argument("--url", help="the address of a server whose POST /validate is measured too")
    parser.add_argument(
        "--patience", type=float, default=600, help="seconds to wait for a calm machine before each run"
    )
    parser.add_argument("--only", choices=("full", "record"), help="measure one part")
    parser.add_argument("--results", type=Path, default=None, help="the folder for the figures")
    given = parser.parse_args()
    found: dict[str, Any] = {}
    if given.only != "record":
        found |= full(given.sizes, given.tools, given.patience)
    if given.only != "full":
        wait_for_calm(given.patience)
        found["record"] = records(max(given.sizes), given.url)
        found["one_verdict"] = same_as_full()
    print(json.dumps(found, indent=1, ensure_ascii=False))
    print(write_figures("validation", found, *([given.results] if given.results else [])))
    raise SystemExit(int(any(lines for each in found.get("differences", {}).values() for lines in each.values())))


if __name__ == "__main__":
    main()

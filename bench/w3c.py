"""Run the W3C's SPARQL 1.1 tests through HTTP against our server: `python -m bench.w3c` (make w3c).

Prints how each group did, and writes `bench/results/w3c-{date}.json`. One server runs all the while; its current
snapshot is switched to the data of each test. Tests that write run against `bench/writable.py`, which only tests start.
Numbers are compared by value where their spelling differs, since the store keeps values; such tests are counted.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.w3c_exceptions import EXCEPTIONS
from bench.w3c_groups import GROUPS, Group, Servers
from bench.w3c_manifest import Case
from bench.w3c_outcome import Outcome
from bench.w3c_server import Client, serving
from bench.writable import writing

ROOT = Path(__file__).parents[1]
SUITE = Path("w3c/sparql/sparql11")  # within the folder of shared material
RESULTS = Path(__file__).parent / "results"


@contextmanager
def servers(suite: Path, port: int = 0) -> Iterator[Servers]:
    """Start our server and the writable endpoint."""
    with (
        tempfile.TemporaryDirectory() as place,
        serving(Path(place), port) as served,
        writing() as root,
        closing(Client(root)) as writable,
    ):
        yield Servers(suite, served, writable)


def run(group: Group, started: Servers, cases: Sequence[Case]) -> list[Outcome]:
    """Run tests of a group; one that breaks has failed."""
    return [_outcome(group, started, case) for case in cases]


def figures(group: Group, outcomes: Sequence[Outcome]) -> dict[str, Any]:  # Any: plain JSON
    """Return how a group did."""
    passed = sum(outcome.passed for outcome in outcomes)
    percent = round(100 * passed / len(outcomes), 2) if outcomes else 0.0
    return {
        "passed": passed,
        "of": len(outcomes),
        "percent": percent,
        "goal": group.goal,
        "met": None if group.goal is None else percent >= group.goal,
        "by_value": sum(outcome.by_value for outcome in outcomes),
        "note": group.note,
    }


def exception(outcome: Outcome) -> dict[str, Any]:
    """Return one failure, with its reason where it is known."""
    reason = EXCEPTIONS.get(outcome.case.short)
    return {
        "test": outcome.case.short,
        "name": outcome.case.name,
        "iri": outcome.case.iri,
        "detail": outcome.detail[:1000],
        "reason": asdict(reason) if reason else None,
    }


def campaign(suite: Path, port: int) -> dict[str, Any]:
    """Run every test and return the figures."""
    begin, measured, failures, mended = perf_counter(), {}, [], []
    with servers(suite, port) as started:
        for group in GROUPS:
            print(f"{group.name} ...", file=sys.stderr)
            outcomes = run(group, started, group.cases(suite))
            measured[group.name] = figures(group, outcomes)
            if group.lists_failures:
                failures += [exception(outcome) for outcome in outcomes if not outcome.passed]
                mended += [
                    outcome.case.short for outcome in outcomes if outcome.passed and outcome.case.short in EXCEPTIONS
                ]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "command": "make w3c",
        "suite": "https://github.com/w3c/rdf-tests, sparql/sparql11",
        "engine": f"pyoxigraph {version('pyoxigraph')}",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": round(perf_counter() - begin, 1),
        "groups": measured,
        "exceptions": failures,
        "no_longer_exceptions": mended,
    }


def summary(found: dict[str, Any]) -> str:
    """Tell a person how it went: the groups, then each failure and its reason."""
    lines = [_line(name, group) for name, group in found["groups"].items()]
    for each in found["exceptions"]:
        reason = each["reason"]
        words = f"{reason['words']} {' '.join(reason['links'])}" if reason else f"UNEXPLAINED: {each['detail']}"
        lines.append(f"- {each['test']}: {words}")
    lines += [f"- {test}: passes now; take it out of bench/w3c_exceptions.py" for test in found["no_longer_exceptions"]]
    return "\n".join(lines)


def _line(name: str, group: dict[str, Any]) -> str:
    goal = "" if group["goal"] is None else f"  (goal {group['goal']:g} %: {'met' if group['met'] else 'NOT met'})"
    return f"{name:<42} {group['passed']:>4} of {group['of']:<4} {group['percent']:>6.2f} %{goal}"


def _outcome(group: Group, started: Servers, case: Case) -> Outcome:
    try:
        return group.run(started, case)
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:  # an answer that cannot be read, no answer
        return Outcome(case, False, f"{type(error).__name__}: {error}")


def main() -> None:
    """Run the campaign; exit 1 where failures and the table of exceptions do not agree."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder that holds w3c/")
    parser.add_argument("--port", type=int, default=0, help="where our server listens (default: a free port)")
    given = parser.parse_args()
    if not (given.shared / SUITE).is_dir():
        parser.exit(3, f"The W3C tests are not in {given.shared / SUITE}; name their folder with --shared\n")
    found = campaign(given.shared / SUITE, given.port)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"w3c-{found['date']}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(summary(found))
    unexplained = [each for each in found["exceptions"] if each["reason"] is None]
    raise SystemExit(int(bool(unexplained or found["no_longer_exceptions"])))


if __name__ == "__main__":
    main()

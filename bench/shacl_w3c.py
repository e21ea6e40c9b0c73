"""Run the W3C's SHACL tests through each of our ways to a report: `python -m bench.shacl_w3c` (make shacl).

Prints how each way did, and writes `bench/results/shacl-w3c-{date}.json`. Each test is run twice: with data and shapes
together in one graph, as the suite keeps them, and apart in two, as people keep them.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final, get_args

from pyparsing import ParseBaseException

from bench.figures import write
from bench.shacl_w3c_exceptions import EXCEPTIONS
from bench.shacl_w3c_manifest import Case, Layout, cases
from bench.shacl_w3c_paths import PATHS, Failed
from bench.shacl_w3c_report import difference

ROOT: Final = Path(__file__).parents[1]
SUITE: Final = Path("w3c/data-shapes-test-suite/tests")  # within the folder of shared material
LAYOUTS: Final[tuple[Layout, ...]] = get_args(Layout)
# How many tests of a kind must pass (issue 4); of the other ways the figures are told as they are.
GOALS: Final = {"core": 97, "sparql": 14, "must fail": 7}
# What pySHACL and rdflib let through where a test is beyond them, beside a bare Exception where a query uses an unknown
# prefix; anything else is a mistake of ours and ends the run.
BROKEN: Final = (ParseBaseException, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
JUDGED: Final = frozenset({"explained", "retargeted"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say whether a test passed on one way, and why not, or whether only the values agreed, not their spelling."""

    path: str
    layout: Layout
    case: Case
    detail: str
    by_value: bool = False

    @property
    def kind(self) -> str:
        """Return among which tests this one counts."""
        return "must fail" if self.case.expected is None else self.case.group

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the test on its way in the table of exceptions."""
        return self.path, self.case.short


def run(path: str, layout: Layout, case: Case) -> Outcome:
    """Run one test on one way."""
    try:
        found = PATHS[path].run(case.data, case.shapes)
    except Failed as failure:
        return Outcome(path, layout, case, "" if case.expected is None else f"failed: {failure}")
    except Exception as error:
        if type(error) is not Exception and not isinstance(error, BROKEN):
            raise
        return Outcome(path, layout, case, f"broke with {type(error).__name__}: {error}")
    if case.expected is None:
        return Outcome(path, layout, case, "a report came where a failure must")
    way = PATHS[path]
    detail = difference(case.expected, found, messages=way.messages)
    if detail and way.by_value:
        detail = difference(case.expected, found, by_value=True, messages=way.messages)
        return Outcome(path, layout, case, detail, by_value=not detail)
    return Outcome(path, layout, case, detail)


def campaign(suite: Path, paths: Sequence[str]) -> dict[str, Any]:  # Any: plain JSON
    """Run every test on every way and return the figures."""
    begin = perf_counter()
    outcomes = [run(p, layout, case) for p in paths for layout in LAYOUTS for case in cases(suite, layout)]
    return {
        "suite": "https://github.com/w3c/data-shapes, data-shapes-test-suite",
        "engine": f"pySHACL {version('pyshacl')}, pyoxigraph {version('pyoxigraph')}",
        "seconds": round(perf_counter() - begin, 1),
        "table": list(_table(outcomes)),
        "exceptions": [exception(outcome) for outcome in outcomes if outcome.detail],
        "no_longer_exceptions": sorted(" ".join(key) for key in surplus(outcomes)),
    }


def exception(outcome: Outcome) -> dict[str, Any]:
    """Return one failure, with its reason where it is known."""
    reason = EXCEPTIONS.get(outcome.key)
    return {
        "path": outcome.path,
        "layout": outcome.layout,
        "test": outcome.case.short,
        "detail": outcome.detail[:1000],
        "reason": asdict(reason) if reason else None,
    }


def surplus(outcomes: Sequence[Outcome]) -> set[tuple[str, str]]:
    """Return the entries in the table of exceptions of tests that pass, both together and apart."""
    ran = {outcome.key for outcome in outcomes}
    return (set(EXCEPTIONS) & ran) - {outcome.key for outcome in outcomes if outcome.detail}


def summary(found: Mapping[str, Any]) -> str:
    """Tell a person how it went: the table, then each failure and its reason."""
    lines = [_line(row) for row in found["table"]]
    for path, test in dict.fromkeys((each["path"], each["test"]) for each in found["exceptions"]):
        those = [each for each in found["exceptions"] if (each["path"], each["test"]) == (path, test)]
        reason = those[0]["reason"]
        words = f"{reason['words']} {' '.join(reason['links'])}" if reason else f"UNEXPLAINED: {those[0]['detail']}"
        lines.append(f"- {path} ({', '.join(each['layout'] for each in those)}) {test}: {words}")
    lines += [f"- {key}: passes now; take it out of bench/shacl_w3c_exceptions.py" for key in _mended(found)]
    return "\n".join(lines)


def _mended(found: Mapping[str, Any]) -> list[str]:
    return list(found["no_longer_exceptions"])


def _table(outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    for path, layout in dict.fromkeys((outcome.path, outcome.layout) for outcome in outcomes):
        row: dict[str, Any] = {"path": path, "layout": layout}
        for kind, goal in GOALS.items():
            those = [o for o in outcomes if (o.path, o.layout, o.kind) == (path, layout, kind)]
            passed = sum(not outcome.detail for outcome in those)
            row[kind] = {"passed": passed, "of": len(those), "met": passed >= goal if path in JUDGED else None}
        row["by_value"] = sum(o.by_value for o in outcomes if (o.path, o.layout) == (path, layout))
        yield row


def _line(row: Mapping[str, Any]) -> str:
    cells = [f"{kind} {row[kind]['passed']:>3} of {row[kind]['of']:<3}" for kind in GOALS]
    missed = [kind for kind in GOALS if row[kind]["met"] is False]
    return (
        f"{row['path']:<28} {row['layout']:<9} {'  '.join(cells)}{'  NOT met: ' + ', '.join(missed) if missed else ''}"
    )


def main() -> None:
    """Run the campaign; exit 1 where failures and the table of exceptions do not agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder that holds w3c/")
    parser.add_argument("--path", choices=PATHS, action="append", help="a way to go (default: all)")
    given = parser.parse_args()
    if not (given.shared / SUITE).is_dir():
        parser.exit(3, f"The W3C tests are not in {given.shared / SUITE}; name their folder with --shared\n")
    found = campaign(given.shared / SUITE, given.path or list(PATHS))
    if not given.path:
        print(write("shacl-w3c", found), file=sys.stderr)
    print(summary(found))
    raise SystemExit(int(any(e["reason"] is None for e in found["exceptions"]) or bool(_mended(found))))


if __name__ == "__main__":
    main()

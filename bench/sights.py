"""See every page in a real browser, in both languages, light and dark, and keep what axe and the policy say of it.

python -m bench.sights            # tests/test_pages.py, whole; the figures in bench/results/pages-{date}.json
"""

import os
import sys
from collections import Counter
from time import monotonic

import pytest

from bench import figures


class Outcomes:
    """Count what became of each sight of a page, and keep what was found."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what became of one test."""
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1
            if report.outcome == "failed":
                self.found.append(f"{report.nodeid.partition('::')[2]}: {report.longreprtext[-600:]}")


def main() -> int:
    """Run the tests of pages over all of them, and write the figures."""
    os.environ["M4SD_EVERY_PAGE"] = "1"
    outcomes, begun = Outcomes(), monotonic()
    code = pytest.main(["-q", "-p", "no:cacheprovider", "tests/test_pages.py", *sys.argv[1:]], plugins=[outcomes])
    told = {"sights": dict(outcomes.counts), "findings": outcomes.found, "seconds": round(monotonic() - begun)}
    print(figures.write("pages", told))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

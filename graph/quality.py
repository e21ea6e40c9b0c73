"""Keep what each validation of the whole graph found, as a series: `quality.jsonl` in the folder of the store."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from graph.validate.report import Report, Words

FILE: Final = "quality.jsonl"
EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Broken:
    """Count the findings of one rule, and name some of the things that break it."""

    rule: str
    severity: str
    title: Words
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Say what one validation of the whole graph found, and when (ISO 8601): findings by severity and by rule."""

    at: str
    snapshot: str
    checked: int
    counts: Mapping[str, int]
    rules: tuple[Broken, ...]


def measured(report: Report, snapshot: str, when: datetime) -> Measured:
    """Return what a report on the whole graph comes to."""
    severities = [finding.severity for finding in report.findings]
    counts = {each: severities.count(each) for each in ("Violation", "Warning", "Info")}
    rules = tuple(_broken(report, rule.value, count) for rule, count in report.counts().most_common())
    return Measured(when.isoformat(), snapshot, report.checked, counts, rules)


def _broken(report: Report, rule: str, count: int) -> Broken:
    found = [finding for finding in report.findings if finding.rule.value == rule]
    things = dict.fromkeys(finding.focus.value for finding in found)
    return Broken(rule, found[0].severity, dict(found[0].title), count, tuple(list(things)[:EXAMPLES]))


def keep(folder: Path, found: Measured) -> None:
    """Add a line to the series, in one write."""
    with (folder / FILE).open("ab") as file:
        file.write(json.dumps(asdict(found), ensure_ascii=False).encode() + b"\n")


def series(folder: Path) -> list[Measured]:
    """Return the series, oldest first; a line that was cut when the machine stopped is left out."""
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [each for line in lines if (each := _read(line))]


def _read(line: bytes) -> Measured | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    rules = (Broken(**{**each, "examples": tuple(each["examples"])}) for each in told["rules"])
    return Measured(**{**told, "rules": tuple(rules)})

"""Hold docs/iati-rules.md against the rules that it names and, where it is at hand, against IATI's own ruleset."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rdflib import DCTERMS, SH, Literal, URIRef
from rdflib.term import Node

from graph.names import PREFIXES
from graph.validate.shapes import record_shapes

ROOT = Path(__file__).parents[1]
RULESET = ROOT.parent / "shared" / "data" / "iati-rulesets" / "standard.json"
TABLE = ROOT / "docs" / "iati-rules.md"
SHAPE = PREFIXES["shape"]
SHAPES = record_shapes("curated")
NUMBER = re.compile(r"\d+\.\d+\.\d+")
GRAVITY = {"error": 2, "warning": 1}
OURS: dict[Node | None, int] = {SH.Violation: 2, SH.Warning: 1, SH.Info: 0}
with_ruleset = pytest.mark.skipif(not RULESET.exists(), reason="IATI's ruleset is not at hand")


class Row(NamedTuple):
    """One row of the table."""

    number: str
    path: str
    asks: str
    severity: str
    state: str
    rest: str

    @property
    def rules(self) -> list[str]:
        """Return the rules that the row names."""
        return re.findall(r"`shape:([\w-]+)`", self.rest)


def rows() -> list[Row]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| "))
    return [row(*each) for each in cells if NUMBER.fullmatch(each[0])]


def row(number: str, path: str, asks: str, severity: str, state: str, rest: str) -> Row:
    return Row(number, path.replace("\\|", "|").strip("`"), asks, severity, state, rest)


def gravity(rule: str) -> int:
    return OURS[SHAPES.value(URIRef(SHAPE + rule), SH.severity)]


def carried() -> set[tuple[str, str]]:
    """Return each number of IATI that a rule of ours bears, with the rule."""
    pairs = SHAPES.subject_objects(DCTERMS.identifier)
    return {(str(number), str(rule).removeprefix(SHAPE)) for rule, number in pairs}


def official(rules: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Yield the number, path and severity of each rule, those inside loops too (Any: JSON)."""
    for kind, body in rules.items():
        for case in body["cases"]:
            if kind == "loop":
                yield from official(case["do"], path)
            else:
                yield case["ruleInfo"]["id"], path, case["ruleInfo"]["severity"]


@with_ruleset
def test_the_table_has_each_rule_of_iati_once_with_its_path_and_severity() -> None:
    ruleset = json.loads(RULESET.read_text(encoding="utf-8"))
    theirs = Counter(rule for path, rules in ruleset.items() for rule in official(rules, path))
    assert theirs.total() == 107
    assert Counter((each.number, each.path, each.severity) for each in rows()) == theirs


def test_each_row_says_what_became_of_its_rule_and_why() -> None:
    for each in rows():
        assert each.state in {"ported", "not applicable", "not yet"}, each
        assert bool(each.rules) is (each.state == "ported"), each
        assert each.rest, each
        assert each.asks, each


def test_the_counts_in_the_heading_are_those_of_the_table() -> None:
    states = Counter(each.state for each in rows())
    heading = " ".join(TABLE.read_text(encoding="utf-8").split("|")[0].split())
    assert f"{states['ported']} are ported" in heading
    assert f"{states['not applicable']} do not apply" in heading
    assert f"{states['not yet']} are not yet there" in heading


def test_each_rule_that_a_row_names_bears_its_number_and_none_bears_another() -> None:
    assert {(each.number, rule) for each in rows() for rule in each.rules} == carried()


def test_a_ported_rule_is_no_milder_than_that_of_iati() -> None:
    for each in rows():
        for rule in each.rules:
            assert gravity(rule) >= GRAVITY[each.severity], (each.number, rule)


def test_a_rule_that_is_there_for_iati_alone_has_the_severity_of_iati() -> None:
    asked = {each.number: each.severity for each in rows()}
    for number, rule in carried():
        if rule.startswith("IatiActivity-"):
            assert gravity(rule) == GRAVITY[asked[number]], (number, rule)


def test_a_rule_is_found_by_the_number_of_iati() -> None:
    found = set(SHAPES.subjects(DCTERMS.identifier, Literal("6.11.1")))
    assert found == {URIRef(SHAPE + "IatiActivity-start")}

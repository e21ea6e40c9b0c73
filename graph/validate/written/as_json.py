"""Write a report as JSON, for programs.

Keys: `conforms`, `outcome` (admitted, held for a reviewer, refused), `lang`, `checked`, `counts` (of findings, by
severity), `rules` (each broken rule: `rule`, `page`, `title`, `severity`, `count`), `findings`, `unchecked` (`node`,
`kinds`, `why` and its place). A finding has `rule`, `page`, `severity`, `held` (for a reviewer), `component`, `focus`,
`path` (null where it is more than one step), `value` (as in SPARQL's JSON results, or null), `message`, `label`,
`valueLabel`, `expected`, `mend`, `causes` (each with the same keys) and its place: `file`, `line` and `column` from 1
(0: unknown), or `cell` in a table. Texts are in the language `lang`.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.validate.compile.path_nodes import shortly
from graph.validate.report import HELD, Finding, Report, Term, Unchecked
from graph.validate.written.voice import SEVERITIES, Voice, page

Json = Mapping[str, object]
PLAIN: Final = "http://www.w3.org/2001/XMLSchema#string"


def as_json(report: Report, voice: Voice) -> bytes:
    """Return a report as one JSON object."""
    severities = Counter(finding.severity for finding in report.findings)
    told = {
        "conforms": report.conforms,
        "outcome": report.outcome,
        "lang": voice.lang,
        "checked": report.checked - len(report.unchecked),
        "left": report.left,
        "counts": {severity: severities[severity] for severity in SEVERITIES},
        "rules": _rules(report, voice),
        "findings": [_finding(each, voice) for each in report.findings],
        "unchecked": [_unchecked(each, voice) for each in report.unchecked],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _rules(report: Report, voice: Voice) -> list[Json]:
    first = {finding.rule: finding for finding in reversed(report.findings)}
    return [
        {
            "rule": rule.value,
            "page": page(first[rule]),
            "title": voice.words(first[rule].title),
            "severity": first[rule].severity,
            "count": count,
        }
        for rule, count in report.counts().most_common()
    ]


def _finding(finding: Finding, voice: Voice) -> Json:
    return {
        "rule": finding.rule.value,
        "page": page(finding),
        "codes": list(finding.codes),
        "severity": finding.graded.value if finding.graded else finding.severity,
        "held": finding.component == HELD,
        "component": finding.component.value,
        "focus": _term(finding.focus),
        "path": finding.path.value if finding.path else None,
        "way": shortly(finding.way) if finding.way else None,
        "value": _term(finding.value) if finding.value is not None else None,
        "message": voice.message(finding),
        "label": voice.words(finding.label),
        "valueLabel": voice.words(finding.value_label),
        "expected": voice.said(finding.expected),
        "mend": voice.said(finding.mend),
        "causes": [_finding(cause, voice) for cause in finding.causes],
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "cell": finding.cell,
    }


def _unchecked(each: Unchecked, voice: Voice) -> Json:
    return {
        "node": _term(each.node),
        "kinds": [kind.value for kind in each.kinds],
        "why": voice.said(each.why),
        "file": each.file,
        "line": each.line,
        "column": each.column,
    }


def _term(term: Term) -> Json:
    """Return a term as SPARQL 1.1 Query Results JSON, 3.2.2, writes it."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    assert isinstance(term, Literal)
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    plain = term.datatype.value == PLAIN
    return {"type": "literal", "value": term.value, **({} if plain else {"datatype": term.datatype.value})}

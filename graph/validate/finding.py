"""Read validation results as findings, and point to the lines where they stand."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import rdflib
from pyoxigraph import NamedNode
from rdflib import DCTERMS, SH
from rdflib.term import Node

from graph.record import Record
from graph.validate.compile.path import Path
from graph.validate.compile.path_read import read_path
from graph.validate.compile.refusal import NotCompiled
from graph.validate.rdf import from_rdflib
from graph.validate.report import Finding, Severity
from graph.validate.shapes import SEVERITIES, by_language, words_of

Where = Mapping[tuple[object, ...], tuple[str, int]]


def findings(results: rdflib.Graph, shapes: rdflib.Graph, where: Where) -> Iterator[Finding]:
    """Yield the results of a validation report (SHACL, 3.6.2) as findings."""
    return (_finding(result, results, shapes, where) for result in results.objects(None, SH.result))


def places(records: Sequence[Record]) -> Where:
    """Index where each triple, each property of a node and each node first stands; most is said where a node stands."""
    found: dict[tuple[object, ...], tuple[str, int]] = {}
    said: Counter[tuple[object, str]] = Counter((t.subject, r.path) for r in records for t in r.triples)
    for record in records:
        for (s, p, o), line in zip(record.triples, record.lines, strict=True):
            for key in ((s, p, o), (s, p), (s, None, o)):
                found.setdefault(key, (record.path, line))
            if said[s, record.path] > said[s, found.get((s,), ("", 0))[0]]:
                found[(s,)] = (record.path, line)
    return found


def in_order(finding: Finding) -> tuple[str, int, str, str, str]:
    """Return what findings are sorted by: where they stand, then what they say."""
    return finding.file, finding.line, finding.rule.value, str(finding.focus), str(finding.value)


def _finding(result: Node, results: rdflib.Graph, shapes: rdflib.Graph, where: Where) -> Finding:
    rule = _one(results, result, SH.sourceShape)
    focus = from_rdflib(_one(results, result, SH.focusNode))
    path = results.value(result, SH.resultPath)
    value = results.value(result, SH.value)
    severity = _one(results, result, SH.resultSeverity)
    way = _way(results, path)
    place = _place(focus, from_rdflib(path) if path else None, from_rdflib(value) if value is not None else None, where)
    return Finding(
        rule=_iri(rule),
        title=words_of(shapes, rule, SH.name),
        message=_message(rule, [str(m) for m in results.objects(result, SH.resultMessage)], shapes),
        severity=_grave(severity),
        focus=focus,  # type: ignore[arg-type]  # a literal, where a shape aims at values
        path=_iri(path) if isinstance(path, rdflib.URIRef) else None,
        value=from_rdflib(value) if value is not None else None,
        component=_iri(_one(results, result, SH.sourceConstraintComponent)),
        file=place[0],
        line=place[1],
        graded=None if severity in _STANDARD else _iri(severity),
        way=way,
        codes=tuple(sorted(str(each) for each in shapes.objects(rule, DCTERMS.identifier))),
    )


_STANDARD = {SH.Violation, SH.Warning, SH.Info}


def _grave(severity: Node) -> Severity:
    """Return how grave a finding is; a severity of the shapes’ own counts as an error (SHACL, 2.1.4)."""
    return SEVERITIES[str(severity).rpartition("#")[2]] if severity in _STANDARD else "Violation"


def _way(results: rdflib.Graph, path: Node | None) -> Path | None:
    """Return the path of a result where it is more than one property (SHACL, 2.3.1)."""
    try:
        return None if path is None or isinstance(path, rdflib.URIRef) else read_path(results, path)
    except NotCompiled:
        return None


def _message(rule: Node, said: Sequence[str], shapes: rdflib.Graph) -> dict[str, str]:
    """Return the rule's words by language; pySHACL fills in placeholders but loses the language."""
    templates = list(shapes.objects(rule, SH.message))
    for constraint in shapes.objects(rule, SH.sparql):
        templates += shapes.objects(constraint, SH.message)
    words = by_language(templates)
    for lang, template in words.items():
        shape = re.sub(r"\\\{\\?[?$]\w+\\\}", ".*", re.escape(template))
        words[lang] = next((text for text in said if re.fullmatch(shape, text, re.DOTALL)), template)
    return words or {"en": "; ".join(said)}


def _place(focus: object, path: object, value: object, where: Where) -> tuple[str, int]:
    for key in ((focus, path, value), (focus, path), (focus, None, value), (focus,)):
        if key in where:
            return where[key]
    return ("", 0)


def _one(graph: rdflib.Graph, subject: Node, predicate: Node) -> Node:
    found = graph.value(subject, predicate)
    assert found is not None, f"a SHACL result without {predicate}"
    return found


def _iri(node: Node) -> NamedNode:
    return NamedNode(str(node) if isinstance(node, rdflib.URIRef) else f"urn:blank:{node}")

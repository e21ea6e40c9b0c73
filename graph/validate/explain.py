"""Ask pySHACL what is wrong with records, in their context, and point to the lines."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import rdflib
from pyoxigraph import BlankNode, NamedNode, Triple
from pyshacl import validate as pyshacl_validate
from rdflib import SH
from rdflib.term import Node

from graph.record import Record
from graph.validate.rdf import PatientGraph, from_rdflib, to_rdflib
from graph.validate.report import Finding, Report
from graph.validate.shapes import SEVERITIES, Profile, aim, by_language, record_shapes, words_of
from graph.validate.terms import breaches

Where = Mapping[tuple[object, ...], tuple[str, int]]


def validate(
    records: Sequence[Record],
    context: Iterable[Triple],
    profile: Profile = "curated",
    shapes: rdflib.Graph | None = None,
) -> Report:
    """Hold the nodes of `records` against the shapes, seeing `context` too (other records, vocabularies, hierarchies).

    The shapes are those of a profile, or `shapes`. Follows SHACL (https://www.w3.org/TR/shacl/), Core and SPARQL.
    """
    everything = [*context, *(triple for record in records for triple in record.triples)]
    data = to_rdflib(everything, PatientGraph())
    nodes = {triple.subject for record in records for triple in record.triples}
    shapes = record_shapes(profile) if shapes is None else rdflib.Graph() + shapes
    aim(shapes, data, to_rdflib_nodes(nodes))
    _, results, _ = pyshacl_validate(data, shacl_graph=shapes, inference="none", inplace=True)
    found = [*_findings(results, shapes, _places(records)), *breaches(records, everything, shapes)]
    return Report(tuple(sorted(found, key=_order)), len(nodes))


def to_rdflib_nodes(nodes: Collection[object]) -> set[Node]:
    """Return subjects as rdflib nodes."""
    iris = {rdflib.URIRef(node.value) for node in nodes if isinstance(node, NamedNode)}
    return iris | {rdflib.BNode(node.value) for node in nodes if isinstance(node, BlankNode)}


def _order(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.file, finding.line, finding.rule.value, str(finding.focus), str(finding.value)


def _findings(results: rdflib.Graph, shapes: rdflib.Graph, where: Where) -> list[Finding]:
    return [_finding(result, results, shapes, where) for result in results.objects(None, SH.result)]


def _finding(result: Node, results: rdflib.Graph, shapes: rdflib.Graph, where: Where) -> Finding:
    rule = _one(results, result, SH.sourceShape)
    focus = from_rdflib(_one(results, result, SH.focusNode))
    path = results.value(result, SH.resultPath)
    value = results.value(result, SH.value)
    severity = str(_one(results, result, SH.resultSeverity)).rpartition("#")[2]
    place = _place(focus, from_rdflib(path) if path else None, from_rdflib(value) if value is not None else None, where)
    assert isinstance(focus, NamedNode | BlankNode)
    return Finding(
        rule=_iri(rule),
        title=words_of(shapes, rule, SH.name),
        message=_message(rule, [str(m) for m in results.objects(result, SH.resultMessage)], shapes),
        severity=SEVERITIES[severity],
        focus=focus,
        path=_iri(path) if isinstance(path, rdflib.URIRef) else None,
        value=from_rdflib(value) if value is not None else None,
        component=_iri(_one(results, result, SH.sourceConstraintComponent)),
        file=place[0],
        line=place[1],
    )


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


def _places(records: Sequence[Record]) -> dict[tuple[object, ...], tuple[str, int]]:
    """Index where each triple, each property of a node and each node first stands; most is said where a node stands."""
    places: dict[tuple[object, ...], tuple[str, int]] = {}
    said: Counter[tuple[object, str]] = Counter((t.subject, r.path) for r in records for t in r.triples)
    for record in records:
        for (s, p, o), line in zip(record.triples, record.lines, strict=True):
            for key in ((s, p, o), (s, p), (s, None, o)):
                places.setdefault(key, (record.path, line))
            if said[s, record.path] > said[s, places.get((s,), ("", 0))[0]]:
                places[(s,)] = (record.path, line)
    return places


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

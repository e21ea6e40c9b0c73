"""Say how each way to a report is gone: data and shapes in, the triples of a report out, or a failure.

- explained: what queries find or leave open, explained by pySHACL in the context that the shapes read: the validator's;
- retargeted: each shape aimed at the very nodes that its targets give, over all data;
- compiled: what the queries find that the shapes compile to, and nothing else; what falls back has failed;
- bridge: pySHACL over all data with the shapes as they are, through our graph with its cache of parsed queries.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib.term import Node

from bench.shacl_w3c_manifest import SH, Triples
from graph.names import name
from graph.store import Store
from graph.validate.compile.path import Term
from graph.validate.compile.shapes import Shapes, compiled
from graph.validate.context import below, context, outlines
from graph.validate.explaining import explain
from graph.validate.find import Row, aims, find
from graph.validate.rdf import PatientGraph, from_rdflib, to_rdflib
from graph.validate.refused import ShapesUnusable
from graph.validate.view import Kept

VIOLATION: Final = name("sh:Violation")


class Failed(Exception):
    """Say that no report came, since the shapes are not well-formed (SHACL, 3.4)."""


@dataclass(frozen=True, slots=True)
class Path:
    """Be one way to a report; one that goes by a store knows values, not spellings; one that finds has no messages."""

    run: Callable[[Triples, Triples], Triples]
    by_value: bool = False
    messages: bool = True


def explained(data: Triples, shapes: Triples) -> Triples:
    """Find by queries what breaks the shapes or is left open, then explain that in its context."""
    store, rules = _held(data, shapes)
    pairs = find(store, rules).pairs
    return explained_pairs(pairs, tuple(context(store, rules, pairs)), rules)


def retargeted(data: Triples, shapes: Triples) -> Triples:
    """Aim shapes at each node of the data that they target, then explain."""
    store, rules = _held(data, shapes)
    view = Kept(store)
    nodes = {term for triple in data for term in (triple.subject, triple.object) if not isinstance(term, Triple)}
    nodes |= {node for shape in rules.targeting for node in shape.targets.nodes}
    targets_of = aims(rules, rules.compiled(below(view, rules)), outlines(view, rules, nodes))
    return explained_pairs({(shape, node) for shape, targets in targets_of.items() for node in targets}, data, rules)


def queried(data: Triples, shapes: Triples) -> Triples:
    """Take what the queries find; fail where something needs another way."""
    store, rules = _held(data, shapes)
    found = find(store, rules)
    open_ = rules.compiled(below(Kept(store), rules)).uncompiled
    if open_ or found.undecided:
        raise Failed("; ".join(sorted({f"{each.component}: {each.why}" for each in open_})))
    return report_of(found.rows, shapes)


def bridge(data: Triples, shapes: Triples) -> Triples:
    """Hold data against shapes as they are."""
    held = to_rdflib(data, PatientGraph())
    try:
        _, found, words = pyshacl.validate(held, shacl_graph=to_rdflib(shapes), inference="none", inplace=True)
    except (ReportableRuntimeError, NotImplementedError) as error:
        raise Failed(str(error)) from error
    if isinstance(found, ValidationFailure):
        raise Failed(words)
    return triples_of(found)


PATHS: Final[Mapping[str, Path]] = {
    "explained": Path(explained, by_value=True),
    "retargeted": Path(retargeted),
    "compiled": Path(queried, by_value=True, messages=False),
    "bridge": Path(bridge),
}


def triples_of(report: rdflib.Graph) -> Triples:
    """Return a report of rdflib's as triples."""
    return tuple(_triple(*triple) for triple in report)


def _held(data: Triples, shapes: Triples) -> tuple[Store, Shapes]:
    store = Store()
    store.extend(Quad(*triple) for triple in data)
    try:
        return store, compiled(to_rdflib(shapes))
    except ShapesUnusable as error:
        raise Failed(str(error)) from error


def explained_pairs(pairs: Collection[tuple[Term, Term]], data: Triples, rules: Shapes) -> Triples:
    """Explain why some nodes break some shapes, in the triples that they rest on."""
    try:
        return triples_of(explain(pairs, data, rules))
    except ShapesUnusable as error:
        raise Failed(str(error)) from error


def report_of(rows: Iterable[Row], shapes: Triples) -> Triples:
    """Write what was found as a report (SHACL, 3.6)."""
    head, held = BlankNode(), tuple(rows)
    report = [Triple(head, name("sh:conforms"), Literal(not held)), *shapes]
    severities: dict[object, object] = {t.subject: t.object for t in shapes if t.predicate == name("sh:severity")}
    for row in held:
        result = BlankNode()
        report.append(Triple(head, name("sh:result"), result))
        said = {
            "focusNode": row.node,
            "sourceShape": row.source,
            "sourceConstraintComponent": row.component,
            "resultSeverity": severities.get(row.source, VIOLATION),
            "resultPath": row.path,
            "value": row.value,
        }
        for key, term in said.items():
            if isinstance(term, NamedNode | BlankNode | Literal):
                report.append(Triple(result, NamedNode(SH + key), term))
    return tuple(report)


def _triple(subject: Node, predicate: Node, value: Node) -> Triple:
    return Triple(from_rdflib(subject), from_rdflib(predicate), from_rdflib(value))  # type: ignore[arg-type]

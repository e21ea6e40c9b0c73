"""Hold every rule of the shapes to the house style and to its two cases: one that keeps it, one that breaks it.

pySHACL judges alone here, without the engine around it, and only the nodes that a case describes; so the engine
can be held against these verdicts too. Beside it judges the code that some rules name as their checker.
`cases/context.ttl` is the small world that every case leans on.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, XSD, URIRef
from rdflib.term import Node

import ontology
from graph.names import BASE
from graph.record import Record, read_triples
from graph.validate import terms
from graph.validate.harm import gate
from graph.validate.rdf import PatientGraph, to_rdflib
from graph.validate.view import Memory
from shapes import FOLDER

CASES = Path(__file__).parent / "cases"
SHAPE = "https://w3id.org/m4sd/shapes#"
IMPORTED = URIRef(SHAPE + "importedSeverity")
CHECKED_BY = URIRef(SHAPE + "checkedBy")
HOLDS = URIRef(SHAPE + "holds")
CHECKS = {rule: module for module in (gate, terms) for rule in module.CHECKS}
SEVERITIES: list[Node] = [SH.Info, SH.Warning, SH.Violation]
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
LOGICAL = (SH["not"], SH["or"], SH["and"], SH.xone)
# What the ontology must pass is tested with the ontology.
FILES = [path for path in sorted(FOLDER.glob("*.ttl")) if path.name != "ontology.ttl"]


def read(*paths: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in paths:
        to_rdflib(read_triples(path)[0], graph)
    return graph


SHAPES = read(*FILES)
RULES = sorted(str(rule).removeprefix(SHAPE) for rule in SHAPES.subjects(SH.severity, None))


def case(rule: str, verdict: str) -> Path:
    return CASES / rule.partition("-")[0] / f"{rule}.{verdict}.ttl"


def named(file: Path) -> set[str]:
    """Return the rules that the comments at the head of a case name."""
    heading = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    return set(re.findall(r"shape:([\w-]+)", " ".join(heading)))


# ---- each rule and its cases


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_case_that_keeps_it_and_one_that_breaks_it(rule: str) -> None:
    missing = [str(path.relative_to(CASES)) for path in (case(rule, "pass"), case(rule, "fail")) if not path.exists()]
    assert not missing, f"shape:{rule} lacks {' and '.join(missing)}"


@pytest.mark.parametrize("rule", RULES)
def test_a_failing_case_breaks_the_rule_that_it_names_and_no_other_it_does_not_name(rule: str) -> None:
    file = case(rule, "fail")
    assert file.read_text(encoding="utf-8").startswith(f"# breaks: shape:{rule}\n")
    found = results(file)
    assert rule in found
    assert {r for r, severity in found.items() if severity == SH.Violation} | {rule} == named(file)


@pytest.mark.parametrize("rule", RULES)
def test_a_passing_case_keeps_its_rule_and_breaks_none_that_would_refuse_it(rule: str) -> None:
    found = results(case(rule, "pass"))
    assert rule not in found
    assert not [r for r, severity in found.items() if severity == SH.Violation]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_names_messages_both_severities_a_group_and_an_order(rule: str) -> None:
    node = URIRef(SHAPE + rule)
    assert languages(node, SH.name) == ["en", "fr"]
    assert languages(node, SH.message) == ["en", "fr"]
    (curated,), (imported,) = SHAPES.objects(node, SH.severity), SHAPES.objects(node, IMPORTED)
    assert SEVERITIES.index(imported) <= SEVERITIES.index(curated), (
        "the records of others are judged no harder than ours"
    )
    (group,), (order,) = SHAPES.objects(node, SH.group), SHAPES.objects(node, SH.order)
    assert (group, RDF.type, SH.PropertyGroup) in SHAPES
    assert isinstance(order, rdflib.Literal)
    assert order.datatype == XSD.integer


def test_no_case_is_left_without_its_rule() -> None:
    expected = {case(rule, verdict) for rule in RULES for verdict in ("pass", "fail")}
    assert set(CASES.glob("*/*")) == expected


def test_the_world_that_the_cases_lean_on_keeps_every_rule() -> None:
    assert not results(CASES / "context.ttl")


# ---- the style of the shapes


def test_every_property_shape_is_a_named_rule_of_its_class_file() -> None:
    inside = {member for part in LOGICAL for value in SHAPES.objects(None, part) for member in members(value)}
    shapes = {shape for has in (SH.path, SH.sparql) for shape in SHAPES.subjects(has, None)}
    for shape in (shapes | set(SHAPES.subjects(RDF.type, SH.PropertyShape))) - inside:
        local = str(shape).removeprefix(SHAPE)
        assert re.fullmatch(r"[A-Z][A-Za-z]+(-[a-z0-9]+)+", local), f"{shape} is not named Class-rule"
        assert local in RULES, f"{shape} has no severity"


def test_a_node_shape_without_a_severity_only_gathers_rules() -> None:
    allowed = {RDF.type, RDFS.label, SH.property, *TARGETS}
    for shape in set(SHAPES.subjects(RDF.type, SH.NodeShape)) - {URIRef(SHAPE + rule) for rule in RULES}:
        assert set(SHAPES.predicates(shape, None)) <= allowed, shape
        assert languages(shape, RDFS.label) == ["en", "fr"], shape


def test_every_rule_is_aimed_at_something() -> None:
    gathered = set(SHAPES.objects(None, SH.property))
    aimed = {shape for target in TARGETS for shape in SHAPES.subjects(target, None)}
    in_code = {URIRef(rule.value) for rule in CHECKS}
    assert {URIRef(SHAPE + rule) for rule in RULES} <= gathered | aimed | in_code
    assert gathered <= {URIRef(SHAPE + rule) for rule in RULES}


def test_a_rule_that_code_looks_after_says_so_and_holds_no_constraint_of_its_own() -> None:
    checkers = {str(rule): str(module) for rule, module in SHAPES.subject_objects(CHECKED_BY)}
    assert checkers == {rule.value: module.__name__ for rule, module in CHECKS.items()}
    allowed = {RDF.type, SH.name, SH.message, SH.severity, IMPORTED, CHECKED_BY, SH.group, SH.order}
    for rule in CHECKS:
        assert set(SHAPES.predicates(URIRef(rule.value), None)) - {HOLDS} == allowed


def test_no_two_rules_say_the_same() -> None:
    assert repeated(SHAPES.objects(None, SH.message)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_two_rules_of_a_class_have_one_name(file: Path) -> None:
    assert repeated(read(file).objects(None, SH.name)) == []


@pytest.mark.slow
def test_the_shapes_are_shapes_by_the_shapes_of_shacl() -> None:
    conforms, _, said = pyshacl.validate(rdflib.Graph(), shacl_graph=rdflib.Graph() + SHAPES, meta_shacl=True)
    assert conforms, said


def test_each_rule_names_only_terms_that_our_ontology_has() -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    declared = {str(term).rpartition("#")[2] for kind in kinds for term in words().subjects(RDF.type, kind)}
    used = {term for file in FILES for term in re.findall(r"\bm4sd:(\w+)", file.read_text(encoding="utf-8"))}
    assert sorted(used - declared) == []


@pytest.mark.parametrize("rule", [r for r in RULES if (URIRef(SHAPE + r), SH.sparql, None) in SHAPES])
def test_a_sparql_rule_means_the_same_to_oxigraph(rule: str) -> None:
    (constraint,) = SHAPES.objects(URIRef(SHAPE + rule), SH.sparql)
    declared = SHAPES.objects(None, SH.declare)
    prefixes = {str(SHAPES.value(d, SH.prefix)): str(SHAPES.value(d, SH.namespace)) for d in declared}
    for verdict in ("pass", "fail"):
        store = ox.Store()
        for path in (CASES / "context.ttl", case(rule, verdict)):
            store.extend(ox.Quad(*triple) for triple in read_triples(path)[0])
        found = store.query(str(SHAPES.value(constraint, SH.select)), prefixes=prefixes)
        assert isinstance(found, ox.QuerySolutions)
        assert bool(list(found)) is (verdict == "fail")


# ---- helpers


def results(file: Path) -> dict[str, Node]:
    """Return the rules that the nodes that a case describes break, with their severities."""
    triples, lines = read_triples(file)
    everything = (*hierarchy(), *read_triples(CASES / "context.ttl")[0], *triples)
    data = to_rdflib(everything, PatientGraph())
    graph = ox.NamedNode(BASE + "graph/upload")
    record = Record(graph, graph, triples, str(file), lines)
    coded = [*gate.breaches([record], Memory(everything), SHAPES), *terms.breaches([record], everything, SHAPES)]
    nodes = set(to_rdflib(triples).subjects())
    shapes, targets = targeted()
    aims = {(s, SH.targetNode, n) for s, predicate, o in targets for n in reached(predicate, o, data) & nodes}
    for aim in aims:
        shapes.add(aim)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    for aim in aims:
        shapes.remove(aim)
    assert isinstance(report, rdflib.Graph)
    return {
        str(report.value(r, SH.sourceShape)).removeprefix(SHAPE): report.value(r, SH.resultSeverity) or r
        for r in report.objects(None, SH.result)
    } | {each.rule.value.removeprefix(SHAPE): SH[each.severity] for each in coded}


@functools.cache
def targeted() -> tuple[rdflib.Graph, list[tuple[Node, URIRef, Node]]]:
    """Return the shapes without their targets, and the targets: aiming anew is quicker than judging the whole world."""
    shapes = rdflib.Graph() + SHAPES
    targets = [(s, predicate, o) for predicate in TARGETS for s, o in SHAPES.subject_objects(predicate)]
    for target in targets:
        shapes.remove(target)
    return shapes, targets


def reached(predicate: Node, value: Node, data: rdflib.Graph) -> set[Node]:
    if predicate == SH.targetSubjectsOf:
        return set(data.subjects(value, None))
    assert predicate == SH.targetClass, "teach this test the other kinds of target before using them"
    return {node for kind in data.transitive_subjects(RDFS.subClassOf, value) for node in data.subjects(RDF.type, kind)}


@functools.cache
def words() -> rdflib.Graph:
    return read(Path(ontology.__file__).parent / "m4sd.ttl")


@functools.cache
def hierarchy() -> tuple[ox.Triple, ...]:
    """Return which class is under which, all that a case needs of the ontology."""
    triples = read_triples(Path(ontology.__file__).parent / "m4sd.ttl")[0]
    return tuple(t for t in triples if t.predicate.value == str(RDFS.subClassOf) and isinstance(t.object, ox.NamedNode))


def repeated(texts: Iterable[Node]) -> list[Node]:
    return [text for text, times in Counter(texts).items() if times > 1]


def languages(node: Node, predicate: Node) -> list[str]:
    return sorted(text.language or "" for text in SHAPES.objects(node, predicate) if isinstance(text, rdflib.Literal))


def members(value: Node) -> list[Node]:
    return list(SHAPES.items(value)) if (value, RDF.first, None) in SHAPES else [value]

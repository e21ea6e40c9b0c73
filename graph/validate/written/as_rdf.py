"""Write a report as SHACL, 3.6, has it (sh:ValidationReport), with what helps a person as properties of our own."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from graph.errors import Said
from graph.names import name, prefixes_of
from graph.validate.compile.path_nodes import as_nodes
from graph.validate.report import Finding, Report, Unchecked, Words
from graph.validate.written.voice import Voice

_A = name("rdf:type")


def as_turtle(report: Report, voice: Voice) -> bytes:
    """Return a report in Turtle."""
    return _serialized(report, voice, RdfFormat.TURTLE)


def as_jsonld(report: Report, voice: Voice) -> bytes:
    """Return a report in JSON-LD."""
    return _serialized(report, voice, RdfFormat.JSON_LD)


def _serialized(report: Report, voice: Voice, form: RdfFormat) -> bytes:
    triples = list(triples_of(report, voice))
    return serialize(triples, format=form, prefixes=prefixes_of(triples)) or b""


def triples_of(report: Report, voice: Voice) -> Iterator[Triple]:
    """Yield the report, its results, what failed inside them (sh:detail), and the nodes that no shape targets."""
    node = BlankNode()
    yield Triple(node, _A, name("sh:ValidationReport"))
    yield Triple(node, name("sh:conforms"), Literal(report.conforms))
    for finding in report.findings:
        result = BlankNode()
        yield Triple(node, name("sh:result"), result)
        yield from _result(result, finding, voice)
    for each in report.unchecked:
        left = BlankNode()
        yield Triple(node, name("shape:unchecked"), left)
        yield Triple(left, name("sh:focusNode"), each.node)
        yield from _texts(left, "shape:reason", {voice.lang: voice.said(each.why)})
        yield from _place(left, each)


def _result(result: BlankNode, finding: Finding, voice: Voice) -> Iterator[Triple]:
    yield Triple(result, _A, name("sh:ValidationResult"))
    yield Triple(result, name("sh:focusNode"), finding.focus)
    yield Triple(result, name("sh:resultSeverity"), finding.graded or name(f"sh:{finding.severity}"))
    yield Triple(result, name("sh:sourceShape"), _shape(finding.rule))
    yield Triple(result, name("sh:sourceConstraintComponent"), finding.component)
    if finding.path is not None:
        yield Triple(result, name("sh:resultPath"), finding.path)
    elif finding.way is not None:
        told = list[Triple]()
        yield Triple(result, name("sh:resultPath"), as_nodes(finding.way, told))
        yield from told
    if finding.value is not None:
        yield Triple(result, name("sh:value"), finding.value)
    yield from _texts(result, "sh:resultMessage", finding.message)
    yield from _texts(result, "shape:label", finding.label)
    yield from _texts(result, "shape:valueLabel", finding.value_label)
    yield from _texts(result, "shape:expected", _worded(finding.expected, voice))
    yield from _texts(result, "shape:mend", _worded(finding.mend, voice))
    yield from _place(result, finding)
    for cause in finding.causes:
        detail = BlankNode()
        yield Triple(result, name("sh:detail"), detail)
        yield from _result(detail, cause, voice)


def _shape(rule: NamedNode) -> NamedNode | BlankNode:
    local = rule.value.removeprefix("urn:blank:")
    return BlankNode(local) if local != rule.value else rule


def _worded(words: Said | None, voice: Voice) -> Words:
    return {voice.lang: voice.said(words)} if words else {}


def _texts(node: BlankNode, says: str, words: Words) -> Iterator[Triple]:
    for lang, text in words.items():
        yield Triple(node, name(says), Literal(text, language=lang))


def _place(node: BlankNode, found: Finding | Unchecked) -> Iterator[Triple]:
    if found.file:
        yield Triple(node, name("shape:file"), Literal(found.file))
    for says, number in (("shape:line", found.line), ("shape:column", found.column)):
        if number:
            yield Triple(node, name(says), Literal(number))
    if isinstance(found, Finding) and found.cell:
        yield Triple(node, name("shape:cell"), Literal(found.cell))

"""Refuse a file of shapes of which nothing could be checked, or that is no SHACL: either would pass everything."""

import functools
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode

from graph.errors import Said, SourceError, said
from graph.names import name, short
from graph.record import Record, read_triples
from graph.validate.compile.shapes import Shapes, compiled
from graph.validate.explain import validate
from graph.validate.rdf import to_rdflib
from graph.validate.report import Finding

PATH: Final = name("sh:path")
SHAPE: Final = name("sh:Shape")
IS_A_LIST: Final = name("sh:NodeConstraintComponent")


def read_foreign(path: Path) -> Shapes:
    """Return the shapes of a file of somebody's; raise SourceError, with the place, where they are none."""
    triples, lines = read_triples(path)
    _require_well_formed(Record(SHAPE, SHAPE, triples, str(path), lines))
    shapes = compiled(to_rdflib(triples))
    if not any(shape.targets for shape in shapes.shapes.values()):
        detail = said(
            "no shape in this file has a target, so nothing would be checked; write a sh:NodeShape with one, such as "
            "sh:targetClass"
        )
        raise SourceError(str(path), 1, detail)
    return shapes


def _require_well_formed(record: Record) -> None:
    """Hold shapes against the shapes that the W3C wrote for them (SHACL, C)."""
    found = validate([record], (), shapes=_shapes_of_shapes()).findings
    if found:
        # What is wrong with a shape as a whole mostly follows from what is wrong with one of its fields.
        worst = next((each for each in found if each.path), found[0])
        raise SourceError(record.path, worst.line or 1, _words(worst), worst.column)


def _words(finding: Finding) -> Said:
    node = "[ ]" if isinstance(finding.focus, BlankNode) else short(finding.focus.value)
    if finding.path is None:
        return said(
            "{node} is no shape of SHACL: a property shape has one sh:path; a node shape has none, and nothing that "
            "counts or compares the values of one, such as sh:minCount",
            node=node,
        )
    if finding.path == PATH:
        return said("the property shape {node} needs one sh:path: a property, or a path of properties", node=node)
    field, a_list = short(finding.path.value), said("a list, as in ( … )")
    expected = a_list if finding.component == IS_A_LIST else finding.expected or finding.message["en"]
    return said(
        "{field} of the shape {node} is not what SHACL asks for: {expected}", field=field, node=node, expected=expected
    )


@functools.cache
def _shapes_of_shapes() -> Shapes:
    """Return the shapes that shapes must pass; pySHACL brings them along."""
    with as_file(files("pyshacl") / "assets" / "shacl-shacl.ttl") as path:
        return compiled(to_rdflib(read_triples(path)[0]))

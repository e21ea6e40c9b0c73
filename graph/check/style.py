"""Hold the ontology itself against the style that it must keep: labels, definitions, names, in both languages."""

from collections.abc import Sequence

import shapes
from graph.record import Record
from graph.validate.explain import validate
from graph.validate.report import Report
from graph.validate.shapes import read_shapes

STYLE = shapes.FOLDER / "ontology.ttl"


def style(ontology: Sequence[Record]) -> Report:
    """Return what the ontology's files break of `shapes/ontology.ttl`."""
    return validate(ontology, (), shapes=read_shapes(STYLE))

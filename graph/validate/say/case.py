"""Hold one finding with the shape that it breaks and what is known of its terms: what those who explain it look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import SH
from rdflib.collection import Collection
from rdflib.term import Node

from graph.errors import Said, said
from graph.template.labels import columned
from graph.validate.rdf import from_rdflib
from graph.validate.report import Finding, Term
from graph.validate.say.near import choices
from graph.validate.say.syntax import field_in, is_table, value_in
from graph.validate.say.terms import Look, filled, labels, spelt, typed

_LONG: Final = 40  # characters of a text that are repeated in advice


@dataclass(frozen=True, slots=True)
class Case:
    """Hold a finding with the shape that it breaks and what may be known of its terms."""

    finding: Finding
    shape: Node
    shapes: rdflib.Graph
    look: Look

    def values(self, predicate: NamedNode | None) -> list[Term]:
        """Return the values of a property of the thing that is wrong."""
        found = self.look(self.finding.focus, predicate, None) if predicate else ()
        return [each.object for each in found if isinstance(each.object, NamedNode | BlankNode | Literal)]

    def here(self) -> list[Term]:
        """Return the values that the shape looks at: of its field, or of any of its fields."""
        fields = [self.finding.path] if self.finding.path else self.fields()
        return [value for field in fields for value in self.values(field)]

    def fields(self) -> list[NamedNode]:
        """Return the fields of which any will do."""
        path = self.shapes.value(self.shape, SH.path)
        head = self.shapes.value(path, SH.alternativePath) if path is not None else None
        found = [from_rdflib(each) for each in Collection(self.shapes, head)] if head is not None else []
        return [each for each in found if isinstance(each, NamedNode)]

    def parts(self) -> list[Node]:
        """Return the shape and, where it offers a choice, the shapes to choose from."""
        heads = [head for by in (SH["or"], SH.xone) for head in self.shapes.objects(self.shape, by)]
        return [self.shape, *(part for head in heads for part in Collection(self.shapes, head))]

    def choices(self) -> Mapping[str, Term]:
        """Return what the shape lets one choose from, by code and label."""
        return choices(self.parts(), self.shapes, self.look)

    def datatypes(self) -> list[str]:
        """Return the datatypes that the shape takes, in its order."""
        return [str(each) for part in self.parts() for each in self.shapes.objects(part, SH.datatype)]

    def spelt(self, term: Term) -> Said:
        """Return a term with its label."""
        return spelt(term, self.look)

    def written(self, term: Term) -> Said:
        """Return a value as one types it in the file, with its label."""
        code, words = value_in(self.finding.file, self.finding.path, cut(term)), labels(term, self.look)
        return said("{code} ({label})", code=code, label=words) if words else said("{code}", code=code)

    def stated(self, field: NamedNode, term: Term) -> Said:
        """Return a field with its value as one types them in the file; in a table fields are columns, with names."""
        words = columned().get(field) or labels(field, self.look)  # as it stands above the column
        if is_table(self.finding.file) and words:
            return said("{field}: {what}", field=words, what=value_in(self.finding.file, field, term))
        return said("{code}", code=field_in(self.finding.file, field, term))


REPLACED: Final = said("Write {right} in place of {wrong}.")


def replaced(case: Case, old: Term, new: Term) -> Said:
    """Say to write one term in place of another, each as it stands in the file."""
    return filled(REPLACED, right=case.written(new), wrong=briefly(old))


def briefly(term: Term) -> str:
    """Return a term as one types it in Turtle; a long text is cut."""
    return typed(cut(term))


def cut(term: Term) -> Term:
    """Return a term, a long text cut."""
    if not isinstance(term, Literal) or len(term.value) <= _LONG:
        return term
    text = f"{term.value[:_LONG]}…"
    return Literal(text, language=term.language) if term.language else Literal(text)

"""Write a value as it stands in the syntax of its file, so that a person can copy it there."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.names import name, short
from graph.validate.report import Term
from graph.validate.say.terms import typed

STRING, INTEGER, BOOLEAN = name("xsd:string"), name("xsd:integer"), name("xsd:boolean")


def value_in(file: str, field: NamedNode | None, term: Term) -> str:
    """Return a value as one types it in a file; Turtle where the file is of no syntax that is known."""
    return _VALUES.get(PurePath(file).suffix.lower(), _in_turtle)(field, term)


def field_in(file: str, field: NamedNode, term: Term) -> str:
    """Return a field with its value as one types them in a file."""
    suffix = PurePath(file).suffix.lower()
    if suffix in (".jsonld", ".json"):
        return f"{json.dumps(_bare(field))}: {_in_json(field, term)}"
    written = value_in(file, field, term)
    return written if suffix in (".rdf", ".xml", ".owl") else f"{_bare(field)} {written}"


def is_table(file: str) -> bool:
    """Return whether a file is a table, whose fields are columns."""
    return _VALUES.get(PurePath(file).suffix.lower()) is _in_cell


def _in_turtle(_field: NamedNode | None, term: Term) -> str:
    return typed(term)


def _in_json(_field: NamedNode | None, term: Term) -> str:
    """Write a value as JSON-LD does (JSON-LD 1.1, 4.2), with whole addresses: they need no context."""
    if isinstance(term, NamedNode):
        return _json({"@id": term.value})
    if isinstance(term, BlankNode):
        return "{ }"
    if term.language:
        return _json({"@value": term.value, "@language": term.language})
    if term.datatype in (INTEGER, BOOLEAN):
        return term.value
    return _json(term.value if term.datatype == STRING else {"@value": term.value, "@type": term.datatype.value})


def _in_xml(field: NamedNode | None, term: Term) -> str:
    """Write a field with its value as RDF/XML does (RDF/XML, 2)."""
    tag = _bare(field) if field is not None else "…"
    if isinstance(term, NamedNode):
        return f"<{tag} rdf:resource={quoteattr(term.value)}/>"
    if isinstance(term, BlankNode):
        return f"<{tag}>…</{tag}>"
    plain = term.datatype == STRING
    kind = (
        f" xml:lang={quoteattr(term.language)}" if term.language else f" rdf:datatype={quoteattr(term.datatype.value)}"
    )
    return f"<{tag}{'' if plain else kind}>{escape(term.value)}</{tag}>"


def _in_cell(_field: NamedNode | None, term: Term) -> str:
    return term.value if isinstance(term, Literal) else typed(term)


def _bare(field: NamedNode) -> str:
    return short(field.value).strip("<>")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_VALUES: Final[Mapping[str, Callable[[NamedNode | None, Term], str]]] = {
    ".jsonld": _in_json,
    ".json": _in_json,
    ".rdf": _in_xml,
    ".xml": _in_xml,
    ".owl": _in_xml,
    ".csv": _in_cell,
    ".tsv": _in_cell,
    ".xlsx": _in_cell,
}

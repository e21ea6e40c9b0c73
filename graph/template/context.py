"""Say how a record is written as plain JSON: one JSON-LD 1.1 context for all fields, and a thing as a node of it."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.context import ADDRESS
from graph.names import PREFIXES, name, short
from graph.reason.axioms import Node
from graph.template.fields import Field, fields
from graph.template.outline import entered

Json = dict[str, Any]  # a JSON object: its values are whatever JSON-LD or JSON Schema says
# JSON has these itself; everything else is a string that the context or the value types.
_NATIVE = {"integer", "nonNegativeInteger", "boolean"}


@cache
def context() -> Json:
    """Return the context: our prefixes, and each field of any class by its key."""
    keys: Json = {}
    for kind in entered():
        for each in fields(kind):
            keys[term(each)] = _definition(each)
    return {"@context": {"@version": 1.1, **PREFIXES, **dict(sorted(keys.items()))}}


def as_file() -> bytes:
    """Return the context as the one line that graph/context.jsonld holds."""
    return json.dumps(context()["@context"], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def term(each: Field) -> str:
    """Return the key of a field; it keeps its prefix where it is not ours, or is the name of a prefix itself."""
    plain = each.inverse or (each.path.value.startswith(PREFIXES["m4sd"]) and each.key not in PREFIXES)
    return each.key if plain else short(each.path.value).strip("<>")


def literal_type(each: Field) -> str:
    """Return the one datatype that the context gives all values of a field, or nothing."""
    own = {kind for kind in each.kinds if kind != "iri"}
    return next(iter(own)) if len(own) == 1 and not own & {*_NATIVE, "string", "langString"} else ""


def node(kind: NamedNode, thing: NamedNode, triples: Iterable[Triple]) -> Json:
    """Return what triples say of a thing as a node of the context; what is no field of its class is left out."""
    stated = list(dict.fromkeys(triples))
    found: Json = {"@context": ADDRESS, "@id": short(thing.value)}
    types = [t.object for t in stated if t.subject == thing and t.predicate == owl.TYPE]
    found["@type"] = next(short(each.value) for each in types if isinstance(each, NamedNode))
    for each in fields(kind):
        ends = (
            (t.object, t.subject) if each.inverse else (t.subject, t.object) for t in stated if t.predicate == each.path
        )
        values = [value for end, value in ends if end == thing]
        if values:
            found[term(each)] = _texts(each, values) if each.texts else _values(each, values)
    return found


def _definition(each: Field) -> Json:
    found: Json = {"@reverse" if each.inverse else "@id": each.path.value}
    if each.texts:
        found["@container"] = "@language"
        return found
    if each.is_thing:
        found["@type"] = "@id"
    elif literal_type(each):
        found["@type"] = name(f"xsd:{literal_type(each)}").value
    return {**found, "@container": "@set"}


def _texts(each: Field, values: Iterable[Node]) -> Mapping[str, object]:
    found: dict[str, list[str]] = {}
    for value in values:
        if isinstance(value, Literal):
            found.setdefault(value.language or "@none", []).append(value.value)
    return {lang: texts if each.many else texts[0] for lang, texts in sorted(found.items())}


def _values(each: Field, values: list[Node]) -> object:
    written = [_value(each, value) for value in values]
    return written if each.many else written[0]


def _value(each: Field, value: Node) -> object:
    if isinstance(value, NamedNode):
        return short(value.value).strip("<>") if each.is_thing else {"@id": short(value.value).strip("<>")}
    assert isinstance(value, Literal)
    if value.language:
        return {"@value": value.value, "@language": value.language}
    kind = value.datatype.value.rpartition("#")[2]
    if kind == literal_type(each) or kind == "string":
        return value.value
    if kind == "integer":
        return int(value.value)
    if kind == "boolean":
        return value.value in ("true", "1")
    return {"@value": value.value, "@type": short(value.datatype.value)}

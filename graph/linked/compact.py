"""Write triples as JSON-LD that names our own context by its address (JSON-LD 1.1 API, 6): short keys, plain values."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph import owl
from graph.context import ADDRESS, FILE
from graph.names import PREFIXES, short
from graph.reason.axioms import Node

Json = dict[str, Any]  # a JSON object: its values are whatever JSON-LD says
_XSD = PREFIXES["xsd"]


def compacted(triples: Iterable[Triple]) -> bytes:
    """Return triples as JSON-LD, a node for each subject, in the order in which these come first."""
    nodes: dict[str, Json] = {}
    for subject, predicate, value in triples:
        identity = _named(subject)
        node = nodes.setdefault(identity, {"@id": identity})
        if predicate == owl.TYPE:
            node.setdefault("@type", []).append(_named(value))
        else:
            _add(node, predicate, value)
    document = {"@context": ADDRESS, "@graph": list(nodes.values())}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _add(node: Json, predicate: NamedNode, value: Node) -> None:
    key, definition = _terms().get(predicate.value, ("", {}))
    in_languages = definition.get("@container") == "@language"
    if (
        in_languages
        and isinstance(value, Literal)
        and value.datatype.value in (_XSD + "string", PREFIXES["rdf"] + "langString")
    ):
        node.setdefault(key, {}).setdefault(value.language or "@none", []).append(value.value)
    elif in_languages:  # such a key takes texts only, and so does its prefixed name
        node.setdefault(predicate.value, []).append(_value(value, ""))
    else:
        node.setdefault(key or _curie(predicate.value), []).append(_value(value, definition.get("@type", "")))


def _value(value: Node, kind: str) -> object:
    """Return a value for a key whose strings the context takes to be of a kind."""
    if isinstance(value, NamedNode | BlankNode):
        return _named(value) if kind == "@id" else {"@id": _named(value)}
    assert isinstance(value, Literal)
    if value.language:
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if datatype == (kind or _XSD + "string"):
        return value.value
    native = _native(value.value, datatype.removeprefix(_XSD))
    if native is not None:
        return native if not kind else {"@value": native}
    return (
        {"@value": value.value} if datatype == _XSD + "string" else {"@value": value.value, "@type": _curie(datatype)}
    )


def _native(text: str, datatype: str) -> int | bool | None:
    """Return what JSON itself can say without any loss."""
    if datatype == "boolean" and text in ("true", "false"):
        return text == "true"
    if datatype == "integer" and text.removeprefix("-").isdecimal() and len(text) < 16 and str(int(text)) == text:
        return int(text)
    return None


def _named(node: Node) -> str:
    return _curie(node.value) if isinstance(node, NamedNode) else str(node)


@cache
def _terms() -> Mapping[str, tuple[str, Json]]:
    """Return the key of each property in the context, and how the context defines it."""
    keys: Json = json.loads(FILE.read_bytes())
    plain = ((key, each) for key, each in keys.items() if isinstance(each, dict) and "@id" in each)
    return {each["@id"]: (key, each) for key, each in plain}


def _curie(iri: str) -> str:
    found = short(iri)
    return iri if found.startswith("<") or found.partition(":")[2].startswith("//") else found

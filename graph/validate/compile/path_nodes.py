"""Write a path as SHACL does, as nodes (SHACL, 2.3.1), and in a form that a person reads."""

from collections.abc import Sequence
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.names import name, short
from graph.validate.compile.path import Chain, Choice, Path, Repeat, Step

_FIRST, _REST, _NIL = name("rdf:first"), name("rdf:rest"), name("rdf:nil")
_REPEATS: Final = {
    (True, True): "sh:zeroOrMorePath",
    (False, True): "sh:oneOrMorePath",
    (True, False): "sh:zeroOrOnePath",
}
Node = NamedNode | BlankNode


def as_nodes(path: Path, told: list[Triple]) -> Node:
    """Return the node of a path; what describes it is added to `told`."""
    if isinstance(path, Chain):
        return _listed([as_nodes(part, told) for part in path.parts], told)
    if isinstance(path, Choice):
        return _by("sh:alternativePath", _listed([as_nodes(part, told) for part in path.parts], told), told)
    if isinstance(path, Repeat):
        return _by(_REPEATS[path.nullable, path.many], as_nodes(path.part, told), told)
    assert path.predicate is not None, "a path of shapes names its properties"
    return _by("sh:inversePath", path.predicate, told) if path.inverse else path.predicate


def shortly(path: Path) -> str:
    """Return a path as SPARQL writes it (SPARQL 1.1 Query, 9.1), with short names."""
    if isinstance(path, Step):
        return ("^" if path.inverse else "") + (short(path.predicate.value) if path.predicate else "")
    if isinstance(path, Repeat):
        inner = shortly(path.part)
        sign = "*" if path.nullable and path.many else "+" if path.many else "?"
        return (inner if isinstance(path.part, Step) or inner.startswith("(") else f"({inner})") + sign
    joint = "/" if isinstance(path, Chain) else "|"
    text = joint.join(shortly(part) for part in path.parts)
    return f"({text})" if isinstance(path, Choice) else text


def _by(says: str, inner: Node, told: list[Triple]) -> Node:
    node = BlankNode()
    told.append(Triple(node, name(says), inner))
    return node


def _listed(parts: Sequence[Node], told: list[Triple]) -> Node:
    rest: Node = _NIL
    for part in reversed(parts):
        node = BlankNode()
        told += [Triple(node, _FIRST, part), Triple(node, _REST, rest)]
        rest = node
    return rest

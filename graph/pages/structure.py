"""Say an expression of the ontology in a line: a chain of links, a link read backwards, a choice of classes."""

from typing import Final

from pyoxigraph import DefaultGraph, NamedNode

from graph import owl
from graph.linked.description import whole
from graph.pages.incoming import backwards
from graph.pages.naming import Namer
from graph.reason.axioms import Axioms, Node
from graph.store import Store

_JOINED: Final = ((owl.UNION, " | "), (owl.INTERSECTION, " & "))


def in_words(store: Store, namer: Namer, node: Node) -> str:
    """Return an expression in words, as far as it can be said; else what stands for it in Turtle."""
    quads = (quad for quad in store.quads(s=node, g=DefaultGraph()))  # type: ignore[arg-type]  # a blank node
    return _said(Axioms(whole(store, quads)), namer, node)


def _said(axioms: Axioms, namer: Namer, node: Node) -> str:
    if isinstance(node, NamedNode):
        return namer.name(node).text
    if steps := list(axioms.members(node)):
        return " → ".join(_said(axioms, namer, step) for step in steps)
    if isinstance(forward := axioms.value(node, owl.INVERSE), NamedNode):
        return backwards(namer, forward).text
    for link, between in _JOINED:
        if parts := list(axioms.members(axioms.value(node, link))):
            return between.join(_said(axioms, namer, part) for part in parts)
    on, kind = axioms.value(node, owl.ON_PROPERTY), axioms.value(node, owl.SOME)
    if on is not None and kind is not None:
        return f"{_said(axioms, namer, on)} → {_said(axioms, namer, kind)}"
    return "[ … ]"

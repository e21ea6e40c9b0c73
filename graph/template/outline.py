"""Say which classes a person enters, what each is a kind of, and which go together in a template."""

from collections.abc import Iterator
from functools import cache

from pyoxigraph import NamedNode

import ontology
from graph import owl
from graph.names import PREFIXES, name
from graph.reason.axioms import Axioms
from graph.record import read_triples
from graph.template.rulebook import shapes_index

ADDRESSED = name("shape:Thing-iri")  # the rule about the addresses that we mint: it aims at all that is entered


@cache
def ontology_index() -> Axioms:
    """Return the triples of our ontology, indexed."""
    return Axioms(read_triples(ontology.FOLDER / "m4sd.ttl")[0])


@cache
def above(kind: NamedNode) -> tuple[NamedNode, ...]:
    """Return a class and those that it is a kind of, the nearest first."""
    found = [kind]
    for each in found:
        wider = ontology_index().objects(each, owl.SUBCLASS)
        found += [one for one in wider if isinstance(one, NamedNode) and one not in found]
    return tuple(found)


@cache
def below(kind: NamedNode) -> tuple[NamedNode, ...]:
    """Return the kinds of a class, itself first, without those that the rules derive."""
    found = [kind]
    for each in found:
        narrower = sorted({str(s): s for s, o in ontology_index().pairs(owl.SUBCLASS) if o == each}.items())
        found += [one for _, one in narrower if isinstance(one, NamedNode) and one not in found]
    return tuple(each for each in found if not ontology_index().objects(each, owl.EQUIVALENT))


@cache
def entered() -> tuple[NamedNode, ...]:
    """Return the classes that a person enters: with rules of their own, save where several kinds all have some."""
    ruled = {kind for shape, kind in shapes_index().pairs(name("sh:targetClass")) if _gathers(shape)}
    own = {kind for kind in ruled if isinstance(kind, NamedNode) and kind.value.startswith(PREFIXES["m4sd"])}
    roots = set(shapes_index().objects(ADDRESSED, name("sh:targetClass")))
    found = {kind for kind in own if roots.intersection(above(kind))}
    whole = {kind for kind in found if len(set(_children(kind))) > 1 and set(_children(kind)) <= found}
    return tuple(sorted(found - whole, key=lambda kind: kind.value))


def kinds(kind: NamedNode) -> tuple[NamedNode, ...]:
    """Return what a thing entered as a class may be: the class or one of its kinds that has no template of its own."""
    return tuple(each for each in below(kind) if each == kind or each not in entered())


def find_class(local: str) -> NamedNode | None:
    """Return the class of this name that a person enters."""
    return next((kind for kind in entered() if kind.value.endswith(f"#{local}")), None)


def _gathers(shape: object) -> bool:
    return isinstance(shape, NamedNode) and bool(shapes_index().objects(shape, name("sh:property")))


def _children(kind: NamedNode) -> Iterator[NamedNode]:
    for narrower, wider in ontology_index().pairs(owl.SUBCLASS):
        if wider == kind and isinstance(narrower, NamedNode) and narrower in below(kind):
            yield narrower

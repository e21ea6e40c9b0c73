"""Know what we publish: what each thing is called, of which classes it is, and the fullest example of each class."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

import ontology
from graph import owl
from graph.load.curated import curated, reference
from graph.names import name
from graph.reason.axioms import Node
from graph.record import read_triples
from graph.template.fields import typed
from graph.template.labels import Words, labelled
from graph.template.outline import above, entered, kinds
from graph.template.rulebook import CASES

ACRONYM = name("m4sd:acronym")
RECORDS = Path(__file__).parents[1] / "records"
Example = tuple[NamedNode, tuple[Triple, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """Hold what is published: labels by address, addresses by class, and an example of each class that is entered."""

    labels: Mapping[NamedNode, Words]
    members: Mapping[NamedNode, tuple[NamedNode, ...]]
    examples: Mapping[NamedNode, Example]
    acronyms: Mapping[NamedNode, tuple[str, ...]]


@cache
def published() -> Known:
    """Return what our own files publish; read once, in less than a second."""
    triples = [t for record in (*reference(ontology.FOLDER), *curated(RECORDS)) for t in record.triples]
    members: dict[NamedNode, dict[NamedNode, None]] = defaultdict(dict)
    for subject, predicate, kind in triples:
        if predicate == owl.TYPE and isinstance(subject, NamedNode) and isinstance(kind, NamedNode):
            for each in above(kind):
                members[each][subject] = None
    labels = labelled(triples)
    acronyms: dict[NamedNode, tuple[str, ...]] = {}
    for subject, predicate, value in triples:
        if predicate == ACRONYM and isinstance(subject, NamedNode) and isinstance(value, Literal):
            acronyms[subject] = (*acronyms.get(subject, ()), value.value)
    return Known(labels, {kind: tuple(found) for kind, found in members.items()}, _examples(triples), acronyms)


def _examples(triples: list[Triple]) -> dict[NamedNode, Example]:
    """Return for each class the thing whose fields are filled in most, with all that is said of it and names it."""
    said: dict[Node, list[Triple]] = defaultdict(list)
    by_kind: dict[Node, list[NamedNode]] = defaultdict(list)
    for triple in triples:
        for end in {triple.subject, triple.object}:
            said[end].append(triple)
        if triple.predicate == owl.TYPE and isinstance(triple.subject, NamedNode):
            by_kind[triple.object].append(triple.subject)
    found: dict[NamedNode, Example] = {}
    for kind in entered():
        things = [thing for each in kinds(kind) for thing in by_kind[each]]
        best = max(things, key=lambda thing: (_filled(kind, thing, said[thing]), thing.value), default=None)
        example = (best, tuple(dict.fromkeys(said[best]))) if best else _made_up(kind)
        if example:
            found[kind] = example
    return found


def _made_up(kind: NamedNode) -> Example | None:
    """Return a thing of the cases that keep the rules, for a class of which nothing is published yet."""
    for path in sorted((CASES / kind.value.rpartition("#")[2]).glob("*.pass.ttl")):
        triples = read_triples(path)[0]
        for subject, predicate, value in triples:
            if predicate == owl.TYPE and value == kind and isinstance(subject, NamedNode):
                return subject, tuple(t for t in triples if subject in (t.subject, t.object))
    return None


def _filled(kind: NamedNode, thing: NamedNode, about: list[Triple]) -> int:
    has = {(t.predicate, t.object == thing) for t in about}
    return sum((each.path, each.inverse) in has for each in typed(kind))

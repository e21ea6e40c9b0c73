"""Name terms for a person: short, with their labels, and written as one would type them in a record."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

import ontology
from graph.errors import Said, said
from graph.names import name, short
from graph.record import read_triples
from graph.validate.report import Term, Words

Look = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]
"""Tell the triples of a pattern, None standing for any term, from all that a check may see."""

LABELS: Final = (name("skos:prefLabel"), name("rdfs:label"), name("dcterms:title"), name("foaf:name"))
_BARE: Final = {name("xsd:integer"), name("xsd:decimal"), name("xsd:boolean")}


class Among:
    """Look among triples by their subject, or by their property and value; they are sorted at the first look."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = triples

    def __call__(self, subject: Term | None, predicate: NamedNode | None, value: Term | None) -> Iterable[Triple]:
        """Return the triples of a pattern; one without a subject has a property and a value."""
        by_subject, by_value = self._sorted
        if subject is None:
            return by_value.get((predicate, value), ())
        return [
            each
            for each in by_subject.get(subject, ())
            if predicate in (None, each.predicate) and value in (None, each.object)
        ]

    @functools.cached_property
    def _sorted(self) -> tuple[Mapping[object, list[Triple]], Mapping[object, list[Triple]]]:
        by_subject: defaultdict[object, list[Triple]] = defaultdict(list)
        by_value: defaultdict[object, list[Triple]] = defaultdict(list)
        for triple in self._triples:
            by_subject[triple.subject].append(triple)
            by_value[triple.predicate, triple.object].append(triple)
        return by_subject, by_value


@functools.cache
def shipped() -> Look:
    """Return a way to look among the ontology, its alignments and the vocabularies that we ship."""
    folders = ("alignments", "vocabularies")
    files = chain([ontology.FOLDER / "m4sd.ttl"], *(sorted((ontology.FOLDER / each).glob("*.ttl")) for each in folders))
    return Among([triple for file in files for triple in read_triples(file)[0]])


class Beside:
    """Look among what a check sees and, behind it, what we ship.

    What many findings ask for is kept: as long as a snapshot that never changes, where there is one behind the look.
    """

    def __init__(self, look: Look) -> None:
        memo: dict[object, Mapping[str, Term]] | None = getattr(look, "memo", None)
        self._look, self.kept = look, {} if memo is None else memo

    def __call__(self, subject: Term | None, predicate: NamedNode | None, value: Term | None) -> Iterable[Triple]:
        """Return the triples of a pattern, each once."""
        seen = self._look(subject, predicate, value)
        return dict.fromkeys(chain(seen, shipped()(subject, predicate, value)))


def labels(term: Term, look: Look) -> Words:
    """Return what a thing is called, by language; nothing for a text or a number."""
    if isinstance(term, Literal):
        return {}
    for says in LABELS:
        found = [each.object for each in look(term, says, None) if isinstance(each.object, Literal)]
        if found:
            return {text.language or "en": text.value for text in sorted(found, key=str)}
    return {}


def typed(term: Term) -> str:
    """Return a term as one types it in Turtle: `sector:health`, `"2019"^^xsd:gYear`, 12."""
    if isinstance(term, NamedNode):
        return short(term.value)
    if isinstance(term, BlankNode):
        return "[ ]"
    if term.datatype in _BARE:
        return term.value
    text = str(Literal(term.value))
    if term.language:
        return f"{text}@{term.language}"
    return text if term.datatype == name("xsd:string") else f"{text}^^{short(term.datatype.value)}"


def spelt(term: Term, look: Look) -> Said:
    """Return a term as one types it, with what it is called."""
    words = labels(term, look)
    if not words:
        return said("{code}", code=typed(term))
    return said("{code} ({label})", code=typed(term), label=words)


LIST: Final = said("{before}, {after}")
OR: Final = said("{before} or {after}")
AND: Final = said("{before} and {after}")
ALSO: Final = said("{before}; {after}")
THEN: Final = said("{before}, then {after}")
ELSE: Final = said("{before}; or {after}")


def joined(parts: Sequence[Said], by: Said = LIST) -> Said:
    """Join words: as a list, or as alternatives."""
    return functools.reduce(lambda before, after: replace(by, data={"before": before, "after": after}), parts)


def filled(words: Said, **data: object) -> Said:
    """Fill in words of a table."""
    return replace(words, data=data)


def shortened(terms: Sequence[Term], look: Look, most: int = 8) -> Said:
    """Join terms as a list, of which the first few are named and the others counted."""
    parts = [spelt(term, look) for term in terms[:most]]
    if len(terms) > most:
        parts.append(said("{count} more", count=len(terms) - most))
    return joined(parts)


def named(term: NamedNode, words: Mapping[str, str]) -> Said:
    """Return a field as one types it, with its label."""
    return said("{code} ({label})", code=short(term.value), label=words) if words else said("{code}", code=typed(term))

"""Hold the terms of records against the ontology: SHACL says nothing of a misspelt class, since no shape aims at it.

The rules have their names, words and severities in `shapes/terms.ttl`, like all others; only what they look for is here.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import SH, URIRef

import ontology
from graph.axioms import CLASSES, PROPERTIES, TYPE, Axioms, Node
from graph.names import BASE, PREFIXES, name, short
from graph.record import Record, read_triples
from graph.validate.report import Finding, Term
from graph.validate.shapes import severity_of, words_of

OURS = PREFIXES["m4sd"]
# The schemes of addresses that a page may safely make links of.
SCHEMES = frozenset({"http", "https", "urn", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Breach:
    """Point to the triple that breaks a rule, to the term that does so, and to the one that may have been meant."""

    at: int
    path: NamedNode
    term: Term
    nearest: str = ""


Triples = tuple[Triple, ...]
Check = Callable[[Triples, frozenset[Node]], Iterator[Breach]]


def breaches(records: Sequence[Record], everything: Iterable[Triple], shapes: rdflib.Graph) -> Iterator[Finding]:
    """Yield what in `records` breaks those of our rules that `shapes` holds; `everything` says what is of which class."""
    rules = [rule for rule in CHECKS if (URIRef(rule.value), SH.severity, None) in shapes]
    typed = _typed(everything) if rules else frozenset()
    for record in records:
        for rule in rules:
            # The ontology declares the terms and needs blank nodes for its axioms; shapes of its own hold its style.
            if rule == SCHEME or not _is_ontology(record.triples):
                yield from (_finding(rule, each, record, shapes) for each in CHECKS[rule](record.triples, typed))


@functools.cache
def declared(kinds: tuple[NamedNode, ...]) -> frozenset[Node]:
    """Return the terms of some kinds that the ontology we ship, or an alignment of it, declares."""
    files = [ontology.FOLDER / "m4sd.ttl", *sorted((ontology.FOLDER / "alignments").glob("*.ttl"))]
    return Axioms(triple for path in files for triple in read_triples(path)[0]).declared(kinds)


def _undeclared(triples: Triples, _typed: frozenset[Node]) -> Iterator[Breach]:
    for at, (_, predicate, value) in enumerate(triples):
        for term, kinds in ((predicate, PROPERTIES), (value, CLASSES if predicate == TYPE else CLASSES + PROPERTIES)):
            if isinstance(term, NamedNode) and term.value.startswith(OURS) and term not in declared(kinds):
                yield Breach(at, predicate, term, _nearest(term, kinds))


def _nearest(term: NamedNode, kinds: tuple[NamedNode, ...]) -> str:
    ours = sorted(short(each.value) for each in declared(kinds) if each.value.startswith(OURS))
    return get_close_matches(short(term.value), ours, n=1, cutoff=0)[0]


def _blank(triples: Triples, _typed: frozenset[Node]) -> Iterator[Breach]:
    seen: set[Node] = set()
    for at, (subject, predicate, value) in enumerate(triples):
        for node in (subject, value):
            if isinstance(node, BlankNode) and node not in seen:
                seen.add(node)
                yield Breach(at, predicate, node)


def _odd_scheme(triples: Triples, _typed: frozenset[Node]) -> Iterator[Breach]:
    for at, triple in enumerate(triples):
        for term in triple:
            if (address := _address(term)) and address.partition(":")[0].lower() not in SCHEMES:
                yield Breach(at, triple.predicate, term)


def _address(term: Node) -> str:
    """Return where a term points to: the IRI that it is, or the one that it spells."""
    points = isinstance(term, NamedNode) or (isinstance(term, Literal) and term.datatype == name("xsd:anyURI"))
    return term.value if points else ""


def _untyped(triples: Triples, typed: frozenset[Node]) -> Iterator[Breach]:
    first = {triple.subject: at for at, triple in reversed(tuple(enumerate(triples)))}
    yield from (Breach(at, TYPE, subject) for subject, at in first.items() if subject not in typed)


def _typed(triples: Iterable[Triple]) -> frozenset[Node]:
    classes = declared(CLASSES)
    return frozenset(triple.subject for triple in triples if triple.predicate == TYPE and triple.object in classes)


SCHEME = name("shape:Terms-scheme")
CHECKS: Mapping[NamedNode, Check] = {
    name("shape:Terms-declared"): _undeclared,
    name("shape:Terms-no-blank-nodes"): _blank,
    SCHEME: _odd_scheme,
    name("shape:Terms-typed"): _untyped,
}


def _is_ontology(triples: Triples) -> bool:
    kinds = (triple for triple in triples if triple.predicate == TYPE and triple.object == name("owl:Ontology"))
    return any(triple.subject.value.startswith(f"{BASE}ontology") for triple in kinds)


def _finding(rule: NamedNode, breach: Breach, record: Record, shapes: rdflib.Graph) -> Finding:
    filled = {"{?term}": short(breach.term.value), "{?nearest}": breach.nearest}
    message = words_of(shapes, URIRef(rule.value), SH.message)
    for lang, placeholder in product(message, filled):
        message[lang] = message[lang].replace(placeholder, filled[placeholder])
    return Finding(
        rule=rule,
        title=words_of(shapes, URIRef(rule.value), SH.name),
        message=message,
        severity=severity_of(shapes, URIRef(rule.value)),
        focus=record.triples[breach.at].subject,
        path=breach.path,
        value=breach.term,
        component=name("shape:CheckedByCode"),
        file=record.path,
        line=record.lines[breach.at],
    )

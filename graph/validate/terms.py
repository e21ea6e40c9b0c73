"""Hold the terms of records against the ontology: SHACL says nothing of a misspelt class, since no shape aims at it.

The rules have names, words and severities in `shapes/terms.ttl`, like all others; only what they look for is here.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rapidfuzz import fuzz, process
from rdflib import SH, URIRef

import ontology
from graph import owl
from graph.errors import Said, said
from graph.names import BASE, PREFIXES, name, short
from graph.reason.axioms import Axioms, Node
from graph.record import Record, read_triples
from graph.validate.harm.terms import PERSONS
from graph.validate.report import Finding, Term
from graph.validate.shapes import severity_of, words_of

OURS = PREFIXES["m4sd"]
# What people write for it by heart: another scheme, a slash for the number sign.
_NEARLY = re.compile(r"https?://(?:www\.)?w3id\.org/m4sd/ontology[#/:](?P<local>[^#/]+)", re.IGNORECASE)
NAMELESS = {"en": "this nameless node", "fr": "ce nœud sans nom"}
# The schemes of addresses that a page may safely make links of.
SCHEMES = frozenset({"http", "https", "urn", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Breach:
    """Point to the triple that breaks a rule, to the term that does so, and to the one that may have been meant."""

    at: int
    path: NamedNode
    term: Term
    nearest: str = ""
    mend: Said | None = None


Triples = tuple[Triple, ...]
Check = Callable[[Triples, frozenset[Node]], Iterator[Breach]]


def breaches(records: Sequence[Record], everything: Iterable[Triple], shapes: rdflib.Graph) -> Iterator[Finding]:
    """Yield what in `records` breaks those of our rules that `shapes` holds; `everything` tells what is of a class."""
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
        as_value = owl.CLASSES if predicate == owl.TYPE else owl.CLASSES + owl.PROPERTIES
        for term, kinds in ((predicate, owl.PROPERTIES), (value, as_value)):
            if _is_ours(term) and term not in declared(kinds):
                near = _nearest(term, kinds)
                written = _written(term, near, term == value and predicate == owl.TYPE)
                yield Breach(at, predicate, term, near, written if term.value.startswith(OURS) else _begun(term, near))


def _written(term: NamedNode, near: str, is_class: bool) -> Said:
    if is_class:
        return said(
            "Write {right} in place of {wrong}, then check again: the rules for things of that class come only then.",
            right=near, wrong=short(term.value),
        )  # fmt: skip
    return said("Write {right} in place of {wrong}.", right=near, wrong=short(term.value))


def _begun(term: NamedNode, near: str) -> Said:
    return said(
        "{wrong} does not begin as the terms of the ontology do: write {right} and declare m4sd: as {address}.",
        right=near, wrong=term.value, address=OURS,
    )  # fmt: skip


def _nearest(term: NamedNode, kinds: tuple[NamedNode, ...]) -> str:
    meant = _NEARLY.fullmatch(term.value)
    written = f"m4sd:{meant['local']}" if meant else short(term.value)
    return str(process.extractOne(written, _names(kinds), scorer=fuzz.ratio)[0])


@functools.cache
def _names(kinds: tuple[NamedNode, ...]) -> tuple[str, ...]:
    return tuple(sorted(short(each.value) for each in declared(kinds) if _is_ours(each)))


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
            if _is_address(term) and _scheme(term.value) not in {"", *SCHEMES}:
                yield Breach(at, triple.predicate, term, mend=_prefix(term.value))


def _prefix(address: str) -> Said | None:
    """Say what is wrong where a prefix that the file does not declare was taken for a scheme: JSON-LD allows that."""
    prefix, _, local = address.partition(":")
    if prefix in PREFIXES:
        return said(
            "The prefix {prefix} is not declared in the file: declare it as {address}, or write {right}.",
            prefix=f"{prefix}:", address=PREFIXES[prefix], right=PREFIXES[prefix] + local,
        )  # fmt: skip
    near = process.extractOne(prefix, sorted(PREFIXES), scorer=fuzz.ratio, score_cutoff=75)
    if not near:
        return None
    return said(
        "The prefix {prefix} is not declared in the file. Perhaps {near} is meant: then write {right}.",
        prefix=f"{prefix}:", near=f"{near[0]}:", right=PREFIXES[near[0]] + local,
    )  # fmt: skip


def _scheme(address: str) -> str:
    """Return the scheme as a browser reads it, which skips white space; none where the address has none."""
    before, colon, _ = "".join(address.split()).partition(":")
    return before.lower() if colon else ""


def _untyped(triples: Triples, typed: frozenset[Node]) -> Iterator[Breach]:
    first = {triple.subject: at for at, triple in reversed(tuple(enumerate(triples)))}
    for subject, at in first.items():
        if subject not in typed and isinstance(subject, NamedNode | BlankNode):
            yield Breach(at, owl.TYPE, subject)


def _typed(triples: Iterable[Triple]) -> frozenset[Node]:
    """Return what is of a class; a class of ours that does not exist is another rule's matter."""
    kinds = (triple for triple in triples if triple.predicate == owl.TYPE)
    return frozenset(each.subject for each in kinds if _is_known(each.object))


def _is_known(kind: Node) -> bool:
    """Return whether a class is known; what a private person is told by is the matter of another rule, too."""
    return kind in declared(owl.CLASSES) or kind in PERSONS or _is_ours(kind)


def _is_ours(term: Node) -> TypeGuard[NamedNode]:
    """Return whether a term is one of the ontology's, or is meant to be."""
    return isinstance(term, NamedNode) and (term.value.startswith(OURS) or bool(_NEARLY.fullmatch(term.value)))


def _is_address(term: Node) -> TypeGuard[NamedNode | Literal]:
    """Return whether a term points somewhere: an IRI, or a text that spells one."""
    return isinstance(term, NamedNode) or (isinstance(term, Literal) and term.datatype == name("xsd:anyURI"))


SCHEME = name("shape:Terms-scheme")
CHECKS: Mapping[NamedNode, Check] = {
    name("shape:Terms-declared"): _undeclared,
    name("shape:Terms-no-blank-nodes"): _blank,
    SCHEME: _odd_scheme,
    name("shape:Terms-typed"): _untyped,
}


def _is_ontology(triples: Triples) -> bool:
    kinds = (triple for triple in triples if triple.predicate == owl.TYPE and triple.object == name("owl:Ontology"))
    return any(str(triple.subject).startswith(f"<{BASE}ontology") for triple in kinds)


def _finding(rule: NamedNode, breach: Breach, record: Record, shapes: rdflib.Graph) -> Finding:
    focus = record.triples[breach.at].subject
    assert isinstance(focus, NamedNode | BlankNode), "a triple of a plain graph"
    message = words_of(shapes, URIRef(rule.value), SH.message)
    for lang, words in message.items():
        # Its name is the parser's, and stands in no file.
        term = NAMELESS[lang] if isinstance(breach.term, BlankNode) else short(breach.term.value)
        message[lang] = words.replace("{?term}", term).replace("{?nearest}", breach.nearest)
    return Finding(
        rule=rule,
        title=words_of(shapes, URIRef(rule.value), SH.name),
        message=message,
        severity=severity_of(shapes, URIRef(rule.value)),
        focus=focus,
        path=breach.path,
        value=None if breach.term in (focus, breach.path) else breach.term,
        component=name("shape:CheckedByCode"),
        file=record.path,
        line=record.lines[breach.at],
        mend=breach.mend,
    )

"""Hold an ontology against OWL 2 DL: what is declared twice or not at all, reserved, cyclic, or not regular."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyowl2_profiles.structural import detect_dl_violations
from pyoxigraph import NamedNode, Quad, Triple

from graph import owl
from graph.check.clash import LOGICAL
from graph.check.sentences import Words
from graph.names import PREFIXES, name, short
from graph.reason.axioms import Axioms
from graph.store import Store

_DECLARED: Final = (*owl.DECLARATIONS, name("owl:NamedIndividual"))
_BUILT_IN: Final = tuple(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
_IRI: Final = re.compile(r"<([^<>]+)>")

_WORDS: Final[dict[str, Words]] = {
    "punning": {
        "en": "{term} is declared as kinds of term that OWL 2 DL keeps apart: {kinds}.",
        "fr": "{term} est déclaré comme des sortes de termes qu’OWL 2 DL sépare : {kinds}.",
    },
    "role-hierarchy-cycle": {
        "en": "{term} is transitive and a sub-property of itself by way of others.",
        "fr": "{term} est transitif et, par d’autres, sous-propriété de lui-même.",
    },
    "reserved-vocab": {
        "en": "{term} belongs to OWL or RDF itself and cannot be declared anew as {kinds}.",
        "fr": "{term} appartient à OWL ou RDF et ne peut être déclaré de nouveau comme {kinds}.",
    },
    "undeclared-property": {
        "en": "{term} is used as a property and nowhere declared.",
        "fr": "{term} sert de propriété sans être déclaré nulle part.",
    },
    "undeclared-term": {
        "en": "{term} is used in an axiom and nowhere declared.",
        "fr": "{term} sert dans un axiome sans être déclaré nulle part.",
    },
    "not-regular": {
        "en": "The property chains of {term} are not regular: a property would follow from itself in a circle.",
        "fr": "Les chaînes de propriétés de {term} ne sont pas régulières : une propriété découlerait d’elle-même.",
    },
    "illegal": {
        "en": "{term}: HermiT finds this outside OWL 2 DL: {said}",
        "fr": "{term} : HermiT place ceci hors d’OWL 2 DL : {said}",
    },
}


def violations(ontology: Iterable[Triple]) -> tuple[Words, ...]:
    """Return what keeps an ontology out of OWL 2 DL and shows in its triples, in words and in one fixed order."""
    axioms, store = Axioms(ontology), Store()
    store.extend(Quad(*triple) for triple in axioms.triples)
    found = {(each.axiom_type, each.subject_iri or "") for each in detect_dl_violations(store, None)}
    properties = {iri for kind, iri in found if kind == "undeclared-property"}
    found |= {("undeclared-term", iri) for iri in _undeclared(axioms) if iri not in properties}
    return tuple(_say(kind, axioms, NamedNode(iri)) for kind, iri in sorted(found))


def illegal(ontology: Iterable[Triple], said: str) -> Words:
    """Return in words what HermiT refused: chains that are not regular, or a restriction on a property that has one."""
    axioms = Axioms(ontology)
    named = [NamedNode(iri) for iri in dict.fromkeys(_IRI.findall(said)) if not iri.startswith(_BUILT_IN)]
    chained = [each for each, _ in axioms.pairs(owl.CHAIN) if isinstance(each, NamedNode)]
    term = ", ".join(short(each.value) for each in dict.fromkeys(named or chained))
    words = _WORDS["not-regular" if "regular" in said else "illegal"]
    return {lang: text.format(term=term, said=said) for lang, text in words.items()}


def _say(kind: str, axioms: Axioms, term: NamedNode) -> Words:
    kinds = sorted(short(each.value) for each in axioms.objects(term, owl.TYPE) if isinstance(each, NamedNode))
    return {lang: text.format(term=short(term.value), kinds=", ".join(kinds)) for lang, text in _WORDS[kind].items()}


def _undeclared(axioms: Axioms) -> Iterator[str]:
    """Yield what the axioms mention and no declaration covers; HermiT would take it for something new in silence."""
    declared = axioms.declared(_DECLARED)
    for predicate in (*LOGICAL, owl.FIRST, owl.ON_PROPERTY, owl.SOME):
        for term in (end for pair in axioms.pairs(predicate) for end in pair):
            if isinstance(term, NamedNode) and term not in declared and not term.value.startswith(_BUILT_IN):
                yield term.value

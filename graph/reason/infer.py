"""Infer what follows from the records: rules of the ontology and of the claims, run to a fixpoint in memory."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, QueryTriples, Triple

from graph import owl
from graph.names import PREFIXES
from graph.reason.axioms import Axioms, Node
from graph.reason.claims import ANNOTATED, DERIVES, REPORTED, contribution_rules, participation_rules
from graph.reason.rules import Rule, compile_rules, relevant
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Inference:
    """Carry what follows and nobody asserted; `annotated` is what needs an annotated claim to follow."""

    inferred: list[Triple]
    annotated: list[Triple]


@dataclass(frozen=True, slots=True)
class Ruled:
    """Carry the rules of an ontology, and those which say what an annotated claim gives."""

    inferring: list[Rule]
    annotating: list[Rule]


def infer(asserted: Iterable[Triple], axioms: Iterable[Triple]) -> Inference:
    """Return what follows from the asserted triples under the axioms, in terms of ours and in one fixed order."""
    known, store = Axioms(axioms), Store()
    store.extend(Quad(*triple) for triple in asserted)
    rules = ruled(known, store)
    inferred = saturate(store, rules.inferring, known)
    # What follows once the annotated claims are heard too, and did not follow before, rests on them.
    annotated = saturate(store, rules.annotating, known)
    changed = {each.predicate for each in annotated}
    annotated += saturate(store, [*rules.inferring, *rules.annotating], known, changed)
    return Inference(_published(inferred), _published(annotated))


def ruled(axioms: Axioms, asserted: Store, graph: NamedNode | None = None) -> Ruled:
    """Return the rules that add something in terms of ours; `graph` is where it is said what roles derive."""
    annotating = contribution_rules(ANNOTATED)
    rules = [*_claim_rules(axioms, asserted, graph), *compile_rules(axioms)]
    return Ruled(
        relevant(rules, {rule.head.key for rule in [*rules, *annotating] if is_ours(rule.head.key)}), annotating
    )


def shortcuts(asserted: Iterable[Triple], axioms: Iterable[Triple]) -> list[Triple]:
    """Return only the links that the claims of either status spell out, and nothing that follows from these."""
    known, store = Axioms(axioms), Store()
    store.extend(Quad(*triple) for triple in asserted)
    rules = [*_claim_rules(known, store), *contribution_rules(ANNOTATED)]
    return _published(saturate(store, rules, known))


def saturate(store: Store, rules: list[Rule], axioms: Axioms, changed: set[NamedNode] | None = None) -> list[Triple]:
    """Add to the store what the rules give until they give no more; return what was added.

    A rule runs again only when something that it reads has grown; `changed` names what has grown before the start,
    and None means everything.
    """
    found: list[Triple] = []
    terms = axioms.declared()
    while changed is None or changed:
        awake = [rule for rule in rules if changed is None or rule.reads & changed]
        changed = set()
        for rule in awake:
            if new := _new(store, rule, terms):
                store.extend(Quad(*triple) for triple in new)
                found += new
                changed.add(rule.head.key)
    return found


def _new(store: Store, rule: Rule, terms: frozenset[Node]) -> list[Triple]:
    """Return what one rule adds; the ontology's own terms are no individuals, though facts may name them."""
    results = store.query(rule.text)
    assert isinstance(results, QueryTriples)
    return [
        triple
        for triple in dict.fromkeys(results)
        if triple.subject not in terms and (triple.predicate == owl.TYPE or triple.object not in terms)
    ]


def _claim_rules(axioms: Axioms, store: Store, graph: NamedNode | None = None) -> list[Rule]:
    """Return the rules of the claims; a role derives declared properties only, whatever a record may say."""
    declared = axioms.declared(owl.PROPERTIES)
    derived = {each for quad in store.quads(p=DERIVES, g=graph) if isinstance(each := quad.object, NamedNode)}
    return [*participation_rules(sorted(derived & declared, key=str)), *contribution_rules(REPORTED)]


def _published(triples: list[Triple]) -> list[Triple]:
    said = (triple.object if triple.predicate == owl.TYPE else triple.predicate for triple in triples)
    return sorted((triple for triple, term in zip(triples, said, strict=True) if is_ours(term)), key=str)


def is_ours(term: Node) -> bool:
    """Return whether a term is one of our ontology's."""
    return isinstance(term, NamedNode) and term.value.startswith(PREFIXES["m4sd"])

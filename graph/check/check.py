"""Check an ontology, alone or with records: is it OWL 2 DL, can each class have a member, do the records agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.check.clash import flat, statements
from graph.check.contradiction import RUNS, Contradiction, Progress, contradiction
from graph.check.hermit import ask
from graph.check.profile import illegal, violations
from graph.check.sentences import Lang, Words, labels
from graph.names import name, short
from graph.reason.axioms import Axioms
from graph.reason.infer import shortcuts

# HermiT knows these datatypes; a literal of another one makes it err (a year under a range of dates is "inconsistent"),
# so that those are left to the shapes.
_NUMBERS: Final = ("decimal", "integer", "nonNegativeInteger", "positiveInteger", "double", "float")
_DATATYPES: Final = frozenset(name(f"xsd:{each}") for each in (*_NUMBERS, "string", "boolean", "dateTime", "anyURI"))
_IDENTITY: Final = frozenset({name("owl:sameAs"), name("owl:differentFrom")})


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Carry what is wrong with an ontology and its records; nothing, when it is `ok`."""

    profile: tuple[Words, ...]
    unsatisfiable: tuple[NamedNode, ...]
    contradiction: Contradiction | None

    @property
    def ok(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.profile or self.unsatisfiable or self.contradiction)


def quietly(question: int, suspected: int) -> None:
    """Report no progress."""


def check(
    ontology: Iterable[Triple],
    records: Iterable[Triple] = (),
    progress: Progress = quietly,
    runs: int = RUNS,
) -> CheckReport:
    """Return what is wrong with an ontology, and with records under it; raise JavaMissing without a Java runtime.

    Give the ontology with its alignments. Naming a contradiction may take `runs` more questions to HermiT.
    """
    ontology, records = list(ontology), list(records)
    facts = reasoned(records, ontology)
    axioms, frame = statements(ontology)
    verdict = ask([*frame, *flat(axioms), *facts])
    profile = violations(ontology)
    if verdict.illegal:
        profile += (illegal(ontology, verdict.illegal),)
    found = (
        None if verdict.consistent else contradiction(ontology, facts, labels([*ontology, *records]), progress, runs)
    )
    return CheckReport(profile, verdict.unsatisfiable, found)


def as_lines(report: CheckReport, lang: Lang) -> Iterator[str]:
    """Yield the report in words, a line for each thing that is wrong."""
    yield from (words[lang] for words in report.profile)
    yield from (_EMPTY[lang].format(term=short(each.value)) for each in report.unsatisfiable)
    if report.contradiction:
        yield report.contradiction.summary[lang]
        yield from (f"    {words[lang]}" for words in report.contradiction.sentences)
        if not report.contradiction.minimal:
            yield _WORDY[lang]


def reasoned(records: list[Triple], ontology: list[Triple]) -> list[Triple]:
    """Return what a reasoner should see of the records: declared classes and links, and the shortcuts of claims.

    Facts of the sources stay out, since they quote and do not assert; so do undeclared terms, such as provenance.
    """
    axioms = Axioms(ontology)
    terms, classes = axioms.declared(), axioms.declared(owl.CLASSES)
    links, values = axioms.declared(owl.LINKS) | _IDENTITY, axioms.declared(owl.VALUES)
    facts = {each.subject for each in records if each.object == name("m4sd:Fact") and each.predicate == owl.TYPE}

    def counts(each: Triple) -> bool:
        if each.predicate == owl.TYPE:
            return each.object in classes
        if isinstance(each.object, Literal):
            return each.predicate in values and each.object.datatype in _DATATYPES
        return each.predicate in links and each.object not in terms

    stated = (each for each in records if each.subject not in facts and each.subject not in terms)
    return list(dict.fromkeys([*filter(counts, stated), *shortcuts(records, ontology)]))


_EMPTY: Final[Words] = {
    "en": "{term} can have no member: its axioms contradict each other.",
    "fr": "{term} ne peut avoir aucun membre : ses axiomes se contredisent.",
}
_WORDY: Final[Words] = {
    "en": "The search was stopped; some of these statements may not be needed for the contradiction.",
    "fr": "La recherche a été arrêtée ; certains de ces énoncés ne sont peut-être pas nécessaires à la contradiction.",
}

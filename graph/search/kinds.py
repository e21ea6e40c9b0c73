"""Say of which kind a thing is, in the words of people who look for it."""

from collections.abc import Collection
from typing import Final

from graph.names import name

# In the order in which results are shown; a thing is of the first kind that one of its classes belongs to.
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "programme": ("m4sd:Programme",),
    "phase": ("m4sd:ProgrammePhase",),
    "initiative": ("m4sd:Initiative",),
    "group": ("m4sd:InitiativeGroup", "m4sd:Intervention"),
    "country": ("m4sd:Country",),
    "place": ("m4sd:Place", "m4sd:CountryGroup"),
    "actor": ("m4sd:Actor",),
    "policy": ("m4sd:Policy",),
    "practice": ("m4sd:Practice",),
    "result": ("m4sd:Result",),
    "meeting": ("m4sd:Meeting",),
    "objective": ("m4sd:Objective",),
    "goal": ("sdgo:Goal",),
    "target": ("sdgo:Target",),
    "indicator": ("sdgo:Indicator",),
    "flow": ("m4sd:FinancialFlow", "m4sd:CallForProposals"),
    "service": ("m4sd:Service", "m4sd:Coordination"),
    "concept": ("skos:Concept", "skos:ConceptScheme", "sdgo:Tier"),
    "source": ("m4sd:SourceDocument",),
    "passage": ("m4sd:SourcePassage",),
    "fact": ("m4sd:Fact",),
    "dataset": ("dcat:Dataset", "dcat:Catalog"),
    "term": ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdfs:Datatype"),
}
ORDER: Final = tuple(KINDS)
_OF: Final = {name(curie).value: kind for kind, curies in KINDS.items() for curie in curies}


def kind_of(classes: Collection[str]) -> str:
    """Return the kind of a thing of these classes, given as IRIs; nothing where nobody would look for it."""
    found = {_OF[each] for each in classes if each in _OF}
    return next((kind for kind in ORDER if kind in found), "")

"""Say properties in plain words: the group on a page in which one stands, and how it reads forwards and backwards.

The words are those of the rules and of the ontology; `wording.tsv` has what they lack, above all how a link reads from
its other end: "is funded by" is "funds" on the page of the funder.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.reason.axioms import Axioms, Node
from graph.template.labels import Words, known
from graph.template.rulebook import shapes_index

FILE: Final = Path(__file__).with_suffix(".tsv")
# The groups of a page, in their order, with the group of the rules that each takes in.
GROUPS: Final[Mapping[str, tuple[str, Words]]] = {
    "goals": ("", {"en": "Goals and objectives", "fr": "Objectifs"}),
    "actors": ("shape:ActorsGroup", {"en": "Who", "fr": "Qui"}),
    "place": ("shape:PlaceGroup", {"en": "Where", "fr": "Où"}),
    "time": ("shape:TimeGroup", {"en": "When", "fr": "Quand"}),
    "results": ("shape:ResultsGroup", {"en": "Results and figures", "fr": "Résultats et chiffres"}),
    "kinds": ("shape:ClassificationGroup", {"en": "What it is about", "fr": "De quoi il s’agit"}),
    "terms": ("", {"en": "In the ontology", "fr": "Dans l’ontologie"}),
    "names": ("shape:IdentityGroup", {"en": "Names and codes", "fr": "Noms et codes"}),
    "elsewhere": ("", {"en": "Elsewhere", "fr": "Ailleurs"}),
    "sources": ("shape:ProvenanceGroup", {"en": "Where this comes from", "fr": "D’où cela vient"}),
    "other": ("", {"en": "Other facts", "fr": "Autres faits"}),
}
_ALSO: Final = {"shape:EvidenceGroup": "sources", "shape:PeopleGroup": "other"}


@dataclass(frozen=True, slots=True)
class Wording:
    """Carry the group of a property, its place in it, and its words forwards and backwards by language."""

    group: str
    order: int
    forwards: Words
    backwards: Words


def wording(property_: NamedNode) -> Wording:
    """Return how a property is said."""
    return _known().get(property_) or Wording("other", 99, known().get(property_, {}), known().get(property_, {}))


@cache
def _known() -> Mapping[NamedNode, Wording]:
    rules = _by_rules()
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = {name(row["property"]): row for row in csv.DictReader(file, delimiter="\t")}
    found = {}
    for each in {**rules, **rows}:
        row = rows.get(each, {})
        group, order = rules.get(each, ("other", 99))
        forwards = {lang: row[lang] for lang in ("en", "fr") if row.get(lang)} or known().get(each, {})
        backwards = {lang: row[f"back_{lang}"] for lang in ("en", "fr") if row.get(f"back_{lang}")}
        found[each] = Wording(row.get("group") or group, order, forwards, backwards)
    return found


def _by_rules() -> dict[NamedNode, tuple[str, int]]:
    """Return the group and the place in it that the rules give to a property."""
    book = shapes_index()
    groups = {name(curie): key for key, (curie, _) in GROUPS.items() if curie}
    groups |= {name(curie): key for curie, key in _ALSO.items()}
    found: dict[NamedNode, tuple[str, int]] = {}
    for rule, path in sorted(book.pairs(name("sh:path")), key=lambda pair: str(pair[0])):
        group = groups.get(value) if isinstance(value := book.value(rule, name("sh:group")), NamedNode) else None
        if group and isinstance(path, NamedNode):
            found.setdefault(path, (group, _order(book, rule)))
    return found


def _order(book: Axioms, rule: Node) -> int:
    value = book.value(rule, name("sh:order"))
    return int(getattr(value, "value", 99))

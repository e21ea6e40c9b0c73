"""Carry what validation found, and say it in a line or two; graph/validate/written/ holds the whole reports."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.errors import Said
from graph.names import name

if TYPE_CHECKING:  # it reads shapes with rdflib, which the web process does without
    from graph.validate.compile.path import Path

Severity = OneOf["Violation", "Warning", "Info"]
Term = NamedNode | BlankNode | Literal
Words = Mapping[str, str]
Profile = OneOf["curated", "imported"]
PROFILES: Mapping[str, Profile] = {"curated": "curated", "imported": "imported"}
# The threshold rule of many statistical offices for what leaves them; below it a count is no longer anonymous.
THRESHOLD = 10
# The component of a finding that a reviewer must see, whatever else the record keeps.
HELD = name("shape:HeldForReview")


@dataclass(frozen=True, slots=True)
class Finding:
    """Say that one node breaks one rule, where that stands, what was expected and how to mend it.

    `label` names the field and `value_label` the value. Inside a rule that offers a choice or nests others, `causes`
    are what failed there. A `cell` is the place in a table, such as `Meetings!C7`. `graded` is a severity of the
    shapes' own, which counts as an error; `way` is a path of more than one property; `codes` are the rule's at IATI.
    """

    rule: NamedNode
    title: Words
    message: Words
    severity: Severity
    focus: NamedNode | BlankNode
    path: NamedNode | None
    value: Term | None
    component: NamedNode
    file: str
    line: int
    column: int = 0
    cell: str = ""
    label: Words = field(default_factory=dict)
    value_label: Words = field(default_factory=dict)
    expected: Said | None = None
    mend: Said | None = None
    causes: tuple["Finding", ...] = ()
    graded: NamedNode | None = None
    way: "Path | None" = None
    codes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return where this stands, as programs that open files read it; nothing where it stands in no file."""
        if not self.file or self.cell:
            return f"{self.file}: {self.cell}" if self.file else self.cell
        return ":".join([self.file, str(self.line), *([str(self.column)] if self.column else [])])


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Name a node that no shape targets, of which kinds it is, where it stands and why nothing was checked of it."""

    node: NamedNode | BlankNode
    kinds: tuple[NamedNode, ...]
    why: Said
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Gather the findings of one validation over `checked` nodes, and the nodes that no rule was for.

    `left` counts the published neighbours that the change may touch and that were not checked again.
    """

    findings: tuple[Finding, ...]
    checked: int
    unchecked: tuple[Unchecked, ...] = ()
    left: int = 0

    @property
    def conforms(self) -> bool:
        """Return whether nothing that was found is a violation."""
        return not any(finding.severity == "Violation" for finding in self.findings)

    @property
    def held(self) -> tuple[Finding, ...]:
        """Return what could harm a person, for which a reviewer must see the record before anybody else does."""
        return tuple(finding for finding in self.findings if finding.component == HELD)

    @property
    def outcome(self) -> OneOf["admitted", "held", "refused"]:
        """Return what follows: what must be mended anyway is refused, what only a reviewer can judge is held."""
        if any(finding.severity == "Violation" and finding.component != HELD for finding in self.findings):
            return "refused"
        return "held" if self.held else "admitted"

    def counts(self) -> Counter[NamedNode]:
        """Count the findings of each rule."""
        return Counter(finding.rule for finding in self.findings)


def in_language(words: Words, lang: str) -> str:
    """Return words in a language, or in English, or in any."""
    return words.get(lang) or words.get("en") or next(iter(words.values()), "")


def settled(words: Said, lang: str) -> Said:
    """Return words in which the labels, which come in every language, are in one; a face then translates the rest."""
    data = {
        key: settled(value, lang)
        if isinstance(value, Said)
        else in_language(value, lang)
        if isinstance(value, Mapping)
        else value
        for key, value in words.data.items()
    }
    return replace(words, data=data)

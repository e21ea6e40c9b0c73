"""Speak one language, and show the lines of the files that were checked."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal

from graph.errors import Said, said
from graph.names import PREFIXES, short
from graph.validate.compile.path_nodes import shortly
from graph.validate.report import HELD, Finding, Report, Severity, Term, Words, in_language, settled
from graph.validate.say.terms import ALSO, joined, typed

Say = Callable[[Said], str]
LONGEST: Final = 200  # characters of a line or a value that are shown
SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")
_SEVERITY: Final[Mapping[Severity, Said]] = {
    "Violation": said("error"), "Warning": said("warning"), "Info": said("advice"),
}  # fmt: skip
_HELD: Final = said("for a reviewer")
_TOKEN: Final = re.compile(
    r'(?<=[\w"]>)[^<\s][^<]*(?=</)|"""|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^(?:<[^>\s]*>|[^\s;,]+))?|<[^>\s]*>|<[\w:.-]+|[^\s;,\])}<"]+'
)
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2


@dataclass(frozen=True, slots=True)
class Voice:
    """Say words in one language, and quote the files that were checked."""

    say: Say
    lang: str
    sources: Mapping[str, str]

    def said(self, words: Said | None) -> str:
        """Return words in the language of the reader, or nothing."""
        return self.say(settled(words, self.lang)) if words else ""

    def words(self, words: Words) -> str:
        """Return what a rule or a label says in the language of the reader."""
        return in_language(words, self.lang)

    def severity(self, finding: Finding) -> str:
        """Return how grave a finding is, in a word, or that a reviewer must judge it."""
        return self.said(_HELD if finding.component == HELD else _SEVERITY[finding.severity])

    def rule(self, finding: Finding) -> str:
        """Return a rule as one writes it; those of others may have no name."""
        named = not finding.rule.value.startswith("urn:blank:")
        return short(finding.rule.value) if named else self.said(said("a rule without a name"))

    def codes(self, finding: Finding) -> str:
        """Return the numbers that a rule has in the IATI standard."""
        return f"IATI {', '.join(finding.codes)}" if finding.codes and page(finding) else ""

    def title(self, finding: Finding) -> str:
        """Return what a rule is called, or the field that it is about."""
        return self.words(finding.title) or self.field(finding)

    def field(self, finding: Finding) -> str:
        """Return the name of the field, and how one types it."""
        label = self.words(finding.label)
        if finding.path is None or (finding.cell and label):
            way = shortly(finding.way) if finding.way and not page(finding) else ""  # ours are named for people
            return f"{label} ({way})" if label and way else label or way
        return f"{label} ({short(finding.path.value)})" if label else short(finding.path.value)

    def place(self, finding: Finding) -> str:
        """Return where a finding stands, as a person says it."""
        if finding.cell and finding.file:
            return self.said(said("{file}, cell {cell}", file=finding.file, cell=finding.cell))
        if not finding.file:
            return ""
        return self.said(said("{file}, line {line}", file=finding.file, line=int(finding.line)))

    def thing(self, finding: Finding) -> str:
        """Return the thing that is wrong as one types it; a row without an address of its own is not one yet."""
        made_up = finding.cell and "/row-" in str(finding.focus)
        return "" if made_up else shown(finding.focus)

    def value(self, finding: Finding) -> str:
        """Return the value as one types it, with what it is called."""
        if finding.value is None or finding.value == finding.focus:
            return ""
        label = self.words(finding.value_label)
        typed_in = isinstance(finding.value, Literal) and finding.cell
        code = plain(finding.value.value[:LONGEST]) if typed_in else shown(finding.value)
        return f"{code} ({label})" if label else code

    def message(self, finding: Finding) -> str:
        """Return what the rule says."""
        return self.words(finding.message) or self.said(finding.expected)

    def expected(self, problem: "Problem") -> str:
        """Return what was expected, each part once."""
        parts = {self.said(each.expected): each.expected for each in problem if each.expected}
        return self.said(joined(list(parts.values()), ALSO)) if parts else ""

    def mend(self, problem: "Problem") -> str:
        """Return how to mend it, each way once."""
        return " ".join(dict.fromkeys(filter(None, (self.said(each.mend) for each in problem))))

    def causes(self, problem: "Problem") -> list[str]:
        """Return what failed inside, except where that says no more than what was expected."""
        first = problem[0]
        told = [each for found in problem for each in found.causes]
        new = any((each.path, each.value) != (first.path, first.value) for each in told)
        return list(dict.fromkeys(self._cause(each) for each in told)) if new else []

    def _cause(self, cause: Finding) -> str:
        field, value, expected = self.field(cause), self.value(cause), self.said(cause.expected)
        if cause.value is None:
            return self.said(said("{field}: nothing fits; expected: {expected}", field=field, expected=expected))
        return self.said(said("{field}: {value}; expected: {expected}", field=field, value=value, expected=expected))

    def line(self, file: str, number: int) -> str:
        """Return a line of a file; nothing where the file is not at hand."""
        lines = lines_of(self.sources.get(file, ""))
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


@functools.lru_cache(maxsize=8)
def lines_of(text: str) -> list[str]:
    """Return the lines of a text, which many findings ask for."""
    return text.split("\n")


Problem = tuple[Finding, ...]


def problems(findings: Iterable[Finding]) -> list[Problem]:
    """Gather the findings that one slip causes: a text in place of a code breaks three constraints of one rule."""
    found: dict[object, list[Finding]] = {}
    for each in findings:
        what = each.message.get("en") if each.component == HELD else None  # one text may name and reach a person
        found.setdefault((each.rule, each.focus, each.path, each.value, each.place, what), []).append(each)
    return [tuple(each) for each in sorted(found.values(), key=_standing)]


def _standing(found: list[Finding]) -> tuple[str, int, int, int]:
    """Return what problems are sorted by: file by file, what must be mended first, each by its line."""
    first = found[0]
    return first.file, SEVERITIES.index(first.severity), first.line, first.column


def by_rule(found: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """Return each broken rule by its first problem, and its number of problems: the gravest and commonest first."""
    counts: dict[object, list[Problem]] = {}
    for each in found:
        counts.setdefault(each[0].rule, []).append(each)
    ranked = sorted(counts.values(), key=lambda each: (SEVERITIES.index(each[0][0].severity), -len(each)))
    return [(each[0], len(each)) for each in ranked]


def counted(report: Report) -> dict[Severity, int]:
    """Count what is to be mended, by severity."""
    found = [each[0].severity for each in problems(report.findings) if each[0].component != HELD]
    return {severity: found.count(severity) for severity in SEVERITIES}


def shown(term: Term) -> str:
    """Return a term as one types it, cut where it is long, with nothing in it that could act on a terminal."""
    if isinstance(term, Literal) and len(term.value) > LONGEST:
        term = Literal(f"{term.value[:LONGEST]}…")
    return plain(typed(term))


def plain(text: str) -> str:
    """Return a text for a terminal: whatever does not print is replaced."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def fit(text: str) -> str:
    """Return a text that XML can hold (XML 1.0, 2.2)."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def width(line: str, column: int) -> int:
    """Return how many characters the word at a column takes."""
    match = _TOKEN.match(line, column - 1)
    return max(len(match[0].rstrip(". ")) if match else 1, 1)


def page(finding: Finding) -> str:
    """Return the address of the page of a rule; nothing for a rule of others."""
    return finding.rule.value if finding.rule.value.startswith(PREFIXES["shape"]) else ""

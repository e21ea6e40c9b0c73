"""Find the published neighbours of records whose rules a change newly breaks."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import NamedNode, Triple

from graph.names import short
from graph.validate.compile.path import Term, subject, value
from graph.validate.compile.shapes import Shapes
from graph.validate.context import below
from graph.validate.explaining import broken, explained
from graph.validate.find import Pair
from graph.validate.finding import Where, findings
from graph.validate.neighbours import affected_among, reached
from graph.validate.report import Finding, Words
from graph.validate.view import View

MOST: Final = 5000  # neighbours that are checked again; a country may have ten times as many


@dataclass(frozen=True, slots=True)
class Change:
    """Show the data before and after a change, and what came and went."""

    before: View
    after: View
    came: Collection[Triple]
    went: Collection[Triple] = ()

    def triples(self) -> list[Triple]:
        """Return the triples that are on one side only."""
        came = [triple for triple in self.came if not _shows(self.before, triple)]
        return came + [triple for triple in self.went if not _shows(self.after, triple)]


def _shows(view: View, triple: Triple) -> bool:
    return any(True for _ in view(subject(triple), triple.predicate, value(triple)))


def newly_broken(
    change: Change, own: Collection[Term], shapes: Shapes, where: Where, most: int = MOST
) -> tuple[list[Finding], int]:
    """Return what nodes other than the changed ones break after a change and did not before.

    Each stands where the change does that reaches the neighbour. Where more than `most` neighbours lean on what
    changed, so many are checked, and the others counted: the check of the whole graph finds what they break.
    """
    made, changed = shapes.compiled(below(change.after, shapes)), change.triples()
    touched, left = affected_among(change.after, shapes, made, changed, own, most)
    near = {node for _, node in touched}
    pairs, _ = broken(change.after, shapes, near) if near else (set[Pair](), None)
    return (list(_newly(pairs, change, changed, shapes, where)) if pairs else []), left


def _newly(
    pairs: Collection[Pair], change: Change, changed: Collection[Triple], shapes: Shapes, where: Where
) -> Iterator[Finding]:
    were = Counter(key(each) for each in _found(pairs, change.before, shapes))
    places = _reached_from(pairs, changed, change.after, shapes)
    for finding in _found(pairs, change.after, shapes):
        were[key(finding)] -= 1
        if were[key(finding)] < 0:
            file, line = _place(places[finding.focus], where)
            yield replace(finding, message=_told(finding), file=file, line=line)


def _found(pairs: Collection[Pair], view: View, shapes: Shapes) -> list[Finding]:
    return [each for report in explained(pairs, view, shapes) for each in findings(report, shapes.graph, {})]


def key(finding: Finding) -> tuple[object, ...]:
    """Return what tells a finding from others, whatever its words and place."""
    return finding.focus, finding.rule, finding.component, finding.path, finding.value


def _reached_from(
    pairs: Iterable[Pair], changed: Iterable[Triple], view: View, shapes: Shapes
) -> dict[Term, list[Triple]]:
    """Return the changed triples that each neighbour reaches."""
    made, nodes = shapes.compiled(below(view, shapes)), {node for _, node in pairs}
    found: dict[Term, list[Triple]] = defaultdict(list)
    for triple in changed:
        by_shape, aimed = reached(view, shapes, made, [triple])
        for node in nodes & aimed.union(*by_shape.values()):
            found[node].append(triple)
    return found


def _place(changed: Iterable[Triple], where: Where) -> tuple[str, int]:
    """Return where a change stands; where something went, the place of what it was said of."""
    for triple in changed:
        for key in ((triple.subject, triple.predicate, triple.object), (triple.subject,)):
            if key in where:
                return where[key]
    return next(iter(where.values()), ("", 0))


def _told(finding: Finding) -> Words:
    """Say that the rule is a neighbour's."""
    name = short(finding.focus.value) if isinstance(finding.focus, NamedNode) else "[ ]"
    begin = {
        "en": f"This change breaks a rule of {name}, which is published: ",
        "fr": f"Cette modification enfreint une règle de {name}, qui est publié : ",
    }
    return {lang: begin.get(lang, begin["en"]) + words for lang, words in finding.message.items()}

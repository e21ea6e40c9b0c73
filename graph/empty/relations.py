"""Say how things that are there hang together otherwise than a triple pattern asks: direction, property, class, kin."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from graph.empty.mend import Mend
from graph.empty.parts import Culprit, alone
from graph.empty.trial import Trial, known
from graph.errors import said
from graph.names import PREFIXES
from graph.results.table import LABELS
from graph.sparql.edit import Edit
from graph.sparql.outline import Triple

MOST: Final = 4  # properties, classes or kin that are tried
ALIKE: Final = 70  # of 100: how like another property's name must be where it may lead anywhere
RELATED: Final = 30  # and where it leads to the very thing
READ: Final = 2000  # rows that are looked at
_TYPE: Final = PREFIXES["rdf"] + "type"


def otherwise(trial: Trial, blamed: Culprit) -> Iterator[Mend]:
    """Yield mends for a triple pattern whose terms are in the graph, but not so linked."""
    yield from _anywhere(blamed)
    part = blamed.unit.part
    if not isinstance(part, Triple):
        return
    if trial.iri(part.path[0]) == _TYPE:
        yield from _classes(trial, blamed, part)
        return
    yield from _turned(trial, part)
    yield from _kin(trial, blamed, part)
    yield from _properties(trial, blamed, part)
    yield from _optional(trial, blamed, part)


def _anywhere(blamed: Culprit) -> Iterator[Mend]:
    """Yield a mend that asks for the same outside of a graph that does not hold it."""
    group = blamed.group
    if group.keyword == "GRAPH" and group.name is not None and group.name.kind != "variable":
        words = said("the graph {present} holds nothing of this", present=group.name.text)
        yield Mend(words, (Edit(group.start, group.opens, ""),))


def _turned(trial: Trial, part: Triple) -> Iterator[Mend]:
    if part.object.kind in ("iri", "name", "variable") and part.path[0].kind in ("iri", "name", "mark"):
        path = _path(trial, part)
        start, better = (
            part.path[0].start,
            path[1:] if path.startswith("^") else f"^{path}" if len(part.path) == 1 else f"^({path})",
        )
        words = said("the property leads the other way round: {present} from {one} to {other}",
                     present=path.lstrip("^"), one=_object(trial, part), other=part.subject.text)  # fmt: skip
        yield Mend(words, (Edit(start, start + len(path), better),))


def _kin(trial: Trial, blamed: Culprit, part: Triple) -> Iterator[Mend]:
    """Yield mends that name, instead of a thing, one beside it to which the property does lead."""
    if part.object.kind not in ("iri", "name"):
        return
    one = _object(trial, part)
    near = f"{part.subject.text} {_path(trial, part)} ?kin . {{ {one} ?by ?kin }} UNION {{ ?kin ?by {one} }}"
    for (kin,) in trial.values("?kin", blamed.beside(near), f"LIMIT {MOST}"):
        if isinstance(kin, NamedNode):
            better = trial.written(kin.value)
            words = said("{present} does not lead to {one} here, but to {better}, which is linked with it",
                         present=_path(trial, part), one=one, better=better)  # fmt: skip
            yield Mend(words, (Edit(part.object.start, part.end, better),))


def _classes(trial: Trial, blamed: Culprit, part: Triple) -> Iterator[Mend]:
    """Yield mends that ask for a class to which the things belong."""
    rows = trial.values(f"?c {_named(part)}", blamed.beside(f"{part.subject.text} a ?c"), f"LIMIT {READ}")
    counts = Counter(row[0].value for row in rows if isinstance(row[0], NamedNode))
    present = _object(trial, part)
    for iri, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST]:
        better = trial.written(iri)
        words = said("none of what is found before is of the class {present}; it is of {better}",
                     present=present, better=better)  # fmt: skip
        yield Mend(words, (Edit(part.object.start, part.end, better),))


def _named(part: Triple) -> str:
    return part.subject.text if part.subject.kind == "variable" else ""


def _properties(trial: Trial, blamed: Culprit, part: Triple) -> Iterator[Mend]:
    """Yield mends that link the same by another property, in either direction."""
    if part.path[0].kind == "variable" or len(part.path) > 1:
        return
    one, other, present = part.subject.text, _object(trial, part), _path(trial, part)
    for pattern, mark in ((f"{one} ?by {other}", ""), (f"{other} ?by {one}", "^")):
        if mark and part.object.kind not in ("iri", "name", "variable"):
            continue
        found = [
            term.value
            for (term,) in trial.values("?by", blamed.beside(pattern), "LIMIT 200")
            if isinstance(term, NamedNode)
        ]
        for iri in sorted(found, key=lambda each: (-_likeness(trial, part, each), each != LABELS[0].value, each))[
            :MOST
        ]:
            if iri == _TYPE or _likeness(trial, part, iri) < (ALIKE if part.object.kind == "variable" else RELATED):
                continue
            better = mark + trial.written(iri)
            words = said(
                "what is found before is not linked by {present}; it is by {better}", present=present, better=better
            )
            yield Mend(words, (Edit(part.path[0].start, part.path[0].start + len(present), better),))


def _likeness(trial: Trial, part: Triple, iri: str) -> float:
    asked = trial.iri(part.path[0]) or part.path[0].text
    return fuzz.partial_ratio(
        asked.rpartition("#")[2].rpartition("/")[2].lower(), iri.rpartition("#")[2].rpartition("/")[2].lower()
    )


def _optional(trial: Trial, blamed: Culprit, part: Triple) -> Iterator[Mend]:
    """Yield a mend that asks for what is missing only where it is there."""
    triples = [unit for unit in blamed.others if isinstance(unit.part, Triple)]
    block = [unit for unit in triples if unit.part.subject.start == part.subject.start]  # type: ignore[union-attr]
    if len(triples) < 2 or part.object.kind != "variable" or not block or not _all_known(trial, part):
        return
    rest = " ".join(
        alone(trial.text, unit.part) for unit in block if unit.part is not part and isinstance(unit.part, Triple)
    )
    better = f"{rest} OPTIONAL {{ {blamed.unit.text} }}"
    end = max(unit.end for unit in block)
    words = said(
        "nothing that is found before has {present}; with OPTIONAL it is shown all the same", present=_path(trial, part)
    )
    yield Mend(words, (Edit(part.subject.start, end, better.strip()),))


def _all_known(trial: Trial, part: Triple) -> bool:
    return all(known(trial.store, trial.iri(step), "p") for step in part.path if step.kind in ("iri", "name"))


def _path(trial: Trial, part: Triple) -> str:
    return trial.text[part.path[0].start : part.path[-1].start + len(part.path[-1].text)]


def _object(trial: Trial, part: Triple) -> str:
    return trial.text[part.object.start : part.end]

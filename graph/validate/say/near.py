"""Find the code that was meant: by its label, or by its nearest spelling."""

import functools
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import rdflib
from pyoxigraph import Literal, NamedNode, Triple
from rapidfuzz import fuzz, process
from rdflib import SH
from rdflib.collection import Collection
from rdflib.term import Node

from graph import owl
from graph.names import name
from graph.validate.rdf import from_rdflib
from graph.validate.report import Term
from graph.validate.say.expected import SCHEME
from graph.validate.say.pattern import prefixes
from graph.validate.say.terms import LABELS, Beside, Look, shipped
from graph.validate.say.value import plain

MOST: Final = 2000  # candidates: past that, the nearest of them says little
FEW: Final = 1000  # things whose labels are read too: that takes a look each
CLOSE: Final = 70.0  # of 100, below which two spellings have little in common
SHORT: Final = 85.0  # the same for what has fewer than five letters, of which one may be another code
FEWER: Final = 6  # spellings that are equally near and still worth a look
IN_SCHEME: Final = name("skos:inScheme")
OF_CODES: Final = (*LABELS, name("skos:altLabel"), name("skos:notation"), name("m4sd:acronym"))
OF_THINGS: Final = (LABELS[0], name("m4sd:acronym"), name("m4sd:isoAlpha3"), name("dcterms:identifier"))

Names = Mapping[str, Term]


def choices(parts: Sequence[Node], shapes: rdflib.Graph, look: Look) -> Names:
    """Return what shapes let one choose from, by code and by label."""
    kept = look.kept if isinstance(look, Beside) else {}
    key = tuple(parts)
    if key not in kept:
        kept[key] = ChainMap(*(dict(_allowed(part, shapes, look)) for part in parts))
    return kept[key]


def _allowed(shape: Node, shapes: rdflib.Graph, look: Look) -> Names:
    """Return what a rule lets one choose from: the terms that it lists, a vocabulary, the things of a class."""
    listed = [from_rdflib(term) for head in shapes.objects(shape, SH["in"]) for term in Collection(shapes, head)]
    if listed:
        return by_name(listed, look, OF_CODES)
    schemes = {scheme for scheme in map(from_rdflib, shapes.objects(shape, SCHEME)) if isinstance(scheme, NamedNode)}
    for pattern in shapes.objects(shape, SH.pattern):
        schemes |= {NamedNode(start.rstrip("/")) for start in prefixes(str(pattern)) if "/concept/" in start}
    if schemes:
        return ChainMap(*(dict(_codes(scheme, look)) for scheme in sorted(schemes, key=str)))
    kinds = [from_rdflib(kind) for kind in shapes.objects(shape, SH["class"])]
    things = list(islice((thing for kind in kinds for thing in _things(kind, look)), MOST))
    return by_name(things, look, OF_THINGS if len(things) <= FEW else ())


def _codes(scheme: NamedNode, look: Look) -> Names:
    """Return the codes of a vocabulary: of one that we ship, or of another one that the check sees."""
    return _shipped_codes(scheme) or by_name(_subjects(IN_SCHEME, scheme, look), look, OF_CODES)


@functools.cache
def _shipped_codes(scheme: NamedNode) -> Names:
    return by_name(_subjects(IN_SCHEME, scheme, shipped()), shipped(), OF_CODES)


def nearest(meant: Term, known: Names) -> Term | None:
    """Return the term with the code or label of `meant`, or the nearest spelling; nothing where none is near."""
    return next(iter(equally_near(meant, known)), None)


def equally_near(meant: Term, known: Names) -> list[Term]:
    """Return the term with the code or label of `meant`, or those of the nearest spelling: there may be several."""
    others = {key: term for key, term in known.items() if term != meant}
    key = _key(local(meant))
    if not key or key in others:
        return [others[key]] if key in others else []
    least = SHORT if len(key) < 5 else CLOSE
    found = process.extract(key, others.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=FEWER)
    return list(dict.fromkeys(others[each] for each, score, _ in found if score == found[0][1]))


def local(term: Term) -> str:
    """Return what a term is called in its namespace, or what a text says."""
    return re.split(r"[/#:]", term.value)[-1] if isinstance(term, NamedNode) else term.value


def by_name(candidates: Iterable[Term], look: Look, names: Sequence[NamedNode] = ()) -> Names:
    """Return terms by their codes and, behind these, by some of their names."""
    terms = list(dict.fromkeys(candidates))
    found: dict[str, Term] = {}
    for term in terms:
        found.setdefault(_key(local(term)), term)
    for term in terms:
        for each in (triple for says in names for triple in look(term, says, None)):
            if isinstance(each.object, Literal):
                found.setdefault(_key(each.object.value), term)
    return {key: term for key, term in found.items() if key}


def _key(text: str) -> str:
    return "".join(c for c in plain(text[:100]) if c.isalnum())


def _things(kind: Term, look: Look) -> Iterator[Term]:
    kinds, at = [kind], 0
    while at < len(kinds) and at < 100:
        yield from _subjects(owl.TYPE, kinds[at], look)
        below = _subjects(name("rdfs:subClassOf"), kinds[at], look)
        kinds += [each for each in below if isinstance(each, NamedNode) and each not in kinds]
        at += 1


def _subjects(predicate: NamedNode, value: Term, look: Look) -> Iterator[Term]:
    for triple in look(None, predicate, value):
        if not isinstance(triple.subject, Triple):
            yield triple.subject

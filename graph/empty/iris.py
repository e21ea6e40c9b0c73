"""Say which IRI of a part is not in the graph, and which one that is there was meant."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Variable
from rapidfuzz import fuzz, process

from graph.empty.mend import Mend
from graph.empty.parts import Culprit
from graph.empty.trial import Trial, known
from graph.errors import Said, said
from graph.names import PREFIXES
from graph.pages.terms import things
from graph.search.folded import fold
from graph.sparql.edit import Edit
from graph.sparql.nearest import BY_CODE, CLOSE, LANGUAGE
from graph.sparql.outline import Triple
from graph.sparql.tokens import Token, tokens

MOST: Final = 3  # ways to write one IRI otherwise, of one kind
RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_IN_USE: Final = {
    "p": "SELECT DISTINCT ?term { ?s ?term ?o }",
    "c": "SELECT DISTINCT ?term { ?s a ?term FILTER(isIRI(?term)) }",
    "o": "SELECT DISTINCT ?term ?space { ?s ?p ?term FILTER(isIRI(?term)) FILTER(STRSTARTS(STR(?term), ?space)) }",
    "s": "SELECT DISTINCT ?term ?space { ?term ?p ?o FILTER(isIRI(?term)) FILTER(STRSTARTS(STR(?term), ?space)) }",
}
_Found = Iterator[tuple[str, Said]]  # other IRIs, each with what to say of it
NO_INSTANCE: Final = said("the class {present} has no instance in the graph; beside it, {better} has some")
UNUSED: Final = said("no triple of the graph uses the property {present}; beside it, {better} is used")
SCHEME: Final = said("an IRI with http is another one than with https: {present} is not in the graph, {better} is")
MARK: Final = said("{present} is not in the graph; its name stands behind another mark there: {better}")
LETTERS: Final = said(
    "IRIs tell capitals from small letters, and one mark from another: {present} is not in the graph, {better} is"
)
VOCABULARY: Final = said("{present} is not in the graph; the word is of another vocabulary: {better}")
CODE: Final = said("{present} is not in the graph; what has that code is {better}")
NAME: Final = said("{present} is not in the graph; what has that name is {better}")
NEAR: Final = said("{present} is not in the graph; near it is {better}")


def unknown(trial: Trial, blamed: Culprit) -> Iterator[Mend]:
    """Yield mends for the IRIs of a part that the graph lacks in their place."""
    yield from misnamed(trial, placed(trial, blamed))


def misnamed(trial: Trial, named: Iterable[tuple[Token, str]]) -> Iterator[Mend]:
    """Yield mends for the IRIs that the graph lacks in their place."""
    for token, place in named:
        iri = trial.iri(token)
        if not iri or _stands_for_itself(iri, place) or known(trial.store, iri, place):
            continue
        yield from _prefix(trial, token, place)
        found = False
        for other, words in _ways(trial, iri, place):
            found = True
            better = trial.written(other)
            yield Mend(
                Said(words.template, {"present": token.text, "better": better}),
                (Edit(token.start, _end(token), better),),
            )
        if not found:
            yield Mend(_missing(trial, token, iri, place))


def placed(trial: Trial, blamed: Culprit) -> Iterator[tuple[Token, str]]:
    """Yield the IRIs of a part, each with its place in triples; that of a class is `c`."""
    part = blamed.unit.part
    if isinstance(part, Triple):
        single = part.path[0].text if len(part.path) == 1 else ""
        typed = single == "a" or trial.iri(part.path[0]) == RDF_TYPE.value
        ends = ((part.subject, "s"), *((step, "p") for step in part.path), (part.object, "c" if typed else "o"))
        yield from ((token, place) for token, place in ends if token.kind in ("iri", "name"))
    else:
        for token in tokens(trial.text[blamed.unit.start : blamed.unit.end]):
            if token.kind in ("iri", "name"):
                yield Token(token.kind, token.text, token.start + blamed.unit.start), "s"


def _stands_for_itself(iri: str, place: str) -> bool:
    """Return whether an IRI means something without any triple: a datatype or a function."""
    return place == "s" and iri.startswith(LANGUAGE)


def _prefix(trial: Trial, token: Token, place: str) -> Iterator[Mend]:
    """Yield a mend for a prefix that stands for another namespace than the graph's."""
    prefix, _, local = token.text.partition(":")
    space = trial.declared.get(prefix) if token.kind == "name" else None
    if space is None:
        return
    for better in dict.fromkeys((PREFIXES.get(prefix, ""), *_respelled(space))):
        if better and better != space and known(trial.store, better + local.replace("\\", ""), place):
            words = said("the prefix {prefix} stands for {present} here, and the graph says {better}",
                         prefix=f"{prefix}:", present=f"<{space}>", better=f"<{better}>")  # fmt: skip
            yield Mend(words, tuple(_declarations(trial.text, prefix, better)))


def _declarations(text: str, prefix: str, better: str) -> Iterator[Edit]:
    stream = list(tokens(text))
    for word, name, iri in zip(stream, stream[1:], stream[2:], strict=False):
        if word.text.upper() == "PREFIX" and name.text == f"{prefix}:":
            yield Edit(iri.start, _end(iri), f"<{better}>")


def _ways(trial: Trial, iri: str, place: str) -> _Found:
    """Yield other IRIs that the graph has in this place, the likeliest first."""
    seen = {iri}
    for way in (_by_kind, _by_spelling, _by_letters, _by_vocabulary, _by_code, _by_label, _by_likeness):
        for other, words in way(trial, iri, place):
            if other not in seen and known(trial.store, other, place):
                seen.add(other)
                yield other, words


def _respelled(iri: str) -> Iterator[str]:
    """Yield an IRI with the other scheme, with the other mark before its name, and with both."""
    rest = iri.partition("://")[2]
    for other in ("http", "https") if rest else ():
        whole = f"{other}://{rest.removeprefix('www.')}"
        yield whole
        at = max(whole.rfind("/"), whole.rfind("#"))
        yield f"{whole[:at]}{'#' if whole[at] == '/' else '/'}{whole[at + 1 :]}"
        yield whole.rstrip("/")


def _by_kind(trial: Trial, iri: str, place: str) -> _Found:
    """Yield the classes above and below one that has no instance, and the like for properties."""
    if place not in "pc" or not known(trial.store, iri, "s"):
        return
    above = PREFIXES["rdfs"] + ("subClassOf" if place == "c" else "subPropertyOf")
    pattern = f"{{ <{iri}> <{above}> ?other }} UNION {{ ?other <{above}> <{iri}> }} FILTER(isIRI(?other))"
    for other in _column(trial, f"SELECT DISTINCT ?other {{ {pattern} }}", {}):
        yield other, NO_INSTANCE if place == "c" else UNUSED


def _by_spelling(trial: Trial, iri: str, place: str) -> _Found:
    for other in _respelled(iri):
        if other.partition(":")[0] != iri.partition(":")[0]:
            yield other, SCHEME
        else:
            yield other, MARK


def _by_letters(trial: Trial, iri: str, place: str) -> _Found:
    bare = _bare(iri)
    for other in _in_use(trial, iri, place):
        if _bare(other) == bare:
            yield other, LETTERS


def _by_vocabulary(trial: Trial, iri: str, place: str) -> _Found:
    local = _local(iri).casefold()
    if place in "pc":
        for other in _in_use(trial, iri, place):
            if _local(other).casefold() == local:
                yield other, VOCABULARY


def _by_code(trial: Trial, iri: str, place: str) -> _Found:
    if place in "so":
        yield from ((other, CODE) for other in _column(trial, BY_CODE, {Variable("code"): Literal(_local(iri))}))


def _by_label(trial: Trial, iri: str, place: str) -> _Found:
    words = fold(re.sub(r"(?<=[a-z])(?=[A-Z])|[-_]", " ", _local(iri)))
    if place in "so" and words:
        named = [each for each in things(trial.store, words, "en") if fold(each.label) == words]
        for each in named[:MOST]:
            prefix, _, local = each.name.partition(":")
            yield PREFIXES[prefix] + local, NAME


def _by_likeness(trial: Trial, iri: str, place: str) -> _Found:
    names = {_local(other): other for other in _in_use(trial, iri, place) if _space(other) == _space(iri)}
    for hit, _, _ in process.extract(_local(iri), names.keys(), scorer=fuzz.ratio, limit=MOST, score_cutoff=CLOSE):
        yield names[hit], NEAR


def _in_use(trial: Trial, iri: str, place: str) -> list[str]:
    """Return the IRIs that the graph has in a place: all properties and classes, or the things beside one."""
    key = place if place in "pc" else f"{place} {_space(iri)}"
    memo = trial.store.memo if trial.store.memo is not None else {}
    if ("in use", key) not in memo:
        space = {} if place in "pc" else {Variable("space"): Literal(_space(iri))}
        memo["in use", key] = _column(trial, f"{_IN_USE[place]} LIMIT 20000", space)
    found: list[str] = memo["in use", key]
    return found


def _column(trial: Trial, text: str, given: dict[Variable, Literal]) -> list[str]:
    """Return the values of the first column of a query of our own."""
    rows = trial.store.query(text, prefixes=PREFIXES, substitutions=given)
    assert isinstance(rows, QuerySolutions)
    return [row[0].value for row in rows if isinstance(row[0], NamedNode)]


def _missing(trial: Trial, token: Token, iri: str, place: str) -> Said:
    present = token.text
    if place == "c" and known(trial.store, iri, "s"):
        return said("the class {present} has no instance in the graph", present=present)
    if place == "p" and known(trial.store, iri, "s"):
        return said("no triple of the graph uses the property {present}", present=present)
    return said("{present} is not in the graph", present=present)


def _end(token: Token) -> int:
    return token.start + len(token.text)


def _local(iri: str) -> str:
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]


def _space(iri: str) -> str:
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def _bare(iri: str) -> str:
    return re.sub(r"[^a-z0-9/#:]", "", iri.casefold())

"""Say how to mend what breaks a rule: the nearest code, the value written out, the field that is missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import SH, URIRef
from rdflib.collection import Collection

from graph import owl
from graph.errors import Said, said
from graph.names import PREFIXES, name
from graph.validate.rdf import from_rdflib
from graph.validate.report import Term
from graph.validate.say.case import REPLACED, Case, briefly, replaced
from graph.validate.say.expected import parameter_of
from graph.validate.say.near import by_name, equally_near, local, nearest
from graph.validate.say.pattern import prefixes
from graph.validate.say.terms import AND, OR, filled, joined, labels, shortened, typed
from graph.validate.say.value import as_datatype, fitting, last_day, turned

LANG_STRING: Final = PREFIXES["rdf"] + "langString"
LANGUAGES: Final = ("en", "fr")  # those of our names, in the order in which one writes them


Mend = Callable[[Case], Said | None]


def mend(case: Case) -> Said | None:
    """Say how to mend a finding; nothing where its message says all that can be said."""
    known = MENDS.get(parameter_of(case.finding.component))
    return known(case) if known else None


def _code(case: Case) -> Said | None:
    """Name the code that was meant, or say that nothing is known of the one given."""
    value = case.finding.value
    if value is None:
        return None
    known = case.choices()
    found = equally_near(value, known)
    if len(found) == 1:
        return replaced(case, value, found[0])
    if found:
        return _chosen(found, case)
    return _chosen(list(dict.fromkeys(known.values())), case) or _unknown(value, case)


def _chosen(candidates: list[Term], case: Case) -> Said | None:
    if not 0 < len(candidates) <= 40:
        return None
    return said("Choose one of: {list}.", list=shortened(candidates, case.look, 12))


def _unknown(value: Term, case: Case) -> Said | None:
    if isinstance(value, Literal):
        return said("Name a thing by its address, in place of the text {wrong}.", wrong=briefly(value))
    kinds = [each.object for each in case.look(value, owl.TYPE, None) if isinstance(each.object, NamedNode)]
    if not kinds:
        return said("Nothing is known of {wrong}: correct it, or describe it here too.", wrong=briefly(value))
    kind = joined([case.spelt(each) for each in kinds])
    return said("{wrong} is of another class, {kind}: name another thing.", wrong=case.spelt(value), kind=kind)


def _datatype(case: Case) -> Said | None:
    """Write the value out in the datatype that was meant."""
    value = case.finding.value
    if not isinstance(value, Literal):
        return None
    datatypes = case.datatypes()
    if LANG_STRING in datatypes and not value.language:
        return _tagged(case, value, _missing_languages(case))
    if last := last_day(value.value):
        return said("There is no such day: the last one of that month is {day}.", day=last)
    if meant := turned(value.value):
        return replaced(case, value, Literal(meant, datatype=value.datatype))
    right = as_datatype(value.value, datatypes)
    return replaced(case, value, right) if right is not None and right != value else None


def _tagged(case: Case, text: Literal, tags: Iterable[str]) -> Said:
    right = [case.written(Literal(text.value, language=tag)) for tag in tags]
    return said("Write the language of the text with it: {right}.", right=joined(right, OR))


def _missing_languages(case: Case) -> Iterable[str]:
    said_in = {each.language for each in case.values(case.finding.path) if isinstance(each, Literal)}
    return [each for each in LANGUAGES if each not in said_in] or LANGUAGES


def _choice(case: Case) -> Said | None:
    """Mend a value that none of several shapes takes: as a value of one of their datatypes, or as a code."""
    if case.datatypes():
        return _datatype(case)
    if case.finding.value in (None, case.finding.focus):
        return _fields(case)
    return _code(case) if case.choices() else None


def _fields(case: Case) -> Said | None:
    """Name the fields that a choice of shapes asks for."""
    paths = [
        from_rdflib(path)
        for part in case.parts()[1:]
        for path in case.shapes.objects(part, SH.path)
        if isinstance(path, URIRef)
    ]
    fields = list(dict.fromkeys(path for path in paths if isinstance(path, NamedNode)))
    present = [field for field in fields if case.values(field)]
    if len(present) > 1 and (case.shape, SH.xone, None) in case.shapes:
        return said("Keep one of {fields}.", fields=joined([case.spelt(each) for each in present]))
    missing = [field for field in fields if field not in present]
    if len(missing) == 1:
        return said("Add {field} to {thing}.", field=case.spelt(missing[0]), thing=case.spelt(case.finding.focus))
    return said("Add one of {fields}.", fields=joined([case.spelt(each) for each in missing])) if missing else None


def _pattern(case: Case) -> Said | None:
    """Mend a small slip, or name the code that was meant."""
    value = case.finding.value
    if value is None or isinstance(value, BlankNode):
        return None
    pattern = str(case.shapes.value(case.shape, SH.pattern))
    if any("/concept/" in start for start in prefixes(pattern)):
        return _code(case)
    right = fitting(value.value, pattern)
    if right is None:
        return _datatype(case) if case.datatypes() else None
    return replaced(case, value, NamedNode(right) if isinstance(value, NamedNode) else _like(value, right))


def _like(literal: Literal, text: str) -> Literal:
    return Literal(text, language=literal.language) if literal.language else Literal(text, datatype=literal.datatype)


def _missing(case: Case) -> Said | None:
    """Name the field to add; where a field of nearly that name is there, that is the slip."""
    path = case.finding.path
    if path is None:
        return _missing_backwards(case)
    present = {each.predicate for each in case.look(case.finding.focus, None, None)}
    unknown = [each for each in present if not labels(each, case.look) and each not in (path, owl.TYPE)]
    misspelt = next((each for each in unknown if nearest(each, by_name([path], case.look))), None)
    if misspelt is not None and local(misspelt) != local(path):
        return filled(REPLACED, right=case.spelt(path), wrong=typed(misspelt))
    add = said("Add {field} to {thing}.", field=case.spelt(path), thing=case.spelt(case.finding.focus))
    return _turned_round(case, [each.subject for each in case.look(None, path, case.finding.focus)], path, add)


def _turned_round(case: Case, others: Sequence[object], path: NamedNode, else_: Said, into: bool = False) -> Said:
    """Say to turn the link round that joins a thing to the only other one, where it stands the wrong way."""
    terms = list(dict.fromkeys(each for each in others if isinstance(each, NamedNode)))
    if len(terms) != 1:
        return else_
    here, there, link = typed(case.finding.focus), typed(terms[0]), typed(path)
    wrong, right = (here, there) if into else (there, here)
    return said(
        "{add} If this is the wrong way round: {wrong}, write: {right}.",
        add=else_, wrong=f"{wrong} {link} {right}", right=f"{right} {link} {wrong}",
    )  # fmt: skip


def _missing_backwards(case: Case) -> Said | None:
    fields = case.fields()
    if fields:
        return said("Add one of {fields}.", fields=joined([case.spelt(each) for each in fields]))
    inverse = case.shapes.value(case.shapes.value(case.shape, SH.path), SH.inversePath)
    if not isinstance(inverse, URIRef):
        return None
    field = from_rdflib(inverse)
    assert isinstance(field, NamedNode)
    add = said(
        "Add to the thing that it belongs to: {field} {thing}.", field=typed(field), thing=briefly(case.finding.focus)
    )
    return _turned_round(case, case.values(field), field, add, into=True)


def _too_many(case: Case) -> Said | None:
    values = case.here()
    if len(values) < 2:
        return None
    return said("Keep one of: {list}.", list=joined([said("{code}", code=briefly(each)) for each in values[:8]]))


def _language(case: Case) -> Said | None:
    """Add the language that is missing among the values."""
    inner = case.shapes.value(case.shape, SH.qualifiedValueShape) or case.shape
    path, head = case.finding.path, case.shapes.value(inner, SH.languageIn)
    if path is None or head is None:
        return None
    tags = [str(each) for each in Collection(case.shapes, head)]
    untagged = [each for each in case.values(path) if isinstance(each, Literal) and not each.language]
    if untagged:
        return _tagged(case, untagged[0], tags)
    added = joined([case.stated(path, Literal("…", language=tag)) for tag in tags], OR)
    return said("Add to {thing}: {field}.", thing=case.spelt(case.finding.focus), field=added)


def _repeated_language(case: Case) -> Said | None:
    texts = [each for each in case.values(case.finding.path) if isinstance(each, Literal)]
    twice = [each for each in texts if sum(each.language == other.language for other in texts) > 1]
    if not twice:
        return None
    return said("Keep one of: {list}.", list=joined([said("{code}", code=briefly(each)) for each in twice[:8]]))


def _kind(case: Case) -> Said | None:
    """Turn a text into the address or the code that it spells."""
    value = case.finding.value
    if not isinstance(value, Literal) or (case.shape, SH.nodeKind, SH.IRI) not in case.shapes:
        return None
    address = as_datatype(value.value, [PREFIXES["xsd"] + "anyURI"])
    prefix, colon, rest = value.value.partition(":")
    if colon and prefix in PREFIXES and rest and not rest.startswith("/"):
        return replaced(case, value, name(value.value))
    return replaced(case, value, NamedNode(address.value)) if address else _code(case)


def _remove(case: Case) -> Said | None:
    value = case.finding.value
    return said("Remove {wrong} from this field.", wrong=briefly(value)) if value is not None else None


def _swapped(case: Case) -> Said | None:
    """Write two values in each other's place."""
    other = case.shapes.value(case.shape, SH.lessThan) or case.shapes.value(case.shape, SH.lessThanOrEquals)
    path, value = case.finding.path, case.finding.value
    if not isinstance(other, URIRef) or path is None or value is None:
        return None
    field = from_rdflib(other)
    assert isinstance(field, NamedNode)
    against = next(iter(case.values(field)), None)
    return swap(case, path, value, field, against) if against is not None else None


def swap(case: Case, first: NamedNode, value: Term, second: NamedNode, other: Term) -> Said:
    """Say that two values may stand in each other's place."""
    changed = joined([case.stated(first, other), case.stated(second, value)], AND)
    return said("If the two stand in each other’s place, write {right}.", right=changed)


MENDS: Final[Mapping[URIRef, Mend]] = {
    SH["class"]: _code,
    SH["in"]: _code,
    SH.hasValue: lambda case: _chosen(
        [from_rdflib(each) for each in case.shapes.objects(case.shape, SH.hasValue)], case
    ),
    SH.datatype: _datatype,
    SH.nodeKind: _kind,
    SH.pattern: _pattern,
    SH["or"]: _choice,
    SH.xone: _choice,
    SH.minCount: _missing,
    SH.maxCount: _too_many,
    SH.languageIn: _language,
    SH.qualifiedMinCount: _language,
    SH.uniqueLang: _repeated_language,
    **dict.fromkeys((SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive), _datatype),
    SH.disjoint: _remove,
    SH.lessThan: _swapped,
    SH.lessThanOrEquals: _swapped,
}

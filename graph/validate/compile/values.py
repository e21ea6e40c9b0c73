"""Compile what each value node must be, by itself (SHACL, 4.1, 4.3, 4.4)."""

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from graph.errors import said
from graph.validate.compile.constraint import Constraint, number
from graph.validate.compile.flow import absent
from graph.validate.compile.lexical import MERGED, lexical
from graph.validate.compile.path import Term
from graph.validate.compile.place import Broken, Compile, Place
from graph.validate.compile.refusal import NotCompiled

_KINDS = {
    "IRI": "isIRI({v})",
    "BlankNode": "isBlank({v})",
    "Literal": "isLiteral({v})",
    "BlankNodeOrIRI": "!isLiteral({v})",
    "BlankNodeOrLiteral": "!isIRI({v})",
    "IRIOrLiteral": "!isBlank({v})",
}
_ORDER = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
# What other engines' regular expressions know and XPath's do not: look-around, back-references, named groups.
_FOREIGN = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?|\\[1-9kK])")


def constant(term: Term) -> str:
    """Write a term as SPARQL; a blank node of the shapes has no name that a query could use."""
    if not isinstance(term, NamedNode | Literal):
        raise NotCompiled(said("it names a blank node, which no query can"))
    return str(term)


def _filtered(place: Place, fails: str) -> Broken:
    return Broken(f"{place.values.pattern} FILTER({fails})", place.values.at)


def _class(constraint: Constraint, place: Place) -> Broken:
    kinds, name = place.kinds(constraint.terms[0]), next(place.names)
    listed = ", ".join(constant(kind) for kind in kinds)
    if len(kinds) == 1:
        pattern = f"?{place.values.at} a {listed} . BIND(1 AS ?{name})"
    else:
        pattern = f"?{place.values.at} a ?{name} . FILTER(?{name} IN ({listed}))"
    return Broken(absent(place.values, pattern, name), place.values.at)


def _datatype(constraint: Constraint, place: Place) -> Broken:
    """Follow SHACL, 4.1.2: the datatype must be the one asked for, and the text must be well-formed for it."""
    v, datatype = f"?{place.values.at}", constant(constraint.terms[0])
    if datatype.strip("<>") in MERGED:
        raise NotCompiled(said("stores keep its numbers as plain integers, so that only the file tells them apart"))
    fails = f"!isLiteral({v}) || DATATYPE({v}) != {datatype}"
    spelt = lexical(constraint.terms[0])
    if spelt is not None:
        fails += f" || !REGEX(STR({v}), {Literal(spelt)})"
    return _filtered(place, fails)


def _node_kind(constraint: Constraint, place: Place) -> Broken:
    kind = constant(constraint.terms[0]).rpartition("#")[2].rstrip(">")
    test = _KINDS[kind].format(v=f"?{place.values.at}")
    return _filtered(place, f"!({test})")


def _range(constraint: Constraint, place: Place) -> Broken:
    """Follow SHACL, 4.3: what cannot be compared breaks the constraint too."""
    compared = f"?{place.values.at} {_ORDER[constraint.component]} {constant(constraint.terms[0])}"
    return _filtered(place, f"!COALESCE({compared}, false)")


def _length(constraint: Constraint, place: Place) -> Broken:
    v, sign = f"?{place.values.at}", "<" if constraint.component == "MinLength" else ">"
    return _filtered(place, f"isBlank({v}) || STRLEN(STR({v})) {sign} {number(constraint)}")


def _pattern(constraint: Constraint, place: Place) -> Broken:
    texts = [str(Literal(term.value)) for term in constraint.terms]
    if _FOREIGN.search(str(constraint.terms[0].value)):
        raise NotCompiled(said("its pattern is more than XPath’s regular expressions can say"))
    v = f"?{place.values.at}"
    return _filtered(place, f"isBlank({v}) || !REGEX({', '.join([f'STR({v})', *texts])})")


def _language_in(constraint: Constraint, place: Place) -> Broken:
    v = f"?{place.values.at}"
    fits = " || ".join(f"LANGMATCHES(LANG({v}), {constant(term)})" for term in constraint.terms)
    return _filtered(place, f"!isLiteral({v}) || LANG({v}) = '' || !({fits or 'false'})")


def _in(constraint: Constraint, place: Place) -> Broken:
    """Compare terms, not what they mean: SPARQL's own IN takes 1 and 1.0 for the same."""
    listed = " ".join(constant(term) for term in constraint.terms)
    at = place.values.at
    return Broken(f"{{ {place.values.pattern} }} MINUS {{ VALUES ?{at} {{ {listed} }} }}", at)


VALUES: Mapping[str, Compile] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    **dict.fromkeys(_ORDER, _range),
    "MinLength": _length,
    "MaxLength": _length,
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
}

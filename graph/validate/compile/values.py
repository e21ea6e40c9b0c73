"""Compile what each value node must be, by itself (SHACL, 4.1, 4.3, 4.4)."""

import re
from collections.abc import Callable, Mapping

from pyoxigraph import Literal, NamedNode

from graph.errors import said
from graph.validate.compile.constraint import Constraint, number
from graph.validate.compile.lexical import MERGED, lexical
from graph.validate.compile.path import Term
from graph.validate.compile.place import Broken, Compile, Place, Test
from graph.validate.compile.refusal import NotCompiled

_KINDS = {
    "IRI": "isIRI({v})",
    "BlankNode": "isBlank({v})",
    "Literal": "isLiteral({v})",
    "BlankNodeOrIRI": "!isLiteral({v})",
    "BlankNodeOrLiteral": "!isIRI({v})",
    "IRIOrLiteral": "!isBlank({v})",
}
_FEW = 8  # terms that a value is compared with one by one
_ORDER = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
# What other engines' regular expressions know and XPath's do not: look-around, back-references, named groups.
_FOREIGN = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?|\\[1-9kK])")


def constant(term: Term) -> str:
    """Write a term as SPARQL; a blank node of the shapes has no name that a query could use."""
    if not isinstance(term, NamedNode | Literal):
        raise NotCompiled(said("it names a blank node, which no query can"))
    return str(term)


def _class(constraint: Constraint, place: Place, at: str) -> Test:
    kinds, name = place.kinds(constraint.terms[0]), next(place.names)
    listed = ", ".join(constant(kind) for kind in kinds)
    if len(kinds) == 1:
        pattern = f"?{at} a {listed} . BIND(1 AS ?{name})"
    else:
        pattern = f"?{at} a ?{name} . FILTER(?{name} IN ({listed}))"
    return Test(f"OPTIONAL {{ {pattern} }}", f"!BOUND(?{name})")


def _datatype(constraint: Constraint, _place: Place, at: str) -> Test:
    """Follow SHACL, 4.1.2: the datatype must be the one asked for, and the text must be well-formed for it."""
    v, datatype = f"?{at}", constant(constraint.terms[0])
    if datatype.strip("<>") in MERGED:
        raise NotCompiled(said("stores keep its numbers as plain integers, so that only the file tells them apart"))
    fails = f"!isLiteral({v}) || DATATYPE({v}) != {datatype}"
    spelt = lexical(constraint.terms[0])
    if spelt is not None:
        fails += f" || !REGEX(STR({v}), {Literal(spelt)})"
    return Test("", fails)


def _node_kind(constraint: Constraint, _place: Place, at: str) -> Test:
    kind = constant(constraint.terms[0]).rpartition("#")[2].rstrip(">")
    test = _KINDS[kind].format(v=f"?{at}")
    return Test("", f"!({test})")


def _range(constraint: Constraint, _place: Place, at: str) -> Test:
    """Follow SHACL, 4.3: what cannot be compared breaks the constraint too."""
    compared = f"?{at} {_ORDER[constraint.component]} {constant(constraint.terms[0])}"
    return Test("", f"!COALESCE({compared}, false)")


def _length(constraint: Constraint, _place: Place, at: str) -> Test:
    v, sign = f"?{at}", "<" if constraint.component == "MinLength" else ">"
    return Test("", f"isBlank({v}) || STRLEN(STR({v})) {sign} {number(constraint)}")


def _pattern(constraint: Constraint, _place: Place, at: str) -> Test:
    texts = [str(Literal(term.value)) for term in constraint.terms]
    if _FOREIGN.search(str(constraint.terms[0].value)):
        raise NotCompiled(said("its pattern is more than XPath’s regular expressions can say"))
    v = f"?{at}"
    return Test("", f"isBlank({v}) || !REGEX({', '.join([f'STR({v})', *texts])})")


def _language_in(constraint: Constraint, _place: Place, at: str) -> Test:
    v = f"?{at}"
    fits = " || ".join(f"LANGMATCHES(LANG({v}), {constant(term)})" for term in constraint.terms)
    return Test("", f"!isLiteral({v}) || LANG({v}) = '' || !({fits or 'false'})")


def _one_of(constraint: Constraint, _place: Place, at: str) -> Test | None:
    """Compare terms one by one: that is quick for a few of them."""
    if len(constraint.terms) > _FEW:
        return None
    same = " || ".join(f"sameTerm(?{at}, {constant(term)})" for term in constraint.terms)
    return Test("", f"!({same or 'false'})")


def _in(constraint: Constraint, place: Place) -> Broken:
    """Compare terms, not what they mean: SPARQL's own IN takes 1 and 1.0 for the same."""
    listed = " ".join(constant(term) for term in constraint.terms)
    at = place.values.at
    return Broken(f"{{ {place.values.pattern} }} MINUS {{ VALUES ?{at} {{ {listed} }} }}", at)


def _by(test: Callable[[Constraint, Place, str], Test]) -> Compile:
    def compile_(constraint: Constraint, place: Place) -> Broken:
        return Broken(test(constraint, place, place.values.at).after(place.values.pattern), place.values.at)

    return compile_


_TESTS: Mapping[str, Callable[[Constraint, Place, str], Test]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    **dict.fromkeys(_ORDER, _range),
    "MinLength": _length,
    "MaxLength": _length,
    "Pattern": _pattern,
    "LanguageIn": _language_in,
}
VALUES: Mapping[str, Compile] = {**{name: _by(test) for name, test in _TESTS.items()}, "In": _in}
TESTS: Mapping[str, Callable[[Constraint, Place, str], Test | None]] = {**_TESTS, "In": _one_of}

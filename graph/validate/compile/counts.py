"""Compile what the value nodes must be together: how many, which, and how they stand to others (SHACL, 4.2, 4.5)."""

from collections.abc import Mapping

from pyoxigraph import Literal

from graph.validate.compile.constraint import Constraint, number
from graph.validate.compile.flow import absent, select, union, variables
from graph.validate.compile.path import Step, as_sparql, is_nullable
from graph.validate.compile.place import Broken, Compile, Place, Test
from graph.validate.compile.shape import Shape
from graph.validate.compile.values import constant


def _min_count(constraint: Constraint, place: Place) -> Broken | None:
    least = number(constraint)
    if least < 1 or place.path is None:
        return None
    if is_nullable(place.path):
        return counted(place, place.values.pattern, place.values.at, f"< {least}")
    name = place.values.at
    values = f"?{place.focus.at} {as_sparql(place.path)} ?{name} ."
    if least == 1:
        return Broken(absent(place.focus, values, name))
    return counted(place, f"{place.focus.pattern} OPTIONAL {{ {values} }}", name, f"< {least}")


def missing(constraint: Constraint, shape: Shape, at: str, place: Place) -> Test | None:
    """Return the test for a value that a node must have: any, or a certain one."""
    name, path = next(place.names), shape.path
    if path is None or is_nullable(path):
        return None
    if constraint.component == "MinCount" and number(constraint) == 1:
        return Test(f"OPTIONAL {{ ?{at} {as_sparql(path)} ?{name} . }}", f"!BOUND(?{name})")
    if constraint.component == "HasValue" and isinstance(path, Step) and not path.inverse:
        pattern = f"?{at} {path.predicate} {constant(constraint.terms[0])} . BIND(1 AS ?{name})"
        return Test(f"OPTIONAL {{ {pattern} }}", f"!BOUND(?{name})")
    return None


def _max_count(constraint: Constraint, place: Place) -> Broken | None:
    most = number(constraint)
    if most == 0:
        return Broken(place.values.pattern)
    return counted(place, place.values.pattern, place.values.at, f"> {most}")


def counted(place: Place, pattern: str, name: str, test: str) -> Broken:
    """Write that the count of a variable's distinct values, for each focus node, passes a test."""
    keys = variables(place.focus.keys)
    return Broken(select(place.focus.keys, pattern, f"GROUP BY {keys} HAVING(COUNT(DISTINCT ?{name}) {test})"))


def _has_value(constraint: Constraint, place: Place) -> Broken:
    term, focus, name = constant(constraint.terms[0]), place.focus, next(place.names)
    if place.path is None:
        return Broken(f"{focus.pattern} FILTER(!sameTerm(?{focus.at}, {term}))")
    if isinstance(place.path, Step) and not place.path.inverse:
        return Broken(absent(focus, f"?{focus.at} {place.path.predicate} {term} . BIND(1 AS ?{name})", name))
    having = f"{place.values.pattern} FILTER(sameTerm(?{place.values.at}, {term}))"
    return Broken(f"{{ {focus.pattern} }} MINUS {select(focus.keys, having)}")


def _unique_lang(constraint: Constraint, place: Place) -> Broken:
    v, name = f"?{place.values.at}", next(place.names)
    pattern = f"{place.values.pattern} FILTER(isLiteral({v}) && LANG({v}) != '') BIND(LCASE(LANG({v})) AS ?{name})"
    keys = (*place.focus.keys, name)
    tail = f"GROUP BY {variables(keys)} HAVING(COUNT(DISTINCT {v}) > 1)"
    return Broken(select(keys, pattern, tail), extra=(name,))


def _equals(constraint: Constraint, place: Place) -> Broken:
    """Follow SHACL, 4.5.1: a result for each value on either side that the other side lacks."""
    focus, values, predicate = place.focus, place.values, constant(constraint.terms[0])
    mark, other, out = next(place.names), next(place.names), next(place.names)
    there = f"?{focus.at} {predicate} ?{values.at} . BIND(1 AS ?{mark})"
    here = f"{absent(values, there, mark)} BIND(?{values.at} AS ?{out})"
    if place.path is None:
        back = f"{focus.pattern} ?{focus.at} {predicate} ?{other} . FILTER(!sameTerm(?{other}, ?{focus.at}))"
    else:
        back = f"{{ {focus.pattern} ?{focus.at} {predicate} ?{values.at} . }} MINUS {{ {values.pattern} }}"
        other = values.at
    return Broken(union([here, f"{back} BIND(?{other} AS ?{out})"]), out)


def _disjoint(constraint: Constraint, place: Place) -> Broken:
    shared = f"?{place.focus.at} {constant(constraint.terms[0])} ?{place.values.at} ."
    return Broken(f"{place.values.pattern} {shared}", place.values.at)


def _less_than(constraint: Constraint, place: Place) -> Broken:
    """Follow SHACL, 4.5.3 and 4.5.4: a result for each pair that is not in order, or cannot be compared."""
    v, name = f"?{place.values.at}", next(place.names)
    sign = "<" if constraint.component == "LessThan" else "<="
    other = f"?{place.focus.at} {constant(constraint.terms[0])} ?{name} ."
    fails = f"!COALESCE({v} {sign} ?{name}, false)"
    return Broken(f"{place.values.pattern} {other} FILTER({fails})", place.values.at, extra=(name,))


def _closed(constraint: Constraint, place: Place) -> Broken:
    predicate, value = next(place.names), next(place.names)
    allowed = ", ".join(constant(term) for term in constraint.terms if not isinstance(term, Literal))
    pattern = f"{place.values.pattern} ?{place.values.at} ?{predicate} ?{value} ."
    others = f" FILTER(?{predicate} NOT IN ({allowed}))" if allowed else ""
    return Broken(pattern + others, value, predicate)


COUNTS: Mapping[str, Compile] = {
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "HasValue": _has_value,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _less_than,
    "LessThanOrEquals": _less_than,
    "Closed": _closed,
}

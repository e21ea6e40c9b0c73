"""Compile what other shapes say of the value nodes (SHACL, 4.6 and 4.7)."""

from collections.abc import Mapping

from graph.validate.compile.constraint import Constraint, number
from graph.validate.compile.counts import counted
from graph.validate.compile.flow import select, union, variables
from graph.validate.compile.place import Broken, Compile, Place


def _members(constraint: Constraint, place: Place) -> list[str | None]:
    return [place.breaks(shape, place.values.narrow()) for shape in constraint.shapes]


def _all_of(constraint: Constraint, place: Place) -> Broken | None:
    """Follow SHACL, 4.6.2 and 4.7.1: one shape that does not hold is enough."""
    broken = [pattern for pattern in _members(constraint, place) if pattern]
    return Broken(f"{place.values.pattern} {{ {union(broken)} }}", place.values.at) if broken else None


def _not(constraint: Constraint, place: Place) -> Broken:
    (broken,) = _members(constraint, place)
    without = f" MINUS {{ {broken} }}" if broken else ""
    return Broken(f"{{ {place.values.pattern} }}{without}", place.values.at)


def _any_of(constraint: Constraint, place: Place) -> Broken | None:
    broken = _members(constraint, place)
    if not all(broken):
        return None
    return Broken(" ".join([place.values.pattern, *(str(each) for each in broken)]), place.values.at)


def _one_of(constraint: Constraint, place: Place) -> Broken:
    """Follow SHACL, 4.6.4: exactly one shape holds when all but one are broken; 0 stands for the node itself."""
    nodes, name = place.values.narrow(), next(place.names)
    broken = enumerate(_members(constraint, place), start=1)
    marked = [(0, nodes.pattern), *((at, pattern) for at, pattern in broken if pattern)]
    pattern = union(f"{pattern} BIND({at} AS ?{name})" for at, pattern in marked)
    tail = f"GROUP BY {variables(nodes.keys)} HAVING(COUNT(DISTINCT ?{name}) != {len(constraint.shapes)})"
    return Broken(f"{place.values.pattern} {select(nodes.keys, pattern, tail)}", place.values.at)


def _at_least(constraint: Constraint, place: Place) -> Broken | None:
    least, keys, name = number(constraint), place.values.keys, place.values.at
    if least < 1:
        return None
    conforming = _conforming(constraint, place)
    if conforming is None:
        return Broken(place.focus.pattern)
    pattern = f"{place.focus.pattern} OPTIONAL {select(keys, conforming)}"
    if least == 1:
        return Broken(f"{pattern} FILTER(!BOUND(?{name}))")
    return counted(place, pattern, name, f"< {least}")


def _at_most(constraint: Constraint, place: Place) -> Broken | None:
    conforming = _conforming(constraint, place)
    if conforming is None:
        return None
    return counted(place, conforming, place.values.at, f"> {number(constraint)}")


def _conforming(constraint: Constraint, place: Place) -> str | None:
    """Return the pattern of the values that hold to the shape and to none of its siblings; None where none can."""
    broken = place.breaks(constraint.shapes[0], place.values.narrow())
    beside = [place.breaks(sibling, place.values.narrow()) for sibling in constraint.siblings]
    if not all(beside):
        return None
    pattern = " ".join([place.values.pattern, *(str(each) for each in beside)])
    return f"{{ {pattern} }} MINUS {{ {broken} }}" if broken else pattern


LOGIC: Mapping[str, Compile] = {
    "Node": _all_of,
    "And": _all_of,
    "Not": _not,
    "Or": _any_of,
    "Xone": _one_of,
    "QualifiedMinCount": _at_least,
    "QualifiedMaxCount": _at_most,
}

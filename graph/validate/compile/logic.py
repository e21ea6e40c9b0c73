"""Compile what other shapes say of the value nodes (SHACL, 4.6 and 4.7)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from graph.validate.compile.constraint import Constraint, number
from graph.validate.compile.counts import counted
from graph.validate.compile.flow import select, union, variables
from graph.validate.compile.path import Term
from graph.validate.compile.place import Broken, Compile, Place, Test, either, every, failing, opposite


def _members(constraint: Constraint, place: Place) -> list[str | None]:
    return [place.breaks(shape, place.values.narrow()) for shape in constraint.shapes]


def _all_of(constraint: Constraint, place: Place) -> Broken | None:
    """Follow SHACL, 4.6.2 and 4.7.1: one shape that does not hold is enough."""
    tests = _tests(constraint.shapes, place)
    if None not in tests:
        return Broken(failing(either([each for each in tests if each]), place.values), place.values.at)
    broken = [pattern for pattern in _members(constraint, place) if pattern]
    return Broken(f"{_whence(place)} {{ {union(broken)} }}", place.values.at) if broken else None


def _not(constraint: Constraint, place: Place) -> Broken:
    (test,) = _tests(constraint.shapes, place)
    if test:
        return Broken(failing(opposite(test), place.values), place.values.at)
    (broken,) = _members(constraint, place)
    without = f" MINUS {{ {broken} }}" if broken else ""
    return Broken(f"{{ {place.values.pattern} }}{without}", place.values.at)


def _any_of(constraint: Constraint, place: Place) -> Broken | None:
    pattern = _breaking(constraint.shapes, place)
    return None if pattern is None else Broken(pattern, place.values.at)


def _breaking(shapes: Sequence[Term], place: Place) -> str | None:
    """Write which values break each of some shapes; None where they cannot break one of them."""
    tests = _tests(shapes, place)
    others = [shape for shape, test in zip(shapes, tests, strict=True) if test is None]
    broken = [place.breaks(shape, place.values.narrow()) for shape in others]
    if not all(broken):
        return None
    known = [each for each in tests if each]
    base = failing(every(known), place.values) if known else _whence(place) if broken else place.values.pattern
    return " ".join([base, *(str(each) for each in broken)])


def _whence(place: Place) -> str:
    """Return the pattern that tells from which focus nodes the values come; the broken ones among them are bound."""
    return place.values.pattern if len(place.values.keys) > 1 else ""


def _tests(shapes: Iterable[Term], place: Place) -> list[Test | None]:
    return [place.tests(shape, place.values.at) for shape in shapes]


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
    test, beside = place.tests(constraint.shapes[0], place.values.at), _tests(constraint.siblings, place)
    if test and None not in beside:
        return failing(every([*(each for each in beside if each), opposite(test)]), place.values)
    pattern = _breaking(constraint.siblings, place)
    if pattern is None:
        return None
    broken = place.breaks(constraint.shapes[0], place.values.narrow())
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
# How the tests of the shapes that a constraint names make its own.
JOINED: Mapping[str, Callable[[Sequence[Test]], Test]] = {
    "Node": either,
    "And": either,
    "Not": lambda tests: opposite(tests[0]),
    "Or": every,
}

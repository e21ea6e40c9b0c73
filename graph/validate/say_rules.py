"""Say what those of our rules expect that are written as queries, and how to mend what breaks them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.errors import Said, said
from graph.names import PREFIXES, name
from graph.validate.report import Term
from graph.validate.say_case import Case
from graph.validate.say_mend import swap
from graph.validate.say_value import as_datatype

PERIODS: Final = (
    ("m4sd:startDate", "m4sd:endDate"),
    ("m4sd:launchDate", "m4sd:endDate"),
    ("m4sd:validFrom", "m4sd:validUntil"),
)
DATES: Final = tuple(PREFIXES["xsd"] + each for each in ("gYear", "gYearMonth", "date"))
WHOLE: Final = Decimal(100)


def _dates(case: Case) -> Said | None:
    """Name the beginning and the end that stand in each other's place."""
    for first, second in PERIODS:
        for start, end in _crossed(case, name(first), name(second)):
            return swap(case, name(first), start, name(second), end)
    return None


def _crossed(case: Case, first: NamedNode, second: NamedNode) -> Iterator[tuple[Term, Term]]:
    for start in _dated(case, first):
        for end in _dated(case, second):
            length = min(len(start.value), len(end.value))
            if start.value[:length] > end.value[:length]:
                yield start, end


def _dated(case: Case, field: NamedNode) -> list[Literal]:
    """Return the dates of a field, those that are written oddly in the right way."""
    read = (as_datatype(each.value, DATES) for each in case.values(field) if isinstance(each, Literal))
    return [each for each in read if each is not None]


def _sum(case: Case) -> Said | None:
    """Say what the shares sum to, and which one to write so that they make a whole."""
    shares = list(_shares(case))
    total = sum((number for _, number in shares), Decimal(0))
    if not shares:
        return None
    wrong = shares[-1]
    right = wrong[1] + WHOLE - total
    added = " + ".join(f"{number:f}" for _, number in shares)
    if total < WHOLE:
        return said(
            "They sum to {total} ({added}): add a share of {rest}, or write {right} in place of {wrong}.",
            total=f"{total:f}", added=added, rest=f"{WHOLE - total:f}", right=f"{right:f}", wrong=f"{wrong[1]:f}",
        )  # fmt: skip
    if right > 0:
        return said(
            "They sum to {total} ({added}): write {right} in place of {wrong}, or lower another share by {rest}.",
            total=f"{total:f}", added=added, rest=f"{total - WHOLE:f}", right=f"{right:f}", wrong=f"{wrong[1]:f}",
        )  # fmt: skip
    return said(
        "They sum to {total} ({added}): lower them by {rest}.",
        total=f"{total:f}",
        added=added,
        rest=f"{total - WHOLE:f}",
    )


def _shares(case: Case) -> Iterator[tuple[Term, Decimal]]:
    for share in case.values(name("m4sd:hasAllocation")):
        told = {triple.predicate: triple.object for triple in case.look(share, None, None)}
        number = told.get(name("m4sd:percentage"))
        if told.get(name("m4sd:vocabulary")) == case.finding.value and isinstance(number, Literal):
            try:
                yield share, Decimal(number.value)
            except InvalidOperation:
                continue


Rule = tuple[Said, Callable[[Case], Said | None]]
RULES: Final[Mapping[str, Rule]] = {
    name("shape:Period-ordered").value: (said("a beginning that is not later than the end"), _dates),
    name("shape:Allocation-sum").value: (said("shares that sum to 100"), _sum),
}

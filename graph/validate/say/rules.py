"""Say what those of our rules expect that are written as queries, and how to mend what breaks them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.errors import Said, said
from graph.names import PREFIXES, name
from graph.validate.report import Term
from graph.validate.say.case import Case, briefly
from graph.validate.say.mend import swap
from graph.validate.say.near import local
from graph.validate.say.syntax import is_table
from graph.validate.say.value import as_datatype, last_day, turned

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
        for field in (first, second):
            for each in case.values(name(field)):
                if last_day(each.value) or turned(each.value):
                    return said("First correct {date}, which is no day of the calendar.", date=briefly(each))
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


def _part(role: str, unknown: str = "") -> Callable[[Case], Said | None]:
    """Say how to write who takes part in something, and that nobody knows, where a rule takes that too."""

    def words(case: Case) -> Said | None:
        if is_table(case.finding.file):
            return None  # the message names the column, and a table has none for participations
        flag = case.stated(name(unknown), Literal(True)) if unknown else None
        if PurePath(case.finding.file).suffix.lower() not in _TURTLE:
            return said("Where no source names one, add {flag}.", flag=flag) if flag else None
        node = f"id:participation--{local(case.finding.focus)}--{role}"
        written = f"{node} a m4sd:Participation ; m4sd:participant id:… ; m4sd:role role:{role} ; m4sd:statedIn id:… ."
        link = f"m4sd:qualifiedParticipation {node}"
        if flag is None:
            return said("Add {link} to it, and describe that: {node}", link=link, node=written)
        return said(
            "Where no source names one, add {flag}. Else add {link}, and describe that: {node}",
            flag=flag, link=link, node=written,
        )  # fmt: skip

    return words


def _target(case: Case) -> Said | None:
    """Say how to write to which target something contributes."""
    if PurePath(case.finding.file).suffix.lower() not in _TURTLE:
        return None
    node = f"id:contribution--{local(case.finding.focus)}--10.7"
    written = f"{node} a m4sd:Contribution ; m4sd:contributionTo sdg:10.7 ; m4sd:claimStatus claim-status:reported"
    written += " ; prov:wasAttributedTo id:… ; dcterms:date … ; m4sd:statedIn id:… ."
    link = f"m4sd:claimsContribution {node}"
    return said("If a source says so, add {link}, and describe that: {node}", link=link, node=written)


def _start(case: Case) -> Said | None:
    year = Literal("2024", datatype=name("xsd:gYear"))
    return said("Add {field}, with the right date.", field=case.stated(name("m4sd:startDate"), year))


_TURTLE: Final = ("", ".ttl", ".trig")
Rule = tuple[Said | None, Callable[[Case], Said | None]]
RULES: Final[Mapping[str, Rule]] = {
    name("shape:Period-ordered").value: (said("a beginning that is not later than the end"), _dates),
    name("shape:Allocation-sum").value: (said("shares that sum to 100"), _sum),
    name("shape:Intervention-funder").value: (None, _part("funding", "m4sd:fundingUnknown")),
    name("shape:Initiative-implementer").value: (None, _part("implementing", "m4sd:implementerUnknown")),
    name("shape:Initiative-own-implementer").value: (None, _part("implementing")),
    name("shape:Intervention-start").value: (None, _start),
    name("shape:Initiative-target").value: (said("a target of the SDGs, such as sdg:10.7"), _target),
}

"""Gather who pays and who does the work: funders, what they fund, and those who carry it out, as stated."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.pages.naming import Name
from graph.pages.stated import Stated
from graph.store import Store

FUNDING: Final = name("role:funding")
DOING: Final = (name("role:implementing"), name("role:lead"))
_WORK: Final = ("m4sd:Programme", "m4sd:ProgrammePhase", "m4sd:Initiative", "m4sd:InitiativeGroup")


@dataclass(frozen=True)
class Sum:
    """Give an amount as stated: of which kind, how it is bounded (empty where exact), the number, the currency.

    `shared` is the number of things for which it was given together, 0 where it is for one alone.
    """

    sort: Name | None
    bound: str
    amount: str
    currency: str
    funders: tuple[Name, ...]
    shared: int


@dataclass(frozen=True)
class Line:
    """Show one programme, phase or initiative: who funds it, who carries it out, and the sums that are stated."""

    thing: Name
    kind: str
    funders: tuple[Name, ...]
    doers: tuple[Name, ...]
    sums: tuple[Sum, ...]
    begin: str
    funder_unknown: bool
    doer_unknown: bool


def funding(store: Store, lang: str) -> tuple[Line, ...]:
    """Return what is funded or carried out by somebody, or has a stated sum: programmes, phases, initiatives."""
    stated = Stated(store, lang)
    roles: dict[tuple[NamedNode, bool], set[NamedNode]] = defaultdict(set)
    for taking in stated.takings():
        if taking.role == FUNDING or taking.role in DOING:
            roles[taking.thing, taking.role == FUNDING].add(taking.actor)
    lines = []
    for kind in _WORK:
        for thing in stated.in_order(stated.of(kind)):
            flows = stated.objects(thing, "m4sd:hasFinancialFlow")
            if flows or roles[thing, True] or roles[thing, False]:
                lines.append(_line(stated, thing, kind, roles, flows))
    return tuple(lines)


def _line(
    stated: Stated,
    thing: NamedNode,
    kind: str,
    roles: dict[tuple[NamedNode, bool], set[NamedNode]],
    flows: list[NamedNode],
) -> Line:
    funders = roles[thing, True] | {actor for flow in flows for actor in roles[flow, True]}
    return Line(
        stated.name(thing),
        kind.partition(":")[2],
        stated.names(funders),
        stated.names(roles[thing, False]),
        tuple(_sum(stated, flow, roles[flow, True]) for flow in flows),
        stated.moments(thing)[0],
        stated.text(thing, "m4sd:fundingUnknown") == "true",
        stated.text(thing, "m4sd:implementerUnknown") == "true",
    )


def _sum(stated: Stated, flow: NamedNode, funders: set[NamedNode]) -> Sum:
    bounds = ("m4sd:amount", "m4sd:moreThan", "m4sd:atLeast", "m4sd:atMost", "m4sd:approximately")
    bound = next((each for each in bounds if stated.text(flow, each)), bounds[0])
    sort = next(iter(stated.objects(flow, "m4sd:flowType")), None)
    amount, currency = stated.text(flow, bound), stated.text(flow, "m4sd:currency")
    how = "" if bound == bounds[0] else bound.partition(":")[2]
    sharing = len(stated.subjects(flow, "m4sd:hasFinancialFlow"))
    shared = sharing if sharing > 1 else 0
    return Sum(stated.name(sort) if sort else None, how, amount, currency, stated.names(funders), shared)

"""Make a graph of any size shaped like ours, with faults sown in it: `python -m bench.faults FILE --size 1000000`.

The same size and seed give the same bytes. Each fault breaks the rules of `bench/shapes/faults.ttl` that it names, and
no other, so that what a validator must find is known before any has run.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from bench.data import name
from bench.faults_kinds import FAULTS, Draft, Value
from graph.names import PREFIXES

SHAPES: Final = Path(__file__).parent / "shapes" / "faults.ttl"
SPACE: Final = "https://w3id.org/m4sd/bench/faults#"
SEED: Final = 1951  # the year of the Refugee Convention
COUNTRIES, ORGANISATIONS, SECTORS, TARGETS, PROGRAMMES, SOURCES = 190, 400, 30, 169, 50, 300
PER_ACTIVITY: Final = 52  # triples, nearly
EVERY: Final = 20  # of so many activities, one has a fault
CLASSES: Final = {
    "m4sd:CivilSocietyOrganisation": "m4sd:Organisation",
    "m4sd:PublicAuthority": "m4sd:Organisation",
    "m4sd:Organisation": "m4sd:Actor",
    "m4sd:Country": "m4sd:Place",
    "m4sd:Initiative": "m4sd:Intervention",
    "m4sd:Programme": "m4sd:Intervention",
    "m4sd:SourceDocument": "m4sd:Source",
}

KINDS: Final = (
    ("area", "m4sd:Country", COUNTRIES),
    ("id:org-", "m4sd:Organisation", ORGANISATIONS),
    ("sector:", "skos:Concept", SECTORS),
    ("id:target-", "sdgo:Target", TARGETS),
    ("id:programme-", "m4sd:Programme", PROGRAMMES),
    ("id:source-", "m4sd:SourceDocument", SOURCES),
)


def activities(size: int) -> int:
    """Return how many activities a graph of about `size` triples has."""
    return size // PER_ACTIVITY


def triples(size: int, seed: int = SEED) -> Iterator[Triple]:
    """Yield about `size` triples."""
    chance = Random(seed)
    yield from _reference(chance)
    for number in range(activities(size)):
        yield from activity(number, chance, fault_of(number)).triples()


def fault_of(number: int) -> str:
    """Return the fault of an activity, or nothing."""
    turn, place = divmod(number, EVERY)
    return list(FAULTS)[turn % len(FAULTS)] if place == EVERY // 2 else ""


def sown(size: int) -> Counter[str]:
    """Return how often each rule is broken in a graph of this size."""
    broken = Counter({"acronym": 1})
    for number in range(activities(size)):
        broken.update(FAULTS[fault].breaks if (fault := fault_of(number)) else ())
    return broken


def activity(number: int, chance: Random, fault: str = "") -> Draft:
    """Return an activity with all that belongs to it, and its fault."""
    draft = Draft(number, chance)
    _itself(draft)
    for place, role in enumerate(("implementing", "funding")):
        _participation(draft, place, role)
    _contribution(draft)
    for place in range(2):
        _flow(draft, place)
    _result(draft)
    if fault:
        FAULTS[fault].sow(draft)
    return draft


def write(path: Path, size: int, seed: int = SEED) -> None:
    """Write a graph as N-Triples."""
    serialize(triples(size, seed), output=str(path), format=RdfFormat.N_TRIPLES)


def _itself(draft: Draft) -> None:
    chance, year = draft.chance, draft.year
    country, programme = _pick("area", COUNTRIES, chance), _pick("id:programme-", PROGRAMMES, chance)
    draft.say(draft.node, "rdf:type", name("m4sd:Initiative"))
    for lang, text in (("en", "Initiative"), ("fr", "Projet")):
        draft.say(draft.node, "skos:prefLabel", Literal(f"{text} {draft.number}", language=lang))
    said: list[tuple[str, Value]] = [
        ("dcterms:identifier", Literal(f"XX-{draft.number:07d}")),
        ("m4sd:startDate", date(year, 1)),
        ("m4sd:endDate", date(year + 3, 12)),
        ("m4sd:operatesIn", country),
        ("m4sd:forCountry", country),
        ("m4sd:sector", _pick("sector:", SECTORS, chance)),
        ("m4sd:contributesToTarget", _pick("id:target-", TARGETS, chance)),
        ("m4sd:contributesToTarget", _pick("id:target-", TARGETS, chance)),
        ("m4sd:partOf", programme),
        ("m4sd:hasPartner", _organisation(chance, 0)),
        ("m4sd:hasPartner", _organisation(chance, 1)),
        ("m4sd:isFundedBy", _organisation(chance, 0)),
        ("m4sd:isImplementedBy", _organisation(chance, 1)),
    ]
    for predicate, value in said:
        draft.say(draft.node, predicate, value)


def _participation(draft: Draft, place: int, role: str) -> None:
    part = draft.part("part", place)
    draft.say(draft.node, "m4sd:qualifiedParticipation", part)
    draft.say(part, "rdf:type", name("m4sd:Participation"))
    draft.say(part, "m4sd:participant", _organisation(draft.chance, place))
    draft.say(part, "m4sd:role", name(f"role:{role}"))
    draft.say(part, "m4sd:statedIn", _pick("id:source-", SOURCES, draft.chance))


def _contribution(draft: Draft) -> None:
    claim = draft.part("claim")
    draft.say(draft.node, "m4sd:claimsContribution", claim)
    draft.say(claim, "rdf:type", name("m4sd:Contribution"))
    draft.say(claim, "m4sd:claimStatus", name("claim-status:reported"))
    draft.say(claim, "m4sd:contributionTo", _pick("id:target-", TARGETS, draft.chance))
    draft.say(claim, "prov:wasAttributedTo", _organisation(draft.chance, 0))


def _flow(draft: Draft, place: int) -> None:
    flow = draft.part("flow", place)
    # Whole numbers: our store keeps the value of a decimal, not its zeros.
    amount = Literal(str(draft.chance.randrange(1_000, 5_000_000)), datatype=name("xsd:decimal"))
    draft.say(draft.node, "m4sd:hasFinancialFlow", flow)
    draft.say(flow, "rdf:type", name("m4sd:FinancialFlow"))
    draft.say(flow, "m4sd:amount", amount)
    draft.say(flow, "m4sd:currency", Literal(draft.chance.choice(("CHF", "EUR", "USD"))))
    draft.say(flow, "m4sd:date", date(draft.year, place + 2))


def _result(draft: Draft) -> None:
    result, observation = draft.part("result"), draft.part("observation")
    draft.say(draft.node, "m4sd:hasResult", result)
    draft.say(result, "rdf:type", name("m4sd:Result"))
    draft.say(result, "rdfs:label", Literal(f"Result {draft.number}", language="en"))
    draft.say(result, "m4sd:hasObservation", observation)
    draft.say(observation, "rdf:type", name("m4sd:ResultObservation"))
    draft.say(observation, "m4sd:value", Literal(draft.chance.randrange(1000)))
    draft.say(observation, "m4sd:valueKind", name("value-kind:actual"))
    draft.say(observation, "m4sd:date", date(draft.year + 1, 6))


def _reference(chance: Random) -> Iterator[Triple]:
    """Yield the classes, and what activities point to."""
    for lower, upper in CLASSES.items():
        yield Triple(name(lower), name("rdfs:subClassOf"), name(upper))
    for kind, what, count in KINDS:
        for number in range(count):
            thing = _area(number) if kind == "area" else name(f"{kind}{number}")
            yield Triple(thing, name("rdf:type"), name(what))
            yield Triple(thing, name("skos:prefLabel"), Literal(f"{what.partition(':')[2]} {number}", language="en"))
    for number in range(ORGANISATIONS):
        kind = ("m4sd:CivilSocietyOrganisation", "m4sd:PublicAuthority")[number % 2]
        yield Triple(name(f"id:org-{number}"), name("rdf:type"), name(kind))
        yield Triple(name(f"id:org-{number}"), name("m4sd:locatedIn"), _area(chance.randrange(COUNTRIES)))
    for number in range(SECTORS):
        yield Triple(name(f"sector:{number}"), name("skos:inScheme"), NamedNode(PREFIXES["sector"].rstrip("/")))
    for number in range(1, PROGRAMMES):
        yield Triple(name(f"id:programme-{number}"), name("m4sd:partOf"), name("id:programme-0"))


def _pick(kind: str, count: int, chance: Random) -> NamedNode:
    number = chance.randrange(count)
    return _area(number) if kind == "area" else name(f"{kind}{number}")


def _organisation(chance: Random, kind: int) -> NamedNode:
    """Return a civil (0) or a public (1) organisation."""
    return name(f"id:org-{chance.randrange(ORGANISATIONS // 2) * 2 + kind}")


@cache
def _area(number: int) -> NamedNode:
    return name(f"area:{number + 1:03d}")


@cache
def date(year: int, month: int) -> Literal:
    """Return the middle of a month."""
    return Literal(f"{year}-{month:02d}-15", datatype=name("xsd:date"))


def main() -> None:
    """Write a graph, and say what is wrong in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", type=int, default=100_000, help="triples, about")
    given = parser.parse_args()
    write(given.file, given.size)
    for rule, count in sorted(sown(given.size).items()):
        print(f"{count:>6} {rule}")


if __name__ == "__main__":
    main()

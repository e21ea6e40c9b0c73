"""Make a graph of any size shaped like ours: activities with their names, actors, places, sectors, targets and flows.

The same size and seed give the same bytes, so that every engine is asked of the same triples.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from graph.names import PREFIXES
from graph.names import name as iri_of

SEED = 2018  # the year in which the Global Compact for Migration was adopted
FLOWS = 3
COUNTRIES, ORGANISATIONS, FUNDERS, SECTORS, TARGETS = 190, 400, 40, 30, 169
PER_ACTIVITY = 28  # triples, nearly

VERBS = {"en": ("Strengthen", "Open", "Fund", "Map"), "fr": ("Renforcer", "Ouvrir", "Financer", "Cartographier")}
THINGS = {
    "en": ("health services", "paths to work", "remittance accounts", "diaspora networks", "local plans"),
    "fr": ("les services de santé", "l’accès à l’emploi", "les transferts", "les réseaux", "les plans locaux"),
}

Value = NamedNode | Literal


@cache
def name(curie: str) -> NamedNode:
    """Return the IRI of a prefixed name, made once."""
    return iri_of(curie)


def activities(size: int) -> int:
    """Return how many activities a graph of about `size` triples has."""
    return max(size // PER_ACTIVITY, 1)


def triples(size: int, seed: int = SEED) -> Iterator[Triple]:
    """Yield about `size` triples."""
    chance = Random(seed)
    yield from _places_and_actors(chance)
    for number in range(activities(size)):
        yield from _activity(number, chance)


def write(path: Path, size: int, seed: int = SEED) -> int:
    """Write the graph as N-Triples; return the number of triples."""
    count = 0

    def counted() -> Iterable[Triple]:
        nonlocal count
        for triple in triples(size, seed):
            count += 1
            yield triple

    serialize(counted(), output=str(path), format=RdfFormat.N_TRIPLES)
    return count


def _places_and_actors(chance: Random) -> Iterator[Triple]:
    for number in range(COUNTRIES):
        yield from _thing(_country(number), "m4sd:Country", {"en": f"Country {number}", "fr": f"Pays {number}"})
    for number in range(ORGANISATIONS):
        names = {"en": f"Organisation {number}", "fr": f"Organisation n° {number}"}
        yield from _thing(_organisation(number), "m4sd:Organisation", names)
        yield Triple(_organisation(number), name("m4sd:locatedIn"), _country(chance.randrange(COUNTRIES)))
    for number in range(SECTORS):
        yield from _thing(_sector(number), "skos:Concept", {"en": f"Sector {number}", "fr": f"Secteur {number}"})
    for number in range(TARGETS):
        names = {"en": f"Target {number}", "fr": f"Cible {number}"}
        yield from _thing(_target(number), "sdgo:Target", names)
        yield Triple(_target(number), name("sdgo:isTargetOf"), name(f"sdg:{number % 17 + 1}"))


def _activity(number: int, chance: Random) -> Iterator[Triple]:
    subject = name_of_activity(number)
    verb, thing, year = chance.randrange(4), chance.randrange(5), chance.randrange(2005, 2026)
    names = {lang: f"{VERBS[lang][verb]} {THINGS[lang][thing]} ({number})" for lang in ("en", "fr")}
    yield from _thing(subject, "m4sd:Initiative", names)
    said: list[tuple[str, Value]] = [
        ("dcterms:identifier", Literal(f"XX-{number:07d}")),
        ("m4sd:startDate", Literal(f"{year}-01-01", datatype=name("xsd:date"))),
        ("m4sd:endDate", Literal(f"{year + chance.randrange(1, 6)}-12-31", datatype=name("xsd:date"))),
        ("m4sd:operatesIn", _country(_skewed(chance, COUNTRIES))),
        ("m4sd:isFundedBy", _organisation(_skewed(chance, FUNDERS))),
        ("m4sd:isImplementedBy", _organisation(chance.randrange(FUNDERS, ORGANISATIONS))),
    ]
    said += [("m4sd:sector", _sector(n)) for n in {_skewed(chance, SECTORS), _skewed(chance, SECTORS)}]
    said += [("m4sd:contributesToTarget", _target(n)) for n in {chance.randrange(TARGETS), chance.randrange(TARGETS)}]
    yield from (Triple(subject, name(predicate), value) for predicate, value in said)
    for place in range(FLOWS):
        yield from _flow(subject, number, place, chance, year)


def _flow(activity: NamedNode, number: int, place: int, chance: Random, year: int) -> Iterator[Triple]:
    flow = NamedNode(f"{PREFIXES['id']}flow-{number}-{place}")
    amount = Decimal(chance.randrange(100_000, 500_000_000)) / 100
    yield Triple(activity, name("m4sd:hasFinancialFlow"), flow)
    yield Triple(flow, name("rdf:type"), name("m4sd:FinancialFlow"))
    yield Triple(flow, name("m4sd:amount"), Literal(f"{amount:.2f}", datatype=name("xsd:decimal")))
    yield Triple(flow, name("m4sd:currency"), Literal(chance.choice(("CHF", "EUR", "USD"))))
    yield Triple(flow, name("m4sd:date"), Literal(f"{year}-{place + 1:02d}-15", datatype=name("xsd:date")))


def _thing(subject: NamedNode, kind: str, names: dict[str, str]) -> Iterator[Triple]:
    yield Triple(subject, name("rdf:type"), name(kind))
    for lang, text in names.items():
        yield Triple(subject, name("skos:prefLabel"), Literal(text, language=lang))


def _skewed(chance: Random, count: int) -> int:
    """Return a number below `count`, small ones far more often: a few countries and funders have most activities."""
    return int(count * chance.random() ** 2)


def name_of_activity(number: int) -> NamedNode:
    """Return the IRI of one activity."""
    return NamedNode(f"{PREFIXES['id']}initiative-{number}")


def _country(number: int) -> NamedNode:
    return name(f"area:{number + 1:03d}")


def _organisation(number: int) -> NamedNode:
    return name(f"id:org-{number}")


def _sector(number: int) -> NamedNode:
    return name(f"sector:{number}")


def _target(number: int) -> NamedNode:
    return name(f"sdg:{number % 17 + 1}.{number // 17 + 1}")

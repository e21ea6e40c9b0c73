"""Read the tables of the Sustainable Development Goals as Records: their scheme, goals, targets and indicators.

A row holds facts of the UN's file and two labels of ours; codes, parents and links become the triples that the UN
itself publishes, under its own IRIs. An indicator newer than that file has none: its code then makes one of ours.
docs/decisions/0010-sdg-editions.md explains the years of the framework's editions.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from graph.names import name, record_graph
from graph.record import Record

SCHEME = NamedNode("http://metadata.un.org/sdg")
LABELS = {"en": "Sustainable Development Goals", "fr": "Objectifs de développement durable"}
EDITIONS = ("2017", "2020", "2025")
NOTES = {
    "en": "An indicator bears the year of each edition of the framework that holds it. The editions of 2017 and 2020 "
    "are complete here; of that of 2025 only newcomers are given, so a missing 2025 says nothing.",
    "fr": "Un indicateur porte l’année de chaque édition du cadre où il figure. Les éditions de 2017 et 2020 sont ici "
    "complètes ; de celle de 2025 ne sont donnés que les nouveaux venus : l’absence de 2025 ne dit rien.",
}
# What the expert group on the indicators means by its three tiers.
TIERS = {
    "I": {
        "en": "Tier I: agreed method, data from most countries",
        "fr": "Niveau I : méthode établie, données de la plupart des pays",
    },
    "II": {"en": "Tier II: agreed method, data not regular", "fr": "Niveau II : méthode établie, données irrégulières"},
    "III": {"en": "Tier III: no agreed method yet", "fr": "Niveau III : pas encore de méthode établie"},
}
WIKIDATA = "http://www.wikidata.org/entity/"
SDGIO = "http://purl.unep.org/sdg/"

Row = Mapping[str, str]
Pair = tuple[str, NamedNode | Literal]


def records(folder: Path) -> Iterator[Record]:
    """Give the records of the scheme and the three tiers, then one for each row of the tables in a folder."""
    yield _scheme(folder / "goals.tsv")
    for tier, labels in TIERS.items():
        yield _tier(tier, labels)
    for line, row in _rows(folder / "goals.tsv"):
        yield _goal(line, row)
    for line, row in _rows(folder / "targets.tsv"):
        yield _target(line, row)
    for line, row in _rows(folder / "indicators.tsv"):
        yield _indicator(line, row)


def _scheme(goals: Path) -> Record:
    tops: list[Pair] = [("skos:hasTopConcept", name(f"sdg:{row['code']}")) for _, row in _rows(goals)]
    pairs: list[Pair] = [
        ("rdf:type", name("skos:ConceptScheme")),
        *_texts("skos:prefLabel", LABELS),
        *_texts("skos:note", NOTES),
        *_editions(EDITIONS),
        *tops,
    ]
    return _record("goals.tsv", 1, SCHEME, "scheme-sdg", pairs)


def _tier(tier: str, labels: Mapping[str, str]) -> Record:
    pairs: list[Pair] = [("rdf:type", name("sdgo:Tier")), *_texts("skos:prefLabel", labels)]
    return _record("indicators.tsv", 1, name(f"sdgo:tier_{tier}"), f"tier-{tier}", pairs)


def _goal(line: int, row: Row) -> Record:
    code = row["code"]
    wikidata: Pair = ("skos:exactMatch", NamedNode(WIKIDATA + row["wikidata"]))
    pairs = [*_concept("Goal", row), *_codes([code]), ("skos:topConceptOf", SCHEME), wikidata]
    return _record("goals.tsv", line, name(f"sdg:{code}"), f"goal-{code}", pairs)


def _target(line: int, row: Row) -> Record:
    code = row["code"]
    goal = name(f"sdg:{code.split('.')[0]}")
    pairs = [*_concept("Target", row), *_codes([code]), *_under("sdgo:isTargetOf", goal)]
    return _record("targets.tsv", line, name(f"sdg:{code}"), f"target-{_dashed(code)}", pairs)


def _indicator(line: int, row: Row) -> Record:
    codes, permanent = row["codes"].split(), row["iri"]
    pairs = [*_concept("Indicator", row), *_codes(codes), *_editions(row["editions"].split())]
    for code in row["targets"].split():
        pairs += _under("sdgo:isIndicatorOf", name(f"sdg:{code}"))
    pairs += [("sdgo:tier", name(f"sdgo:tier_{tier}")) for tier in row["tier"].split()]
    pairs += [("sdgo:custodianAgency", Literal(agency)) for agency in row["custodians"].split("|") if agency]
    if row["replaced_by"]:
        pairs.append(("dcterms:isReplacedBy", name(f"id:{row['replaced_by']}")))
    if permanent == "-":
        slug = f"indicator-{_dashed(codes[0])}"
        return _record("indicators.tsv", line, name(f"id:{slug}"), slug, pairs)
    pairs.append(("skos:notation", _typed(permanent, "SDGCodePerm")))
    return _record("indicators.tsv", line, name(f"sdg:{permanent}"), f"indicator-{permanent}", pairs)


def _concept(kind: str, row: Row) -> list[Pair]:
    pairs: list[Pair] = [
        ("rdf:type", name(f"sdgo:{kind}")),
        ("rdf:type", name("skos:Concept")),
        ("skos:inScheme", SCHEME),
        *_texts("skos:prefLabel", {language: row[f"label_{language}"] for language in LABELS}),
    ]
    if row["sdgio"]:
        pairs.append(("skos:exactMatch", NamedNode(SDGIO + row["sdgio"])))
    return pairs


def _codes(codes: Iterable[str]) -> Iterator[Pair]:
    """Spell each code as people ask for it: plain, then `10.7` and `10.07` with the datatypes of the UN."""
    for code in codes:
        yield "dcterms:identifier", Literal(code)
        yield "skos:notation", _typed(code, "SDGCodeCompact")
        yield "skos:notation", _typed(".".join(part.zfill(2) for part in code.split(".")), "SDGCode")


def _under(predicate: str, parent: NamedNode) -> Iterator[Pair]:
    yield predicate, parent
    yield "skos:broader", parent


def _editions(years: Iterable[str]) -> Iterator[Pair]:
    return (("m4sd:edition", Literal(year, datatype=name("xsd:gYear"))) for year in years)


def _texts(predicate: str, texts: Mapping[str, str]) -> Iterator[Pair]:
    return ((predicate, Literal(text, language=language)) for language, text in texts.items())


def _typed(code: str, datatype: str) -> Literal:
    return Literal(code, datatype=name(f"sdgo:{datatype}"))


def _dashed(code: str) -> str:
    return code.replace(".", "-")


def _record(table: str, line: int, thing: NamedNode, slug: str, pairs: Iterable[Pair]) -> Record:
    graph = record_graph("reference", slug)
    origin = Triple(graph, name("prov:hadPrimarySource"), SCHEME)
    triples = (origin, *(Triple(thing, name(predicate), value) for predicate, value in pairs))
    return Record(thing, graph, triples, table, (line,) * len(triples))


def _rows(table: Path) -> Iterator[tuple[int, Row]]:
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t")
        yield from ((reader.line_num, row) for row in reader)

"""Read the tables of areas as Records: countries, regions, country groups, subdivisions and localities.

The tables hold only what no library knows: names, ISO codes and the parents of subdivisions are CLDR's and ISO's.
An area of the UN keeps the UN's IRI. A record spans several tables, so all its triples point to the row that names it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pycountry
from pyoxigraph import Literal, NamedNode, Triple

from graph.load.area_names import acronyms, alternatives, others, preferred
from graph.names import name, record_graph
from graph.record import Record

CLASSES = {"country": "Country", "region": "StatisticalRegion", "world": "StatisticalRegion", "group": "CountryGroup"}
UN_AREAS = "http://metadata.un.org/sdg/codes/geoArea"
ISO_PAGE = "https://www.iso.org/obp/ui/#iso:code:3166:"
EU = "http://publications.europa.eu/resource/authority/country/"
WIKIDATA = "http://www.wikidata.org/entity/"
# The entity, not the page www.geonames.org/{id} that describes it.
GEONAMES = "https://sws.geonames.org/{}/"
SCHEDULED = {
    "en": "Departure scheduled by the General Assembly; check that it took effect.",
    "fr": "Sortie prévue par l’Assemblée générale ; vérifiez qu’elle a bien pris effet.",
}

Row = Mapping[str, str]
Table = defaultdict[str, list[Row]]
Pair = tuple[str, NamedNode | Literal]
Labels = dict[str, str]


def records(folder: Path) -> Iterator[Record]:
    """Give one record for each area, country group, subdivision and locality of the tables in a folder."""
    names = _by(folder / "area-names.tsv", "code")
    members, groups = _by(folder / "groups.tsv", "m49"), _by(folder / "groups.tsv", "group")
    for line, row in _rows(folder / "areas.tsv"):
        yield _group(line, row, names, groups) if row["kind"] == "group" else _country(line, row, names, members)
    for line, row in _rows(folder / "subdivisions.tsv"):
        yield _subdivision(line, row)
    for line, row in _rows(folder / "localities.tsv"):
        yield _locality(line, row)


def _country(line: int, row: Row, names: Table, members: Table) -> Record:
    code = row["code"]
    thing, labels = _area(code), preferred(code, names[code])
    pairs = [_type(CLASSES[row["kind"]]), *_named(labels, others(code, names[code])), *_codes(row), *_matches(row)]
    triples = _about(thing, pairs)
    for member in members[code]:
        triples += _membership(thing, labels, member, preferred(member["group"], names[member["group"]]))
    return _record("areas.tsv", line, thing, f"area-{code}", [UN_AREAS, *_sources(members[code])], triples)


def _group(line: int, row: Row, names: Table, groups: Table) -> Record:
    code = row["code"]
    typed = names[code]
    pairs: list[Pair] = [
        _type(CLASSES["group"]),
        *_named(preferred(code, typed), others(code, typed)),
        *(("m4sd:acronym", Literal(text, language=language)) for language, text in acronyms(typed)),
        ("dcterms:identifier", Literal(code.upper())),
        *_matches(row),
    ]
    own = [UN_AREAS] if row["un"] == "yes" else []
    triples = _about(_area(code), pairs)
    return _record("areas.tsv", line, _area(code), f"group-{code}", [*own, *_sources(groups[code])], triples)


def _codes(row: Row) -> Iterator[Pair]:
    yield "dcterms:identifier", Literal(row["code"])
    yield "m4sd:m49Code", Literal(row["code"])
    if country := pycountry.countries.get(numeric=row["code"]):
        yield "m4sd:isoAlpha2", Literal(country.alpha_2)
        yield "m4sd:isoAlpha3", Literal(country.alpha_3)
    if row["parent"]:
        yield "m4sd:locatedIn", _area(row["parent"])


def _matches(row: Row) -> Iterator[Pair]:
    if row["wikidata"]:
        yield "skos:exactMatch", NamedNode(WIKIDATA + row["wikidata"])
    if row["geonames"]:
        yield "skos:exactMatch", NamedNode(GEONAMES.format(row["geonames"]))
    country = pycountry.countries.get(numeric=row["code"])
    # The EU's list names sovereign states by their ISO code; for other territories it is not certain to.
    if country and row["sovereign"]:
        yield "skos:exactMatch", NamedNode(EU + country.alpha_3)


def _membership(country: NamedNode, labels: Labels, row: Row, group: Labels) -> list[Triple]:
    node = name(f"id:membership-{row['m49']}-{row['group']}")
    pairs: list[Pair] = [
        _type("GroupMembership"),
        ("skos:prefLabel", Literal(f"{labels['en']}: {group['en']}", language="en")),
        ("skos:prefLabel", Literal(f"{labels['fr']} : {group['fr']}", language="fr")),
        ("m4sd:inGroup", _area(row["group"])),
        ("dcterms:source", NamedNode(row["source"])),
    ]
    limits = {"m4sd:validFrom": row["valid_from"], "m4sd:validUntil": row["valid_until"]}
    pairs += [(predicate, _date(text)) for predicate, text in limits.items() if text]
    if row["status"] == "scheduled":
        pairs += [("skos:note", Literal(text, language=language)) for language, text in SCHEDULED.items()]
    return [Triple(country, name("m4sd:hasMembership"), node), *_about(node, pairs)]


def _subdivision(line: int, row: Row) -> Record:
    code = row["code"]
    iso = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]  # pycountry does not annotate it
    labels = {language: row[f"label_{language}"] or iso.name for language in ("en", "fr")}
    pairs: list[Pair] = [
        _type("AdministrativeArea"),
        *_named(labels, alternatives(row["alternatives"])),
        ("dcterms:identifier", Literal(code)),
        ("m4sd:isoSubdivision", Literal(code)),
        ("m4sd:locatedIn", _place(iso.parent_code or iso.country.numeric)),
    ]
    source, thing = ISO_PAGE + iso.country_code, name(f"id:area-{code}")
    return _record("subdivisions.tsv", line, thing, f"area-{code}", [source], _about(thing, pairs))


def _locality(line: int, row: Row) -> Record:
    slug = f"locality-{row['slug']}" if row["class"] == "Locality" else f"area-{row['slug']}"
    labels = {language: row[f"label_{language}"] for language in ("en", "fr")}
    named = _named(labels, alternatives(row["alternatives"]))
    pairs: list[Pair] = [_type(row["class"]), *named, ("m4sd:locatedIn", _place(row["parent"]))]
    thing = name(f"id:{slug}")
    return _record("localities.tsv", line, thing, slug, [row["source"]], _about(thing, pairs))


def _type(local: str) -> Pair:
    return "rdf:type", name(f"m4sd:{local}")


def _named(labels: Labels, rest: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    yield from (("skos:prefLabel", Literal(text, language=lang)) for lang, text in labels.items())
    for lang, text in rest:
        if text and text != labels.get(lang):
            yield "skos:altLabel", Literal(text, language=lang)


def _area(code: str) -> NamedNode:
    # The UN's file names two groups, ldc and sids, and none for the landlocked developing countries.
    return name("id:group-lldc") if code == "lldc" else name(f"area:{code}")


def _place(code: str) -> NamedNode:
    return _area(code) if code.isdigit() else name(f"id:area-{code}")


def _date(text: str) -> Literal:
    return Literal(text, datatype=name("xsd:date" if "-" in text else "xsd:gYear"))


def _about(thing: NamedNode, pairs: Iterable[Pair]) -> list[Triple]:
    return [Triple(thing, name(predicate), value) for predicate, value in pairs]


def _record(
    table: str, line: int, thing: NamedNode, slug: str, sources: Iterable[str], triples: Iterable[Triple]
) -> Record:
    graph = record_graph("reference", slug)
    origin = [Triple(graph, name("prov:hadPrimarySource"), NamedNode(source)) for source in sources]
    unique = tuple(dict.fromkeys([*origin, *triples]))
    return Record(thing, graph, unique, table, (line,) * len(unique))


def _sources(rows: Iterable[Row]) -> list[str]:
    return sorted({row["source"] for row in rows})


def _by(table: Path, column: str) -> Table:
    found: Table = defaultdict(list)
    for _, row in _rows(table):
        found[row[column]].append(row)
    return found


def _rows(table: Path) -> Iterator[tuple[int, Row]]:
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t")
        yield from ((reader.line_num, row) for row in reader)

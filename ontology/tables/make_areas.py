"""Make areas.tsv, and the LLDC and SIDS rows of groups.tsv, again from the two facts files.

    python -m ontology.tables.make_areas --country-codes country-codes.csv --kos sdg-codes.ttl

The UN's code file (UNStats/LOD4Stats, sdg-codes.ttl) gives the areas that have an IRI, their parents and their links.
The table `country-codes` (datasets/country-codes, PDDL) says which link is meant where the UN gives two, which of the
countries are independent, and who is a landlocked or a small island developing state. The LDC rows are kept as they
are: their dates are typed from the UN's timeline of the category, whose address stands in each row.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

HERE = Path(__file__).parent
AREA = "http://metadata.un.org/sdg/codes/geoArea/"
BROADER = "http://www.w3.org/2004/02/skos/core#broader"
MATCH = "http://www.w3.org/2004/02/skos/core#exactMatch"
SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

AREA_HEAD = ("code", "kind", "parent", "un", "sovereign", "wikidata", "geonames")
GROUP_HEAD = ("group", "m49", "valid_from", "valid_until", "status", "source")
M49_PAGE = "https://unstats.un.org/unsd/methodology/m49/"
GROUPS = {"lldc": "Land Locked Developing Countries (LLDC)", "sids": "Small Island Developing States (SIDS)"}
# Areas of the past, which M49 no longer lists: Netherlands Antilles and Sudan as they were until 2010 and 2011.
FORMER = {"530", "736"}
# Where the two sources link to different things: the continent, not the area of its treaty; the territory, not a state.
USUAL = {"010": "Q51", "732": "Q6250"}

Row = tuple[str, ...]
Facts = dict[str, dict[str, str]]
Kos = dict[tuple[str, str], list[str]]


def main() -> None:
    """Read the two paths from the command line and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--country-codes", type=Path, required=True)
    parser.add_argument("--kos", type=Path, required=True)
    options = parser.parse_args()
    facts = read_country_codes(options.country_codes)
    write(HERE / "areas.tsv", AREA_HEAD, areas(read_kos(options.kos), facts))
    write(HERE / "groups.tsv", GROUP_HEAD, [*kept(HERE / "groups.tsv"), *memberships(facts)])


def read_country_codes(path: Path) -> Facts:
    """Read the rows of country-codes by their M49 code, padded to three digits as in the UN's IRIs."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["M49"].strip().zfill(3): row for row in csv.DictReader(lines) if row["M49"].strip()}


def read_kos(path: Path) -> Kos:
    """Read what the UN file says of each area or group: the IRIs that it names, by code and predicate."""
    found: Kos = defaultdict(list)
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found[quad.subject.value.removeprefix(AREA), quad.predicate.value].append(quad.object.value)
    return found


def areas(kos: Kos, facts: Facts) -> Iterator[Row]:
    """Give one row for each current area of the UN file, then one for each country group."""
    for code in sorted(_codes(kos)):
        wikidata, geonames = _links(kos, code, facts.get(code, {}))
        wikidata = USUAL.get(code, wikidata)
        sovereign = "yes" if facts.get(code, {}).get("is_independent") == "Yes" else ""
        yield code, _kind(kos, code), _parent(kos, code), "yes", sovereign, wikidata, geonames
    for code in ("ldc", "lldc", "sids"):
        known = "yes" if _about(kos, code, TYPE) else "no"
        yield code, "group", "", known, "", _links(kos, code, {})[0], ""


def memberships(facts: Facts) -> Iterator[Row]:
    """Give one row for each country that the table marks as LLDC or SIDS; the table gives no dates."""
    for group, column in GROUPS.items():
        yield from ((group, code, "", "", "", M49_PAGE) for code in sorted(facts) if facts[code][column].strip())


def kept(path: Path) -> list[Row]:
    """Read the rows of groups.tsv that were typed: the least developed countries."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [tuple(row) for row in csv.reader(lines, delimiter="\t") if row[0] == "ldc"]


def write(path: Path, head: Row, rows: Iterable[Row]) -> None:
    """Write a table: one head line, tabs between, a plain line feed at the end."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, delimiter="\t", lineterminator="\n").writerows([head, *rows])


def _codes(kos: Kos) -> set[str]:
    return {code for code, predicate in kos if predicate == SCHEME and code.isdigit()} - FORMER


def _about(kos: Kos, code: str, predicate: str) -> list[str]:
    return sorted(kos.get((code, predicate), []))


def _kind(kos: Kos, code: str) -> str:
    if code == "001":
        return "world"
    # Sark has no ISO code and so the UN file does not call it a country; nothing lies below it.
    return "country" if AREA + "co" in _about(kos, code, TYPE) or code == "680" else "region"


def _parent(kos: Kos, code: str) -> str:
    parents = (iri.removeprefix(AREA) for iri in _about(kos, code, BROADER))
    return next((parent for parent in parents if parent.isdigit()), "")


def _links(kos: Kos, code: str, fact: dict[str, str]) -> tuple[str, str]:
    links = _about(kos, code, MATCH)
    return (
        _chosen([link for link in links if "wikidata.org" in link], fact.get("wikidata_id", "")),
        _chosen([link for link in links if "geonames.org" in link], fact.get("Geoname ID", "")),
    )


def _chosen(links: list[str], other: str) -> str:
    """Choose the link that the other table has too; the first one where the UN file gives no choice."""
    ends = [link.rsplit("/", 1)[-1] for link in links]
    same = other.strip().rsplit("/", 1)[-1]
    return same if same in ends else next(iter(ends), "")


if __name__ == "__main__":
    main()

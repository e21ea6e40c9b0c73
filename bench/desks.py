"""Make a small folder to submit to and decide in: the ontology, its vocabularies, and who curates."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

import ontology
from graph.build import RECORDS
from graph.catalogue import stated
from graph.desk.content import spelt
from graph.desk.submission import Draft
from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.load.curated import reference
from graph.names import BASE, name, record_graph
from graph.patch import Patch
from graph.record import Record, read_record, read_triples

WHEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
CURATORS: Final = "agent-m4sd-curators"
DATASET: Final = "partner"
_KINDS: Final = ("ontology", "alignment-", "scheme-")


def make(folder: Path) -> None:
    """Publish what a record needs around it, as the first entry of a journal."""
    with Live(folder) as live:
        live.commit(Change("build", "bench", WHEN), Patch(frozenset[Quad](), frozenset(stated(_around(), WHEN))))


def organisation(slug: str, label: str = "", more: str = "") -> str:
    """Return an organisation in Turtle, as a partner would write it."""
    text = label or slug.replace("-", " ")
    return (
        f"PREFIX id: <{BASE}id/> PREFIX m4sd: <{BASE}ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX dcterms: <http://purl.org/dc/terms/>\n"
        f"<{BASE}graph/{DATASET}/{slug}> prov:wasAttributedTo id:{CURATORS} .\n"
        f'id:{slug} a m4sd:Organisation ; skos:prefLabel "{text}"@en, "{text}"@fr {more} .\n'
    )


def draft(slug: str, turtle: str, folder: Path, base: str = "") -> Draft:
    """Return a draft of what some Turtle says, without asking the shapes."""
    (file := folder / f"{slug}.ttl").write_text(turtle)
    return Draft(
        "replacement" if base else "new",
        dataset=DATASET,
        graph=record_graph(DATASET, slug).value,
        thing=f"{BASE}id/{slug}",
        title={"en": slug},
        body=spelt(read_triples(file)[0]),
        base=base,
        file=file.name,
    )


def _around() -> list[Record]:
    found = [each for each in reference(ontology.FOLDER) if each.graph.value.rpartition("/")[2].startswith(_KINDS)]
    (curators,) = (path for path in RECORDS.glob("*/*.ttl") if path.stem == CURATORS)
    record = read_record(curators, "seed")
    assert record.iri == name(f"id:{CURATORS}")
    return [*found, record]

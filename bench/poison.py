"""Publish records whose every text is an attack, and let people write attacks wherever they can write."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Quad, Triple

from bench.counter import Counter
from bench.desks import organisation
from bench.payloads import PAYLOADS, STRANGER
from graph.catalogue import stated
from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.names import BASE, name, record_graph
from graph.patch import Patch
from graph.record import Record
from graph.store import Store

TYPE: Final = name("rdf:type")
KINDS: Final = (
    "Initiative", "Organisation", "BoardMeeting", "Programme", "ProgrammePhase", "Result", "Fact", "SourceDocument",
    "Policy", "Practice", "AdministrativeArea", "Participation", "FinancialFlow", "Contribution", "CaseStudy",
    "Objective", "SourcePassage", "Facility", "Service", "Allocation",
)  # fmt: skip
LINKS: Final = (
    ("operatesIn", "http://metadata.un.org/sdg/codes/geoArea/504"),
    ("forCountry", "http://metadata.un.org/sdg/codes/geoArea/504"),
    ("contributesToTarget", "http://metadata.un.org/sdg/10.7"),
    ("contributesToGoal", "http://metadata.un.org/sdg/10"),
    ("sector", f"{BASE}concept/sector/health"),
    *((each, f"{BASE}id/programme-m4sd") for each in ("partOf", "phaseOf", "about", "object", "meetingOf")),
    *((each, f"{BASE}id/poison-1") for each in ("isFundedBy", "isImplementedBy", "hasResult", "statedIn")),
)


def poison(folder: Path, payloads: Sequence[str] = PAYLOADS) -> None:
    """Publish a record of each kind in turn for each payload, every field of it an attack, past the rules."""
    with Live(folder) as live:
        fields = _fields(live.store)
        records = [_record(number, payloads, fields) for number in range(len(payloads))]
        when = datetime.now(UTC)
        change = Change("record", payloads[0], when, payloads[1], payloads[2])
        live.commit(change, Patch(frozenset[Quad](), frozenset(stated(records, when))))
        live.snapshot()


def _fields(store: Store) -> Mapping[NamedNode, Literal]:
    """Return every property that any record gives a text, with one value of it."""
    found: dict[NamedNode, Literal] = {}
    for quad in store.quads():
        if isinstance(quad.object, Literal):
            found.setdefault(quad.predicate, quad.object)
    return dict(sorted(found.items(), key=lambda item: item[0].value))


def _record(number: int, payloads: Sequence[str], fields: Mapping[NamedNode, Literal]) -> Record:
    thing, slug = NamedNode(f"{BASE}id/poison-{number}"), f"poison-{number}"
    said = [Triple(thing, TYPE, name(f"m4sd:{KINDS[number % len(KINDS)]}"))]
    said += [Triple(thing, name(f"m4sd:{link}"), NamedNode(to)) for link, to in LINKS]
    said += [
        Triple(thing, name(link), NamedNode(to))
        for link in ("skos:exactMatch", "foaf:homepage", "dcterms:source", "rdfs:seeAlso")
        for to in (f"javascript:ran({number})", f"https://{STRANGER}/{number}")
    ]
    for at, (predicate, typical) in enumerate(fields.items()):
        text = payloads[number if "abel" in predicate.value else (number + at) % len(payloads)]
        said += [Triple(thing, predicate, value) for value in _values(text, typical, odd=number % 2 == 1)]
    return Record(
        thing, record_graph("partner", slug), tuple(dict.fromkeys(said)), f"{slug}.ttl", tuple(range(len(said)))
    )


def _values(text: str, typical: Literal, odd: bool) -> tuple[Literal, ...]:
    if typical.language:
        return Literal(text, language="en"), Literal(text, language="fr")
    plain = typical.datatype.value.endswith("#string")
    # Dates and numbers are whole in every other record, so that pictures and timelines draw it.
    return (Literal(text),) if plain else (typical if odd else Literal(text, datatype=typical.datatype),)


def work(desk: Counter, payloads: Sequence[str] = PAYLOADS) -> list[str]:
    """Let people write attacks wherever they can write, and return the addresses that show it."""
    shown = []
    for number, payload in enumerate(payloads):
        text = payload.replace("\\", "\\\\").replace('"', '\\"')
        text = "".join(letter if letter >= " " else " " for letter in text)  # the door lets no others in
        laid = desk.laid(f"laid-{number}", organisation(f"laid-{number}", text))
        desk.ask("Bo", "POST", f"/submissions/{laid.id}/comments", json={"text": payload})
        decision = {"decision": "return", "comment": payload, "revision": 1}
        desk.ask("Bo", "POST", f"/submissions/{laid.id}/decision", json=decision)
        note = {"kind": "report", "thing": f"{BASE}id/poison-{number}", "text": payload, "statement": payload}
        secret = desk.writer.ask("note", **note, contact=payload)["secret"]
        report = desk.ask("", "POST", "/validate?keep=1", data=organisation("x", text), content_type="text/turtle")
        kept = report.headers.get("Link", "").partition(">")[0].rpartition("/")[2]
        link = desk.ask("", "POST", "/links", data={"query": f"SELECT * {{ ?s ?p ?o }} LIMIT 3 # {payload}"}).get_json()
        shown += [f"/submissions/{laid.id}", f"/submissions/{laid.id}/edit", f"/submissions/{laid.id}/form"]
        shown += [f"/followed/{secret}"]
        shown += [f"/reports/{kept}"] if kept else []
        shown += [urlsplit(link["link"]).path] if link and "link" in link else []
    desk.writer.ask("release", version="2026.1", notes="\n".join(payloads), who="Root", by="test")
    return shown

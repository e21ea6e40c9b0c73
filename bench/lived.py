"""Have a service in which people have been at work: something of every kind stands behind every address."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.counter import LIMITS, Counter, counter
from bench.desks import organisation
from server.limits import Limits, Role

# Whoever opens every page asks for more than a person.
PATIENT: Final[Limits] = replace(
    LIMITS, anonymous=Role(deadline=60.0, budget=1_000_000.0), quick=2, quick_per_client=2, promote=30.0, patience=60.0
)
QUERY: Final = "SELECT ?thing ?label { ?thing a m4sd:Initiative ; skos:prefLabel ?label } LIMIT 20"
SLUG: Final = "lived-centre"
THING: Final = f"https://w3id.org/m4sd/id/{SLUG}"
_WRONG: Final = organisation("lived-wrong").replace("skos:prefLabel", "skos:prefLabl")


@dataclass(frozen=True)
class Lived:
    """Hold the counter and what was made at it: a value for each parameter of an address, by its endpoint."""

    counter: Counter
    values: Mapping[str, Mapping[str, object]]


@contextmanager
def lived(made: Path, place: Path) -> Iterator[Lived]:
    """Serve a copy of a built folder in which people have been at work, while the block runs."""
    with counter(made, place, PATIENT) as found:
        yield Lived(found, _worked(found))


def _worked(desk: Counter) -> Mapping[str, Mapping[str, object]]:
    sequence = desk.publish(organisation(SLUG, "A centre"), why="It opened.")
    desk.writer.ask("release", version="2026.1", notes="The first one.", who="Root", by="test")
    desk.publish(organisation(SLUG, "A larger centre"), why="It grew.")
    desk.writer.ask("release", version="2026.2", notes="The second one.", who="Root", by="test")
    desk.publish(organisation("lived-closed", "Closed centre"))
    desk.publish("", withdraw=f"{THING.rpartition('/')[0]}/lived-closed", why="It closed.")
    waiting = _submitted(desk, organisation(SLUG, "The largest centre"))
    note = desk.writer.ask("note", kind="report", thing=THING, text="The year is wrong.", statement="", contact="")
    link = desk.ask("", "POST", "/links", data={"query": QUERY}).get_json()["link"]
    report = desk.ask("", "POST", "/validate", query_string={"keep": "1"}, data=_WRONG, content_type="text/turtle")
    identity: dict[str, object] = {"identity": report.headers["Link"].partition(">")[0].rpartition("/")[2]}
    own: dict[str, object] = {"identity": waiting}
    return {
        "change": {"sequence": sequence}, "link": {"identity": link.rpartition("/")[2]}, "report": identity,
        "badge": identity, "followed": {"secret": note["secret"]}, "submission": own, "submitted_file": own,
        "edit_form": own, "resume_form": own, "release": {"version": "2026.1"},
        "release_file": {"version": "2026.2", "name": "m4sd-2026.2.nq.gz"}, "history": {"name": SLUG},
    }  # fmt: skip


def _submitted(desk: Counter, turtle: str) -> str:
    taken = desk.submit("Ana", turtle)
    return str(taken.get_json()["submissions"][0]["id"])

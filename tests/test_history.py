"""Show that the history tells each version of a record, who changed it and why, and what anything was at any time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.catalogue import dataset_of
from graph.journal.entry import Change
from graph.journal.journal import Journal
from graph.keeping import history
from graph.keeping.history_index import FILE
from graph.keeping.live import Live
from graph.names import CATALOGUE, name, record_graph
from graph.patch import Patch

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
Fields = dict[str, NamedNode | Literal]


def rows(slug: str, dataset: str = "seed", **fields: NamedNode | Literal) -> frozenset[Quad]:
    """Return what a record states: its label, and the fields of our ontology."""
    thing, graph = name(f"id:{slug}"), record_graph(dataset, slug)
    told = {Quad(thing, name("skos:prefLabel"), Literal(slug.upper(), language="en"), graph)}
    told |= {Quad(thing, name(f"m4sd:{field}"), value, graph) for field, value in fields.items()}
    said = {"rdf:type": name("m4sd:RecordGraph"), "foaf:primaryTopic": thing, "dcterms:isPartOf": dataset_of(graph)}
    return frozenset(told | {Quad(graph, name(key), value, CATALOGUE) for key, value in said.items()})


ORG, GONE = rows("org-a"), rows("org-b", "background")
WORK = rows("work", operatesIn=name("area:504"), isLedBy=name("id:org-a"))
PLACE = rows("area-1", "reference", locatedIn=name("area:504"))
LOCAL = rows("local", operatesIn=name("id:area-1"))
WORK_MOVED = rows("work", operatesIn=name("area:688"), isLedBy=name("id:org-a"))
STEPS: tuple[tuple[str, frozenset[Quad], frozenset[Quad]], ...] = (
    ("build", frozenset(), ORG | GONE | WORK | PLACE | LOCAL),
    ("record", WORK - WORK_MOVED, WORK_MOVED - WORK),
    ("withdrawal", GONE, frozenset()),
    (
        "record",
        frozenset(),
        frozenset([Quad(name("id:work"), name("m4sd:ordinal"), Literal(7), record_graph("seed", "work"))]),
    ),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    with Live(folder) as live:
        for day, (kind, delete, insert) in enumerate(STEPS):
            change = Change(
                kind,
                "Ada",
                WHEN + timedelta(day),
                f"{kind} {day}",
                replaced_by="http://x/other" if delete == GONE else "",
            )
            live.commit(change, Patch(frozenset(delete), frozenset(insert)))
    return folder


def slugs(versions: list[history.Version]) -> list[tuple[int, str]]:
    return [(each.sequence, each.graph.value.rpartition("/")[2]) for each in versions]


def test_a_thing_tells_its_versions_newest_first_with_who_when_and_why(told: Path) -> None:
    last, moved, first = history.versions(told, name("id:work"))
    assert [each.sequence for each in (first, moved, last)] == [1, 2, 4]
    assert (moved.change.who, moved.change.why, moved.change.when) == ("Ada", "record 1", WHEN + timedelta(1))
    assert (moved.added, moved.removed, moved.thing, moved.labels) == (1, 1, name("id:work"), (("en", "WORK"),))
    assert history.versions(told, record_graph("seed", "work")) == [last, moved, first]
    assert history.versions(told, name("id:nobody")) == []


def test_a_record_is_shown_as_it_was_at_any_time(told: Path) -> None:
    graph = record_graph("seed", "work")

    def held(sequence: int) -> set[str]:
        return {str(t.object) for t in history.content(told, graph, sequence) if t.predicate == name("m4sd:operatesIn")}

    assert [held(n) for n in (0, 1, 2, 4)] == [set(), {str(name("area:504"))}, *[{str(name("area:688"))}] * 2]
    assert len(history.catalogued(told, graph, 1)) == 3


def test_the_difference_of_two_times_is_what_left_and_what_came(told: Path) -> None:
    found = history.difference(told, 1, 4)
    assert set(found.removed) == GONE | (WORK - WORK_MOVED)
    assert set(found.added) == (WORK_MOVED - WORK) | STEPS[3][2]
    back = history.difference(told, 4, 1)
    assert (back.removed, back.added) == (found.added, found.removed)
    assert history.difference(told, 2, 3, record_graph("seed", "work")) == history.Difference((), ())


def test_a_withdrawn_thing_tells_what_takes_its_place(told: Path) -> None:
    gone = history.withdrawn(told, name("id:org-b"))
    assert gone is not None
    assert (gone.sequence, gone.change.kind, gone.change.replaced_by) == (3, "withdrawal", "http://x/other")
    assert history.withdrawn(told, name("id:org-a")) is None
    assert history.withdrawn(told, name("id:nobody")) is None
    (version, _) = history.versions(told, name("id:org-b"))
    assert (version.withdrawn, version.labels) == (True, (("en", "ORG-B"),))


def test_changes_can_be_those_of_a_country_an_actor_or_a_dataset(told: Path) -> None:
    morocco = slugs(history.changes(told, country=name("area:504")))
    assert morocco == [(2, "work"), (1, "work"), (1, "local"), (1, "area-1")]
    assert slugs(history.changes(told, country=name("area:688"))) == [(4, "work"), (2, "work")]
    assert slugs(history.changes(told, actor=name("id:org-a"))) == [(4, "work"), (2, "work"), (1, "work"), (1, "org-a")]
    assert slugs(history.changes(told, dataset="background")) == [(3, "org-b"), (1, "org-b")]
    assert slugs(
        history.changes(told, actor=name("id:org-a"), country=name("area:688"), dataset="seed", most=1, skip=1)
    ) == [(2, "work")]
    assert len(history.changes(told)) == 8


@pytest.mark.parametrize("state", ["gone", "spoilt", "of another journal", "behind"])
def test_the_index_is_made_again_or_brought_up_to_date(told: Path, tmp_path: Path, state: str) -> None:
    with Live(tmp_path) as live:
        for entry in Journal(told).entries():
            if state == "behind" and entry.sequence == 3:
                assert len(history.changes(tmp_path)) == 6
            live.commit(entry.change, entry.patch)
    index = tmp_path / FILE
    if state == "spoilt":
        index.write_bytes(b"this is no database, and long enough to be looked at" * 100)
    elif state == "of another journal":
        index.write_bytes((told / FILE).read_bytes())
    assert history.changes(tmp_path) == history.changes(told)
    assert history.difference(tmp_path, 0, 4) == history.difference(told, 0, 4)

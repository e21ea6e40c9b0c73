"""Show that what is accepted is published once, as it was seen, whatever crashes or comes at the same time."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad

from bench import desks
from bench.desks import DATASET, draft, organisation
from bench.judged import problems
from graph.desk import compare, content, intake, queue, review
from graph.desk.desk import Desk
from graph.desk.intake import Asked, Intake
from graph.desk.place import NoPlace
from graph.desk.refusals import HeldBack, NotThatState, NotYourDataset, Outdated, SelfApproval, Shipped
from graph.desk.submission import Draft, Submission
from graph.errors import SourceError
from graph.journal.entry import Change
from graph.keeping.backup import backup, restore
from graph.keeping.durable import Unsound
from graph.keeping.live import Live
from graph.keeping.undo import undo
from graph.names import BASE, CATALOGUE, name, record_graph
from graph.patch import Patch

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 11, 1, tzinfo=UTC)
MINE = Asked((DATASET,))
GRAPH = record_graph(DATASET, "org-a")
HEAD = organisation("x").splitlines()[0] + "\n" + organisation("x").splitlines()[1] + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the ontology, made once."""
    place = tmp_path_factory.mktemp("desk") / "store"
    desks.make(place)
    return place


@pytest.fixture
def live(made: Path, tmp_path: Path) -> Iterator[Live]:
    """Give a folder of its own to each test, opened by the one who writes."""
    place = tmp_path / "store"
    shutil.copytree(made, place, symlinks=True)
    with Live(place) as opened:
        yield opened


@pytest.fixture
def desk(live: Live) -> Desk:
    """Return the desk of that folder."""
    return Desk(live.folder)


def take(live: Live, turtle: str, asked: Asked = MINE, file: str = "sent.ttl") -> Intake:
    return intake.take([(file, turtle.encode())], live.store, WHEN, asked)


def sent(live: Live, desk: Desk, turtle: str, author: str = "Ana") -> Submission:
    taken = take(live, turtle)
    assert taken.report.outcome == "admitted", [str(finding.message) for finding in taken.report.findings]
    return desk.submit(author, taken.drafts, WHEN)[0]


def accept(live: Live, desk: Desk, found: Submission, who: str = "Bo", comment: str = "") -> review.Acceptance:
    return review.accept(live, desk, found.id, found.revision, who, comment, WHEN)


def labels(live: Live, slug: str) -> set[str]:
    quads = live.store.quads(name(f"id:{slug}"), name("skos:prefLabel"), None, DefaultGraph())
    return {str(quad.object) for quad in quads}


def entries(live: Live) -> list[tuple[int, str, str]]:
    return [(each.sequence, each.change.kind, each.change.submission) for each in live.journal.entries(1)]


def test_an_accepted_record_is_published_with_its_provenance_and_stands_in_the_journal(live: Live, desk: Desk) -> None:
    found = sent(live, desk, organisation("org-a"))
    assert labels(live, "org-a") == set(), "what waits is nowhere in the graph"
    done = accept(live, desk, found)
    assert done.accepted
    assert labels(live, "org-a") == {'"org a"@en', '"org a"@fr'}
    said = {quad.predicate for quad in live.store.quads(NamedNode(found.graph), None, None, CATALOGUE)}
    assert {name("prov:wasAttributedTo"), name("dcterms:isPartOf"), name("foaf:primaryTopic")} <= said
    assert entries(live) == [(done.submission.sequence, "record", found.id)]
    change = next(live.journal.entries(1)).change
    assert (change.who, change.dataset, change.when) == ("Ana", DATASET, WHEN)
    assert [event.what for event in desk.history(found.id)] == ["submit", "accept"]


def test_accepting_twice_publishes_once(live: Live, desk: Desk) -> None:
    found = sent(live, desk, organisation("org-a"))
    accept(live, desk, found)
    with pytest.raises(NotThatState, match="accepted already"):
        accept(live, desk, found, "Cy")
    assert len(entries(live)) == 1


def test_of_many_reviewers_at_once_one_publishes(live: Live, desk: Desk) -> None:
    found = sent(live, desk, organisation("org-a"))
    done: list[str] = []

    def click(who: str) -> None:
        with suppress(NotThatState):
            accept(live, desk, found, who)
            done.append(who)

    threads = [threading.Thread(target=click, args=(f"reviewer {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(entries(live)) == 1
    assert desk.history(found.id)[-1].who == done[0]


def test_nobody_publishes_her_own(live: Live, desk: Desk) -> None:
    found = sent(live, desk, organisation("org-a"))
    with pytest.raises(SelfApproval):
        accept(live, desk, found, "ANA")
    assert entries(live) == []


def test_what_does_not_conform_any_more_waits_on_and_says_why(live: Live, desk: Desk) -> None:
    bad = desk.submit("Ana", [broken(live)], WHEN)[0]
    done = accept(live, desk, bad)
    assert not done.accepted
    assert [finding.severity for finding in done.findings][:1] == ["Violation"]
    assert (done.submission.state, done.submission.claimed, done.submission.revision) == ("waiting", "", 1)
    assert entries(live) == []


def broken(live: Live) -> Draft:
    """Return a draft that conformed when it was sent, as if the rules had changed since."""
    good = draft("org-bad", organisation("org-bad"), live.folder)
    return replace(good, body="".join(line for line in good.body.splitlines(keepends=True) if "@fr" not in line))


def test_a_record_that_somebody_changed_meanwhile_is_not_overwritten_unseen(live: Live, desk: Desk) -> None:
    accept(live, desk, sent(live, desk, organisation("org-a")))
    first, second = (sent(live, desk, organisation("org-a", label)) for label in ("One", "Two"))
    assert {first.kind, second.kind} == {"replacement"}
    accept(live, desk, first)
    with pytest.raises(Outdated) as raised:
        accept(live, desk, second)
    assert labels(live, "org-a") == {'"One"@en', '"One"@fr'}
    assert desk.get(second.id).claimed == ""
    review.accept(live, desk, second.id, 1, "Bo", "seen", WHEN, against=raised.value.now)
    assert labels(live, "org-a") == {'"Two"@en', '"Two"@fr'}


def test_two_new_records_of_one_graph_are_not_both_new(live: Live, desk: Desk) -> None:
    first, second = (sent(live, desk, organisation("org-a", label)) for label in ("One", "Two"))
    accept(live, desk, first)
    with pytest.raises(Outdated):
        accept(live, desk, second)


def withdrawn(live: Live, thing: str, replaced_by: str = "") -> Intake:
    return intake.withdrawal(live.store, f"{BASE}id/{thing}", WHEN, replace(MINE, why="merged"), replaced_by)


def test_a_withdrawal_takes_the_record_and_its_entry_away_and_says_what_replaces_it(live: Live, desk: Desk) -> None:
    before = live.store.dump()
    accept(live, desk, sent(live, desk, organisation("org-a")))
    (going,) = withdrawn(live, "org-a", f"{BASE}id/{desks.CURATORS}").drafts
    accept(live, desk, desk.submit("Ana", [going], WHEN)[0])
    assert live.store.dump() == before
    *_, last = live.journal.entries(1)
    assert (last.change.kind, last.change.why, last.change.replaced_by) == (
        "withdrawal",
        "merged",
        f"{BASE}id/{desks.CURATORS}",
    )
    with pytest.raises(NoPlace):
        withdrawn(live, "org-a")


def leaning() -> str:
    """Return a programme in which `org-a` takes part."""
    return HEAD + (
        f"<{BASE}graph/{DATASET}/programme-a> prov:wasAttributedTo id:{desks.CURATORS} .\n"
        'id:programme-a a m4sd:Programme ; skos:prefLabel "A"@en, "A"@fr ; m4sd:qualifiedParticipation id:p-a ;\n'
        "  m4sd:fundingUnknown true ; m4sd:hasObjective id:o-a ;\n"
        '  m4sd:startDate "2020"^^<http://www.w3.org/2001/XMLSchema#gYear> .\n'
        "id:p-a a m4sd:Participation ; m4sd:participant id:org-a ; m4sd:statedIn id:doc-a ;\n"
        f"  m4sd:role <{BASE}concept/role/implementing> .\n"
        'id:o-a a m4sd:Objective ; skos:prefLabel "O"@en, "O"@fr ; m4sd:statedIn id:doc-a .\n'
        'id:doc-a a m4sd:SourceDocument ; skos:prefLabel "D"@en, "D"@fr ; dcterms:language "en" ;\n'
        '  m4sd:address "https://example.org/d"^^'
        "<http://www.w3.org/2001/XMLSchema#anyURI> .\n"
    )


def test_a_thing_that_others_lean_on_is_not_withdrawn(live: Live, desk: Desk) -> None:
    accept(live, desk, sent(live, desk, organisation("org-a")))
    accept(live, desk, sent(live, desk, leaning()))
    assert withdrawn(live, "org-a").report.outcome == "refused"


def test_an_undo_that_would_leave_others_leaning_on_nothing_is_refused(live: Live, desk: Desk) -> None:
    first = accept(live, desk, sent(live, desk, organisation("org-a"))).submission.sequence
    second = accept(live, desk, sent(live, desk, leaning())).submission.sequence
    with pytest.raises(Unsound, match=rf"change {first} would leave \d+ rules broken.*id:p-a"):
        undo(live, first, "Bo", "a mistake", WHEN)
    assert live.sequence == second, "nothing was changed"
    for sequence in (second, first):
        undo(live, sequence, "Bo", "a mistake", WHEN)
    assert not labels(live, "org-a")


def test_an_undo_is_refused_where_it_leaves_a_record_that_breaks_rules(live: Live, desk: Desk) -> None:
    found = organisation("org-a")
    first = accept(live, desk, sent(live, desk, found)).submission.sequence
    what, other = (name("id:org-a"), name("rdf:type")), name("m4sd:Meeting")
    live.commit(Change("import", "Bo", WHEN), Patch(frozenset(), frozenset([Quad(*what, other, GRAPH)])))
    with pytest.raises(Unsound, match="id:org-a"):  # a meeting without a name would be left
        undo(live, first, "Bo", "a mistake", WHEN)


def test_what_could_harm_people_is_published_with_a_reason_only(live: Live, desk: Desk) -> None:
    taken = take(live, organisation("org-a", more='; skos:scopeNote "Write to jane.doe@example.org"@en'))
    assert taken.report.outcome == "held"
    assert taken.drafts[0].held
    found = desk.submit("Ana", taken.drafts, WHEN)[0]
    assert (found.outcome, found.held) == ("held", taken.drafts[0].held)
    with pytest.raises(HeldBack):
        accept(live, desk, found)
    assert desk.get(found.id).claimed == ""
    assert accept(live, desk, found, comment="a public office, not a person").accepted


def test_a_crash_before_the_journal_leaves_a_submission_waiting(
    live: Live, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent(live, desk, organisation("org-a"))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(live, "commit", killed)
        patched.setattr(desk, "release", killed)
        accept(live, desk, found)
    with pytest.raises(NotThatState, match="being published"):
        desk.withdraw(found.id, 1, "Ana", WHEN)
    assert review.reconcile(live, Desk(live.folder)) == ()
    assert desk.get(found.id) == found
    assert accept(live, desk, found).accepted


def test_a_crash_after_the_journal_is_settled_at_the_next_start_and_not_published_twice(
    live: Live, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent(live, desk, organisation("org-a"))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(desk, "settle", killed)
        accept(live, desk, found, comment="fine")
    assert [each.state for each in review.reconcile(live, Desk(live.folder))] == ["accepted"]
    last = desk.history(found.id)[-1]
    assert (last.what, last.who, last.comment, last.sequence) == ("accept", "Bo", "fine", live.sequence)
    assert review.reconcile(live, desk) == ()
    assert len(entries(live)) == 1


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_desk_older_than_the_journal_learns_from_it_what_was_accepted(live: Live, desk: Desk, tmp_path: Path) -> None:
    found = sent(live, desk, organisation("org-a"))
    kept = tmp_path / "older"
    kept.mkdir()
    for path in live.folder.glob("desk.db*"):
        shutil.copy(path, kept)
    accept(live, desk, found)
    for path in kept.iterdir():
        shutil.copy(path, live.folder)
    assert desk.get(found.id).state == "waiting"
    assert [each.id for each in review.reconcile(live, Desk(live.folder), whole=True)] == [found.id]
    assert desk.get(found.id).sequence == live.sequence


def test_a_file_of_several_things_becomes_several_submissions_each_with_what_it_owns(live: Live, desk: Desk) -> None:
    turtle = HEAD + (
        'id:org-a a m4sd:Organisation ; skos:prefLabel "A"@en, "A"@fr .\n'
        'id:org-b a m4sd:Organisation ; skos:prefLabel "B"@en, "B"@fr .\n'
        'id:fact-z1 a m4sd:Fact ; dcterms:identifier "Z1" ; m4sd:about id:org-b ; m4sd:property m4sd:acronym ;\n'
        '  m4sd:value "B" ; m4sd:statedIn id:doc-a ; skos:prefLabel "f"@en, "f"@fr .\n'
        'id:doc-a a m4sd:SourceDocument ; skos:prefLabel "D"@en, "D"@fr ; dcterms:language "en" ;\n'
        '  m4sd:address "https://example.org/d"^^'
        "<http://www.w3.org/2001/XMLSchema#anyURI> .\n"
    )
    taken = take(live, turtle, replace(MINE, source="https://example.org/report"))
    assert taken.report.outcome == "admitted", [str(finding.message) for finding in taken.report.findings]
    assert {each.graph.rpartition("/")[2]: "fact-z1" in each.body for each in taken.drafts} == {
        "org-a": False,
        "org-b": True,
        "doc-a": False,
    }
    batch = desk.submit("Ana", taken.drafts, WHEN)
    assert len({each.batch for each in batch}) == 1
    assert all("hadPrimarySource> <https://example.org/report>" in each.body for each in batch)


def test_a_file_that_says_nothing_of_its_source_is_refused_with_the_rules_own_words(live: Live) -> None:
    taken = take(live, HEAD + 'id:org-a a m4sd:Organisation ; skos:prefLabel "A"@en, "A"@fr .')
    assert (taken.report.outcome, taken.drafts) == ("refused", ())
    assert [each.rule.value.rpartition("#")[2] for each in taken.report.findings] == ["RecordGraph-source"]


def test_a_replacement_keeps_the_sources_of_what_it_replaces(live: Live, desk: Desk) -> None:
    accept(live, desk, sent(live, desk, organisation("org-a")))
    taken = take(live, HEAD + 'id:org-a a m4sd:Organisation ; skos:prefLabel "New"@en, "Neuf"@fr .')
    assert taken.report.outcome == "admitted"
    assert (taken.drafts[0].kind, desks.CURATORS in taken.drafts[0].body) == ("replacement", True)


@pytest.mark.parametrize(
    ("turtle", "asked", "error"),
    [
        (organisation("org-a").replace(f"/{DATASET}/", "/seed/"), MINE, NotYourDataset),
        (organisation("org-a").replace(f"/{DATASET}/", "/reference/"), Asked(("*",)), Shipped),
        (organisation("org-a"), Asked(("*",), "another"), NoPlace),
        (organisation("org-a").replace(f"/{DATASET}/", "/"), Asked(("*",)), NoPlace),
        (HEAD + 'id:org-a a m4sd:Organisation ; skos:prefLabel "A"@en .', Asked(("a", "b")), NoPlace),
        (HEAD + 'id:org-a a m4sd:Organisation ; skos:prefLabel "A"@en .', Asked(("a", "b"), "c"), NotYourDataset),
        (HEAD + 'id:org-a a m4sd:Organisation ; skos:prefLabel "A"@en .', Asked(()), NoPlace),
        (HEAD + '[] a m4sd:Organisation ; skos:prefLabel "A"@en .', MINE, SourceError),
        (HEAD, MINE, SourceError),
        ("nonsense", MINE, SourceError),
    ],
)
def test_what_belongs_to_no_record_of_the_senders_is_not_taken(
    live: Live, turtle: str, asked: Asked, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take(live, turtle, asked)


def test_a_record_says_nothing_of_another_records_graph(live: Live) -> None:
    other = f"<{BASE}graph/seed/org-x> prov:wasAttributedTo id:org-evil .\n"
    with pytest.raises((NoPlace, NotYourDataset)):
        take(live, organisation("org-a") + other)


def test_a_thing_of_another_dataset_is_described_beside_it_and_not_replaced(live: Live) -> None:
    turtle = HEAD + f'id:{desks.CURATORS} skos:altLabel "the editors"@en .'
    (found,) = take(live, turtle, replace(MINE, source="https://example.org/x")).drafts
    assert (found.kind, found.graph) == ("new", record_graph(DATASET, desks.CURATORS).value)


@pytest.mark.parametrize("ending", [".nt", ".jsonld", ".rdf", ".trig"])
def test_any_syntax_makes_the_same_draft(live: Live, ending: str) -> None:
    from pyoxigraph import RdfFormat, parse, serialize

    forms = {
        ".nt": RdfFormat.N_TRIPLES,
        ".jsonld": RdfFormat.JSON_LD,
        ".rdf": RdfFormat.RDF_XML,
        ".trig": RdfFormat.TRIG,
    }
    quads = parse(organisation("org-a").encode(), format=RdfFormat.TURTLE)
    written = serialize((quad.triple for quad in quads), format=forms[ending])
    assert written is not None
    (same,) = intake.take([(f"sent{ending}", written)], live.store, WHEN, MINE).drafts
    (found,) = take(live, organisation("org-a")).drafts
    assert same.body == found.body


def test_the_difference_is_told_by_field_with_labels(live: Live, desk: Desk) -> None:
    accept(live, desk, sent(live, desk, organisation("org-a", "Old")))
    found = sent(live, desk, organisation("org-a", "New", f"; m4sd:sector <{BASE}concept/sector/health>"))
    sections = compare.compare(live.store, found.graph, found.thing, found.body)
    rows = {row.field["en"]: row for row in sections[0].rows}
    assert sections[0].label == {"en": "New", "fr": "New"}
    assert [[value.text for value in side] for side in (rows["name"].removed, rows["name"].added)] == [
        ["Old"] * 2,
        ["New"] * 2,
    ]
    assert rows["kind"].kept
    assert not rows["kind"].changed
    (sector,) = rows["sector"].added
    assert sector.label is not None
    assert (rows["sector"].field["fr"], sector.label["fr"]) == ("secteur", "santé")
    gone = compare.compare(live.store, found.graph, found.thing, "")
    assert all(row.removed and not row.added for section in gone for row in section.rows)


def test_another_spelling_of_the_same_number_is_no_difference(live: Live, desk: Desk) -> None:
    number = '; m4sd:validFrom "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    accept(live, desk, sent(live, desk, organisation("org-a")))
    graph, thing = record_graph(DATASET, "org-a").value, f"{BASE}id/org-a"
    body = content.spelt(content.published(live.store, NamedNode(graph)))
    assert not any(section.changed for section in compare.compare(live.store, graph, thing, body))
    spelt = draft("org-a", organisation("org-a", more=number), live.folder).body
    changed = [
        row.path for section in compare.compare(live.store, graph, thing, spelt) for row in section.rows if row.changed
    ]
    assert changed == [name("m4sd:validFrom").value]


def test_the_queue_of_a_record_shows_who_else_waits(live: Live, desk: Desk) -> None:
    first = sent(live, desk, organisation("org-a", "One"))
    second = sent(live, desk, organisation("org-a", "Two"), "Cy")
    assert [each.id for each in queue.queue(desk, queue.Filter(graph=first.graph))] == sorted(
        [first.id, second.id], key=lambda ident: (desk.get(ident).changed, ident)
    )


def test_what_a_restore_took_back_waits_again_and_says_why(live: Live, desk: Desk, tmp_path: Path) -> None:
    kept, lost = (accept(live, desk, sent(live, desk, organisation(slug))).submission for slug in ("org-a", "org-b"))
    live.snapshot()
    backup(live.folder, tmp_path / "copy", WHEN)
    place = tmp_path / "older"
    restore(tmp_path / "copy", place, "Bo", WHEN, kept.sequence)
    restored = Desk(place)
    assert restored.get(kept.id) == desk.get(kept.id)
    again = restored.get(lost.id)
    assert (again.state, again.sequence) == ("waiting", 0), "its number is now that of the restore"
    last = restored.history(lost.id)[-1]
    assert (last.what, last.who, last.state) == ("restore", "Bo", "waiting")
    with Live(place) as older:
        done = accept(older, restored, again, "Cy").submission
        assert (done.state, done.sequence) == ("accepted", lost.sequence + 1)
    assert problems(place) == []

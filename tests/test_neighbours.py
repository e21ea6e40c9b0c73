"""Show that a change is held against the rules of its published neighbours too, and that a spelling is never lost."""

from datetime import UTC, datetime

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from graph.admit import admit, judge
from graph.build import read_all
from graph.names import PREFIXES, name, record_graph, short
from graph.record import Record
from graph.store import Store
from graph.validate.beyond import Change, newly_broken
from graph.validate.compile.shapes import compiled
from graph.validate.context import below
from graph.validate.explain import validate, validate_beside, validate_in, validate_store
from graph.validate.find import find
from graph.validate.neighbours import affected
from graph.validate.rdf import to_rdflib
from graph.validate.report import Finding
from graph.validate.view import Kept, Memory

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
HEADS = "PREFIX : <http://example.org/> PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
OURS = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in PREFIXES.items())


def triples(turtle: str, heads: str = HEADS) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(f"{heads} {turtle}", format=RdfFormat.TURTLE))


def rules(turtle: str) -> rdflib.Graph:
    common = 'sh:severity sh:Violation ; sh:message "Mend it."@en, "Corrigez."@fr'
    return to_rdflib(triples(turtle.replace("COMMON", common)))


def record(turtle: str, heads: str = HEADS) -> Record:
    found = triples(turtle, heads)
    graph = NamedNode("http://example.org/graph")
    return Record(graph, graph, found, "new.ttl", tuple(range(1, len(found) + 1)))


def store(turtle: str) -> Store:
    kept = Store()
    kept.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples(turtle))
    return kept


def node(local: str) -> NamedNode:
    return NamedNode(f"http://example.org/{local}")


ONE_CHILD = rules(":S a sh:PropertyShape ; sh:targetClass :Parent ; sh:path :has ; sh:maxCount 1 ; COMMON .")
NO_OTHER = rules(
    ":S a sh:PropertyShape ; sh:targetClass :C ; sh:path [ sh:inversePath :of ] ; sh:maxCount 1 ; COMMON ."
)
OF_KIND = rules(":S a sh:PropertyShape ; sh:targetClass :C ; sh:path ( :p :q ) ; sh:class :K ; COMMON .")


def test_a_second_link_to_a_published_thing_is_told_with_its_name() -> None:
    published = store(":x a :C . :y :of :x .")
    (finding,) = validate_beside([record(":z a :D . :z :of :x .")], published, shapes=NO_OTHER).findings
    assert (finding.focus, finding.file, finding.line) == (node("x"), "new.ttl", 2)
    assert "<http://example.org/x>" in finding.message["en"]
    assert finding.message["fr"].endswith("Corrigez.")


def test_what_a_neighbour_broke_before_is_not_told_again() -> None:
    published = store(":x a :C . :y :of :x . :w :of :x .")
    assert validate_beside([record(":z a :D ; :of :x .")], published, shapes=NO_OTHER).findings == ()


def test_a_class_that_goes_breaks_the_rule_of_who_leans_on_it_two_steps_away() -> None:
    published = store(":x a :C ; :p :m . :m :q :n . :n a :K .")
    new, gone = record(":n a :L ."), triples(":n a :K .")
    before = Kept(published)
    after = Memory([*triples(":x a :C ; :p :m . :m :q :n ."), *new.triples])
    change = Change(before, after, new.triples, gone)
    (finding,) = validate_in([new], after, shapes=OF_KIND, change=change).findings
    assert (finding.focus, finding.value) == (node("x"), node("n"))


def test_a_store_is_held_against_the_shapes_as_a_whole_with_progress() -> None:
    steps: list[tuple[int, int]] = []
    report = validate_store(
        store(":x a :C . :y :of :x . :z :of :x ."), NO_OTHER, progress=lambda done, of: steps.append((done, of))
    )
    assert [finding.focus for finding in report.findings] == [node("x")]
    assert steps == [(0, 1)]


def test_two_spellings_of_a_number_are_two_values_and_are_told_as_they_are_written() -> None:
    twice = record(':x a :Parent ; :has "1"^^xsd:integer, "01"^^xsd:integer .')
    (finding,) = validate([twice], (), shapes=ONE_CHILD).findings
    assert finding.focus == node("x")
    short = rules(":S a sh:PropertyShape ; sh:targetClass :C ; sh:path :p ; sh:maxLength 3 ; COMMON .")
    (finding,) = validate([record(':x a :C ; :p "1.00"^^xsd:decimal .')], (), shapes=short).findings
    assert str(finding.value) == '"1.00"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def test_a_small_integer_is_told_from_a_plain_one() -> None:
    small = rules(":S a sh:PropertyShape ; sh:targetClass :C ; sh:path :p ; sh:datatype xsd:byte ; COMMON .")
    assert validate([record(':x a :C ; :p "1"^^xsd:byte .')], (), shapes=small).findings == ()
    assert len(validate([record(":x a :C ; :p 1 .")], (), shapes=small).findings) == 1


def ours(slug: str, turtle: str) -> Record:
    graph = record_graph("seed", slug)
    found = triples(f"{graph} prov:wasAttributedTo id:agent-m4sd-curators . {turtle}", OURS)
    return Record(name(f"id:{slug}"), graph, found, f"{slug}.ttl", tuple(range(1, len(found) + 1)))


def test_a_record_that_breaks_a_published_neighbours_rule_is_not_admitted() -> None:
    kept, labels = Store(), 'skos:prefLabel "a"@en, "b"@fr'
    known = [r for r in read_all() if "/reference/" in r.graph.value or r.iri == name("id:agent-m4sd-curators")]
    programme = (
        f"id:programme-p a m4sd:Programme ; {labels} ; m4sd:fundingUnknown true ; m4sd:implementerUnknown true ."
    )
    board = ours("body-b", f"id:body-b a m4sd:GovernanceBody ; {labels} ; m4sd:governs id:programme-p . {programme}")

    def meeting(slug: str) -> Record:
        return ours(slug, f'id:{slug} a m4sd:BoardMeeting ; {labels} ; m4sd:meetingOf id:body-b ; m4sd:ordinal 2 ; '
                          'm4sd:date "2020"^^xsd:gYear ; m4sd:heldIn area:504 .')  # fmt: skip

    admit([*known, board, meeting("meeting-one")], kept, WHEN)
    (receipt,) = judge([meeting("meeting-two")], kept, WHEN, "curated")
    beyond = [f for f in receipt.findings if f.focus == name("id:meeting-one")]
    assert [short(f.rule.value) for f in beyond] == ["shape:BoardMeeting-ordinal-unique"]
    assert not receipt.admitted
    assert_told(beyond[0])


def assert_told(finding: Finding) -> None:
    assert "id:meeting-one" in finding.message["en"]
    assert "id:meeting-one" in finding.message["fr"]


SHAPE_BODIES = st.sampled_from(
    [
        "sh:path ( :p :q ) ; sh:minCount 1", "sh:path [ sh:inversePath :p ] ; sh:maxCount 1",
        "sh:path [ sh:zeroOrMorePath :p ] ; sh:class :C", "sh:path :p ; sh:equals :q",
        "sh:path :p ; sh:node [ sh:property [ sh:path [ sh:inversePath :q ] ; sh:minCount 1 ] ]",
        "sh:path :p ; sh:qualifiedValueShape [ sh:path :q ; sh:hasValue :b ] ; sh:qualifiedMinCount 1",
        "sh:path :p ; sh:or ( [ sh:class :C ] [ sh:path ( :q :p ) ; sh:maxCount 0 ] )",
        'sh:path :p ; sh:sparql [ sh:select "SELECT $this ?value { $this <http://example.org/p> ?m . '
        '?m <http://example.org/q> ?value . ?other <http://example.org/p> ?value FILTER(?other != $this) }" ]',
    ]
)  # fmt: skip
THINGS = st.sampled_from([":a", ":b", ":c", ":d"])
FACT = st.tuples(THINGS, st.sampled_from([":p", ":q"]), THINGS)
TYPED = st.tuples(THINGS, st.just("a"), st.just(":C"))
FACTS = st.lists(st.one_of(FACT, FACT, TYPED), min_size=2, max_size=10, unique=True)

TARGETS = st.sampled_from(["sh:targetClass :C", "sh:targetSubjectsOf :p", "sh:targetObjectsOf :q"])


@settings(max_examples=150, deadline=None)
@given(
    SHAPE_BODIES,
    st.sampled_from(["sh:targetClass :C", "sh:targetSubjectsOf :p", "sh:targetObjectsOf :q"]),
    FACTS,
    FACTS,
)
def test_every_verdict_that_a_change_alters_is_a_neighbours_or_a_changed_nodes(
    body: str, target: str, first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]
) -> None:
    shapes = compiled(rules(f":S a sh:PropertyShape ; {target} ; {body} ."))
    before, after = (store(" ".join(f"{' '.join(fact)} ." for fact in facts)) for facts in (first, second))
    old, new = ({quad.triple for quad in each.quads()} for each in (before, after))
    view = Kept(after)
    near = affected(view, shapes, shapes.compiled(below(view, shapes)), old ^ new)
    was, now = (set(find(each, shapes).rows) for each in (before, after))
    assert {(row.shape, row.focus) for row in now - was} <= near


def test_so_many_neighbours_are_checked_again_and_the_others_are_counted() -> None:
    shapes = compiled(rules(":S sh:targetClass :P ; sh:property [ sh:path :in ; sh:class :Country ; COMMON ] ."))
    store = Store()
    things = "".join(f":p{number} a :P ; :in :c . " for number in range(20))
    store.extend(
        Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
        for triple in triples(f":c a :Country . {things}")
    )
    gone = triples(":c a :Country .")
    change = Change(Kept(store), Kept(store, None, frozenset(gone)), (), gone)
    found, left = newly_broken(change, [], shapes, {}, most=5)
    assert (len(found), left) == (3, 17)  # the country and its class are two of the five that were looked at
    assert [len(newly_broken(change, [], shapes, {})[0]), newly_broken(change, [], shapes, {})[1]] == [20, 0]

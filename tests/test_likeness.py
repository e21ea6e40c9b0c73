"""Show that a second description of a published thing is noticed, with the reasons, and that two things are not one."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from graph.desk.content import spelt
from graph.desk.likeness import Likeness, also_waiting, duplicates
from graph.desk.submission import Submission
from graph.names import ASSERTED, PREFIXES
from graph.search.index import index
from graph.store import Store, placed

pytestmark = pytest.mark.slow

HEADS = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
NEW = f"{PREFIXES['id']}new"
KNOWN = """
m4sd:Organisation rdfs:subClassOf m4sd:Actor . m4sd:Place rdfs:subClassOf m4sd:Spot .
id:org-health a m4sd:Organisation, m4sd:Actor ; skos:prefLabel "Ministry of Health and Welfare"@en,
    "Ministère de la Santé et de la Prévoyance"@fr ; m4sd:iatiIdentifier "XM-9" ; m4sd:acronym "MHW" ;
    foaf:page <https://www.example.org/health/> .
id:place-health a m4sd:Place ; skos:prefLabel "Ministry of Health and Welfare"@en, "Santé"@fr .
id:phase-1 a m4sd:ProgrammePhase ; skos:prefLabel "Joint programme, phase 1"@en, "Programme conjoint, phase 1"@fr .
id:org-water a m4sd:Organisation, m4sd:Actor ; skos:prefLabel "Water Fund"@en, "Fonds de l’eau"@fr .
"""


def store(turtle: str = KNOWN) -> Store:
    made = Store(fixed=True)
    triples = [quad.triple for quad in parse(HEADS + turtle, format=RdfFormat.TURTLE)]
    made.extend(placed(triple, graph) for triple in triples for graph in (DefaultGraph(), ASSERTED))
    return made


def alike(turtle: str, known: Store | None = None, folder: str = "") -> list[Likeness]:
    triples = (quad.triple for quad in parse(f"{HEADS} <{NEW}> {turtle} .", format=RdfFormat.TURTLE))
    return list(duplicates(known or store(), NEW, spelt(triples), folder))


def things(found: list[Likeness]) -> list[str]:
    return [each.thing.removeprefix(PREFIXES["id"]) for each in found]


@pytest.mark.parametrize(
    ("turtle", "why"),
    [
        ('skos:prefLabel "Ministry of Health and Welfare"@en', "the same name"),
        ('skos:prefLabel "MINISTERE DE LA SANTE ET DE LA PREVOYANCE"@fr', "the same name"),
        ('skos:prefLabel "Ministry of Welfare and Health"@en', "the same name"),
        ('skos:prefLabel "Ministry for Health and Welfare"@en', "nearly the same name"),
        ('skos:altLabel "Ministère de la santé et la prévoyance"@fr', "nearly the same name"),
        ('m4sd:iatiIdentifier "XM-9"', "the same code"),
        ("foaf:page <http://example.org/health>", "the same page"),
        ('m4sd:address "https://www.example.org/health"^^xsd:anyURI', "the same page"),
        ('m4sd:acronym "MHW"', "the same acronym"),
    ],
)
def test_a_second_description_is_noticed_with_its_reason(turtle: str, why: str) -> None:
    (found,) = alike(f"a m4sd:Organisation ; {turtle}")
    assert found.thing == f"{PREFIXES['id']}org-health"
    assert found.label["fr"].startswith("Ministère")
    assert [str(each).partition(":")[0] for each in found.why] == [why]
    assert 0.4 < found.score < 1


@pytest.mark.parametrize(
    "turtle",
    [
        'a m4sd:ProgrammePhase ; skos:prefLabel "Joint programme, phase 2"@en',
        'a m4sd:Organisation ; skos:prefLabel "Air Fund"@en',
        'a m4sd:Meeting ; skos:prefLabel "Water Fund"@en',
        'a m4sd:Organisation ; m4sd:iatiIdentifier "XM-99"',
        "a m4sd:Organisation ; foaf:page <https://example.org/other>",
        'a m4sd:Organisation ; m4sd:address "not a link"',
        "a m4sd:Organisation",
    ],
)
def test_two_things_are_not_taken_for_one(turtle: str) -> None:
    assert alike(turtle) == []


def test_more_reasons_make_it_surer_and_the_surest_comes_first() -> None:
    names = 'skos:prefLabel "Ministry of Health and Welfare"@en ; skos:altLabel "Water Fond"@en'
    first, second = alike(f'a m4sd:Organisation ; {names} ; m4sd:iatiIdentifier "XM-9"')
    assert things([first, second]) == ["org-health", "org-water"]
    assert len(first.why) == 2
    assert first.score > alike('a m4sd:Organisation ; m4sd:iatiIdentifier "XM-9"')[0].score


def test_a_page_that_many_share_says_nothing() -> None:
    many = "".join(f"id:org-{n} a m4sd:Organisation ; foaf:page <https://example.org/> .\n" for n in range(6))
    assert alike("a m4sd:Organisation ; foaf:page <https://example.org/>", store(many)) == []


def test_the_thing_itself_is_no_duplicate_of_itself() -> None:
    known = store(f'<{NEW}> a m4sd:Organisation ; skos:prefLabel "Water Fund"@en .')
    assert alike('a m4sd:Organisation ; skos:prefLabel "Water Fund"@en', known) == []


def test_the_index_of_a_snapshot_finds_what_reading_all_names_does(tmp_path: Path, published: Store) -> None:
    index(published, tmp_path / "search.db")
    texts = [
        'a m4sd:Organisation ; skos:prefLabel "International Organisation for Migrations"@en',
        'a m4sd:Programme ; skos:prefLabel "Migration for sustainable developement"@en',
        'a m4sd:Organisation ; skos:prefLabel "Programme des Nations unies pour le developpement"@fr',
        'a m4sd:Country ; skos:prefLabel "Maroco"@en',
    ]
    for text in texts:
        whole, indexed = alike(text, published), alike(text, published, str(tmp_path))
        assert [(each.thing, each.score) for each in indexed] == [(each.thing, each.score) for each in whole]
    assert any(alike(text, published) for text in texts)


def test_what_waits_for_the_same_thing_is_shown() -> None:
    def waiting(ident: str, graph: str, title: str, state: str = "waiting") -> Submission:
        plain = dict.fromkeys(Submission.__dataclass_fields__, "")
        told = {"id": ident, "graph": graph, "thing": graph, "title": {"en": title}, "state": state}
        return Submission(**{**plain, **told})  # type: ignore[arg-type]

    mine = waiting("a", "g1", "Water Fund")
    others = [waiting("b", "g1", "Else"), waiting("c", "g2", "water fund"), waiting("d", "g3", "Air")]
    others += [mine, waiting("e", "g1", "Water Fund", "rejected")]
    assert [each.id for each in also_waiting(mine, others)] == ["b", "c"]


def test_notes_about_nothing_in_particular_are_not_taken_for_one() -> None:
    def note(ident: str, thing: str) -> Submission:
        plain = dict.fromkeys(Submission.__dataclass_fields__, "")
        return Submission(**{**plain, "id": ident, "thing": thing, "title": {}, "state": "waiting"})  # type: ignore[arg-type]

    others = [note("b", ""), note("c", "https://example.org/x"), note("d", "https://example.org/y")]
    assert also_waiting(note("a", ""), others) == ()
    assert [each.id for each in also_waiting(note("a", "https://example.org/x"), others)] == ["c"]


def test_nothing_is_like_a_thing_in_an_empty_graph() -> None:
    assert duplicates(Store(), NEW, f'<{NEW}> <{PREFIXES["skos"]}prefLabel> "A" .\n') == ()
    assert NamedNode(NEW).value == NEW

"""Hold the goals, targets and indicators that we publish against their own rules, and against the official files."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, parse

from graph.load.sdg import records
from graph.names import name
from graph.record import Record
from graph.store import Store

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "ontology" / "tables"
SHARED = ROOT.parent / "shared" / "data"
KOS = SHARED / "un-sdg-kos" / "sdg-kos-goals-targets-indicators.ttl"
NAMES_OF_2021 = SHARED / "iati-codelists-fr" / "fr" / "UNSDG-Indicators.json"
TRANSLATIONS = SHARED / "open-sdg-translations"
LEVELS = {"goal": 17, "target": 169, "indicator": 252}
# The UN's file took 8.10, 16.10 and 17.10 for 8.1, 16.1 and 17.1 when it linked targets to SDGIO.
MENDED = {name(f"sdg:{code}") for code in ("8.1", "8.10", "16.1", "16.10", "17.1", "17.10")}
# The number in 2017 of what the edition of 2020 calls 17.6.1.
RENUMBERED = "17.6.2"

with_kos = pytest.mark.skipif(not KOS.exists(), reason="the UN's SDG file is not at hand")
with_names = pytest.mark.skipif(not NAMES_OF_2021.exists(), reason="the list of indicators of 2021 is not at hand")
with_translations = pytest.mark.skipif(not TRANSLATIONS.exists(), reason="the names of indicators are not at hand")


EVERYTHING = tuple(records(TABLES))
STORE = Store()


@pytest.fixture(scope="module", autouse=True)
def _filled(fill: Callable[[Store, Iterable[Record]], None]) -> None:
    fill(STORE, EVERYTHING)


@cache
def official() -> Store:
    filled = Store()
    filled.extend(Quad(*quad.triple) for quad in parse(path=str(KOS)))
    return filled


def of(level: str, source: Store | None = None) -> set[NamedNode]:
    kind = name(f"sdgo:{level.capitalize()}")
    found = (source or STORE).quads(None, name("rdf:type"), kind)
    return {quad.subject for quad in found if isinstance(quad.subject, NamedNode)}


def objects(thing: NamedNode, predicate: str, source: Store | None = None) -> set[NamedNode | Literal]:
    found = (source or STORE).quads(thing, name(predicate), None)
    return {quad.object for quad in found if isinstance(quad.object, NamedNode | Literal)}


def codes(thing: NamedNode) -> set[str]:
    return {code.value for code in objects(thing, "dcterms:identifier")}


def edition(year: str) -> set[NamedNode]:
    return {i for i in of("indicator") if year in {y.value for y in objects(i, "m4sd:edition")}}


def labels(thing: NamedNode, language: str, source: Store | None = None) -> list[str]:
    found = objects(thing, "skos:prefLabel", source)
    return [label.value for label in found if isinstance(label, Literal) and label.language == language]


def bare(text: str) -> str:
    """Reduce a label to its words, so that capitals, spaces and punctuation hide no copy."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def within(words: str, texts: set[str]) -> bool:
    return any(f" {words} " in f" {text} " for text in texts)


@pytest.mark.parametrize(("level", "count"), LEVELS.items())
def test_every_level_is_complete(level: str, count: int) -> None:
    assert len(of(level)) == count


def test_the_editions_have_as_many_indicators_as_the_un_counts() -> None:
    assert [len(edition(year)) for year in ("2017", "2020")] == [232, 231]


def test_the_edition_of_2025_is_known_by_its_newcomers_only() -> None:
    assert {code for i in edition("2025") for code in codes(i)} == {"2.2.4", "8.9.2", "11.5.3", "11.c.1"}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("level", LEVELS)
def test_labels_are_unique_in_their_level(level: str, language: str) -> None:
    found = Counter(bare(label) for thing in of(level) for label in labels(thing, language))
    assert max(found.values()) == 1
    assert found.total() == len(of(level))


@pytest.mark.parametrize(("level", "least", "most"), [("goal", 2, 5), ("target", 4, 10), ("indicator", 4, 12)])
def test_labels_are_short(level: str, least: int, most: int) -> None:
    texts = [label for thing in of(level) for language in ("en", "fr") for label in labels(thing, language)]
    assert [text for text in texts if not least <= len([w for w in text.split() if w != ":"]) <= most] == []


@pytest.mark.parametrize(
    ("level", "upward", "above"),
    [("target", "sdgo:isTargetOf", "goal"), ("indicator", "sdgo:isIndicatorOf", "target")],
)
def test_everything_below_the_goals_has_a_parent_that_exists(level: str, upward: str, above: str) -> None:
    parents = {thing: objects(thing, upward) for thing in of(level)}
    assert [thing for thing, found in parents.items() if not found or not found <= of(above)] == []
    assert all(found == objects(thing, "skos:broader") for thing, found in parents.items())


def test_an_indicator_has_a_target_for_each_of_its_codes() -> None:
    for indicator in of("indicator"):
        targets = {code.rpartition(".")[0] for code in codes(indicator)}
        assert objects(indicator, "sdgo:isIndicatorOf") == {name(f"sdg:{code}") for code in targets}


def test_a_code_names_one_indicator_in_one_edition() -> None:
    for year in ("2017", "2020", "2025"):
        found = Counter(code for i in edition(year) for code in codes(i))
        assert {code for code, count in found.items() if count > 1} <= {"17.6.1"}


def test_an_indicator_with_a_permanent_code_has_the_iri_of_the_un() -> None:
    assert codes(name("sdg:C040101")) == {"4.1.1"}
    assert Literal("C040101", datatype=name("sdgo:SDGCodePerm")) in objects(name("sdg:C040101"), "skos:notation")


@pytest.mark.parametrize("code", ["10.7.3", "10.7.4"])
def test_an_indicator_without_an_iri_of_the_un_has_one_of_ours(code: str) -> None:
    indicator = name(f"id:indicator-{code.replace('.', '-')}")
    assert codes(indicator) == {code}
    assert objects(indicator, "sdgo:isIndicatorOf") == {name("sdg:10.7")}
    assert not objects(indicator, "sdgo:tier")


def test_shared_indicators_have_several_targets() -> None:
    shared = {i for i in of("indicator") if len(objects(i, "sdgo:isIndicatorOf")) > 1}
    assert len(shared & edition("2017")) == 9
    assert len(shared & edition("2020")) == 12
    assert objects(name("sdg:C200202"), "sdgo:isIndicatorOf") == {name("sdg:8.4"), name("sdg:12.2")}


def test_what_replaces_an_indicator_exists_and_is_newer() -> None:
    pairs = {(i, new) for i in of("indicator") for new in objects(i, "dcterms:isReplacedBy")}
    assert len(pairs) == 11
    assert {new for _, new in pairs} <= edition("2020") - edition("2017")
    assert {old for old, _ in pairs} <= edition("2017") - edition("2020")


def test_every_code_is_spelt_as_the_un_spells_it() -> None:
    assert {str(notation) for notation in objects(name("sdg:10.c"), "skos:notation")} == {
        '"10.c"^^<http://metadata.un.org/sdg/ontology#SDGCodeCompact>',
        '"10.0c"^^<http://metadata.un.org/sdg/ontology#SDGCode>',
    }


def test_a_record_points_to_its_row_and_its_source() -> None:
    record = next(r for r in EVERYTHING if r.graph.value.endswith("graph/reference/target-10-7"))
    row = (TABLES / record.path).read_text(encoding="utf-8").splitlines()[record.lines[0] - 1]
    assert row.startswith("10.7\t")
    assert len(record.lines) == len(record.triples)
    assert str(record.triples[0]) == f"{record.graph} {name('prov:hadPrimarySource')} <http://metadata.un.org/sdg>"


def test_every_record_has_a_graph_of_its_own() -> None:
    assert len({record.graph for record in EVERYTHING}) == len(EVERYTHING) == 1 + 3 + sum(LEVELS.values())


def test_the_scheme_names_its_goals() -> None:
    scheme = NamedNode("http://metadata.un.org/sdg")
    assert objects(scheme, "skos:hasTopConcept") == of("goal")
    assert all(objects(goal, "skos:topConceptOf") == {scheme} for goal in of("goal"))


@with_kos
@pytest.mark.parametrize("level", LEVELS)
def test_the_un_has_the_same_things(level: str) -> None:
    ours = edition("2017") if level == "indicator" else of(level)
    assert ours == of(level, official())


@with_kos
@pytest.mark.parametrize("level", LEVELS)
def test_the_un_gives_the_same_codes(level: str) -> None:
    for thing in of(level, official()):
        extra = objects(thing, "skos:notation") - objects(thing, "skos:notation", official())
        assert {notation.value for notation in extra} <= {"17.6.1", "17.06.01"}
        assert objects(thing, "skos:notation", official()) <= objects(thing, "skos:notation")


@with_kos
@pytest.mark.parametrize("predicate", ["sdgo:isTargetOf", "sdgo:isIndicatorOf", "skos:broader", "sdgo:tier"])
def test_the_un_gives_the_same_parents_and_tiers(predicate: str) -> None:
    things = [thing for level in LEVELS for thing in of(level, official())]
    assert [t for t in things if objects(t, predicate) != objects(t, predicate, official())] == []


@with_kos
def test_the_un_gives_the_same_links() -> None:
    things = {thing for level in LEVELS for thing in of(level, official())} - MENDED
    assert [t for t in things if objects(t, "skos:exactMatch") != objects(t, "skos:exactMatch", official())] == []


@with_kos
def test_the_three_links_that_we_mend_are_those_of_the_un() -> None:
    ours, theirs = (
        sorted(str(link) for thing in MENDED for link in objects(thing, "skos:exactMatch", source))
        for source in (STORE, official())
    )
    assert ours == theirs
    assert all(len(objects(thing, "skos:exactMatch")) == 1 for thing in MENDED)


@with_kos
def test_the_un_names_the_same_custodians() -> None:
    for indicator in of("indicator", official()):
        named = " ".join(agency.value for agency in objects(indicator, "sdgo:custodianAgency", official()))
        assert all(agency.value in named for agency in objects(indicator, "sdgo:custodianAgency"))


@with_kos
@pytest.mark.parametrize("level", ["target", "indicator"])
def test_no_label_is_cut_out_of_a_sentence_of_the_un(level: str) -> None:
    for language in ("en", "fr"):
        sentences = {bare(text) for thing in of(level, official()) for text in labels(thing, language, official())}
        ours = [label for thing in of(level) for label in labels(thing, language)]
        assert [label for label in ours if within(bare(label), sentences)] == []


@with_translations
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("level", ["target", "indicator"])
def test_no_label_is_cut_out_of_a_translated_name(level: str, language: str) -> None:
    text = (TRANSLATIONS / language / f"global_{level}s.yml").read_text(encoding="utf-8")
    names = {bare(entry) for entry in re.split(r"^[\w-]+-title:", text, flags=re.MULTILINE)}
    ours = [label for thing in of(level) for label in labels(thing, language)]
    assert [label for label in ours if within(bare(label), names)] == []


@with_names
def test_the_edition_of_2020_has_the_codes_of_the_list_of_2021() -> None:
    listed = json.loads(NAMES_OF_2021.read_text(encoding="utf-8"))["data"]
    ours = {code for i in edition("2020") for code in codes(i)} - {RENUMBERED}
    assert ours == {item["code"] for item in listed}
    assert len(ours) == 247


@with_names
def test_the_list_of_2021_puts_the_same_codes_under_the_same_targets() -> None:
    by_target = defaultdict(set)
    for item in json.loads(NAMES_OF_2021.read_text(encoding="utf-8"))["data"]:
        by_target[name(f"sdg:{item['category']}")].add(item["code"])
    for target, listed in by_target.items():
        below = {i for i in edition("2020") if target in objects(i, "sdgo:isIndicatorOf")}
        assert listed <= {code for i in below for code in codes(i)}

"""Hold the published background against the table it was read from, and against its own rules."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.names import name
from graph.record import read_triples
from graph.store import Store
from ontology.tidy import tidy

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "graph" / "records"
FILES = sorted((RECORDS / "background").glob("*.ttl"))
TABLE = ROOT.parent / "shared" / "documents" / "background.csv"
with_table = pytest.mark.skipif(not TABLE.is_file(), reason="the table of background facts is not at hand")

ORIENTAL = "id:observation--result-ma-oriental-people-supported--"
DERIVED = {
    "funding": "isFundedBy",
    "implementing": "isImplementedBy",
    "lead": "isLedBy",
    "organiser": "isOrganisedBy",
    "partner": "hasPartner",
    "supporter": "isSupportedBy",
}
CLAIMED = {"goal": "contributesToGoal", "target": "contributesToTarget", "gcm": "contributesToObjective"}
# Facts told in words, for which the ontology has no thing to point to.
IN_WORDS = {"dcterms:description", "m4sd:establishes", "m4sd:hasActor", "org:hasMember", "prov:generated"}
FIGURES = {"sdmx-measure:obsValue", "m4sd:approximately", "m4sd:atLeast", "m4sd:atMost", "m4sd:moreThan"}
# Why a fact of high confidence is not stated of its thing, where no rule below says so.
NOT_OF_THE_THING = {
    "B0097": "the amount is an average over up to 22 months, no flow of money",
    "B0154": "the country follows from the town where the seminar was held",
    "B0205": "the page gives a day without its year",
    "B0432": "another page gives the day of this month",
    "B0433": "another page gives the day of this month",
    "B0435": "the pages disagree on the year",
    "B0760": "an earlier version of the page; the last amount is stated",
    "B0761": "a later version of the page, itself replaced; the last amount is stated",
}
# Why a fact of medium confidence is stated all the same: the thing needs its name, kind and place in the tree, or ...
NEEDED = {"skos:prefLabel", "rdf:type", "m4sd:partOf"}
STATED_ALL_THE_SAME = {
    "B0231": "another page says it of the whole phase",
    "B0232": "another page says it of the whole phase",
    "B0233": "another page says it of the whole phase",
    "B0733": "a policy must say where it applies",
}


@cache
def store() -> Store:
    graph = Store()
    for path in (*FILES, *(RECORDS / "seed").glob("*.ttl")):
        graph.extend(Quad(*triple) for triple in read_triples(path)[0])
    return graph


@cache
def ours() -> tuple[Triple, ...]:
    return tuple(triple for path in FILES for triple in read_triples(path)[0])


def of_kind(kind: str) -> list[NamedNode]:
    quads = store().quads(None, name("rdf:type"), name(kind))
    return [quad.subject for quad in quads if isinstance(quad.subject, NamedNode)]


def values(thing: NamedNode, verb: str) -> list[str]:
    return [quad.object.value for quad in store().quads(thing, name(verb))]  # type: ignore[union-attr]


def facts() -> dict[str, NamedNode]:
    return {f.value[-5:]: f for f in of_kind("m4sd:Fact") if "/fact-B" in f.value}


def confidence(fact: NamedNode) -> str:
    return values(fact, "m4sd:confidence")[0].rpartition("/")[2]


def figure(observation: str, verb: str = "sdmx-measure:obsValue") -> int:
    return int(values(name(ORIENTAL + observation), verb)[0])


@cache
def claims() -> frozenset[tuple[NamedNode, NamedNode, NamedNode]]:
    """Return the shortcuts that the participations and contributions stand for."""
    return frozenset(_claims())


def _claims() -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    for quad in store().quads(None, name("m4sd:qualifiedParticipation")):
        role = values(quad.object, "m4sd:role")[0].rpartition("/")[2]  # type: ignore[arg-type]
        yield quad.subject, name("m4sd:" + DERIVED[role]), _object(quad, "m4sd:participant")  # type: ignore[misc]
    for quad in store().quads(None, name("m4sd:claimsContribution")):
        kind = quad.object.value.split("--")[-2].partition("-")[0]  # type: ignore[union-attr]
        yield quad.subject, name("m4sd:" + CLAIMED[kind]), _object(quad, "m4sd:contributionTo")  # type: ignore[misc]


def _object(quad: Quad, verb: str) -> NamedNode:
    return NamedNode(values(quad.object, verb)[0])  # type: ignore[arg-type]


def stated(fact: NamedNode) -> bool:
    about, verb = (NamedNode(values(fact, v)[0]) for v in ("m4sd:about", "m4sd:property"))
    told = [quad.object for v in ("m4sd:object", "m4sd:value") for quad in store().quads(fact, name(v))]
    return all((about, verb, term) in claims() or any(store().quads(about, verb, term)) for term in told)  # type: ignore[arg-type]


# --- the table


@cache
def table() -> tuple[dict[str, str], ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@with_table
@pytest.mark.parametrize("degree", ["high", "medium"])
def test_every_row_is_a_fact_of_the_same_confidence(degree: str) -> None:
    rows = {row["id"] for row in table() if row["confidence"] == degree}
    assert {number for number, fact in facts().items() if confidence(fact) == degree} == rows


@with_table
def test_no_guess_is_published() -> None:
    assert not {row["id"] for row in table() if row["confidence"] == "low"} & set(facts())


@with_table
def test_a_fact_names_the_page_of_its_row() -> None:
    pages = {row["id"]: row["source_url"] for row in table()}
    wrong = [n for n, fact in facts().items() if _addresses(fact) != [pages[n]]]
    assert wrong == []


@with_table
def test_the_pages_are_those_of_the_table() -> None:
    pages = [page for page in of_kind("m4sd:SourceDocument") if "/source-" in page.value]
    assert sorted(address for page in pages for address in values(page, "m4sd:address")) == sorted(
        {row["source_url"] for row in table()}
    )


def _addresses(fact: NamedNode) -> list[str]:
    return [a for source in values(fact, "m4sd:statedIn") for a in values(NamedNode(source), "m4sd:address")]


@with_table
def test_the_wording_is_our_own() -> None:
    titles = _runs(t for row in table() for t in (row["source_title"], row["value"] * (row["property"] == "title")))
    theirs = _runs(text for row in table() for text in (row["value"], row["note"])) - titles
    mine = _runs(triple.object.value for triple in ours() if isinstance(triple.object, Literal))
    assert mine & theirs == set()


def _runs(texts: Iterator[str], length: int = 13) -> set[tuple[str, ...]]:
    """Return every run of more than twelve words."""
    words = (re.findall(r"\w+", text.lower()) for text in texts)
    return {tuple(w[n : n + length]) for w in words for n in range(len(w) - length + 1)}


# --- the records by themselves


def test_there_are_facts_of_both_degrees_and_of_no_other() -> None:
    assert {confidence(fact) for fact in facts().values()} == {"high", "medium"}


def test_a_fact_bears_its_number_and_one_kind_of_content() -> None:
    for number, fact in facts().items():
        assert values(fact, "dcterms:identifier") == [number]
        assert [len(values(fact, v)) for v in ("m4sd:about", "m4sd:property", "m4sd:statedIn")] == [1, 1, 1]
        assert bool(values(fact, "m4sd:object")) != bool(values(fact, "m4sd:value"))


def test_a_source_has_its_address_and_language() -> None:
    cited = {source for fact in facts().values() for source in values(fact, "m4sd:statedIn")}
    pages = [page for page in of_kind("m4sd:SourceDocument") if "/source-" in page.value]
    assert {page.value for page in pages} >= cited
    for page in pages:
        assert len(values(page, "m4sd:address")) == 1
        assert values(page, "dcterms:language")[0] in ("en", "fr", "es")


def test_the_figures_cite_a_source_too() -> None:
    kinds = ("m4sd:Participation", "m4sd:Contribution", "m4sd:FinancialFlow", "m4sd:ResultObservation")
    assert [node.value for kind in kinds for node in of_kind(kind) if not values(node, "m4sd:statedIn")] == []


def test_everything_has_one_name_in_each_language() -> None:
    things = {triple.subject for triple in ours() if triple.predicate == name("rdf:type")}
    for thing in things:
        found = [q.object.language for q in store().quads(thing, name("skos:prefLabel"))]  # type: ignore[union-attr,arg-type]
        assert (thing, sorted(str(language) for language in found)) == (thing, ["en", "fr"])


def test_a_file_is_in_the_house_style_and_names_its_sources() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert tidy(text) == text, path.name
        assert f"graph/background/{path.stem}>\n    prov:hadPrimarySource id:source-" in text


def test_the_name_of_a_fact_agrees_with_no_gender_and_names_a_country_once() -> None:
    names = [q.object.value for f in facts().values() for q in store().quads(f, name("skos:prefLabel"))]  # type: ignore[union-attr]
    assert [text for text in names if re.search(r", (mis en œuvre|(financ|organis|dirig|appuy)é) par : ", text)] == []
    assert [text for text in names if re.search(r"\b(\w+)\) \((\1|R\w+ (de|of) \1)\)$", text)] == []


def test_shortcuts_are_left_to_the_rules() -> None:
    short = {name("m4sd:" + verb) for verb in (*DERIVED.values(), *CLAIMED.values(), "hasActor")}
    assert [triple for triple in ours() if triple.predicate in short] == []


def test_what_is_said_with_high_confidence_is_also_stated_of_the_thing() -> None:
    missing = {n for n, f in facts().items() if confidence(f) == "high" and not stated(f)}
    assert {n for n in missing if not told_apart(facts()[n])} == set(NOT_OF_THE_THING)


def told_apart(fact: NamedNode) -> bool:
    """Return whether a fact can only be told as one."""
    verb, about = (values(fact, v)[0] for v in ("m4sd:property", "m4sd:about"))
    in_words = verb in iris(IN_WORDS)
    of_one_country = bool(values(fact, "dcterms:spatial"))
    no_result = verb in iris(FIGURES) and "/observation--" not in about
    no_thing = verb in iris({"m4sd:hasParticipant", "m4sd:heldIn"}) and bool(values(fact, "m4sd:value"))
    narrower = values(fact, "m4sd:object") == [name("m4sd:Organisation").value]  # the record names the kind of it
    return in_words or of_one_country or no_result or no_thing or narrower


def iris(verbs: set[str]) -> set[str]:
    return {name(verb).value for verb in verbs}


def test_what_is_said_with_medium_confidence_is_not_stated_unless_the_thing_needs_it_or_another_page_says_it() -> None:
    also = {n for n, f in facts().items() if confidence(f) == "medium" and stated(f)}
    needed = {n for n in also if values(facts()[n], "m4sd:property")[0] in iris(NEEDED)}
    assert also - needed == set(STATED_ALL_THE_SAME)


def test_no_person_is_described() -> None:
    persons = {name("foaf:Person"), name("schema:Person")}
    assert [triple for triple in ours() if triple.object in persons] == []


# --- the listening units of the Oriental region


def test_the_breakdowns_by_sex_and_by_status_agree() -> None:
    assert figure("sex-F") + figure("sex-M") == 414 + 249 == 663
    assert figure("migratory-status-MIGPER") + figure("migratory-status-NONMIG") == 354 + 309 == 663


def test_the_total_stays_as_the_source_says_it() -> None:
    assert figure("total", "m4sd:moreThan") == 663
    assert values(name(ORIENTAL + "total"), "sdmx-measure:obsValue") == []


def test_a_breakdown_names_its_group_and_its_period() -> None:
    women = name(ORIENTAL + "sex-F")
    assert values(women, "m4sd:startDate") + values(women, "m4sd:endDate") == ["2020-09", "2022-12"]
    dimensions = ("http://metadata.un.org/sdg/codes/sex", "http://metadata.un.org/sdg/codes/migratoryStatus")
    found = [q.object for d in dimensions for q in store().quads(women, NamedNode(d))]
    assert found == [name("sex:F"), name("migratoryStatus:_T")]


# --- contradictions


def test_two_sources_that_disagree_are_both_kept() -> None:
    counted = values(name("id:result-jmdi-2-projects"), "m4sd:hasObservation")
    assert sorted(v for o in counted for v in values(NamedNode(o), "sdmx-measure:obsValue")) == ["15", "16"]


def test_three_published_amounts_are_three_facts_of_one_flow() -> None:
    flow = name("id:flow--initiative-md-midl-2--budget")
    told = [values(q.subject, "m4sd:value")[0] for q in store().quads(None, name("m4sd:about"), flow)]  # type: ignore[arg-type]
    assert sorted(map(float, told)) == [6400000, 6607520, 6658172]
    assert [float(amount) for amount in values(flow, "m4sd:amount")] == [6658172]

"""Hold the curated facts against the two articles that state them, and our annotations against their own rules."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.load.areas import records as area_records
from graph.names import name, record_graph
from graph.record import read_triples
from graph.store import Store
from ontology.tidy import tidy

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "graph" / "records"
FILES = sorted(path for dataset in ("seed", "annotation") for path in (RECORDS / dataset).glob("*.ttl"))
DOCUMENTS = ROOT.parent / "shared" / "documents"
ARTICLES = {"en": DOCUMENTS / "002_70e6b8b80af45870.txt", "fr": DOCUMENTS / "000_08251a922115d7ea.txt"}
with_articles = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the two articles are not at hand")

FACTS = [f"A{number:02}" for number in range(1, 76)]
ONLY_ENGLISH = {"A03", "A04", "A05", "A06"}
PASSAGES = {f"E{n}" for n in range(14)} | {f"F{n}" for n in range(1, 13)}
ELEVEN = ("050", "218", "388", "417", "498", "504", "524", "608", "686", "688", "788")
SHORTCUTS = {"m4sd:isFundedBy": "role:funding", "m4sd:isImplementedBy": "role:implementing"}
PROGRAMME, MEETING, BOARD = "id:programme-m4sd", "id:meeting-m4sd-board-2", "id:body-m4sd-board"


@cache
def triples_of(path: Path) -> tuple[Triple, ...]:
    return read_triples(path)[0]


@cache
def store(dataset: str) -> Store:
    graph = Store()
    for path in (RECORDS / dataset).glob("*.ttl"):
        graph.extend(Quad(*triple) for triple in triples_of(path))
    return graph


def values(thing: str, verb: str, dataset: str = "seed") -> set[str]:
    """Return what is said of a thing: IRIs whole, literals as their text."""
    found = (quad.object for quad in store(dataset).quads(name(thing), name(verb)))
    return {value.value for value in found if isinstance(value, (NamedNode, Literal))}


def iris(*names: str) -> set[str]:
    return {name(short).value for short in names}


def things(kind: str, dataset: str = "seed") -> set[str]:
    quads = store(dataset).quads(None, name("rdf:type"), name(kind))
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def labels(thing: str, verb: str = "skos:prefLabel") -> set[tuple[str, str | None]]:
    found = (quad.object for quad in store("seed").quads(name(thing), name(verb)))
    return {(value.value, value.language) for value in found if isinstance(value, Literal)}


def sentences_of(fact: str) -> set[str]:
    return {value.rpartition("-")[2] for value in values(f"id:fact-{fact}", "m4sd:statedIn")}


# --- the facts


def test_each_fact_of_the_articles_exists_once() -> None:
    assert things("m4sd:Fact") == iris(*(f"id:fact-{fact}" for fact in FACTS))
    assert [values(f"id:fact-{fact}", "dcterms:identifier") for fact in FACTS] == [{fact} for fact in FACTS]


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_says_what_it_is_about_and_one_kind_of_object(fact: str) -> None:
    node = f"id:fact-{fact}"
    assert len(values(node, "m4sd:about")) == 1
    assert len(values(node, "m4sd:property")) == 1
    assert bool(values(node, "m4sd:object")) != bool(values(node, "m4sd:value"))


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_also_stated_of_the_thing_itself(fact: str) -> None:
    node, graph = name(f"id:fact-{fact}"), store("seed")
    about, verb = (next(graph.quads(node, name(v))).object for v in ("m4sd:about", "m4sd:property"))
    assert isinstance(about, NamedNode)
    assert isinstance(verb, NamedNode)
    objects = [q.object for v in ("m4sd:object", "m4sd:value") for q in graph.quads(node, name(v))]
    role = next((role for short, role in SHORTCUTS.items() if name(short) == verb), None)
    found = {q.object for q in graph.quads(about, verb)} if role is None else set(_participants(about, role))
    assert set(objects) <= found


def _participants(thing: NamedNode, role: str) -> Iterator[object]:
    for quad in store("seed").quads(thing, name("m4sd:qualifiedParticipation")):
        assert isinstance(quad.object, NamedNode)
        if any(store("seed").quads(quad.object, name("m4sd:role"), name(role))):
            yield from (q.object for q in store("seed").quads(quad.object, name("m4sd:participant")))


def test_a_fact_lives_in_the_record_of_what_it_is_about() -> None:
    for path in FILES:
        for triple in triples_of(path):
            if triple.predicate == name("m4sd:about"):
                assert triple.object == name(f"id:{path.stem}")


def test_all_facts_but_those_of_the_first_english_sentence_are_stated_in_both_languages() -> None:
    spoken = {fact: {sentence[0] for sentence in sentences_of(fact)} for fact in FACTS}
    assert {fact for fact, languages in spoken.items() if languages == {"E"}} == ONLY_ENGLISH
    assert all(languages == {"E", "F"} for fact, languages in spoken.items() if fact not in ONLY_ENGLISH)


@with_articles
def test_a_fact_is_stated_where_the_reading_of_the_articles_found_it() -> None:
    with (DOCUMENTS / "facts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, _, last = row["id"].partition("–")
            read = set(re.findall(r"\b[EF]\d+\b", row["en_sentences"] + " " + row["fr_sentences"]))
            for number in range(int(first[1:]), int((last or first)[1:]) + 1):
                assert sentences_of(f"A{number:02}") == read, number


# --- the documents and their passages


def test_the_two_documents_have_all_their_passages_and_no_boilerplate() -> None:
    assert things("m4sd:SourceDocument") == iris("id:document-S-EN", "id:document-S-FR")
    assert things("m4sd:SourcePassage") == iris(*(f"id:passage-{sentence}" for sentence in PASSAGES))


@with_articles
def test_checksums_and_offsets_lead_to_the_sentences_as_read() -> None:
    rows = (DOCUMENTS / "sentences.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for sentence, language, file, _, _, text in (row.split("\t", 5) for row in rows):
        if sentence in PASSAGES:
            content = (DOCUMENTS / file).read_bytes()
            start, end = (int(*values(f"id:selector-{sentence}", f"oa:{edge}")) for edge in ("start", "end"))
            assert content.decode("utf-8")[start:end] == text
            assert values(f"id:passage-{sentence}", "m4sd:sha256") == {sha256(text.encode()).hexdigest()}
            assert values(f"id:document-S-{language.upper()}", "m4sd:sha256") == {sha256(content).hexdigest()}


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"(?:\w|'\b)+|\|", text.lower().replace("’", "'"))
    return {run for i in range(len(words) - 5) if "|" not in (run := tuple(words[i : i + 6]))}


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield every text that we publish; other names are left out, for those of the articles are meant to be found."""
    for folder in (RECORDS, ROOT / "ontology", ROOT / "shapes"):
        for path in folder.rglob("*.ttl"):
            for quad in parse(path=path, format=RdfFormat.TURTLE):
                address = isinstance(quad.object, Literal) and quad.object.datatype == name("xsd:anyURI")
                if isinstance(quad.object, Literal) and not address and quad.predicate != name("skos:altLabel"):
                    yield path, quad.object.value


@with_articles
def test_no_record_and_no_label_repeats_six_words_of_the_articles() -> None:
    owners = [PROGRAMME, "id:org-XM-DAC-47066", "id:org-XM-DAC-41114", "id:org-CH-4"]
    names = {text for owner in owners for verb in ("skos:prefLabel", "skos:altLabel") for text in values(owner, verb)}
    articles = " | ".join(path.read_text(encoding="utf-8") for path in ARTICLES.values())
    for proper in sorted(names, key=len, reverse=True):  # a proper name is no sentence
        articles = re.sub(re.escape(proper), " | ", articles, flags=re.IGNORECASE)
    copied = _runs(articles)
    assert [(path.name, text) for path, text in _texts() if text not in names and _runs(text) & copied] == []


# --- the fourteen differences between the two articles


def test_d1_what_only_the_english_article_says_is_stated_in_its_first_sentence_alone() -> None:
    assert {fact for fact in FACTS if sentences_of(fact) == {"E1"}} == ONLY_ENGLISH


def test_d2_the_programme_bears_its_official_name_and_is_found_by_those_of_the_articles() -> None:
    official, others = labels(PROGRAMME), labels(PROGRAMME, "skos:altLabel")
    assert ("IOM-UNDP Global Programme on Making Migration Work for Sustainable Development", "en") in official
    assert ("IOM-UNDP Global Program on Migration for Sustainable Development", "en") in others
    assert ("Programme mondial OIM-PNUD sur la migration au service du développement durable", "fr") in others
    assert len(values(PROGRAMME, "skos:editorialNote")) == 2


def test_d3_the_funder_bears_its_official_name_and_is_found_by_those_of_the_articles() -> None:
    assert ("Swiss Agency for Development and Cooperation", "en") in labels("id:org-CH-4")
    assert labels("id:org-CH-4", "skos:altLabel") == {
        ("Swiss Development Cooperation", "en"),
        ("coopération suisse au développement", "fr"),
    }


def test_d4_no_actor_is_made_of_an_agenda_and_the_sentence_carries_its_erratum() -> None:
    assert values("id:fact-A59", "m4sd:about") == iris(PROGRAMME)
    errata = labels("id:passage-E10", "skos:editorialNote")
    assert {language for text, language in errata if "Agenda" in text} == {"en", "fr"}
    agendas = [q for q in store("seed").quads(None, name("skos:prefLabel")) if "agenda" in str(q.object).lower()]
    assert agendas == []


def test_d5_the_broken_sentence_is_one_passage_and_the_employability_of_the_young_has_no_place() -> None:
    assert len(values("id:passage-E8", "skos:editorialNote")) == 2
    assert values("id:fact-A54", "m4sd:object") == iris("id:result-m4sd-youth-employability")
    assert values("id:result-m4sd-youth-employability", "m4sd:achievedIn") == set()


def test_d6_the_two_approaches_are_the_standard_ones_and_are_found_by_the_words_of_the_articles() -> None:
    approaches = iris("approach:whole-of-government", "approach:whole-of-society")
    assert values("id:fact-A58", "m4sd:object") == approaches
    assert approaches <= values(PROGRAMME, "m4sd:approach")
    path = ROOT / "ontology" / "vocabularies" / "approach.ttl"
    others = {t.object for t in triples_of(path) if t.predicate == name("skos:altLabel")}
    assert {Literal("approche gouvernementale", language="fr"), Literal("approche sociétale", language="fr")} <= others


@pytest.mark.parametrize("service", ["psychosocial", "health"])
def test_d7_women_children_and_migrants_benefit_and_nobody_is_excluded(service: str) -> None:
    groups = iris("beneficiary-group:women", "beneficiary-group:children", "beneficiary-group:migrants")
    assert values(f"id:result-ma-oriental-{service}-access", "m4sd:benefits") == groups
    assert len(values(f"id:result-ma-oriental-{service}-access", "skos:scopeNote")) == 2


def test_d8_the_talks_are_found_by_the_words_of_either_article() -> None:
    assert labels(MEETING, "skos:altLabel") == {("panel discussions", "en"), ("discussions entre experts", "fr")}


def test_d9_slips_of_the_pen_stay_in_the_articles() -> None:
    slips = ("to serve of", "acteurs secteur privé", "employability. young")
    assert [text for _, text in _texts() if any(slip in text for slip in slips)] == []
    assert all(values(f"id:passage-{sentence}", "skos:editorialNote") for sentence in ("E4", "F11"))


def test_d10_places_are_found_by_the_spellings_of_the_articles() -> None:
    names = {
        t.object.value
        for r in area_records(ROOT / "ontology" / "tables")
        for t in r.triples
        if isinstance(t.object, Literal)
    }
    spellings = {"Kirghizstan", "Moldavie", "Oriental", "Tanger-Tétouan-Al Hoceima", "Tangier-Tetouan-Al Hoceima"}
    assert spellings <= names


def test_d11_what_the_programme_sets_out_to_show_is_an_aim_and_no_result() -> None:
    for fact in ("A40", "A41", "A42", "A43"):
        assert values(f"id:fact-{fact}", "m4sd:property") == iris("m4sd:hasAim")
        assert values(f"id:fact-{fact}", "m4sd:object") <= things("m4sd:Objective")


def test_d12_four_sectors_are_strengthened() -> None:
    four = iris("sector:education", "sector:employment", "sector:health", "sector:social-security")
    assert values("id:initiatives-m4sd", "m4sd:sector") == four


def test_d13_moroccan_results_stay_in_their_regions() -> None:
    assert values("id:result-ma-tta-business-creation", "m4sd:achievedIn") == iris("id:area-MA-01")
    places = {q.object for q in store("seed").quads(None, name("m4sd:achievedIn"))}
    assert places == {name("id:area-MA-01"), name("id:area-MA-02")}


def test_d14_the_rank_of_the_meeting_is_counted_by_the_board_of_the_phase() -> None:
    assert values(MEETING, "m4sd:ordinal") == {"2"}
    assert values(MEETING, "m4sd:periodicity") == {"P1Y"}
    assert values(MEETING, "m4sd:meetingOf") == iris(BOARD)
    assert name("id:phase-m4sd-3").value in values(BOARD, "m4sd:governs")


# --- what must not be read into the articles


def test_exactly_eleven_countries_took_part_and_none_is_made_a_place_of_work() -> None:
    assert values(MEETING, "m4sd:hasParticipatingCountry") == iris(*(f"area:{code}" for code in ELEVEN))
    assert values(MEETING, "m4sd:participatingCountriesCount") == {"11"}
    places = {q.object for q in store("seed").quads(None, name("m4sd:operatesIn"))}
    assert places == {name("id:area-MA-01"), name("id:area-MA-02")}


def test_more_than_sixty_is_a_bound_and_never_a_count() -> None:
    assert values(MEETING, "m4sd:participantsMoreThan") == {"60"}
    assert values(MEETING, "m4sd:participantsCount") == set()


def test_the_meeting_has_a_weekday_and_no_date() -> None:
    assert "Monday" in " ".join(values("id:fact-A05", "m4sd:value"))
    assert not any(values(MEETING, f"m4sd:{date}") for date in ("date", "startDate", "endDate"))


def test_the_two_centres_are_counted_and_not_named() -> None:
    observation = "id:observation--result-ma-oriental-centres--centres"
    assert values("id:fact-A57", "m4sd:object") == iris(observation)
    assert values(observation, "sdmx-measure:obsValue") == {"2"}
    assert values(observation, "sdmx-attribute:unitMeasure") == iris("unit:centres")
    assert things("m4sd:Facility") == set()


def test_funder_and_implementers_are_participations_stated_in_both_articles() -> None:
    assert set(_participants(name(PROGRAMME), "role:funding")) == {name("id:org-CH-4")}
    both = {name("id:org-XM-DAC-47066"), name("id:org-XM-DAC-41114")}
    assert set(_participants(name(PROGRAMME), "role:implementing")) == both
    nodes = [iri.rpartition("/")[2] for iri in things("m4sd:Participation")]
    assert all(values(f"id:{node}", "m4sd:statedIn") == iris("id:passage-E3", "id:passage-F2") for node in nodes)
    assert not any(any(store("seed").quads(None, name(verb))) for verb in SHORTCUTS)


def test_the_articles_name_no_target_and_no_goal() -> None:
    assert things("m4sd:Contribution") == set()
    goals = re.compile(r"<http://metadata\.un\.org/sdg/[0-9A-C][0-9a-z.]*>")
    assert not any(goals.fullmatch(str(quad.object)) for quad in store("seed").quads())


# --- our annotations


def _annotations() -> list[str]:
    return [iri.rpartition("/")[2] for iri in sorted(things("m4sd:Contribution", "annotation"))]


@pytest.mark.parametrize("slug", _annotations())
def test_an_annotation_says_whose_word_it_is_and_why(slug: str) -> None:
    node = name(f"id:{slug}")
    said = {q.predicate: q.object for q in store("annotation").quads(node)}
    assert said[name("m4sd:claimStatus")] == name("claim-status:annotated")
    assert said[name("prov:wasAttributedTo")] == name("id:agent-m4sd-curators")
    assert name("dcterms:date") in said
    rationale = [q.object for q in store("annotation").quads(node, name("m4sd:rationale"))]
    assert sorted(str(r.language) for r in rationale if isinstance(r, Literal)) == ["en", "fr"]
    stated = values(f"id:{slug}", "m4sd:statedIn", "annotation")
    assert stated <= things("m4sd:SourcePassage")
    assert {iri.rpartition("-")[2][0] for iri in stated} == {"E", "F"}
    assert len(list(store("annotation").quads(None, name("m4sd:claimsContribution"), node))) == 1


def test_no_goal_is_annotated_beside_its_own_target() -> None:
    for path in (RECORDS / "annotation").glob("*.ttl"):
        said = {t.object.value for t in triples_of(path) if t.predicate == name("m4sd:contributionTo")}  # type: ignore[union-attr]
        goals = {iri for iri in said if re.fullmatch(r".*/sdg/\d+", iri)}
        assert not {iri.rpartition(".")[0] for iri in said} & goals


# --- the files


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_record_is_tidy_has_a_source_and_no_blank_node(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert tidy(text) == text
    triples = triples_of(path)
    graph = record_graph(path.parent.name, path.stem)
    provenance = iris("prov:hadPrimarySource", "prov:wasAttributedTo")
    assert {t.predicate.value for t in triples if t.subject == graph} & provenance
    assert any(t.subject == name(f"id:{path.stem}") for t in triples)
    assert not any(isinstance(term, BlankNode) for t in triples for term in t)


def test_every_thing_has_one_name_in_english_and_one_in_french() -> None:
    for dataset in ("seed", "annotation"):
        for quad in store(dataset).quads(None, name("rdf:type")):
            assert isinstance(quad.subject, NamedNode)
            if quad.object != name("oa:TextPositionSelector"):
                said = [q.object for q in store(dataset).quads(quad.subject, name("skos:prefLabel"))]
                assert sorted(str(s.language) for s in said if isinstance(s, Literal)) == ["en", "fr"], quad.subject

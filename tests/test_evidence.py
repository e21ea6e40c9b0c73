"""Show that the words behind a fact are printed only from the very documents that were read."""

from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Quad

from graph.evidence import DocumentDiffers, DocumentMissing, Passage, PassageDiffers, evidence, pages_of, passages_of
from graph.names import name
from graph.record import read_triples
from graph.store import Store

ROOT = Path(__file__).parents[1]
SEED = ROOT / "graph" / "records" / "seed"
DOCUMENTS = ROOT.parent / "shared" / "documents"
TEXT = "L’été, on migre. L’hiver aussi."


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def passage(start: int = 17, end: int = 31, text: str = "L’hiver aussi.") -> Passage:
    return Passage("S-XX", digest(TEXT), "X2", "fr", start, end, digest(text))


def seed() -> Store:
    store = Store()
    for path in SEED.glob("*.ttl"):
        store.extend(Quad(*triple) for triple in read_triples(path)[0])
    return store


def test_a_passage_is_cut_out_by_characters_from_a_file_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("something else", encoding="utf-8")
    (tmp_path / "some-copy.txt").write_text(TEXT, encoding="utf-8")
    assert [found.text for found in evidence([passage()], tmp_path)] == ["L’hiver aussi."]


def test_only_the_language_asked_for_is_shown_and_looked_for(tmp_path: Path) -> None:
    assert list(evidence([passage()], tmp_path, language="en")) == []


def test_a_document_that_is_not_there_is_named_with_its_checksum(tmp_path: Path) -> None:
    with pytest.raises(DocumentMissing, match=rf"S-XX.*{digest(TEXT)}"):
        list(evidence([passage()], tmp_path))


def test_a_changed_document_is_told_from_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "S-XX.txt").write_text(TEXT + "\n", encoding="utf-8")
    with pytest.raises(DocumentDiffers, match=r"S-XX\.txt is not the copy"):
        list(evidence([passage()], tmp_path))


def test_offsets_that_lead_to_other_words_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(PassageDiffers, match="Characters 0 to 9 of document S-XX are not passage X2"):
        list(evidence([passage(0, 9)], tmp_path))


def test_a_fact_leads_to_the_passages_that_state_it_in_both_languages() -> None:
    found = passages_of(seed(), name("id:fact-A57"))
    assert [(p.document, p.identifier, p.language) for p in found] == [("S-EN", "E9", "en"), ("S-FR", "F8", "fr")]


def test_a_fact_of_the_background_leads_to_its_page_by_title_and_address(published: Store) -> None:
    assert passages_of(published, name("id:fact-B0001")) == []
    first, *_ = pages_of(published, name("id:fact-B0001"))
    assert first.identifier.startswith("source-")
    assert first.address.startswith("https://")
    assert set(first.title) == {"en", "fr"}


def test_a_fact_of_the_articles_leads_to_no_whole_page(published: Store) -> None:
    assert pages_of(published, name("id:fact-A57")) == []


def test_an_unknown_fact_leads_to_no_passage() -> None:
    assert passages_of(seed(), name("id:fact-A99")) == []


def test_without_a_fact_every_passage_that_states_one_is_found_once() -> None:
    found = [p.identifier for p in passages_of(seed())]
    assert len(found) == len(set(found)) == 25  # E1-E13 and F1-F12: no fact rests on the title


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the two articles are not at hand")
def test_every_passage_is_found_in_the_articles_as_read() -> None:
    shown = list(evidence(passages_of(seed()), DOCUMENTS))
    assert len(shown) == 25
    assert all(found.text[0].isupper() and found.text.endswith(".") for found in shown)

"""Follow every link from the first page on: each leads somewhere, in both languages, for whoever follows it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bench.crawl import crawl, starts
from bench.lived import Lived, lived

pytestmark = pytest.mark.slow

SAMPLE = 2  # addresses of each kind of page; `make crawl` follows all


@pytest.fixture(scope="module")
def work(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(folder, tmp_path_factory.mktemp("crawl") / "store") as found:
        yield found


def client_of(work: Lived, who: str) -> FlaskClient:
    return work.counter.signed_in(who) if who else work.counter.app.test_client()


def bound(kind: str) -> int:
    """Return how many addresses of a kind are followed: files all, for there are few."""
    return 100 if kind.startswith("static") else SAMPLE


@pytest.mark.parametrize(("who", "lang"), [("", "en"), ("", "fr"), ("Root", "fr")])
def test_every_link_leads_somewhere(work: Lived, who: str, lang: str) -> None:
    found = crawl(client_of(work, who), starts(lang), bound, gone="lived-closed")
    assert found.broken == []
    kinds = Counter(page.kind for page in found.pages.values())
    assert kinds["text/html"] > 100
    assert {"text/css", "text/javascript", "text/turtle", "application/atom+xml", "application/xml"} <= {*kinds}

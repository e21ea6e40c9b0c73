"""Look at the answers that are given again before the application is asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.store import fresh
from server.app import create_app
from server.limits import Limits
from server.settings import Settings

TEXT = "SELECT * { <https://example.org/7> ?p ?o }"
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def app(small: Path) -> Iterator[Flask]:
    app = create_app(Settings(store=small))
    yield app
    app.extensions["pool"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)  # else it leaves out the header of that name


def asked(app: Flask) -> float:
    """Return how many requests got as far as the endpoint's view."""
    return float(app.extensions["seen"])


@pytest.fixture(scope="module", autouse=True)
def counted(app: Flask) -> None:
    app.extensions["seen"] = 0

    def count() -> None:
        app.extensions["seen"] += 1

    app.before_request(count)


def test_the_same_request_gets_the_same_answer_without_the_application(app: Flask, client: FlaskClient) -> None:
    client.get("/sparql", query_string={"query": TEXT})  # what nobody asks twice is not kept
    before = asked(app)
    first, second = (client.get("/sparql", query_string={"query": TEXT}) for _ in range(2))
    assert asked(app) == before + 1
    assert (first.status, first.data) == (second.status, second.data)
    own = {"X-Request-Id", "Server-Timing"}
    assert {k: v for k, v in first.headers if k not in own} == {k: v for k, v in second.headers if k not in own}
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert second.headers["Server-Timing"].startswith("engine;dur=0.0, total;dur=")


@pytest.mark.parametrize(
    "other",
    [
        {"Accept": "text/csv"},
        {"Accept-Language": "fr"},
        {"Accept-Encoding": "gzip"},
        {"Host": "elsewhere.example"},
        {"If-None-Match": '"x"'},
        {"Authorization": "Basic eDp5"},
        {"Cookie": "a=b"},
        {"Range": "bytes=0-1"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_request_asks_the_application(app: Flask, client: FlaskClient, other: dict[str, str]) -> None:
    for _ in range(2):
        client.get("/sparql", query_string={"query": TEXT + "#other"})
    before = asked(app)
    client.get("/sparql", query_string={"query": TEXT + "#other"}, headers=other)
    assert asked(app) == before + 1


def test_errors_pages_and_other_methods_are_not_kept(app: Flask, client: FlaskClient) -> None:
    for _ in range(2):
        before = asked(app)
        client.get("/sparql", query_string={"query": "SELECT nonsense"})
        client.get("/sparql")
        client.get("/status")
        client.head("/sparql", query_string={"query": TEXT})
        client.post("/sparql", data={"query": TEXT})
        assert asked(app) == before + 5


def test_a_new_snapshot_is_seen_by_the_next_request(tmp_path: Path) -> None:
    def publish(word: str) -> None:
        with fresh(tmp_path) as (store, _):
            thing = NamedNode("https://example.org/1")
            store.extend([Quad(thing, thing, Literal(word), DefaultGraph())])

    publish("old")
    app = create_app(Settings(store=tmp_path))
    client = app.test_client()
    try:
        texts = [client.get("/sparql", query_string={"query": ALL, "format": "csv"}).text for _ in range(3)]
        publish("new")
        texts.append(client.get("/sparql", query_string={"query": ALL, "format": "csv"}).text)
    finally:
        app.extensions["pool"].close()
    assert ["old" in text for text in texts] == [True, True, True, False]
    assert "new" in texts[3]


def test_what_is_given_again_is_counted_and_logged(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        client.get("/sparql", query_string={"query": TEXT + "#counted"})
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "/sparql" in line]
    assert [each["cached"] for each in told] == [False, True, True]
    assert told[0]["query"] == told[2]["query"]
    assert told[2]["bytes"] == told[0]["bytes"]
    assert 'm4sd_cache_lookups_total{found="yes"}' in client.get("/metrics").text


def test_no_more_is_kept_than_the_limit_allows(small: Path) -> None:
    app = create_app(Settings(store=small, limits=Limits(finished=20_000)))
    seen: list[str] = []
    app.before_request(lambda: seen.append("asked"))
    client = app.test_client()
    try:
        for number in (7, 7, *sorted([*range(10, 30)] * 2)):
            client.get("/sparql", query_string={"query": TEXT.replace("7", str(number))})
        seen.clear()
        client.get("/sparql", query_string={"query": TEXT})
    finally:
        app.extensions["pool"].close()
    assert seen == ["asked"]

"""Look at the service as those do who run it: its health, figures, log and history, its restarts, its manual."""

import json
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import fields, replace
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from bench.served import Served, descendants, free_port, served
from server.app import create_app
from server.cli.main import main
from server.limits import Limits, Role
from server.operation.logs import Log
from server.operation.minutes import A_DAY, DAYS, FILE, Minutes, keep, summed
from server.operation.operation import Operation
from server.operation.warming import PAGES, warmed
from server.settings import Settings
from server.workers.probe import Outcome

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
CHEAP = "ASK { <https://example.org/1> ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GOOD, BAD = Outcome(True, 2.5, "000001"), Outcome(False, 2000.0)
NOON = 20_000 * A_DAY + A_DAY // 2  # in minutes since 1970


@pytest.fixture(scope="module")
def client(small: Path) -> Iterator[FlaskClient]:
    hurried = replace(Limits(), anonymous=Role(deadline=0.6), quick=2, slow=1, spare=1)
    app = create_app(Settings(store=small, limits=hurried))
    yield app.test_client()
    app.extensions["pool"].close()


@pytest.fixture
def empty(tmp_path: Path) -> FlaskClient:
    return create_app(Settings(store=tmp_path)).test_client()


def ask(client: FlaskClient, text: str = CHEAP) -> int:
    return client.get("/sparql", query_string={"query": text}, headers={"Accept": "application/json"}).status_code


def figures(client: FlaskClient) -> dict[str, float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return {f"{s.name} {' '.join(str(v) for v in s.labels.values())}".strip(): s.value for s in samples}


# Health


def test_the_process_is_healthy_whatever_the_workers_do(empty: FlaskClient) -> None:
    assert (empty.get("/health").status_code, empty.get("/health").json) == (200, {"status": "ok"})


def test_it_is_ready_when_a_worker_answers_on_the_newest_snapshot(client: FlaskClient) -> None:
    found = client.get("/ready")
    assert (found.status_code, found.json and found.json["snapshot"]) == (200, "000001")
    assert found.headers["Cache-Control"] == "no-store"


def test_without_a_graph_it_is_not_ready_and_says_why(empty: FlaskClient) -> None:
    found = empty.get("/ready", headers={"Accept-Language": "fr"})
    assert (found.status_code, found.mimetype) == (503, "application/problem+json")
    assert found.headers["Retry-After"] == "1"
    assert "m4sd build" in found.text


# Figures


def test_requests_cache_queue_and_workers_are_counted(client: FlaskClient) -> None:
    before = figures(client)
    assert [ask(client, CHEAP + "#counted"), ask(client, CHEAP + "#counted"), ask(client, ENDLESS)] == [200, 200, 504]
    after = figures(client)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert (more("m4sd_requests_total GET /sparql 200"), more("m4sd_requests_total GET /sparql 504")) == (2, 1)
    assert (more("m4sd_cache_lookups_total yes"), more("m4sd_cache_lookups_total no")) == (1, 2)
    assert [more(f"m4sd_query_seconds_count {lane}") for lane in ("cache", "quick", "slow")] == [1, 1, 1]
    assert more("m4sd_workers_ended_total deadline") == 1
    assert more("m4sd_queue_seconds_count quick") == 2
    assert after["m4sd_workers_started_total"] >= 1


def test_a_client_cannot_invent_figures(client: FlaskClient) -> None:
    for number in range(3):
        client.open(f"/nowhere-{number}", method=f"ODD{number}")
    names = [name for name in figures(client) if name.startswith("m4sd_requests_total")]
    assert [name for name in names if "ODD" in name or "nowhere" in name] == []
    assert "m4sd_requests_total other none 404" in names


@pytest.mark.slow
def test_what_a_process_asks_of_itself_is_in_no_log_and_no_figure(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(store=folder, log=True))
    with closing(app.extensions["pool"]):
        answered = list(warmed(app))
        assert len(answered) == len(PAGES) * 2
        assert {(status, kind) for _, status, kind in answered} == {(200, "text/html")}
        assert [name for name in figures(app.test_client()) if name.startswith("m4sd_requests_total")] == []
        assert "/ontology" not in "".join(capsys.readouterr())
        assert app.test_client().get("/ontology").status_code == 200
        assert "/ontology" in "".join(capsys.readouterr())


# Log


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_request_has_one_line(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    text = CHEAP + "#logged"
    answered = client.get("/sparql", query_string={"query": text}, headers={"Accept": "application/json"})
    ask(client, text)
    first, second = lines(capsys)
    assert first["id"] == answered.headers["X-Request-Id"]
    assert first["query"] == second["query"] == sha256(text.encode()).hexdigest()[:16]
    assert (first["cached"], second["cached"], first["lane"], "lane" in second) == (False, True, "quick", False)
    told = {key: first[key] for key in ("client", "method", "path", "status", "bytes")}
    size = answered.content_length
    assert told == {"client": "127.0.0.1", "method": "GET", "path": "/sparql", "status": 200, "bytes": size}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(first["time"]))
    assert text not in json.dumps([first, second])


def test_nothing_that_a_client_sends_breaks_out_of_its_line(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = '/a%0d%0a{"status":200}%1b[31m%e2%80%ae%c2%85%7f%00%22'
    client.get(evil)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert written.rstrip("\n").isascii()
    assert written.rstrip("\n").isprintable()
    assert json.loads(written)["path"].startswith('/a\r\n{"status":200}\x1b[31m\u202e')


def test_the_log_can_be_switched_off(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create_app(Settings(store=small, log=False)).test_client().get("/health")
    assert capsys.readouterr().err == ""


# History


def kept(folder: Path, minutes: int, outcome: Outcome) -> Minutes:
    """Return a history in which one minute was noted, seen from that minute."""
    history = Minutes(folder, lambda: minutes * 60.0)
    history.note(outcome)
    return history


def test_each_minute_has_one_row_and_a_missing_one_counts_as_not_answered(tmp_path: Path) -> None:
    for offset, outcome in ((0, GOOD), (0, BAD), (1, BAD), (3, GOOD)):
        history = kept(tmp_path, NOON + offset, outcome)
    today = history.days()[-1]
    assert (today.minutes, today.answered, today.median, today.slow) == (3, 2, 2.5, 2.5)
    assert Minutes(tmp_path, lambda: (NOON + 8) * 60.0).days()[-1].availability == 2 / 8


def test_days_before_the_first_one_are_unknown_and_days_off_are_not(tmp_path: Path) -> None:
    kept(tmp_path, NOON, GOOD)
    days = kept(tmp_path, NOON + 2 * A_DAY, GOOD).days()
    assert [day.availability for day in days[-4:]] == [None, 1 / (A_DAY / 2), 0, 1 / (A_DAY / 2)]
    assert len(days) == DAYS
    assert summed(days) == 2 / (2 * A_DAY)


def test_what_is_older_than_90_days_is_forgotten(tmp_path: Path) -> None:
    kept(tmp_path, NOON, GOOD)
    kept(tmp_path, NOON + DAYS * A_DAY, GOOD)
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        assert database.execute("SELECT minute FROM probe").fetchall() == [(NOON + DAYS * A_DAY,)]


def test_the_watch_keeps_the_first_minute_at_once_and_bears_a_folder_that_it_may_not_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = threading.Event()
    ended.set()
    keep(Minutes(tmp_path), lambda: GOOD, Log(), ended)
    keep(Minutes(tmp_path / "missing"), lambda: GOOD, Log(), ended)
    assert Minutes(tmp_path).days()[-1].answered == 1
    assert [line["event"] for line in lines(capsys)] == ["status not kept"]


@pytest.mark.parametrize(("lang", "words"), [("en", "Availability by day"), ("fr", "Disponibilité par jour")])
def test_the_status_page_draws_and_tabulates_the_days(client: FlaskClient, small: Path, lang: str, words: str) -> None:
    operation: Operation = client.application.extensions["operation"]
    (small / FILE).unlink(missing_ok=True)
    operation._minutes = kept(small, NOON, GOOD)
    page = client.get("/status", query_string={"lang": lang}, headers={"Accept": "text/html"})
    assert words in page.text
    assert page.text.count("<rect") == DAYS + 2
    assert page.text.count('<tr><th scope="row">') == 1
    assert "<script>" not in page.text
    assert "style=" not in page.text
    told = client.get("/status?format=json").json
    assert told is not None
    assert told["availability"] == {"today": 1.0, "week": 1.0, "quarter": 1.0}
    assert (len(told["days"]), told["now"]["answered"]) == (DAYS, True)


def test_availability_is_never_rounded_up(client: FlaskClient, tmp_path: Path) -> None:
    operation: Operation = client.application.extensions["operation"]
    history = kept(tmp_path, NOON, GOOD)
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        database.executemany(
            "INSERT OR IGNORE INTO probe VALUES (?, ?, 1)", [(NOON + n, n != 7) for n in range(60 * A_DAY)]
        )
    operation._minutes = Minutes(tmp_path, lambda: (NOON + 60 * A_DAY) * 60.0)
    told = client.get("/status?format=json").json
    assert told is not None
    assert told["availability"]["quarter"] == 0.9999
    assert history.days()


# Freshness


def test_shared_caches_may_keep_an_answer_for_seconds_and_an_error_not_at_all(client: FlaskClient) -> None:
    good = client.get("/sparql", query_string={"query": CHEAP}, headers={"Accept": "application/json"})
    assert "s-maxage=5" in good.headers["Cache-Control"]
    for answer in (client.get("/sparql?query=nonsense"), client.post("/sparql", data={"query": CHEAP})):
        assert answer.headers["Cache-Control"] == "no-store"


def test_who_has_an_answer_in_gzip_is_told_that_it_has_not_changed(client: FlaskClient) -> None:
    query, takes = {"query": "SELECT * { ?s ?p ?o } LIMIT 20"}, {"Accept-Encoding": "gzip"}
    first = client.get("/sparql", query_string=query, headers=takes)
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/sparql", query_string=query, headers={**takes, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (304, first.headers["ETag"])


# Restarts


@pytest.fixture(scope="module")
def running(small: Path) -> Iterator[Served]:
    with served(small, free_port()) as process:
        yield process


def press(port: int, ended: threading.Event, failed: list[object], reuse: bool) -> None:
    """Ask until told to stop; over one connection for as long as the server keeps it, or a fresh one each time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while not ended.is_set():
        try:
            connection.request("GET", f"/sparql?query=ASK%7B%3Fs%20%3Fp%20{time.monotonic_ns()}%7D")
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            failed.append(error)
            connection.close()
            ended.wait(0.1)
        else:
            failed.extend([answer.status] if answer.status != 200 else [])
            if not reuse:
                connection.close()
    connection.close()


def web_process(running: Served, but: int = 0) -> int:
    """Return the newest process that has query processes, but not a certain one."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        having = {nursery.parent for nursery in running.nurseries()} - {but}
        if found := [(p.started, p.pid) for p in descendants(running.pid) if p.pid in having]:
            return max(found)[1]
        time.sleep(0.2)
    raise AssertionError("no web process has query processes")


def replaced(running: Served) -> int:
    """Replace the web process and return the new one when the old one is gone."""
    old = web_process(running)
    os.kill(running.pid, signal.SIGHUP)
    until = time.monotonic() + 60
    while Path(f"/proc/{old}").exists() and time.monotonic() < until:
        time.sleep(0.2)
    return web_process(running, but=old)


@pytest.mark.slow
def test_a_graceful_restart_fails_no_request(running: Served) -> None:
    old, ended, failed = web_process(running), threading.Event(), list[object]()
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(press, running.port, ended, failed, n % 2 == 0) for n in range(4)]
        try:
            time.sleep(0.5)
            replaced(running)  # it fails where no other web process comes
        finally:
            ended.set()
        assert [each.exception() for each in asking] == [None] * 4
    assert (failed, Path(f"/proc/{old}").exists()) == ([], False)


@pytest.mark.slow
def test_workers_end_with_a_web_process_that_was_killed_even_busy_ones_and_another_takes_over(running: Served) -> None:
    old = replaced(running)  # one that just took over may die as well as any
    cells = {process.pid: process.started for process in running.cells()}
    query = HTTPConnection("127.0.0.1", running.port, timeout=30)
    query.request("GET", f"/sparql?query={ENDLESS.replace(' ', '%20').replace('?', '%3F').replace('{', '%7B')}")
    time.sleep(1)
    os.kill(old, signal.SIGKILL)
    query.close()
    until = time.monotonic() + 20  # the query would run for ever

    def left() -> list[int]:
        return [p.pid for p in descendants(1) if cells.get(p.pid) == p.started and p.state not in "ZX"]

    while left() and time.monotonic() < until:
        time.sleep(0.2)
    assert left() == []
    again = HTTPConnection("127.0.0.1", running.port, timeout=30)
    again.request("GET", "/ready")
    answer = again.getresponse()
    assert (answer.status, answer.read()[:1]) == (200, b"{")
    again.close()


# Manual


def row(text: str) -> str:
    found = [line for line in MANUAL.splitlines() if line.startswith(f"| `{text}` |")]
    assert len(found) == 1, f"docs/operation.md has {len(found)} rows for {text}"
    return found[0]


def shown(value: object) -> str:
    """Return a default as the manual writes it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if value else "none"


@pytest.mark.parametrize("name", [each.name for each in fields(Settings) if each.name != "limits"])
def test_each_setting_is_in_the_manual(name: str) -> None:
    assert row(f"M4SD_{name.upper()}").split(" | ")[1] == shown(getattr(Settings(), name))


@pytest.mark.parametrize("name", [each.name for each in fields(Limits)])
def test_each_limit_is_in_the_manual(name: str) -> None:
    value = getattr(Limits(), name)
    given = {f"LIMIT_{name}": value}
    if isinstance(value, Role):
        given = {f"{name}_{each.name}": getattr(value, each.name) for each in fields(value)}
    for key, default in given.items():
        assert row(f"M4SD_{key.upper()}").split(" | ")[1] == shown(default)


def test_each_route_is_in_the_manual_and_no_other(empty: FlaskClient) -> None:
    routes = {rule.rule for rule in empty.application.url_map.iter_rules()}
    assert {route for route in routes if row(route)} == routes
    assert set(re.findall(r"^\| `(/[^`]*)` \|", MANUAL, re.MULTILINE)) == routes


def test_each_command_and_each_figure_is_in_the_manual(client: FlaskClient) -> None:
    commands = [f"`m4sd {name}`" for name in main.commands]
    ask(client)
    counted = {name.split()[0] for name in figures(client) if name.startswith("m4sd_")}
    figured = {re.sub("_(bucket|count|sum)$", "", name) for name in counted if not name.endswith("_created")}
    assert [word for word in [*commands, *(f"`{name}`" for name in figured)] if word not in MANUAL] == []

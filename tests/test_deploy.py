"""Put the real nginx, configured as we ship it, before a real server; read the unit and the container file."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.served import Served, descendants, free_port, served

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
pytestmark = pytest.mark.slow
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ALL = "SELECT * { ?s ?p ?o }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
JSON = "application/sparql-results+json"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/m4sd.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Carry what came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Proxied:
    """Carry a proxy and the server behind it."""

    port: int
    server: Served

    def ask(self, path: str, source: str = "127.0.0.1", method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Send one request from an address of this machine."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connection):
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def query(self, text: str, **headers: str) -> Answer:
        """Ask a query by GET."""
        return self.ask(f"/sparql?{urlencode({'query': text})}", **{"Accept": JSON, **headers})

    def lines(self, path: str = "/sparql") -> list[dict[str, object]]:
        """Return what the server behind the proxy logged of a path."""
        logged = [line for line in self.server.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, logged) if line.get("path") == path]


@pytest.fixture(scope="module")
def proxied(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if NGINX is None:
        pytest.skip("nginx is not here; on Debian: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    limits = {"M4SD_PROXY": "1", "M4SD_LIMIT_QUICK_PER_CLIENT": "4"}
    with served(small, free_port(), limits) as server:
        port = free_port()
        process = subprocess.Popen([NGINX, "-p", folder, "-c", rendered(folder, port, server.port)])
        try:
            wait_for(port)
            yield Proxied(port, server)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def rendered(folder: Path, port: int, behind: int) -> Path:
    """Write the shipped configuration with this test's ports and folder, below a main one."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, its in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{behind} "),
        ("/var/cache/nginx/m4sd", f"{folder}/cache"),
        ("/var/log/nginx/m4sd.log", f"{folder}/access.log"),
    ):
        assert ours in text
        text = text.replace(ours, its)
    (folder / "m4sd.conf").write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return main


def wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("nginx does not listen")


def cache(answer: Answer) -> str:
    return answer.headers["cache-status"]


# What is kept


def test_a_second_identical_query_does_not_reach_the_service(proxied: Proxied) -> None:
    text = f"{ALL} LIMIT 10 #kept"
    first = proxied.query(text)
    before = len(proxied.lines())
    second = proxied.query(text)
    assert (cache(first), cache(second)) == ("nginx; fwd=uri-miss", "nginx; hit")
    assert first.body == second.body
    assert len(proxied.lines()) == before
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_formats_languages_and_encodings_are_kept_apart(proxied: Proxied) -> None:
    text = f"{ALL} LIMIT 11 #apart"
    asked: list[dict[str, str]] = [
        {"Accept": JSON},
        {"Accept": "text/csv"},
        {"Accept": "text/html", "Accept_Language": "fr-CH, en;q=0.8"},
        {"Accept": "text/html", "Accept_Language": "de, en-GB"},
        {"Accept": JSON, "Accept_Encoding": "br, gzip"},
    ]
    answers = [proxied.query(text, **headers) for headers in asked for _ in range(2)]
    assert [cache(answer) for answer in answers] == ["nginx; fwd=uri-miss", "nginx; hit"] * len(asked)
    assert len({answer.body for answer in answers}) == len(asked)
    assert [answer.headers.get("content-language") for answer in answers[4::2]] == ["fr", "en", None]
    assert answers[-1].headers["content-encoding"] == "gzip"
    other = proxied.query(text, Accept=JSON, Accept_Encoding="gzip;q=1.0, deflate")
    assert cache(other) == "nginx; hit"


def test_an_entity_tag_is_answered_from_what_is_kept(proxied: Proxied) -> None:
    text = f"{ALL} LIMIT 12 #tag"
    tag = proxied.query(text).headers["etag"]
    before = len(proxied.lines())
    again = proxied.query(text, If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert len(proxied.lines()) == before


def test_what_is_kept_is_given_at_once_and_asked_again_by_its_tag(proxied: Proxied) -> None:
    text = f"{ALL} LIMIT 13 #stale"
    proxied.query(text)
    time.sleep(6.1)  # the service allows five seconds
    stale = proxied.query(text)
    time.sleep(0.5)
    assert (cache(stale), proxied.lines()[-1]["status"]) == ("nginx; hit; detail=stale", 304)
    assert cache(proxied.query(text)) == "nginx; hit"


def test_errors_posts_and_answers_to_a_token_are_not_kept(proxied: Proxied) -> None:
    for _ in range(2):
        assert (proxied.query("SELECT nonsense").status, cache(proxied.query("SELECT nonsense"))) == (
            400,
            "nginx; fwd=uri-miss",
        )
        assert cache(proxied.query(ALL + " LIMIT 14", Authorization="Bearer x")) == "nginx; fwd=bypass"
    form = {"Content_Type": "application/x-www-form-urlencoded", "Accept": JSON}
    posted = [proxied.ask("/sparql", method="POST", body=urlencode({"query": ALL}), **form) for _ in range(2)]
    assert [(answer.status, cache(answer)) for answer in posted] == [(200, "nginx; fwd=bypass")] * 2


# Who asks


def test_the_service_believes_the_proxy_about_the_client_and_nobody_else(proxied: Proxied) -> None:
    forged = {"X_Forwarded_For": "192.0.2.1, 192.0.2.2", "X_Request_Id": "f" * 32, "X_Forwarded_Proto": "gopher"}
    answer = proxied.ask("/health", source="127.0.0.7", **forged)
    line = proxied.lines("/health")[-1]
    assert answer.status == 200
    assert line["client"] == "127.0.0.7"
    assert line["id"] != "f" * 32
    description = proxied.ask("/sparql", Accept="text/turtle", **forged)
    assert f"<http://127.0.0.1:{proxied.port}/sparql>".encode() in description.body


def test_a_problem_has_the_number_by_which_the_proxy_logged_it(proxied: Proxied) -> None:
    answer = proxied.query("SELECT nonsense")
    assert json.loads(answer.body)["request_id"] == answer.headers["x-request-id"]


def test_figures_are_for_this_machine_only(proxied: Proxied) -> None:
    assert proxied.ask("/metrics").status == 200
    refused = proxied.ask("/metrics", source="127.0.0.8")
    assert (refused.status, refused.headers["content-type"]) == (403, "application/problem+json")


# Who asks too much, or too slowly


@pytest.mark.parametrize(("path", "body", "status"), [("/sparql", "x" * 1_100_000, 413), ("/" + "x" * 70_000, "", 414)])
def test_what_is_too_large_for_the_proxy_is_a_problem_too(proxied: Proxied, path: str, body: str, status: int) -> None:
    answer = proxied.ask(path, method="POST" if body else "GET", body=body)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.body)["status"] == status


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Close what is opened in a test, whatever becomes of it."""
    with ExitStack() as stack:
        yield stack


def test_slow_readers_hold_nothing_behind_the_proxy(proxied: Proxied, held: ExitStack) -> None:
    body = urlencode({"query": f"{ALL} #slow readers"})
    size = len(proxied.ask("/sparql", method="POST", body=body, Content_Type=FORM, Accept="text/csv").body)
    before = len(proxied.lines())
    question = head(len(body), proxied.port) + body.encode()
    readers = [held.enter_context(sending(proxied.port, question)) for _ in range(70)]  # the service has 64 threads
    until = time.monotonic() + 15
    while len(proxied.lines()) < before + len(readers) and time.monotonic() < until:
        time.sleep(0.1)
    assert {line["status"] for line in proxied.lines()[before:]} == {200}
    assert len(proxied.lines()) == before + len(readers)
    assert size > 2_000_000
    answer = HTTPResponse(readers[0])
    answer.begin()
    assert len(answer.read()) == size
    answer.close()


def test_slow_senders_do_not_reach_the_service(proxied: Proxied, held: ExitStack) -> None:
    before = len(proxied.lines())
    for _ in range(100):
        held.enter_context(sending(proxied.port, head(1000, proxied.port) + b"query="))
    begin = time.monotonic()
    assert proxied.query(f"{ALL} LIMIT 1 #between").status == 200
    assert time.monotonic() - begin < 2
    assert len(proxied.lines()) == before + 1


def test_one_address_may_not_hold_every_connection(proxied: Proxied, held: ExitStack) -> None:
    for _ in range(128):
        held.enter_context(sending(proxied.port, head(1000, proxied.port) + b"query=", "127.0.0.6"))
    time.sleep(0.5)
    refused = proxied.ask("/health", source="127.0.0.6", Accept_Language="fr")
    assert (refused.status, refused.headers["retry-after"]) == (429, "5")
    assert "connexions" in json.loads(refused.body)["detail"]
    assert proxied.ask("/health", source="127.0.0.5").status == 200


# Who has bad luck: these come last, since they end processes


def test_a_request_whose_web_process_dies_under_it_is_asked_again(proxied: Proxied) -> None:
    family = descendants(proxied.server.pid)
    parents = {process.parent for process in family}
    web = next(p.pid for p in family if p.parent == proxied.server.pid and p.pid in parents)
    with closing(HTTPConnection("127.0.0.1", proxied.port, timeout=30)) as pressed:
        pressed.request("POST", "/sparql", urlencode({"query": SLOW}), {"Content-Type": FORM, "Accept": "text/csv"})
        time.sleep(0.3)
        os.kill(web, signal.SIGKILL)
        answer = pressed.getresponse()
        assert (answer.status, answer.read()) == (200, b"n\r\n9000000\r\n")


def test_while_the_service_is_down_kept_answers_are_given_and_others_are_problems(proxied: Proxied) -> None:
    text = f"{ALL} LIMIT 15 #down"
    proxied.query(text)
    os.kill(proxied.server.pid, signal.SIGTERM)
    until = time.monotonic() + 15
    while [process for process in descendants(proxied.server.pid) if process.state not in "ZX"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    time.sleep(6.2)  # kept for five seconds, which nginx counts in whole ones
    assert proxied.query(text).status == 200
    assert cache(proxied.query(text)) in ("nginx; hit; detail=stale", "nginx; hit; detail=updating")
    down = proxied.query(f"{ALL} LIMIT 16", Accept_Language="fr")
    assert (down.status, down.headers["content-type"]) == (502, "application/problem+json")
    assert "réessayez" in json.loads(down.body)["detail"]


FORM = "application/x-www-form-urlencoded"


def head(length: int, port: int) -> bytes:
    """Return the head of a query by POST."""
    sent = f"Host: 127.0.0.1:{port}\r\nAccept: text/csv\r\nContent-Type: {FORM}\r\nContent-Length: {length}"
    return f"POST /sparql HTTP/1.1\r\n{sent}\r\n\r\n".encode()


def sending(port: int, data: bytes, source: str = "127.0.0.1") -> socket.socket:
    """Return a connection over which something was sent, and of which little is read at a time."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(30)
    made.bind((source, 0))
    made.connect(("127.0.0.1", port))
    made.sendall(data)
    return made


# The unit and the container


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    unit = tmp_path / "m4sd.service"
    unit.write_text((DEPLOY / "m4sd.service").read_text().replace("/opt/m4sd/bin/m4sd", "/bin/true"))
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_unit_reloads_by_hup_and_lets_running_queries_end() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "m4sd.service").read_text(), re.MULTILINE))
    assert (unit["ExecReload"], unit["KillMode"], unit["Restart"]) == ("/bin/kill -HUP $MAINPID", "mixed", "always")
    assert int(unit["TimeoutStopSec"]) > 75
    assert "seccomp" in unit["SystemCallFilter"]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file, each with what it says, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


def test_the_container_is_small_hashed_and_not_root() -> None:
    said = instructions()
    names = [name for name, _ in said]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE"}
    assert set(names) <= known | {"STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {value.split()[0] for name, value in said if name == "FROM"} == {"debian:bookworm-slim"}
    assert next(value for name, value in said if name == "USER").split(":")[0] not in ("root", "0")
    assert names.index("USER") > len(names) - 1 - names[::-1].index("FROM")
    assert any("--require-hashes" in value for name, value in said if name == "RUN")
    assert all(isinstance(json.loads(value), list) for name, value in said if name in ("ENTRYPOINT", "CMD"))
    assert dict(said)["STOPSIGNAL"] == "SIGTERM"


def test_the_container_copies_what_is_there_and_names_no_address() -> None:
    for name, value in instructions():
        sources = [part for part in value.split()[:-1] if not part.startswith("--")]
        if name == "COPY" and "--from=" not in value:
            assert [source for source in sources if not (ROOT / source).exists()] == []
        assert not re.search(r"https?://(?!127\.0\.0\.1)", value)

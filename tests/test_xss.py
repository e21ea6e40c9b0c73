"""Open pages full of attacks in a real browser: nothing runs, nothing is asked of anybody else, and the net holds."""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, unquote

import pytest

from bench.browser import CHROMIUM, MISSING, Browser
from bench.payloads import PAYLOADS
from bench.poison import poison
from bench.xss import SCAN, Found, campaign, judge, opened

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=MISSING)]

EVERY = 100  # of the payloads in the tests; `make xss` takes each


def test_there_are_two_hundred_payloads_each_its_own() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 200


def test_no_text_of_a_record_or_of_a_request_runs(folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    shutil.copytree(folder, made, symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    poison(made)
    found = campaign(made, tmp_path, EVERY)
    assert found.wrong == []
    assert found.statuses["200"] > 40
    assert found.asked > 400


class Careless(BaseHTTPRequestHandler):
    """Write what it is asked onto a page as it came, with a policy that lets it run, or with ours."""

    def do_GET(self) -> None:
        asked = unquote(self.path.partition("?")[2])
        body = f"<!doctype html><title>x</title><main>{asked}</main>".encode("utf-8", "replace")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def careless() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Careless)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    "payload",
    [
        "<script>ran(1)</script>",
        "<img src=x onerror=ran(1)>",
        "<svg onload=ran(1)>",
        "<a href='java\tscript:ran(1)'>x</a>",
        "<img src=//stranger.invalid/1>",
        "<style>@import '//stranger.invalid/1';</style>",
        "<form action=//stranger.invalid/1></form>",
        "<base href=//stranger.invalid/>",
        "<p>9409</p>",
    ],
)
def test_the_net_holds_what_a_careless_page_lets_through(browser: Browser, careless: str, payload: str) -> None:
    page, found = opened(browser), Found()
    judge(page, careless + "?" + quote(payload), found)
    page.call("Page.close")
    assert found.wrong != []


def test_most_payloads_would_do_harm_on_a_careless_page(browser: Browser, careless: str) -> None:
    page = opened(browser)
    page.goto(careless)
    page.js(SCAN)
    harmful = 0
    for payload in PAYLOADS:
        html = f"<main><p title='{payload}'>{payload}</p><a href=\"{payload}\">x</a></main>"
        harmful += bool(page.js(f"__scan(new DOMParser().parseFromString({html!r}, 'text/html'))"))
    page.call("Page.close")
    assert harmful > 130

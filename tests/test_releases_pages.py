"""Show that a release is found, downloaded, cited, compared and asked, and that pages say when nothing is taken."""

import gzip
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest

from bench.counter import Counter, counter
from bench.desks import organisation
from graph.errors import said
from server.app import create_app
from server.desk.standing import Standing
from server.settings import Settings
from server.writer.writing import WriterAway

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def desk(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with counter(made, tmp_path_factory.mktemp("releases") / "store") as found:
        assert found.ask("", "GET", "/releases").json == {"releases": []}
        found.writer.ask("release", version="2026.1", notes="The first one.", who="Root", by="test")
        found.publish(organisation("later", "Came later"))
        found.writer.ask("release", version="2026.2", notes="", who="Root", by="test")
        yield found


def test_releases_are_listed_newest_first(desk: Counter) -> None:
    told = desk.ask("", "GET", "/releases").json
    assert told is not None
    assert [each["version"] for each in told["releases"]] == ["2026.2", "2026.1"]
    page = desk.ask("", "GET", "/releases", headers=HTML).text
    assert ("2026.1" in page, "The first one." in page) == (True, True)


def test_a_release_has_its_files_with_their_sums_and_a_citation(desk: Counter) -> None:
    told = desk.ask("", "GET", "/releases/2026.1").json
    assert told is not None
    assert "2026.1" in told["citation"]
    for file in told["files"]:
        data = desk.ask("", "GET", file["url"].replace("http://localhost", "")).data
        assert (len(data), sha256(data).hexdigest()) == (file["size"], file["sha256"])
        assert gzip.decompress(data)
    page = desk.ask("", "GET", "/releases/2026.1", headers=HTML).text
    assert all(file["sha256"] in page for file in told["files"])


def test_a_download_goes_on_where_it_broke_off(desk: Counter) -> None:
    path = "/releases/2026.1/m4sd-2026.1.nq.gz"
    whole = desk.ask("", "GET", path)
    assert (whole.headers["Accept-Ranges"], whole.mimetype) == ("bytes", "application/gzip")
    assert whole.headers["Content-Disposition"].startswith("attachment")
    part = desk.ask("", "GET", path, headers={"Range": "bytes=100-199", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    assert desk.ask("", "GET", path, headers={"Range": "bytes=999999999-"}).status_code == 416
    assert desk.ask("", "GET", path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_the_sums_of_a_release_are_those_of_the_files_that_it_lists(desk: Counter) -> None:
    told = desk.ask("", "GET", "/releases/2026.1").json
    assert told is not None
    path = "/releases/2026.1/SHA256SUMS"
    sums = desk.ask("", "GET", path)
    assert sums.text == "".join(f"{file['sha256']}  {file['name']}\n" for file in told["files"])
    assert sums.mimetype == "text/plain"
    assert desk.ask("", "GET", path, headers={"If-None-Match": sums.headers["ETag"]}).status_code == 304
    assert desk.ask("", "GET", path, headers={"Range": "bytes=0-63"}).text == told["files"][0]["sha256"]


@pytest.mark.parametrize(
    "path",
    ["2026.1/..%2f..%2faccounts.db", "2026.1/..%2frelease.json", "2026.1/store", "..",
     ".2026.3.part", "2026.1/build.json",
     "..%2f000001", "2026.1/m4sd-2026.2.nq.gz", "2026.9", "2026.9/x", "2026.1%00"],
)  # fmt: skip
def test_nothing_else_comes_out(desk: Counter, path: str) -> None:
    assert desk.ask("", "GET", f"/releases/{path}").status_code == 404


def test_two_releases_are_compared(desk: Counter) -> None:
    told = desk.ask("", "GET", "/releases/compare?from=2026.1&to=2026.2").json
    assert told is not None
    (record,) = told["records"]
    assert record["graph"] == "https://w3id.org/m4sd/graph/partner/later"
    assert (record["added"] > 0, record["removed"]) == (True, 0)
    assert desk.ask("", "GET", "/releases/compare?from=2026.2&to=2026.2").json["records"] == []  # type: ignore[index]
    page = desk.ask("", "GET", "/releases/compare?from=2026.1&to=2026.2", headers=HTML)
    assert (page.status_code, "partner/later" in page.text) == (200, True)
    for lacking in ("", "?from=2026.1", "?from=2026.1&to="):
        answer = desk.ask("", "GET", f"/releases/compare{lacking}")
        assert (answer.status_code, "from=" in answer.text, "to=" in answer.text) == (400, True, True)


def test_a_query_is_answered_on_a_release(desk: Counter) -> None:
    counts = {version: number(desk, version) for version in ("2026.1", "2026.2", "")}
    assert counts["2026.1"] < counts["2026.2"] == counts[""]
    assert number(desk, "2026.1") == counts["2026.1"]
    wrong = desk.ask("", "GET", "/sparql", query_string={"query": ALL, "version": "1999"})
    assert (wrong.status_code, wrong.json["versions"]) == (404, ["2026.1", "2026.2"])  # type: ignore[index]
    for evil in ("../000001", ".", "..", "2026.1/store", "2026.1\n"):
        answer = desk.ask("", "GET", "/sparql", query_string={"query": ALL, "version": evil})
        assert answer.status_code == 404, evil


def test_the_query_page_keeps_the_release_in_all_that_it_offers(desk: Counter) -> None:
    asked = {"query": ALL, "version": "2026.1"}
    page = desk.ask("", "GET", "/sparql", query_string=asked, headers=HTML).text
    assert '<input type="hidden" name="version" value="2026.1">' in page
    assert "Asked of release 2026.1" in page
    offered = [each for each in re.findall(r'href="(/sparql\?[^"]*query=[^"]*)"', page) if "edit=" not in each]
    assert len(offered) > 6
    assert [each for each in offered if "version=2026.1" not in each] == []
    assert page.count("version=2026.1") > len(offered)  # the code to copy names it too
    made = desk.ask("", "POST", "/links", data=asked)
    assert made.json is not None
    assert made.json["link"].endswith("?version=2026.1")
    path = made.json["link"].partition("localhost")[2]
    assert json.loads(desk.ask("", "GET", path).data)["results"]["bindings"][0]["n"]["value"] == str(
        number(desk, "2026.1")
    )


def number(desk: Counter, version: str) -> int:
    asked = {"query": ALL, **({"version": version} if version else {})}
    answer = desk.ask("", "GET", "/sparql", query_string=asked)
    return int(json.loads(answer.data)["results"]["bindings"][0]["n"]["value"])


def test_other_pages_show_a_release_too(desk: Counter) -> None:
    assert desk.ask("", "GET", "/page/later", headers=HTML).status_code == 200
    assert desk.ask("", "GET", "/page/later?version=2026.2", headers=HTML).status_code == 200
    assert desk.ask("", "GET", "/page/later?version=2026.1", headers=HTML).status_code in (404, 410)


class Away:
    """Be a writer that does not answer."""

    def ask(self, deed: str, **told: object) -> object:
        raise WriterAway(after=5)


class Full:
    """Be a writer whose disk is nearly full."""

    def ask(self, deed: str, **told: object) -> object:
        words = said("The disk has {free} MB left.", free=3)
        return {"read_only": {"template": words.template, "data": dict(words.data)}}


def test_every_page_says_when_nothing_can_be_changed(desk: Counter) -> None:
    app = create_app(Settings(store=desk.folder, log=False), Full())
    client = app.test_client()
    for _ in range(200):
        page = client.get("/limits", headers=HTML)
        if "3 MB left" in page.text:
            break
        sleep(0.05)
    assert (page.status_code, 'class="banner"' in page.text) == (200, True)
    assert 'class="banner"' not in desk.ask("", "GET", "/limits", headers=HTML).text


def test_a_writer_that_is_being_replaced_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(Away())
    standing._ask_now()
    assert standing.banner() is None
    monkeypatch.setattr("server.desk.standing._AWAY", -1.0)
    standing._ask_now()
    assert standing.banner() is not None

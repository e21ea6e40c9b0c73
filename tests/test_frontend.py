"""Hold what `frontend/` builds against what is committed, and against what may be given away."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.settings import Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FRONTEND, STATIC = ROOT / "frontend", ROOT / "server" / "static"
NODE, NPM = shutil.which("node"), shutil.which("npm")
LOCK = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client(small: Path) -> FlaskClient:
    return create_app(Settings(store=small)).test_client()


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what Node makes of the sources just now."""
    if not NODE or not NPM:
        pytest.skip("no Node is here to build with; on Debian: apt-get install nodejs npm")
    sources, folder = tmp_path_factory.mktemp("frontend"), tmp_path_factory.mktemp("static")
    shutil.copytree(FRONTEND, sources, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    got = subprocess.run([NPM, "ci", "--ignore-scripts", "--no-audit"], cwd=sources, capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"the packages cannot be fetched here: {got.stderr[-300:]}")
    subprocess.run([NODE, "build.mjs", str(folder)], cwd=sources, check=True)
    return folder


def places(folder: Path) -> dict[str, bytes]:
    """Return what a build leaves behind, by its name."""
    built = set(json.loads((folder / "built.json").read_text(encoding="utf-8")).values())
    named = [path for path in folder.iterdir() if path.name in {*built, "built.json", "world.json"}]
    licences = [path for path in (folder / "licences").iterdir() if path.stem in ("editor", "world")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (*named, *licences)}


def test_what_is_committed_is_what_the_sources_make(rebuilt: Path) -> None:
    assert places(rebuilt) == places(STATIC)


def test_no_older_build_lies_beside_the_present_one() -> None:
    built = json.loads((STATIC / "built.json").read_text(encoding="utf-8"))
    assert {path.name for path in STATIC.glob("*-*.*")} >= set(built.values())
    for name, present in built.items():
        stem, _, ending = name.partition(".")
        assert [path.name for path in STATIC.glob(f"{stem}-*.{ending}")] == [present]


def test_the_lock_names_no_address_and_holds_every_package_to_its_digest() -> None:
    packages = {name: each for name, each in LOCK["packages"].items() if name}
    assert "://" not in re.sub(r'"(?:funding|url)": ?"[^"]*"', "", json.dumps(packages))
    assert [name for name, each in packages.items() if "resolved" in each or "integrity" not in each] == []


def test_every_direct_package_has_one_exact_version() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    pinned = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in pinned.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert pinned["codemirror"] == "6.0.2"  # a later number on the registry is an old release under a new one


def test_each_bundled_package_has_its_licence_beside_it() -> None:
    told = (STATIC / "licences" / "editor.txt").read_text(encoding="utf-8")
    names = [name.removeprefix("node_modules/") for name, each in LOCK["packages"].items() if not each.get("dev")]
    bundled = [name for name in names if re.search(rf"^{re.escape(name)} \d", told, re.MULTILINE)]
    assert {"codemirror", "@codemirror/view", "codemirror-lang-sparql", "@lezer/lr"} <= set(bundled)
    assert told.count("MIT") >= len(bundled)
    assert "Michael Bostock" in (STATIC / "licences" / "world.txt").read_text(encoding="utf-8")


def test_nothing_built_asks_another_host_or_makes_code_of_text() -> None:
    code = next(STATIC.glob("editor-*.js")).read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", code))
    assert hosts <= {"www.w3.org"}  # a namespace of SVG
    assert not re.search(r"\beval\(|new Function\(|document\.write|\.innerHTML\s*=", code)


def test_a_built_file_is_kept_for_ever_and_others_are_asked_for_again(client: FlaskClient) -> None:
    built = json.loads((STATIC / "built.json").read_text(encoding="utf-8"))
    for name in built.values():
        assert "immutable" in client.get(f"/static/{name}", buffered=True).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/m4sd.css", buffered=True).headers["Cache-Control"]


def test_a_static_file_comes_compressed_and_is_known_again(client: FlaskClient) -> None:
    plain, small = (
        client.get("/static/m4sd.css", headers={"Accept-Encoding": each}, buffered=True)
        for each in ("identity", "gzip")
    )
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) * 3 < len(plain.data)
    again = {"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    assert client.get("/static/m4sd.css", headers=again, buffered=True).status_code == 304


def test_the_editor_is_loaded_on_the_query_page_only(client: FlaskClient) -> None:
    html = {"Accept": "text/html"}
    assert "/static/editor-" in client.get("/sparql", headers=html).text
    assert "/static/editor-" not in client.get("/examples", headers=html).text

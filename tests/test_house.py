"""Keep the house: imports go down only, one library lives in one room, and our names are ours alone."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("ontology", "shapes", "graph", "server")
LONGEST = 300  # lines; at that size a module has a second idea

# library -> the rooms that may import it; a room is a module or a folder
ROOMS = {
    "argon2": ("server/identity/people.py",),
    "babel": ("server/words.py", "server/app.py", "graph/load/area_names.py"),
    "click": ("server/cli/",),
    "flask": ("server/",),
    "flask_wtf": ("server/identity/identity.py",),
    "itsdangerous": ("server/desk/anyone.py",),
    "granian": ("server/operation/serving.py",),
    "openpyxl": ("graph/template/", "graph/validate/written/"),
    "owlready2": ("graph/check/hermit.py",),
    "prometheus_client": ("server/operation/metrics.py",),
    "pycountry": ("graph/load/",),
    "pyowl2_profiles": ("graph/check/profile.py",),
    "pyshacl": ("graph/validate/",),
    "rapidfuzz": (
        "graph/desk/likeness.py",
        "graph/empty/",
        "graph/sparql/nearest.py",
        "graph/places/",
        "graph/search/",
        "graph/validate/",
    ),
    "rdflib": ("graph/validate/",),
    "rich": ("server/cli/terminal.py",),
    "werkzeug": ("server/",),
}


def modules() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", modules(), ids=place)
def test_imports_go_down_only(path: Path) -> None:
    floor = FLOORS.index(place(path).partition("/")[0])
    up = [name for name in imports(path) if name.partition(".")[0] in FLOORS[floor + 1 :]]
    assert up == []


@pytest.mark.parametrize("path", modules(), ids=place)
def test_a_library_is_used_in_its_own_room_only(path: Path) -> None:
    used = {name.partition(".")[0] for name in imports(path)}
    astray = [library for library in used & set(ROOMS) if not place(path).startswith(ROOMS[library])]
    assert astray == []


@pytest.mark.parametrize("path", modules(), ids=place)
def test_a_module_is_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_room_in_the_table_exists_and_uses_its_library() -> None:
    used = {(name.partition(".")[0], place(path)) for path in modules() for name in imports(path)}
    empty = [
        (library, room)
        for library, rooms in ROOMS.items()
        for room in rooms
        if not any(library == name and where.startswith(room) for name, where in used)
    ]
    assert empty == []


def test_only_the_store_opens_a_store() -> None:
    opening = [place(p) for p in modules() if "pyoxigraph.Store" in p.read_text(encoding="utf-8")]
    importing = [
        place(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "pyoxigraph"
        if any(alias.name == "Store" for alias in node.names)
    ]
    assert (opening, importing) == (["graph/store.py"], [])


def test_only_the_server_reads_the_environment() -> None:
    below = [path for path in modules() if not place(path).startswith("server/")]
    assert [place(path) for path in below if "os.environ" in path.read_text(encoding="utf-8")] == []


def test_the_packages_themselves_hold_no_code() -> None:
    for path in (path for path in modules() if path.name == "__init__.py" and place(path).startswith(FLOORS[2:])):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert [type(node) for node in body] == [ast.Expr], place(path)


def test_no_package_hides_ours_in_the_tests() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert not [floor for floor in FLOORS if (ROOT / "tests" / floor).exists()]


def test_no_other_distribution_owns_our_names() -> None:
    owners = packages_distributions()
    assert {floor: set(owners.get(floor, ())) - {"m4sd-graph"} for floor in FLOORS} == {
        floor: set() for floor in FLOORS
    }


def test_no_committed_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    index = re.compile("pypi" + r"\.org|pythonhosted" + r"\.org|registry\.npmjs" + r"\.org")
    machine = re.compile(r"(?<![\w./:>-])/(?:home|ro" + "ot|wo" + "rk)/")
    kinds = {".md", ".toml", ".lock", ".py", ".json", ".ttl", ".rq", ".tsv", ".html", ".css", ".po", ""}
    kept = [p for folder in (*FLOORS, "tests", "docs", "bench", ".ci") for p in (ROOT / folder).rglob("*")]
    texts = [p for p in (*ROOT.iterdir(), *kept) if p.is_file() and p.suffix in kinds]
    found = [place(p) for p in texts if index.search(_text(p)) or machine.search(_text(p))]
    assert found == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")


def test_the_web_process_loads_no_engine_for_shapes() -> None:
    """It would take 20 MB and a twentieth of a second of each start; only workers and the writer hold shapes."""
    loaded = "import sys, server.app; print(*{'rdflib', 'pyshacl', 'owlready2'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split() == []
    )

"""Try the benchmark against the peers in its short form: it runs, its figures are there, and engines agree."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bench import data
from bench.report import Measure, goals, medians, ratios

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_short_form_measures_our_server_and_holds_its_answers_against_rdflib(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.compare", "--short", "--seconds", "1", "--peers", "m4sd"]
    subprocess.run([*command, "--port", str(port), "--out", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    figures = json.loads(next(tmp_path.glob("compare-*.json")).read_text(encoding="utf-8"))
    assert {name: told["rdflib"] for name, told in figures["agreement"].items()} == dict.fromkeys(
        ("funder", "goals", "point", "star", "table"), True
    )
    assert all(told["rows"] > 0 for told in figures["agreement"].values())
    measured = {workload: peers["m4sd"] for workload, peers in figures["figures"].items()}
    assert {"point", "repeated", "table, alone"} <= set(measured)
    assert all(found["failed"] == 0 for found in measured.values())
    assert all(found.get("per_s", 1) > 0 for found in measured.values())
    assert "| m4sd |" in (tmp_path / "compare.md").read_text(encoding="utf-8")


def test_the_graph_is_the_same_each_time_and_of_the_size_that_was_asked(tmp_path: Path) -> None:
    counts = [data.write(tmp_path / name, 20_000) for name in ("a.nt", "b.nt")]
    assert (tmp_path / "a.nt").read_bytes() == (tmp_path / "b.nt").read_bytes()
    assert counts[0] == pytest.approx(20_000, rel=0.2)


def test_figures_are_medians_and_ratios_are_taken_within_a_round() -> None:
    rates = {"m4sd": (10.0, 30.0, 20.0), "oxigraph": (40.0, 60.0, 100.0)}
    measures = [
        Measure(turn, "repeated", peer, {"per_s": rate})
        for peer, each in rates.items()
        for turn, rate in enumerate(each)
    ]
    assert medians(measures)["repeated"] == {"m4sd": {"per_s": 20.0}, "oxigraph": {"per_s": 60.0}}
    compared = ratios(measures)
    assert compared["repeated"] == {"m4sd / oxigraph": 0.25}
    assert [goal["met"] for goal in goals(compared, medians(measures))] == [True]

"""Compare our endpoint with its peers: the same graph, the same questions, in one run, in turns.

    python -m bench.compare --tools .bench      every peer that is installed, a million triples, half an hour
    python -m bench.compare --short             a smoke test: 20,000 triples, two seconds a turn

Turns alternate (A B C A B C ...), so that what else the machine does falls on all alike; figures are medians over the
rounds, and ratios are medians of the ratios within each round. Writes `bench/results/compare-{date}.json` and a table.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from bench import data
from bench.agree import agreement
from bench.client import CSV, JSON, Asker, Question, press
from bench.peers import PEERS, Ours, Peer, Proxied
from bench.report import Figures, Measure, as_markdown, goals, medians, ratios

HERE = Path(__file__).parent
RESULTS = HERE / "results"
TURN_LIMIT = 20.0  # seconds that the questions of one kind may take in one turn


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how much to measure."""

    triples: int = 1_000_000
    rounds: int = 5
    seconds: float = 6.0
    asks: int = 10


SHORT = Plan(triples=20_000, rounds=1, seconds=2.0, asks=2)


def questions(plan: Plan) -> dict[str, Question]:
    """Return the questions, with the numbers that fill their blanks: three-digit countries, funders of middle size."""
    blanks = {"point": (0, data.activities(plan.triples)), "star": (100, 90), "funder": (5, 30)}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "questions").glob("*.rq"))}
    return {name: Question(name, text, *blanks.get(name, (0, 1))) for name, text in texts.items()}


def compare(plan: Plan, tools: Path, wanted: tuple[str, ...], port: int) -> dict[str, Any]:  # Any: plain JSON
    """Start every peer that is installed, ask them in turns, and return the figures."""
    asked = questions(plan)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # nginx, started as root, works as nobody
        file = folder / "data" / "graph.nt"
        file.parent.mkdir()
        triples = data.write(file, plan.triples)
        peers, about = _started(stack, tools, folder, file, wanted, port)
        _tell("holding the answers against each other")
        agreed = agreement(peers, list(asked.values()), file if plan.triples <= SHORT.triples else None)
        measured = list(_measured(plan, peers, asked))
        for peer in peers:
            about[peer.name]["memory_mb"] = round(peer.usage().memory)
    compared = ratios(measured)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "client": "wrk" if shutil.which("wrk") else "threads of Python",
        "plan": asdict(plan),
        "triples": triples,
        "peers": about,
        "agreement": agreed,
        "figures": medians(measured),
        "ratios": compared,
        "goals": goals(compared, medians(measured)),
    }


def _started(
    stack: ExitStack, tools: Path, folder: Path, file: Path, wanted: tuple[str, ...], port: int
) -> tuple[list[Peer], dict[str, dict[str, object]]]:
    """Start the peers; say of each its version and loading time, or why it is not there."""
    ours = Ours(tools, folder, port)
    others: list[Peer] = [kind(tools, folder, port + 2 * place) for place, kind in enumerate(PEERS) if kind is not Ours]
    proxied = Proxied(tools, folder, port + 2 * len(PEERS), ours)
    started: list[Peer] = []
    about: dict[str, dict[str, object]] = {}
    for peer in (ours, proxied, *others):
        if wanted and peer.name not in wanted:
            continue
        missing = peer.missing()
        if missing:
            about[peer.name] = {"missing": missing}
            continue
        stack.callback(peer.stop)
        begin = monotonic()
        _tell(f"starting {peer.name}")
        try:
            peer.start(file)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            if peer is ours:
                raise
            about[peer.name] = {"missing": f"{type(error).__name__} while starting"}
            continue
        about[peer.name] = {"version": peer.version(), "start_s": round(monotonic() - begin, 1)}
        started.append(peer)
    return started, about


def _measured(plan: Plan, peers: list[Peer], asked: dict[str, Question]) -> Iterator[Measure]:
    numbers = count(1_000_000, 10_000_000)  # each turn begins where no earlier one has been
    for turn in range(plan.rounds):
        for name, question, vary in (
            ("point", asked["point"], True),
            ("repeated", asked["point"], False),
            ("star", asked["star"], True),
        ):
            start = next(numbers)
            _tell(f"round {turn + 1} of {plan.rounds}: {name}")
            for peer in peers:
                yield Measure(turn, name, peer.name, _pressed(peer, question, start, plan.seconds, vary))
        for name in ("star", "funder", "goals", "table"):
            start = next(numbers)
            _tell(f"round {turn + 1} of {plan.rounds}: {name}, alone")
            for peer in peers:
                yield Measure(turn, f"{name}, alone", peer.name, _timed(peer, asked[name], start, plan.asks))


def _pressed(peer: Peer, question: Question, start: int, seconds: float, vary: bool) -> Figures:
    before = peer.usage().cpu
    load = press(peer.url, question, start, seconds, vary)
    spent = peer.usage().cpu - before
    return {
        "per_s": load.rate,
        "p50_ms": load.p50_ms,
        "p99_ms": load.p99_ms,
        "cpu_ms": spent * 1000 / max(load.requests, 1),
        "failed": load.failed,
    }


def _timed(peer: Peer, question: Question, start: int, asks: int) -> Figures:
    """Ask one after the other, as often as the time allows; the table is asked as CSV."""
    asker, accept = Asker(peer.url), CSV if question.name == "table" else JSON
    firsts, lasts, failed = [], [], 0
    before, begin = peer.usage().cpu, monotonic()
    for number in range(start, start + asks):
        answered = asker.ask(question.text(number), accept)
        firsts.append(answered.first * 1000)
        lasts.append(answered.last * 1000)
        failed += answered.status != 200
        if monotonic() - begin > TURN_LIMIT:
            break
    asker.close()
    spent = peer.usage().cpu - before
    middle = len(lasts) // 2
    return {
        "first_ms": sorted(firsts)[middle],
        "last_ms": sorted(lasts)[middle],
        "cpu_ms": spent * 1000 / len(lasts),
        "failed": failed,
    }


def _tell(step: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {step}", file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line, compare, write the figures down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="a smoke test")
    parser.add_argument("--tools", type=Path, default=Path(".bench"), help="the folder with the peers' programs")
    parser.add_argument("--peers", default="", help="only these, with commas between")
    parser.add_argument("--port", type=int, default=8440, help="the first of sixteen ports")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="the length of a turn")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    plan = SHORT if given.short else Plan()
    plan = Plan(plan.triples, given.rounds or plan.rounds, given.seconds or plan.seconds, plan.asks)
    wanted = tuple(filter(None, given.peers.split(",")))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # the peers are stopped on the way out
    figures = compare(plan, given.tools.resolve(), wanted, given.port)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / f"compare-{figures['date']}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    table = as_markdown(figures)
    (given.out / "compare.md").write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()

"""Kill the process that writes at random moments, and hold what the next one finds against what was acknowledged."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from bench.durable_child import expected
from bench.figures import percentile_ms

COMMAND = (sys.executable, "-m", "bench.durable_child")
EARLY = 0.15  # share of the kills that come at any time after the start, also while it recovers
LONGEST = 5.0  # seconds that a start may take


@dataclass(slots=True)
class Tally:
    """Count what happened."""

    kills: int = 0
    acknowledged: int = 0
    starts: int = 0
    lost: int = 0
    partial: int = 0
    failed_starts: int = 0
    killed_while_starting: int = 0
    unacknowledged_but_kept: int = 0
    seconds: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def kills(folder: Path, count: int, commits: int, mean: float = 0.25, seed: int = 1) -> dict[str, object]:
    """Kill so many times, and until so many changes were acknowledged; `ok` tells whether nothing was lost."""
    tally, chance, told, begin = Tally(), Random(seed), 0, monotonic()
    while tally.kills < count or tally.acknowledged < commits:
        early = chance.random() < EARLY
        told = _life(folder, tally, told, chance.uniform(0, mean * 2), early)
    told = _life(folder, tally, told, 0.5, False)
    worst = max(tally.seconds)
    good = not (tally.lost or tally.partial or tally.failed_starts) and worst <= LONGEST
    figures = {key: value for key, value in asdict(tally).items() if key != "seconds"}
    return {
        "ok": good,
        **figures,
        "start_p50_ms": percentile_ms(tally.seconds, 0.5),
        "start_p99_ms": percentile_ms(tally.seconds, 0.99),
        "start_longest_s": round(worst, 2),
        "journal_bytes": sum(path.stat().st_size for path in (folder / "journal").iterdir()),
        "minutes": round((monotonic() - begin) / 60, 1),
    }


def _life(folder: Path, tally: Tally, told: int, pause: float, early: bool) -> int:
    """Let one process write until it is killed; return the last change that it told of, or that is known otherwise."""
    begin = monotonic()
    with subprocess.Popen([*COMMAND, "write", str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines: list[str] = []
        if not early:
            lines.append(process.stdout.readline())
            tally.seconds.append(monotonic() - begin)
        sleep(pause)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
    tally.kills += process.returncode == -signal.SIGKILL
    known = [json.loads(line) for line in lines if line.endswith("\n")]
    if not known:
        tally.killed_while_starting += 1
        if not early:
            tally.failed_starts += 1
            tally.notes.append(f"no start after change {told}")
        return told
    return _held(tally, told, known)


def _held(tally: Tally, told: int, known: list[dict[str, Any]]) -> int:  # plain JSON
    """Hold what a start found against what was told before, and count what was told since."""
    first = known[0]
    if "sequence" not in first:
        tally.failed_starts += 1
        tally.notes.append(str(first))
        return told
    tally.starts += 1
    number = int(first["sequence"])
    tally.lost += number < told
    tally.unacknowledged_but_kept += number == told + 1
    if tuple(first["found"]) != expected(number) or number > told + 1:
        tally.partial += 1
        tally.notes.append(f"change {number}, told {told}: the store is not what it must be")
    done = [int(each["done"]) for each in known[1:] if "done" in each]
    tally.acknowledged += len(done)
    others = [each for each in known[1:] if "done" not in each]
    tally.notes += [str(each) for each in others]
    tally.failed_starts += len(others)
    return max([number, *done])

"""Fill a small disk while the writer writes and readers read; give the space back, and see that nothing is lost."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep

from bench.durable_child import BROKEN, expected
from bench.durable_kills import COMMAND
from graph.store import read_only

SIZE = "64m"
MARGIN = 3 << 20
PATIENCE = 60.0


@dataclass(slots=True)
class Tally:
    """Count what happened."""

    runs: int = 0
    acknowledged: int = 0
    lost: int = 0
    partial: int = 0
    writers_ended_by_the_full_disk: int = 0
    refused_starts_while_full: int = 0
    refused_in_words_below_the_margin: int = 0
    not_recovered: int = 0
    reads: int = 0
    reads_failed: int = 0
    notes: list[str] = field(default_factory=list)


def full(mount: Path, runs: int, seed: int = 1) -> dict[str, object]:
    """Do so many runs on a disk of 64 MB; half with a margin, half without. Needs leave to mount a tmpfs."""
    tally, chance, begin = Tally(), Random(seed), monotonic()
    for number in range(runs):
        try:
            with small_disk(mount):
                _run(mount / "store", mount / "ballast", tally, chance, margin=number % 2 * MARGIN)
        except PermissionError as error:
            return {"ok": None, "skipped": f"no small disk can be mounted here: {error}"}
    bad = tally.lost + tally.partial + tally.not_recovered + tally.reads_failed
    return {"ok": not bad, **asdict(tally), "minutes": round((monotonic() - begin) / 60, 1)}


@contextmanager
def small_disk(mount: Path) -> Iterator[None]:
    """Mount a small disk in memory; raise PermissionError where that is not allowed."""
    mount.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(mount)], capture_output=True, text=True
    )
    if done.returncode:
        raise PermissionError(done.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def _run(store: Path, ballast: Path, tally: Tally, chance: Random, margin: int) -> None:
    """Fill the disk under a writer; let it end or refuse; make room; let the next one go on."""
    tally.runs += 1
    told = _written(store, tally, 0, ["--most", str(chance.randrange(20, 120)), "--every", "7"])
    with _reading(store, tally):
        _fill(ballast, chance.randrange(margin + (1 << 16), margin + (1 << 20)))
        told = _until_full(store, ballast, tally, told, margin)
        if margin == 0:
            told = _starts_while_full(store, tally, told)
        ballast.unlink(missing_ok=True)
        after = _written(store, tally, told, ["--most", "30"])
        tally.not_recovered += after < told + 30


def _until_full(store: Path, ballast: Path, tally: Tally, told: int, margin: int) -> int:
    """Let a writer write until the disk is full; with a margin it goes on by itself once there is room again."""
    command = [*COMMAND, "write", str(store), "--margin", str(margin), "--every", "7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        refused, begin, after = False, monotonic(), 0
        for line in process.stdout:
            said = json.loads(line)
            told, after = _told(line, told, tally), after + ("done" in said and refused)
            if "full" in said and not refused:
                refused = True
                tally.refused_in_words_below_the_margin += 1
                ballast.unlink()
            if after >= 20 or monotonic() - begin > PATIENCE:
                process.kill()
        process.wait()
    tally.writers_ended_by_the_full_disk += process.returncode == BROKEN
    tally.not_recovered += bool(margin) and after < 20
    return told


def _starts_while_full(store: Path, tally: Tally, told: int) -> int:
    for _ in range(3):
        command = [*COMMAND, "write", str(store), "--most", "40", "--every", "7"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        for line in done.stdout.splitlines():
            told = _told(line, told, tally)
        tally.refused_starts_while_full += done.returncode != 0
    return told


def _written(store: Path, tally: Tally, told: int, options: list[str]) -> int:
    done = subprocess.run([*COMMAND, "write", str(store), *options], capture_output=True, text=True, timeout=PATIENCE)
    for line in done.stdout.splitlines():
        told = _told(line, told, tally)
    if done.returncode:
        tally.notes.append(f"{done.returncode}: {done.stdout[-300:]} {done.stderr[-300:]}")
    return told


def _told(line: str, told: int, tally: Tally) -> int:
    """Take in a line of a writer; hold what it found at its start against what was told before."""
    said = json.loads(line)
    if "sequence" in said:
        number = int(said["sequence"])
        tally.lost += number < told
        tally.partial += number > told + 1 or tuple(said["found"]) != expected(number)
        return max(number, told)
    tally.acknowledged += "done" in said
    return max(told, int(said.get("done", 0)))


def _fill(ballast: Path, left: int) -> None:
    """Leave only so many bytes free."""
    found = os.statvfs(ballast.parent)
    with ballast.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(found.f_bavail * found.f_frsize - left, 1))


@contextmanager
def _reading(store: Path, tally: Tally) -> Iterator[None]:
    """Read the newest snapshot over and over, as query workers do."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                tally.reads += any(True for _ in zip(read_only(store).quads(), range(5), strict=False))
            except (OSError, RuntimeError) as error:
                tally.reads_failed += 1
                tally.notes.append(f"read: {error}"[:300])
            sleep(0.02)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

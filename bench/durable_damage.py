"""Damage what the writer wrote, one thing at a time, and see that it is recovered whole or refused loudly."""

import json
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from bench.durable_child import BROKEN, expected
from bench.durable_kills import COMMAND
from graph.journal.head import Head, write_head

SEGMENT = 12_000
Damage = Callable[[Path, Random], str]


def damages(scratch: Path, count: int, seed: int = 1) -> dict[str, object]:
    """Do so many damages to copies of a folder; `ok` tells whether each was recovered whole or refused."""
    chance, outcomes, silent, begin = Random(seed), Counter[str](), [], monotonic()
    by_kind: dict[str, Counter[str]] = {}
    kinds = list(KINDS.items())
    for number in range(count):
        if number % len(kinds) == 0:
            folder, told = _written(scratch / "base", chance)
        kind, damage = kinds[number % len(kinds)]
        copy = scratch / "damaged"
        shutil.rmtree(copy, ignore_errors=True)
        subprocess.run(["cp", "-a", str(folder), str(copy)], check=True)  # hard links stay hard links
        what = damage(copy, chance)
        outcome = _outcome(copy, told)
        outcomes[outcome.partition(":")[0]] += 1
        by_kind.setdefault(kind, Counter())[outcome.partition(":")[0]] += 1
        if outcome.startswith(("silent", "crashed")):
            silent.append(f"{kind}: {what}: {outcome}")
    return {
        "ok": not silent,
        "damages": count,
        "outcomes": dict(outcomes),
        "by_kind": {kind: dict(found) for kind, found in by_kind.items()},
        "silent": silent,
        "minutes": round((monotonic() - begin) / 60, 1),
    }


def _written(folder: Path, chance: Random) -> tuple[Path, int]:
    """Let a process write in an empty folder, kill it, and return the last change that it told of."""
    shutil.rmtree(folder, ignore_errors=True)
    most = chance.randrange(45, 90)
    command = [*COMMAND, "write", str(folder), "--every", str(chance.randrange(8, 40)), "--segment", str(SEGMENT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(most)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
    return folder, max(json.loads(line).get("done", 0) for line in lines if line.endswith("\n"))


def _outcome(folder: Path, told: int) -> str:
    """Start as the service would, a second time where the first start ends so, and say what came of it."""
    for _ in range(2):
        command = [*COMMAND, "look", str(folder), "--segment", str(SEGMENT)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        said: dict[str, Any] = {}
        for line in done.stdout.splitlines():
            said |= json.loads(line)
        if "refused" in said:
            return f"refused: {said['refused']}"
        if done.returncode != BROKEN:
            break
    if done.returncode or "problems" not in said:
        return f"crashed: {done.returncode} {done.stdout[-200:]} {done.stderr[-400:]}"
    number = int(said["sequence"])
    if number not in (told, told + 1) or tuple(said["found"]) != expected(number):
        return f"silent: {told} were acknowledged, {number} found"
    return f"silent: {said['problems']}" if said["problems"] else "recovered: whole"


def _one(folder: Path, pattern: str, chance: Random) -> Path:
    found = sorted(path for path in folder.glob(pattern) if path.is_file() and path.stat().st_size)
    return chance.choice(found) if found else next(iter(sorted((folder / "journal").glob("*.rdfp"))))


def flip(pattern: str) -> Damage:
    """Flip one bit of a file."""

    def act(folder: Path, chance: Random) -> str:
        path = _one(folder, pattern, chance)
        data = bytearray(path.read_bytes())
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        return f"{path.name} bit at {at}"

    return act


def cut(pattern: str) -> Damage:
    """Cut a file off."""

    def act(folder: Path, chance: Random) -> str:
        path = _one(folder, pattern, chance)
        data = path.read_bytes()
        at = chance.randrange(len(data))
        path.write_bytes(data[:at])
        return f"{path.name} cut at {at}"

    return act


def zero(pattern: str) -> Damage:
    """Overwrite a part of a file with zeros."""

    def act(folder: Path, chance: Random) -> str:
        path = _one(folder, pattern, chance)
        data = bytearray(path.read_bytes())
        at = chance.randrange(len(data))
        end = min(at + 512, len(data))
        data[at:end] = bytes(end - at)
        path.write_bytes(data)
        return f"{path.name} zeros from {at}"

    return act


def remove(pattern: str) -> Damage:
    """Delete a file."""

    def act(folder: Path, chance: Random) -> str:
        path = _one(folder, pattern, chance)
        path.unlink()
        return f"{path.name} deleted"

    return act


def gone(*names: str) -> Damage:
    """Delete whole folders or files."""

    def act(folder: Path, chance: Random) -> str:
        for name in names:
            for path in folder.glob(name):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return " ".join(names)

    return act


def entry_less(folder: Path, chance: Random) -> str:
    """Cut the journal at the end of an entry, so that what is left is well-formed."""
    path = sorted((folder / "journal").glob("*.rdfp"))[-1]
    data = path.read_bytes()
    ends = [at + 6 for at in range(len(data)) if data.startswith(b"\nTC .\n", at)][:-1]
    path.write_bytes(data[: chance.choice(ends) if ends else 0])
    return f"{path.name} shorter by whole entries"


def other_head(folder: Path, chance: Random) -> str:
    """Write a head that fits its own check and names another entry."""
    number = chance.randrange(1, 200)
    write_head(folder, Head(number, f"{chance.getrandbits(256):064x}"))
    return f"head {number}"


KINDS: dict[str, Damage] = {
    "journal cut": cut("journal/*.rdfp"),
    "journal bit flipped": flip("journal/*.rdfp"),
    "journal zeros": zero("journal/*.rdfp"),
    "journal file deleted": remove("journal/*.rdfp"),
    "journal shorter by whole entries": entry_less,
    "journal folder gone": gone("journal"),
    "what is remembered of sealed files flipped": flip("journal/sealed"),
    "what is remembered of sealed files deleted": remove("journal/sealed"),
    "write-ahead log cut": cut("live/store/*.log"),
    "write-ahead log bit flipped": flip("live/store/*.log"),
    "write-ahead log zeros": zero("live/store/*.log"),
    "write-ahead log deleted": remove("live/store/*.log"),
    "table cut": cut("live/store/*.sst"),
    "table bit flipped": flip("live/store/*.sst"),
    "table deleted": remove("live/store/*.sst"),
    "manifest bit flipped": flip("live/store/MANIFEST-*"),
    "manifest cut": cut("live/store/MANIFEST-*"),
    "manifest deleted": remove("live/store/MANIFEST-*"),
    "CURRENT bit flipped": flip("live/store/CURRENT"),
    "CURRENT deleted": remove("live/store/CURRENT"),
    "options bit flipped": flip("live/store/OPTIONS-*"),
    "store folder gone": gone("live/store"),
    "store folder and snapshots gone": gone("live", "0*", "current"),
    "head file gone": gone("head"),
    "head file bit flipped": flip("head"),
    "head file names another entry": other_head,
    "newest snapshot and store gone": gone("live", "current"),
}

"""Measure a server from outside: the processor time and the memory of its whole process tree, read from /proc."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name in brackets (proc(5)): parent, then own and reaped children's time.
PARENT, UTIME, CSTIME = 1, 11, 15


@dataclass(frozen=True, slots=True)
class Usage:
    """Say what a process tree has used so far: seconds of processor, megabytes of memory not shared with others."""

    cpu: float
    memory: float
    processes: int


def tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (stat := _stat(int(path.name))):
            children[int(stat[PARENT])].append(int(path.name))
    found = [root]
    for pid in found:  # grows while it is walked
        found.extend(children[pid])
    return found


def usage(*roots: int) -> Usage:
    """Return what the trees of these processes use; children that have ended count with the parent that reaped them."""
    pids = [pid for root in roots for pid in tree(root)]
    ticks = sum(sum(int(field) for field in stat[UTIME : CSTIME + 1]) for pid in pids if (stat := _stat(pid)))
    return Usage(ticks / TICK, sum(map(_memory, pids)), len(pids))


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended
        return []
    return text[text.rindex(")") + 2 :].split()


def _memory(pid: int) -> float:
    """Return the proportional set size in megabytes: pages shared by several processes are divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)

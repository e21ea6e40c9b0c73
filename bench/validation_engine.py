"""Run one of our ways to a report in a process of its own: `python -m bench.validation_engine WAY DATA SHAPES`.

Prints the report as N-Triples, and after a # what each step took of the processor. DATA is a file of N-Triples, or for
the ways that go by a store a folder with one, as `load` makes it.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import process_time
from typing import Final

import pyoxigraph
import pyshacl
import rdflib
from pyoxigraph import RdfFormat, Triple, parse, serialize

from bench.shacl_w3c_paths import report_of, triples_of
from graph.store import Store
from graph.validate.compile.shapes import compiled
from graph.validate.explaining import explained
from graph.validate.find import find
from graph.validate.rdf import PatientGraph, to_rdflib
from graph.validate.shapes import read_shapes
from graph.validate.view import Kept

Steps = list[tuple[str, float]]
Way = Callable[[Path, Path, Steps], Iterable[Triple]]


def stock(data: Path, shapes: Path, steps: Steps) -> Iterable[Triple]:
    """Be pySHACL as it comes, with its own reader."""
    held, rules = rdflib.Graph().parse(data, format="nt"), read_shapes(shapes)
    steps.append(("read", process_time()))
    _, found, _ = pyshacl.validate(held, shacl_graph=rules, inference="none", inplace=True)
    assert isinstance(found, rdflib.Graph)
    steps.append(("validate", process_time()))
    return triples_of(found)


def patient(data: Path, shapes: Path, steps: Steps) -> Iterable[Triple]:
    """Be pySHACL over our own graph, which parses each query once."""
    held = to_rdflib((quad.triple for quad in parse(path=str(data), format=RdfFormat.N_TRIPLES)), PatientGraph())
    rules = read_shapes(shapes)
    steps.append(("read", process_time()))
    _, found, _ = pyshacl.validate(held, shacl_graph=rules, inference="none", inplace=True)
    assert isinstance(found, rdflib.Graph)
    steps.append(("validate", process_time()))
    return triples_of(found)


def load(data: Path, folder: Path, steps: Steps) -> Iterable[Triple]:
    """Load a file into a store in a folder, as a build does."""
    store = pyoxigraph.Store(str(folder))
    store.bulk_load(path=str(data), format=RdfFormat.N_TRIPLES)
    store.flush()
    steps.append(("load", process_time()))
    return ()


def ours(data: Path, shapes: Path, steps: Steps) -> Iterable[Triple]:
    """Find in a store, then explain what was found in its context."""
    store, rules = Store(_opened(data)), compiled(read_shapes(shapes))
    steps.append(("read", process_time()))
    pairs = find(store, rules).pairs
    steps.append(("find", process_time()))
    reports = [triples_of(report) for report in explained(pairs, Kept(store), rules)]
    steps.append(("explain", process_time()))
    return (triple for report in reports for triple in report)


def found(data: Path, shapes: Path, steps: Steps) -> Iterable[Triple]:
    """Find only: what the queries alone say."""
    store, rules = Store(_opened(data)), compiled(read_shapes(shapes))
    steps.append(("read", process_time()))
    rows = find(store, rules)
    assert not rules.compiled(()).uncompiled, "every shape compiles"
    steps.append(("find", process_time()))
    return report_of(rows.rows, triples_of(rules.graph))


WAYS: Final[Mapping[str, Way]] = {
    "pyshacl": stock,
    "patient": patient,
    "load": load,
    "ours": ours,
    "found": found,
}


def main() -> None:
    """Read, validate, print."""
    way, data, shapes = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    steps: Steps = [("start", process_time())]
    report = list(WAYS[way](data, shapes, steps))
    sys.stdout.buffer.write(serialize(report, format=RdfFormat.N_TRIPLES) or b"")
    before = 0.0
    for name, at in steps:
        print(f"# {name} {at - before:.3f}")
        before = at


def _opened(data: Path) -> pyoxigraph.Store:
    """Open a store in a folder, or load a file into memory."""
    if data.is_dir():
        return pyoxigraph.Store.read_only(str(data))
    store = pyoxigraph.Store()
    store.bulk_load(path=str(data), format=RdfFormat.N_TRIPLES)
    return store


if __name__ == "__main__":
    main()

"""Hold what is found in one record against what the run over everything finds there: the verdict must be one.

For each kind of fault, a record with it is taken out of the graph of bench/faults.py and checked beside the rest.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Quad, Triple

from bench.faults import SHAPES, fault_of, triples
from graph.names import name
from graph.record import Record
from graph.store import Patch, Store
from graph.validate.explain import validate_beside, validate_store
from graph.validate.report import Finding
from graph.validate.shapes import read_shapes

SIZE: Final = 100_000
_PART: Final = re.compile(r"/(?:activity-(\d+)|[a-z]+-(\d+)-\d+)$")

Key = tuple[str, ...]


def same_as_full(size: int = SIZE) -> dict[str, list[str]]:
    """Return for each kind of fault in what the findings in its record differ from those of the full run."""
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it tells of each value that breaks its type
    everything, shapes = tuple(triples(size)), read_shapes(SHAPES)
    full = Counter(_key(finding) for finding in validate_store(_filled(everything), shapes).findings)
    store, differences = _filled(everything), {}
    for fault, record in _faulty(everything).items():
        quads = frozenset(Quad(*triple) for triple in record.triples)
        store.commit(Patch(delete=quads, insert=frozenset()))
        nodes = {str(term) for triple in record.triples for term in (triple.subject, triple.object)}
        wanted = Counter({key: count for key, count in full.items() if key[0] in nodes and _is_of(key[0], record)})
        found = Counter(_key(finding) for finding in validate_beside([record], store, shapes=shapes).findings)
        differences[fault] = _lines(wanted, found)
        store.commit(Patch(delete=frozenset(), insert=quads))
    return differences


def _faulty(everything: Iterable[Triple]) -> dict[str, Record]:
    """Return the first record with each kind of fault."""
    said: dict[int, list[Triple]] = defaultdict(list)
    for triple in everything:
        if (number := _number(triple.subject)) is not None and fault_of(number):
            said[number].append(triple)
    first = {fault_of(number): number for number in sorted(said, reverse=True)}
    return {fault: _record(tuple(said[number])) for fault, number in first.items()}


def _record(stated: tuple[Triple, ...]) -> Record:
    iri = stated[0].subject
    assert isinstance(iri, NamedNode)
    return Record(iri, name("id:record"), stated, "record.nt", tuple(range(1, len(stated) + 1)))


def _number(node: object) -> int | None:
    """Return the number of the activity to which a node belongs."""
    found = _PART.search(node.value) if isinstance(node, NamedNode) else None
    return int(found[1] or found[2]) if found else None


def _is_of(node: str, record: Record) -> bool:
    return _number(NamedNode(node.strip("<>"))) == _number(record.iri) if node.startswith("<") else False


def _filled(stated: Iterable[Triple]) -> Store:
    store = Store()
    store.extend(Quad(*triple) for triple in stated)
    return store


def _key(finding: Finding) -> Key:
    return str(finding.focus), str(finding.value), str(finding.component), str(finding.rule)


def _lines(wanted: Counter[Key], found: Counter[Key]) -> list[str]:
    missing, surplus = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    return [f"- {' '.join(key)}" for key in missing] + [f"+ {' '.join(key)}" for key in surplus]

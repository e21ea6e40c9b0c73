"""Ask the HermiT reasoner, through owlready2, whether triples can all be true and which classes can have no member."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import owlready2
from owlready2.base import OwlReadyInconsistentOntologyError, OwlReadyJavaError
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from graph import owl
from graph.errors import JavaMissing, ReasonerFailed
from graph.names import BASE

_REASON = re.compile(r"IllegalArgumentException: (.+?)(?=\n\s+at |\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Carry HermiT's answer; `illegal` is its own sentence where the ontology is no OWL 2 DL and it gave none."""

    consistent: bool
    unsatisfiable: tuple[NamedNode, ...] = ()
    illegal: str | None = None


def ask(triples: Iterable[Triple]) -> Verdict:
    """Return whether the triples are consistent; raise JavaMissing without a Java runtime.

    Call it from one thread at a time: it moves the folder for temporary files while HermiT runs.
    """
    if shutil.which(owlready2.JAVA_EXE) is None:
        raise JavaMissing
    kept = [triple for triple in triples if triple.predicate != owl.IMPORTS]
    with closing(owlready2.World()) as world:
        world.get_ontology(f"{BASE}check#").load(fileobj=BytesIO(serialize(kept, format=RdfFormat.N_TRIPLES) or b""))
        return _verdict(world)


def _verdict(world: owlready2.World) -> Verdict:
    try:
        with _swept():
            owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except OwlReadyInconsistentOntologyError:
        return Verdict(consistent=False)
    except OwlReadyJavaError as error:
        return _illegal(str(error))
    return Verdict(consistent=True, unsatisfiable=_unsatisfiable(world))


def _unsatisfiable(world: owlready2.World) -> tuple[NamedNode, ...]:
    found = {each.iri for each in world.inconsistent_classes() if each is not owlready2.Nothing}
    return tuple(NamedNode(iri) for iri in sorted(found))


def _illegal(said: str) -> Verdict:
    reason = _REASON.search(said)
    if reason is None:
        raise ReasonerFailed(said.strip().splitlines()[-1])
    return Verdict(consistent=True, illegal=" ".join(reason[1].split()))


@contextmanager
def _swept() -> Iterator[None]:
    # owlready2 leaves its temporary file behind when HermiT finds an inconsistency, and takes no folder for it.
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="m4sd-hermit-") as folder:
        tempfile.tempdir = str(Path(folder))
        try:
            yield
        finally:
            tempfile.tempdir = before

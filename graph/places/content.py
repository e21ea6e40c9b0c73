"""Match triples with the places where their words stand, for syntaxes that give triples in an order of their own."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.places.marks import NOWHERE, Marks

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
Key = tuple[str, object]
NAMELESS: Final[Key] = ("nameless", "")


def thing(iri: str | None) -> Key:
    """Return how a thing is matched: by its address; all blank nodes are alike."""
    return ("iri", iri) if iri and not iri.startswith("_:") else NAMELESS


def joined(base: str, address: str) -> str:
    """Return an address that may be relative; one that is none stays as it is (RFC 3986, 5)."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def text(lexical: str) -> Key:
    """Return how a literal is matched: by its text, whatever its language or datatype."""
    return ("text", lexical)


def number(lexical: str) -> Key:
    """Return how a number is matched: by its value, since JSON-LD rewrites it."""
    try:
        return ("number", float(lexical))
    except ValueError:
        return text(lexical)


class Content:
    """Keep where statements stand, by what they say; of equal ones, the first is taken first."""

    def __init__(self) -> None:
        self._whole: defaultdict[tuple[Key, str, Key], deque[Marks]] = defaultdict(deque)
        self._field: dict[tuple[Key, str], Marks] = {}
        self._thing: dict[Key, int] = {}

    def node(self, subject: Key, at: int) -> None:
        """Note where a thing is described first."""
        self._thing.setdefault(subject, at)

    def add(self, subject: Key, predicate: str, values: Iterable[Key], marks: Marks) -> None:
        """Note where a statement stands, under each way in which its value may be read."""
        self.node(subject, marks.subject)
        self._field.setdefault((subject, predicate), Marks(marks.subject, marks.predicate, marks.predicate))
        for value in values:
            self._whole[subject, predicate, value].append(marks)

    def marks(self, triples: Sequence[Triple]) -> list[Marks]:
        """Return where the parts of each triple stand; of one that is not found, where its field or its thing does."""
        return [self._found(triple) for triple in triples]

    def _found(self, triple: Triple) -> Marks:
        subject, predicate = _subject(triple.subject), triple.predicate.value
        for value in _values(triple.object):
            waiting = self._whole.get((subject, predicate, value))
            if waiting:
                return waiting.popleft() if len(waiting) > 1 else waiting[0]
        if subject == NAMELESS:
            return NOWHERE
        at = self._thing.get(subject, -1)
        return self._field.get((subject, predicate), Marks(at, at, at))


def _subject(term: object) -> Key:
    return thing(term.value) if isinstance(term, NamedNode) else NAMELESS


def _values(term: object) -> Iterator[Key]:
    if isinstance(term, Literal):
        yield text(term.value)
        yield number(term.value)
    elif isinstance(term, NamedNode):
        yield thing(term.value)
    elif isinstance(term, BlankNode):
        yield NAMELESS

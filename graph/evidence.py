"""Show the words behind a fact to whoever holds the documents: the graph itself keeps places and checksums, never text.

A document is known by the SHA-256 of its bytes, under any file name; a passage by its characters, counted in Unicode
code points, and by the SHA-256 of its own text; a page that is known as a whole only, by its title and address.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Variable

from graph.errors import M4sdError
from graph.store import Store

QUERY = Path(__file__).with_suffix(".rq")
PAGES = Path(__file__).with_name("evidence-pages.rq")
LARGEST = 2**24  # bytes; a longer file in the folder is no article, so it is not read


@dataclass(frozen=True, slots=True)
class Passage:
    """Point to some characters of one document."""

    document: str
    checksum: str
    identifier: str
    language: str
    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Page:
    """Name a source as a whole: its title by language, the language it is in, its address where it has one."""

    identifier: str
    title: Mapping[str, str]
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Join a passage to its words."""

    passage: Passage
    text: str


class DocumentMissing(M4sdError):
    """Say which document a folder lacks, and which file would do."""

    template = "{folder} holds no copy of document {document}. Put there the text file whose SHA-256 is {checksum}."

    def __init__(self, folder: Path, passage: Passage) -> None:
        super().__init__(folder=folder, document=passage.document, checksum=passage.checksum)


class DocumentDiffers(M4sdError):
    """Say which file bears a document's name but is another text."""

    template = (
        "{path} is not the copy of document {document} that was read: its SHA-256 is {found} instead of {checksum}. "
        "Put back the file as it was, without any change of line ends or encoding."
    )

    def __init__(self, path: Path, passage: Passage, found: str) -> None:
        super().__init__(path=path, document=passage.document, checksum=passage.checksum, found=found)


class PassageDiffers(M4sdError):
    """Say which passage's offsets do not lead to the text that was read."""

    template = (
        "Characters {start} to {end} of document {document} are not passage {identifier}. "
        "Correct the offsets or the checksum of the passage in the record of the document."
    )

    def __init__(self, passage: Passage) -> None:
        super().__init__(start=passage.start, end=passage.end, document=passage.document, identifier=passage.identifier)


def passages_of(store: Store, fact: NamedNode | None = None) -> list[Passage]:
    """Return the passages that state one thing, or all that state something, in the order of the documents."""
    return list(dict.fromkeys(_passage(solution) for solution in _solutions(store, QUERY, fact)))


def pages_of(store: Store, fact: NamedNode) -> list[Page]:
    """Return the documents and pages, known as wholes, that state one thing, in the order of their names."""
    found: dict[str, dict[str, str]] = {}
    plain: dict[str, tuple[str, str]] = {}
    for solution in _solutions(store, PAGES, fact):
        source = _text(solution, "source").rpartition("/")[2]
        plain.setdefault(source, (_text(solution, "language"), _text(solution, "address")))
        if isinstance(title := solution["title"], Literal):
            found.setdefault(source, {})[title.language or "en"] = title.value
    return [Page(source, found.get(source, {}), *rest) for source, rest in plain.items()]


def evidence(passages: Iterable[Passage], folder: Path, language: str | None = None) -> Iterator[Evidence]:
    """Yield the words of each passage, in one language if given; raise where the folder's text is not what was read."""
    texts: dict[str, str] = {}
    for passage in passages:
        if language in (None, passage.language):
            if passage.checksum not in texts:
                texts[passage.checksum] = _document(passage, folder)
            yield Evidence(passage, _words(passage, texts[passage.checksum]))


def _document(passage: Passage, folder: Path) -> str:
    other: DocumentDiffers | None = None
    for path in sorted(folder.glob("*.txt")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            content = path.read_bytes()
            found = sha256(content).hexdigest()
            if found == passage.checksum:
                return content.decode("utf-8")
            if path.stem in (passage.document, f"document-{passage.document}"):
                other = DocumentDiffers(path, passage, found)
    raise other or DocumentMissing(folder, passage)


def _words(passage: Passage, text: str) -> str:
    words = text[passage.start : passage.end]
    if sha256(words.encode()).hexdigest() != passage.digest:
        raise PassageDiffers(passage)
    return words


def _solutions(store: Store, query: Path, fact: NamedNode | None) -> QuerySolutions:
    bound = {Variable("fact"): fact} if fact else {}
    solutions = store.query(query.read_text(encoding="utf-8"), substitutions=bound)
    assert isinstance(solutions, QuerySolutions)
    return solutions


def _passage(solution: QuerySolution) -> Passage:
    return Passage(
        document=_text(solution, "document"),
        checksum=_text(solution, "checksum"),
        identifier=_text(solution, "passage"),
        language=_text(solution, "language"),
        start=int(_text(solution, "start")),
        end=int(_text(solution, "end")),
        digest=_text(solution, "digest"),
    )


def _text(solution: QuerySolution, name: str) -> str:
    value = solution[name]
    return value.value if isinstance(value, Literal | NamedNode) else ""

"""Name everything that can go wrong below the faces.

M4sdError
    SourceError      a file cannot be read as RDF, or not as the record it should be
    QueryError       a SPARQL query is not well-formed, or asks for what is switched off
    NotAcceptable    no format that the client takes can carry this answer
    NotInXml         an answer holds a character that XML cannot carry
    TooLarge         an answer passes the bound on its bytes
    SheetFull        an answer passes what a spreadsheet can hold
    StoreMissing     there is no built store in the folder
    Refused          curated records do not conform, so that nothing is built (graph.build)
    JavaMissing      the reasoner needs a Java runtime and none is here
    ReasonerFailed   the reasoner stopped without a verdict

Each carries what it says as `Said`: a template that the faces translate, and the data that fills it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Said:
    """Hold words for a person: an English template, which the faces translate, and what fills it in."""

    template: str
    data: Mapping[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.data)


def said(template: str, /, **data: object) -> Said:
    """Say something to a person; `template` is also the key of its translation."""
    return Said(template, data)


class M4sdError(Exception):
    """Carry what went wrong, where, and how to mend it."""

    template: ClassVar[str] = "{detail}"

    def __init__(self, **data: object) -> None:
        self.said = Said(self.template, data)
        super().__init__(str(self.said))


class SourceError(M4sdError):
    """Say which file and line (and column, from 1, where it is known) cannot be read, and why."""

    template = "{path}, line {line}: {detail}"

    def __init__(self, path: str, line: int, detail: Said, column: int = 0) -> None:
        super().__init__(path=path, line=line, detail=detail)
        self.path, self.line, self.column, self.detail = path, line, column, detail
        if column:
            place = {"path": path, "line": line, "column": column, "detail": detail}
            self.said = said("{path}, line {line}, column {column}: {detail}", **place)
            self.args = (str(self.said),)


class QueryError(M4sdError):
    """Say where a query stops making sense, and why (SPARQL 1.1 Protocol, 2.1.7)."""

    template = "Line {line}, column {column}: {detail}"

    def __init__(self, detail: Said, line: int = 1, column: int = 1) -> None:
        super().__init__(detail=detail, line=line, column=column)
        self.detail, self.line, self.column = detail, line, column


class NotAcceptable(M4sdError):
    """Name the formats that this answer can take."""

    template = "This answer comes as one of: {offered}."

    def __init__(self, offered: tuple[str, ...]) -> None:
        super().__init__(offered=", ".join(offered))
        self.offered = offered


class NotInXml(M4sdError):
    """Say which character of an answer no XML can carry (XML 1.0, 2.2)."""

    template = "XML cannot carry the character {sign} of this answer. Ask for it as one of: {offered}."

    def __init__(self, sign: str, offered: tuple[str, ...]) -> None:
        super().__init__(sign=sign, offered=", ".join(offered))
        self.sign, self.offered = sign, offered


class TooLarge(M4sdError):
    """Say that an answer passes the bound."""

    template = "The answer is larger than {largest} bytes. Ask for less (LIMIT, fewer columns), or in several queries."

    def __init__(self, largest: int) -> None:
        super().__init__(largest=largest)


class SheetFull(M4sdError):
    """Say what of an answer a spreadsheet cannot hold: a sheet is never cut."""

    template = "A sheet cannot hold this answer whole: {detail}. Ask for it as CSV or as Parquet."

    def __init__(self, detail: Said) -> None:
        super().__init__(detail=detail)


class StoreMissing(M4sdError):
    """Say that a folder holds no built store, and how to make one."""

    template = "{path} holds no built graph. Build one with: m4sd build --store {path}"

    def __init__(self, path: object) -> None:
        super().__init__(path=path)


class JavaMissing(M4sdError):
    """Say that the HermiT reasoner needs Java, and how to get it."""

    template = (
        "The HermiT reasoner needs a Java runtime and none was found. On Debian: apt-get install default-jre-headless"
    )


class ReasonerFailed(M4sdError):
    """Quote what HermiT said when it stopped without a verdict."""

    template = "The HermiT reasoner stopped without a verdict: {detail}"

    def __init__(self, detail: str) -> None:
        super().__init__(detail=detail)

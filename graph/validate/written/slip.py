"""Show the lines around the place where a file stops making sense: there is no report on what cannot be read."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from graph.validate.written.voice import LONGEST, lines_of, plain, width

MORE: Final = 2  # lines before and behind the one that is meant


class Line(NamedTuple):
    """Hold a line: its number, and what stands before, under and behind the mark, if it has one."""

    number: int
    before: str
    marked: str = ""
    behind: str = ""


def around(text: str, line: int, column: int) -> tuple[Line, ...]:
    """Return the lines around a place, both counted from 1, the place marked; a mark at the end of a line is a space.

    A long line is cut around the mark.
    """
    lines = lines_of(text)
    if not 0 < line <= len(lines):
        return ()
    first, last = max(line - MORE, 1), min(line + MORE, len(lines))
    return tuple(
        _marked(number, lines[number - 1].rstrip("\r"), column)
        if number == line
        else Line(number, plain(lines[number - 1].rstrip("\r")[:LONGEST]))
        for number in range(first, last + 1)
    )


def _marked(number: int, line: str, column: int) -> Line:
    if not column:
        return Line(number, plain(line[:LONGEST]))
    start, at = (max(0, column - LONGEST // 2) if len(line) > LONGEST else 0), column - 1
    end = at + width(line, column)
    marked = plain(line[at:end][:LONGEST]) or " "
    return Line(number, plain(line[start:at]), marked, plain(line[end : start + LONGEST]))


def as_text(lines: tuple[Line, ...]) -> Iterator[str]:
    """Yield the lines for a terminal, with a row of carets under what is meant."""
    room = max((len(str(each.number)) for each in lines), default=0)
    for each in lines:
        yield f"  {each.number:>{room}} | {each.before}{each.marked}{each.behind}".rstrip()
        if each.marked:
            yield f"  {' ' * room} | {' ' * len(each.before)}{'^' * len(each.marked)}"

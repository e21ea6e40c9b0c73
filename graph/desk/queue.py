"""Look through the desk: what waits, what one person has there, what is news to somebody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from graph.desk import tables
from graph.desk.desk import Desk
from graph.desk.moves import Kind, State, identity
from graph.desk.refusals import NoSubmission
from graph.desk.submission import Event, Submission

MOST: Final = 100  # submissions or events in one list


@dataclass(frozen=True, slots=True)
class Filter:
    """Say which submissions to list; what is empty filters nothing."""

    state: State | None = None
    kind: Kind | None = None
    author: str = ""
    not_author: str = ""  # what this person may decide on
    dataset: str = ""
    graph: str = ""
    thing: str = ""
    batch: str = ""
    text: str = ""  # in the title, the thing or the words
    open: bool = False  # only what is still to be decided


@dataclass(frozen=True)
class News:
    """Tell what happened to which submission, without its body."""

    event: Event
    submission: Submission


def queue(desk: Desk, sought: Filter = Filter(), skip: int = 0, most: int = MOST) -> tuple[Submission, ...]:
    """Return submissions without their bodies: those that are open, oldest first, before what was decided last."""
    where, values = _where(sought)
    with desk.reading() as database:
        text = f"{tables.LISTED} WHERE {where} ORDER BY {tables.TURN} LIMIT ? OFFSET ?"
        rows = database.execute(text, (*values, min(most, MOST), skip)).fetchall()
    return tuple(tables.submission(row) for row in rows)


def counts(desk: Desk, sought: Filter = Filter()) -> Mapping[str, int]:
    """Count submissions by state."""
    where, values = _where(sought)
    with desk.reading() as database:
        text = f"SELECT state, COUNT(*) FROM submission WHERE {where} GROUP BY state"  # noqa: S608 - values are bound
        return dict(tuple(row) for row in database.execute(text, values).fetchall())


def news(desk: Desk, who: str, after: int = 0, most: int = MOST) -> tuple[News, ...]:
    """Return what others did with a person's submissions after an event, newest first."""
    return _news(desk, "submission.person = ? AND event.person != ?", (identity(who),) * 2, after, most)


def news_for_reviewers(desk: Desk, who: str, after: int = 0, most: int = MOST) -> tuple[News, ...]:
    """Return what others did on the desk after an event, newest first."""
    return _news(desk, "event.person != ?", (identity(who),), after, most)


def written(desk: Desk, ident: str, form: str, version: int | None = None) -> str:
    """Return the report on a submission in a form such as `json.en`, or nothing where that was not kept."""
    row = _version(desk, ident, version)
    kept: Mapping[str, str] = json.loads(tables.unpacked(row["written"]))
    return kept.get(form, "")


def original(desk: Desk, ident: str, version: int | None = None) -> tuple[str, bytes]:
    """Return the file that came, by name and content."""
    row = _version(desk, ident, version)
    return str(row["file"]), tables.unpacked(row["original"])


def versions(desk: Desk, ident: str) -> tuple[tuple[int, str], ...]:
    """Return the number and the body of each version of a submission, in order."""
    with desk.reading() as database:
        sought = "SELECT number, body FROM version WHERE submission = ? ORDER BY number"
        return tuple(
            (row["number"], tables.unpacked(row["body"]).decode()) for row in database.execute(sought, (ident,))
        )


def _version(desk: Desk, ident: str, version: int | None) -> Mapping[str, bytes]:
    sought = (
        "SELECT version.* FROM version JOIN submission ON submission.id = version.submission "
        "WHERE submission = ? AND number = COALESCE(?, submission.version)"
    )
    with desk.reading() as database:
        row = database.execute(sought, (ident, version)).fetchone()
    if row is None:
        raise NoSubmission(ident)
    return row  # type: ignore[no-any-return]


def _news(desk: Desk, where: str, values: tuple[str, ...], after: int, most: int) -> tuple[News, ...]:
    listed = ", ".join(f"event.{field.name} AS event_{field.name}" for field in fields(Event))
    text = (
        f"SELECT submission.*, '' AS file, NULL AS body, '' AS base, {listed} FROM event "  # noqa: S608 - names are ours
        f"JOIN submission ON submission.id = event.submission WHERE {where} AND event.number > ? "
        "ORDER BY event.number DESC LIMIT ?"
    )
    with desk.reading() as database:
        rows = database.execute(text, (*values, after, min(most, MOST))).fetchall()
    return tuple(
        News(Event(**{each.name: row[f"event_{each.name}"] for each in fields(Event)}), tables.submission(row))
        for row in rows
    )


def _where(sought: Filter) -> tuple[str, list[str]]:
    parts, values = ["1"], list[str]()
    for column in ("state", "kind", "dataset", "graph", "thing", "batch"):
        if value := getattr(sought, column):
            parts.append(f"{column} = ?")
            values.append(value)
    for text, mark in ((sought.author, "="), (sought.not_author, "!=")):
        if text:
            parts.append(f"person {mark} ?")
            values.append(identity(text))
    if sought.open:
        parts.append(tables.OPEN)
    if sought.text:
        parts.append("(instr(lower(title), ?) OR instr(lower(thing), ?) OR instr(lower(why), ?))")
        values += [sought.text.lower()] * 3
    return " AND ".join(parts), values

"""Do what changes the desk or the graph: each deed takes and returns plain JSON, and stands in the audit log.

The writer of a service does them for others (`server.writer.writer`); where none runs, the command line does so itself.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.admit import weigh
from graph.build import rebuild
from graph.desk import notes
from graph.desk.desk import Desk
from graph.desk.forget import forget
from graph.desk.review import accept, reconcile
from graph.desk.submission import Draft, Submission
from graph.errors import M4sdError, said
from graph.keeping.durable import Broken, NoRoom, NotPossible
from graph.keeping.erase import MOST, NothingSaid, erase
from graph.keeping.live import Live
from graph.keeping.release import release
from graph.keeping.undo import undo
from graph.names import BASE
from graph.validate.report import Finding
from server.identity.audit import Audit
from server.settings import Settings
from server.validation.reports import Reports
from server.writer.writing import Failed, Remote, Writer, runs

Json = dict[str, Any]  # plain JSON

_APART: Final = 0.5  # seconds between two snapshots
_GRACE: Final = 5.0  # seconds for which a snapshot outlives the longest query that may have begun on it
_LOG = logging.getLogger("m4sd.writer")


class Deeds:
    """Do deeds in a folder that this process alone may change."""

    def __init__(self, live: Live, settings: Settings) -> None:
        self._live, self._desk, self._audit = live, Desk(settings.store), Audit(settings.store)
        self._threshold, self._folder = settings.threshold, settings.store
        roles = (settings.limits.anonymous, settings.limits.trusted)
        self._kept = max(role.deadline for role in roles) + _GRACE
        self._changed = threading.Event()
        self._deeds: dict[str, Callable[..., object]] = {
            "submit": self._submit,
            "edit": self._edit,
            "accept": self._accept,
            "note": self._note,
            "add_to_note": self._add_to_note,
            "take_note_back": self._take_note_back,
            "undo": self._undo,
            "release": self._release,
            "build": self._build,
            "erase": self._erase,
            "status": self._status,
            **{name: self._step(name) for name in ("comment", "withdraw", "give_back", "reject", "answer")},
        }
        reconcile(live, self._desk)

    def named(self, name: str) -> Callable[..., object] | None:
        """Return a deed by its name."""
        return self._deeds.get(name)

    def publish(self, ended: threading.Event) -> None:
        """Let readers see what changed: soon, at most twice a second, until this ends; the first time at once."""
        self._changed.set()
        self._warm()
        while not ended.is_set():
            if self._changed.wait(0.5):
                begun = monotonic()
                self._changed.clear()
                self.show()
                ended.wait(max(_APART - (monotonic() - begun), 0))
            self._live.forget_old(self._kept)

    def show(self) -> None:
        """Let readers see the graph as it is now; where the disk has no room, they go on with what they had."""
        try:
            self._live.snapshot()
        except NoRoom as error:
            _LOG.warning("%s", error)

    def _warm(self) -> None:
        """Check something, so that the shapes are read and compiled before anybody waits for it."""
        try:
            weigh((), self._live.store, _now(), threshold=self._threshold)
        except M4sdError as error:  # whoever wants a change is told the same
            _LOG.warning("%s", error)

    def _submit(self, who: str, by: str, drafts: Sequence[Mapping[str, Any]]) -> list[Json]:
        made = self._desk.submit(who, [Draft.from_plain(each) for each in drafts], _now())
        for each in made:
            self._audit.write("submit", who, each.id, by=by, graph=each.graph, kind=each.kind)
        return [asdict(each) for each in made]

    def _edit(self, ident: str, revision: int, draft: Mapping[str, Any], who: str, by: str, comment: str = "") -> Json:
        found = self._desk.edit(ident, revision, Draft.from_plain(draft), who, _now(), comment)
        self._audit.write("edit", who, ident, by=by, revision=found.revision)
        return asdict(found)

    def _step(self, name: str) -> Callable[..., Json]:
        """Return the deed that is a step of the desk without a change of the graph."""

        def comment(ident: str, who: str, by: str, comment: str, revision: int = 0) -> Json:
            return self._stepped(name, ident, who, by, self._desk.comment(ident, who, comment, _now()))

        def moved(ident: str, revision: int, who: str, by: str, comment: str = "") -> Json:
            move: Callable[..., Submission] = getattr(self._desk, name)
            return self._stepped(name, ident, who, by, move(ident, revision, who=who, comment=comment, when=_now()))

        return comment if name == "comment" else moved

    def _stepped(self, name: str, ident: str, who: str, by: str, found: Submission) -> Json:
        self._audit.write(name, who, ident, by=by, revision=found.revision)
        return asdict(found)

    def _accept(
        self, ident: str, revision: int, who: str, by: str, comment: str = "", against: str | None = None
    ) -> Json:
        done = accept(self._live, self._desk, ident, revision, who, comment, _now(), against, self._threshold)
        if done.accepted:
            self._audit.write("accept", who, ident, by=by, sequence=done.submission.sequence)
            self._changed.set()
        return {
            "submission": asdict(done.submission),
            "sequence": done.submission.sequence,
            "findings": [_told(each) for each in done.findings],
        }

    def _note(self, **told: Any) -> Json:
        found, secret = notes.take(self._desk, notes.Note(**told), _now())
        self._audit.write(found.kind, "", found.id)
        return {"id": found.id, "secret": secret}

    def _add_to_note(self, secret: str, text: str) -> Json:
        return asdict(notes.add(self._desk, secret, text, _now()))

    def _take_note_back(self, secret: str) -> Json:
        return asdict(notes.take_back(self._desk, secret, _now()))

    def _undo(self, sequence: int, who: str, by: str, why: str) -> Json:
        entry = undo(self._live, sequence, who, why, _now())
        self._audit.write("undo", who, str(sequence), by=by, sequence=entry.sequence)
        self._changed.set()
        return {"sequence": entry.sequence}

    def _build(self, records: str) -> Json:
        return asdict(rebuild(self._live, _now().replace(microsecond=0), Path(records)))

    def _release(self, version: str, notes: str, who: str, by: str) -> Json:
        made = release(self._live, version, notes, who, _now())
        self._audit.write("release", who, version, by=by, sequence=made.sequence)
        return asdict(made)

    def _erase(
        self, things: Sequence[str], texts: Sequence[str], who: str, by: str, why: str, most: int = MOST
    ) -> Json:
        meant = [_node(each) for each in things]
        try:
            done = asdict(erase(self._live, who, why, _now(), meant, texts, most))
            waiting = forget(self._desk, things, texts, who, _now())
        except NothingSaid:
            waiting = forget(self._desk, things, texts, who, _now())
            if not waiting:
                raise
            done = {"sequence": self._live.sequence, "rows": 0, "releases": ()}
        Reports(self._folder, 0, 0).forget_all()  # what was checked and kept may quote it; it is kept for weeks only
        self._audit.write("erase", who, by=by, sequence=done["sequence"], rows=done["rows"], waiting=waiting)
        self._changed.set()
        return {**done, "waiting": waiting}

    def _status(self) -> Json:
        try:
            self._live.require_room()
        except NoRoom as error:
            return {"read_only": {"template": error.said.template, "data": dict(error.said.data)}}
        return {"read_only": None, "sequence": self._live.sequence}


class Here:
    """Do deeds in this process, where no service runs; readers see each before it returns."""

    def __init__(self, live: Live, settings: Settings) -> None:
        self._deeds = Deeds(live, settings)

    def ask(self, deed: str, **told: object) -> Any:  # plain JSON
        """Do a deed."""
        found = self._deeds.named(deed)
        assert found is not None, deed
        try:
            done = found(**told)
        except Broken:
            raise
        except M4sdError as error:
            raise Failed(type(error).__name__, error.said) from error
        self._deeds.show()
        return done


@contextmanager
def writing(settings: Settings, who: str) -> Iterator[Writer]:
    """Give the writer of the service that runs on the folder, or be it; raise Busy where another command is."""
    if runs(settings.store):
        yield Remote(settings.store)
    else:
        with Live(settings.store, who) as live:
            yield Here(live, settings)


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise NotPossible(said("{text} is no IRI; write it whole, such as {example}", text=iri[:200],
                               example=f"{BASE}id/person-example")) from error  # fmt: skip


def _told(finding: Finding) -> Json:
    return {"severity": finding.severity, "rule": str(finding.rule), "message": dict(finding.message)}


def _now() -> datetime:
    return datetime.now(UTC)

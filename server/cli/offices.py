"""Submit and decide from the command line: at a running service by its address, or in the folder of a store itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from graph.desk import intake
from graph.desk.desk import Desk
from graph.desk.intake import Asked
from graph.desk.likeness import duplicates
from graph.desk.queue import Filter, queue
from graph.store import Store, read_only
from graph.validate.report import Report
from graph.validate.written.write import write_report
from server.settings import Settings, moment
from server.words import say
from server.writer.deeds import writing

Json = dict[str, Any]  # plain JSON
DECISIONS: Final = {"accept": "accept", "return": "give_back", "reject": "reject", "answer": "answer"}


@dataclass(frozen=True, slots=True)
class Told:
    """Say of files to submit where they go, where what they say comes from, and why; or which thing is withdrawn."""

    dataset: str = ""
    source: str = ""
    why: str = ""
    withdraw: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Carry the report on files, in words, and what of them waits now: nothing where the report refuses them."""

    report: str
    waiting: tuple[Json, ...]


class Office(Protocol):
    """Take submissions and decisions."""

    def submit(self, files: Sequence[tuple[str, bytes]], told: Told) -> Taken:
        """Submit files, or a withdrawal."""

    def queue(self, state: str) -> Sequence[Json]:
        """Return the submissions in a state; all that are open, where none is named."""

    def show(self, ident: str) -> Json:
        """Return a submission with its history."""

    def decide(self, ident: str, decision: str, comment: str) -> Json:
        """Accept, return or reject a submission; return it, and what speaks against it where it was not published."""


class Local:
    """Work in the folder of a store, through the writer of the service that runs there, or without one."""

    def __init__(self, settings: Settings, who: str, when: Mapping[str, str]) -> None:
        self._settings, self._who, self._when = settings, who, when
        self._desk = Desk(settings.store)

    def submit(self, files: Sequence[tuple[str, bytes]], told: Told) -> Taken:
        """Submit files, or a withdrawal."""
        store, when = read_only(self._settings.store), moment(self._when)
        asked = Asked(("*",), told.dataset, told.source, told.why, self._settings.threshold)
        if told.withdraw:
            found = intake.withdrawal(store, told.withdraw, when, asked, told.replaced_by)
        else:
            found = intake.take(files, store, when, asked)
        report = self._written(found.report, "text", self._settings.lang, files)
        if not found.drafts:
            return Taken(report, ())
        kept = {f"json.{lang}": self._written(found.report, "json", lang, files) for lang in ("en", "fr")}
        with writing(self._settings, self._who) as writer:
            drafts = [replace(draft, written=kept).plain() for draft in found.drafts]
            made = writer.ask("submit", who=self._who, by="command line", drafts=drafts)
        return Taken(report, tuple({**each, "duplicates": self._like(store, each)} for each in made))

    def queue(self, state: str) -> Sequence[Json]:
        """Return the submissions in a state; all that are open, where none is named."""
        found = queue(self._desk, Filter(state=state or None))  # type: ignore[arg-type]  # click checked the word
        return [asdict(each) for each in found if state or each.open]

    def show(self, ident: str) -> Json:
        """Return a submission with its history."""
        history = [asdict(event) for event in self._desk.history(ident)]
        return {**asdict(self._desk.get(ident)), "history": history}

    def decide(self, ident: str, decision: str, comment: str) -> Json:
        """Accept, return or reject a submission."""
        revision = self._desk.get(ident).revision
        told = {"ident": ident, "revision": revision, "who": self._who, "by": "command line", "comment": comment}
        with writing(self._settings, self._who) as writer:
            done: Json = writer.ask(DECISIONS[decision], **told)
        return done["submission"] | {"findings": done["findings"]} if "findings" in done else done

    def _like(self, store: Store, made: Mapping[str, Any]) -> list[Json]:
        if made["kind"] != "new":
            return []
        found = duplicates(store, made["thing"], made["body"])
        return [{"thing": each.thing, "why": [say(why, self._settings.lang) for why in each.why]} for each in found]

    def _written(self, report: Report, form: str, lang: str, files: Sequence[tuple[str, bytes]]) -> str:
        return write_report(report, form, partial(say, lang=lang), lang, {}).decode()

"""Say what is around a form: the classes that may be described, what a sender may write to, what was found wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g
from pyoxigraph import NamedNode

from graph.desk.place import dataset_of
from graph.desk.split import OWNED
from graph.desk.submission import Submission
from graph.errors import said
from graph.form.asked import defined, groups
from graph.form.typed import REST, Typed
from graph.pages.form import Started
from graph.template.labels import called, in_language
from graph.template.outline import find_class
from server.desk.forms_sent import Sent
from server.desk.forms_shown import Trouble, told
from server.http.problem import Problem, Refusal
from server.identity.roles import ALL, may
from server.validation.checks import Sending, Verdict
from server.words import say, sentence

PROPOSED = "proposed"  # the dataset under which a record of somebody without an account is checked
_MOST_SOUGHT = 6  # links that were not understood, for which candidates are looked up at once


@dataclass(frozen=True, slots=True)
class Page:
    """Carry what a page with a form shows beside the form."""

    typed: Typed
    about: Mapping[str, str]
    edited: Submission | None = None
    verdict: Verdict | None = None
    problem: Problem | None = None
    beside: tuple[Problem, ...] = ()  # what is wrong in the controls beside those of the shapes
    found: Mapping[str, Any] | None = None  # candidates by control
    onward: str = ""
    turtle: str = ""
    doubles: tuple[Any, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def thing(self) -> str:
        """Return the thing whose record is edited, nothing where a new one is described."""
        values = self.typed.values
        names = (f"prefLabel-{g.lang}.0", "prefLabel-en.0", "prefLabel-fr.0", "@id.0")
        return next((values[each] for each in names if values.get(each)), "") if self.typed.graph else ""


def opened(started: Started, others: tuple[str, ...] = ()) -> Page:
    """Return the page of a record that is opened."""
    about = {"base": started.digest, "dataset": started.dataset, "source": started.source}
    return Page(started.typed, about, others=others)


def kind_named(name: str) -> NamedNode:
    """Return the class of a name; raise Refusal where it has no form."""
    kind = find_class(name)
    if kind is None:
        raise Refusal(Problem(404, said("there is no form for {kind}", kind=name[:60])))
    return kind


def choice(kind: NamedNode) -> dict[str, object]:
    """Return what is told of a class where it is chosen."""
    asks = [ask for group in groups(kind) for ask in group.asks]
    return {
        "name": kind.value.rpartition("#")[2],
        "label": in_language(called(kind), g.lang),
        "about": in_language(defined(kind), g.lang),
        "fields": len(asks),
        "required": sum(ask.need == "required" and ask.control not in ("address", "kind") for ask in asks),
        "part": kind in OWNED,
    }


def sending(typed: Typed, sent: Sent) -> Sending:
    """Return what a sender may write to: of those who only propose, it is checked as if they might to everything."""
    texts = {"source": sent.of("source")[:2000], "why": sent.of("why")[:2000]}
    if not may(g.actor.role, "submit"):
        return Sending((ALL,), "" if typed.graph else PROPOSED, **texts)
    dataset = dataset_of(NamedNode(typed.graph)) if typed.graph else sent.of("dataset")
    return Sending(g.actor.datasets, dataset[:60], **texts)


def without(sending: Sending, control: str) -> Sending | None:
    """Return what is sent as if a control beside those of the shapes were filled in well; None for any other one."""
    if control == "dataset":
        return replace(sending, datasets=(ALL,), dataset=PROPOSED)
    return replace(sending, source="") if control == "source" and sending.source else None


def troubles(page: Page) -> dict[str, list[Trouble]]:
    """Return what is wrong by control; a problem with the form as a whole stands above it."""
    problem, found = page.problem, told(_findings(page.verdict))
    for each in page.beside:  # it says more than the shapes do, which saw the form without it
        at = str(each.extra["field"])
        found[at] = [Trouble("Violation", sentence(say(each.said, g.lang)), name=at)]
    if problem is not None:
        at = REST if str(problem.said.data.get("path", "")).startswith(REST) else ""
        found.setdefault(at, []).append(Trouble("Violation", say(problem.said, g.lang), name=at))
    return found


def not_understood(verdict: Verdict) -> list[str]:
    """Return the controls of links in which no thing was recognised."""
    names = [each["cell"] for each in _findings(verdict) if each["rule"].endswith("#Cell-thing") and each["cell"]]
    return list(dict.fromkeys(names))[:_MOST_SOUGHT]


def _findings(verdict: Verdict | None) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(verdict.reports["json", g.lang])["findings"] if verdict else []
    return found

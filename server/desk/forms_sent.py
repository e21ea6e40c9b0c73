"""Read what a form sends: the texts of its controls, and what its buttons ask for."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from flask import request

from graph.errors import said
from graph.form.asked import LANGUAGE
from graph.form.typed import LONGEST, MOST, PART, REST, Spot, Typed
from graph.template.layout import ADDRESS
from server.http.problem import Problem, Refusal
from server.linked.addresses import is_iri

PICK: Final = "pick:"  # before the name of a control: which candidate was chosen for it
MORE: Final = "more-"  # before the name of a field: in which language another text of it is to be
LARGEST_REST: Final = 500_000  # characters of Turtle
_NAMED: Final = re.compile(r"prefLabel-(\w+)\.0")
_SLUG: Final = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """Carry what a form sends, and what the button that sent it stands for: a deed, and on what."""

    typed: Typed
    deed: str
    on: str = ""
    told: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> str:
        """Return what was typed into a control that is not one of the shapes."""
        return dict(self.told).get(name, "").strip()


def read(kind: str) -> Sent:
    """Return what the present request sends of a form of a class."""
    form = {key: text.replace("\r\n", "\n") for key, text in request.form.items()}
    values = {key: text for key, text in form.items() if Spot.of(key) is not None}
    for key, text in form.items():
        if key.startswith(PICK) and text and Spot.of(name := key.removeprefix(PICK)) is not None:
            values[name] = text
    if len(values) > MOST or max(map(len, values.values()), default=0) > LONGEST:
        words = said("a form holds {most} texts, each of {longest} characters", most=MOST, longest=LONGEST)
        raise Refusal(Problem(400, words))
    rest = form.get(REST, "")[:LARGEST_REST]
    deed, _, on = form.get("do", "check").partition(":")
    told = tuple((key, text) for key, text in form.items() if "." not in key and key != REST)
    graph = form.get("graph", "")
    return Sent(Typed(kind, values, rest, graph if is_iri(graph) else ""), deed, on, told)


def changed(sent: Sent) -> tuple[Typed, str]:
    """Return the form as a button that only changes it wants it, and the name of the control to go on with."""
    typed, on = sent.typed, sent.on
    if sent.deed == "add" and (spot := Spot.of(f"{on}.0")) is not None:
        lang = sent.of(f"{MORE}{on}")
        spot = replace(spot, key=f"{spot.key}-{lang}") if LANGUAGE.fullmatch(lang) else spot
        # A field without any row in the form shows one that is empty: another one makes two.
        first = typed if lang or any(each.place == spot.place for each, _ in typed.spots()) else typed.with_row(spot)
        after = first.with_row(spot)
        return after, next(iter(after.values.keys() - first.values.keys()), "")
    if sent.deed == "part":
        after = typed.with_part(on)
        return after, f"{PART}{on}-{max(number for part, number in after.parts() if part == on)}"
    part, _, number = on.partition(".")
    if sent.deed == "drop" and number.isdecimal():
        return typed.without(part, int(number)), f"{PART}{part}"
    return typed, on


def addressed(typed: Typed) -> Typed:
    """Return the form with an address made from the name, where none was typed."""
    control = str(Spot(ADDRESS))
    if typed.values.get(control, "").strip():
        return typed
    labels = sorted((key, text) for key, text in typed.values.items() if _NAMED.fullmatch(key) and text.strip())
    name = next((text for _, text in labels), "")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG].rstrip("-")
    begin = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", typed.kind).lower()
    return replace(typed, values={**typed.values, control: f"id:{begin}-{slug}"}) if slug else typed

"""Lay out a form for a reader: each field with its words, its controls, what was typed, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.errors import Said, said
from graph.form.asked import Ask, column, defined, groups, meaning, parts, wanted
from graph.form.typed import PART, REST, Spot, Typed
from graph.names import BASE, short
from graph.template.labels import called, in_language
from graph.template.layout import KIND
from graph.template.outline import kinds
from graph.validate.report import settled
from server.words import say

# Languages in which a name may be told beside those that the shapes ask for.
LANGUAGES: Final[Mapping[str, Said]] = {
    "ar": said("Arabic"), "bn": said("Bengali"), "en": said("English"), "es": said("Spanish"), "fr": said("French"),
    "it": said("Italian"), "ky": said("Kyrgyz"), "ne": said("Nepali"), "pt": said("Portuguese"),
    "ro": said("Romanian"), "ru": said("Russian"), "sr": said("Serbian"), "tg": said("Tajik"), "wo": said("Wolof"),
}  # fmt: skip

OWN: Final = ("source", "dataset", REST)  # controls beside those of the shapes
_LONG: Final = 50  # characters of a value that names a part
_ALPHABETIC: Final = 12  # codes above which a list is sorted by name


@dataclass(frozen=True, slots=True)
class Trouble:
    """Say what is wrong at one control: how grave it is, what to do, and which rule says so."""

    severity: str
    words: str
    rule: str = ""
    name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """Show one control: its name, the text in it, its language and how pressing it is; candidates for a link."""

    name: str
    text: str = ""
    lang: str = ""
    tongue: str = ""
    need: str = ""
    troubles: tuple[Trouble, ...] = ()
    candidates: tuple[Any, ...] = ()  # of graph.pages.form, which opens a store
    sought: bool = False

    @property
    def wrong(self) -> bool:
        """Return whether an error stands at it."""
        return any(each.severity == "Violation" for each in self.troubles)


@dataclass(frozen=True, slots=True)
class Entry:
    """Show one field: its words, its controls, what may be chosen, and what may be added."""

    place: str
    control: str
    label: str
    need: str
    hints: tuple[str, ...]
    inputs: tuple[Input, ...]
    options: tuple[tuple[str, str], ...] = ()
    many: bool = False
    more: tuple[tuple[str, str], ...] = ()

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Return what is wrong in any of its controls."""
        return tuple(each for one in self.inputs for each in one.troubles)


@dataclass(frozen=True, slots=True)
class Group:
    """Show the fields under one heading; `open` where one is asked for, or something is typed or told."""

    heading: str
    entries: tuple[Entry, ...]
    open: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Show one node that belongs to the thing."""

    name: str
    number: int
    groups: tuple[Group, ...]
    title: str = ""  # what is typed or chosen in it first
    open: bool = True


@dataclass(frozen=True, slots=True)
class Parts:
    """Show what a thing may have of one class: a heading, those in the form, and what is wrong with all of them."""

    name: str
    label: str
    meaning: str
    found: tuple[Part, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """Show a form as a whole: its groups, its parts, and what is wrong, in the order of its controls."""

    groups: tuple[Group, ...]
    parts: tuple[Parts, ...]
    troubles: tuple[Trouble, ...] = ()
    loose: tuple[Trouble, ...] = ()
    own: Mapping[str, tuple[Trouble, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Trouble, ...]:
        """Return what keeps the form from being taken in."""
        return tuple(each for each in (*self.loose, *self.troubles) if each.severity == "Violation")


def told(findings: Sequence[Mapping[str, Any]]) -> dict[str, list[Trouble]]:
    """Return the findings of a report (plain JSON) by the name of the control at which each is to be told."""
    found: dict[str, list[Trouble]] = {}
    for each in findings:
        name = each["cell"] or _beside(each)
        words = [each["message"], "" if name == "source" else each["mend"]]
        rule = each["rule"].partition("#")[2] if each["page"] else ""
        trouble = Trouble(each["severity"], " ".join(dict.fromkeys(filter(None, words))), rule, name)
        if trouble not in found.setdefault(name, []):
            found[name].append(trouble)
    return found


def _beside(finding: Mapping[str, Any]) -> str:
    """Return the control of what is said of the record itself, nothing where there is none."""
    return "source" if str(finding["focus"].get("value", "")).startswith(f"{BASE}graph/") else ""


class Shown:
    """Lay out the form of a class."""

    def __init__(
        self,
        kind: NamedNode,
        typed: Typed,
        lang: str,
        troubles: Mapping[str, Sequence[Trouble]],
        candidates: Mapping[str, tuple[Any, ...]],
        onward: str = "",
    ) -> None:
        self._onward = onward
        self._kind, self._typed, self._lang = kind, typed, lang
        self._troubles, self._candidates = troubles, candidates
        self._named = column(kind, "prefLabel-en") is not None  # an address can be made from its name

    def form(self) -> Form:
        """Return the whole form."""
        own = tuple(self._groups(self._kind, "", 0))
        parts_ = tuple(self._parts(kind) for kind in parts(self._kind))
        order: list[Trouble] = []
        for group in (*own, *(group for each in parts_ for part in each.found for group in part.groups)):
            order += [_labelled(each, entry.label) for entry in group.entries for each in entry.troubles]
        for each in parts_:
            order += [_labelled(trouble, each.label) for trouble in each.troubles]
        beside = {name: tuple(self._troubles.get(name, ())) for name in OWN}
        order += [each for name in OWN for each in beside[name]]
        known = {each.name for each in order}
        loose = tuple(each for name, those in self._troubles.items() if name not in known for each in those)
        return Form(own, parts_, tuple(order), loose, beside)

    def _parts(self, kind: NamedNode) -> Parts:
        local = kind.value.rpartition("#")[2]
        numbers = [number for part, number in self._typed.parts() if part == local]
        found = tuple(self._part(kind, local, number) for number in numbers)
        label = self._words(called(kind))
        return Parts(local, label, self._words(defined(kind)), found, tuple(self._troubles.get(f"{PART}{local}", ())))

    def _part(self, kind: NamedNode, local: str, number: int) -> Part:
        laid = tuple(self._groups(kind, local, number))
        entries = [entry for group in laid for entry in group.entries]
        chosen = (dict(entry.options).get(one.text, one.text) for entry in entries for one in entry.inputs)
        title = ", ".join([text if len(text) <= _LONG else f"{text[:_LONG]}…" for text in chosen if text][:2])
        named = bool(self._typed.values.get(str(Spot("@id", 0, local, number))))  # it is not new
        told = any(entry.troubles for entry in entries) or any(one.sought for entry in entries for one in entry.inputs)
        here = self._onward.startswith(Spot("", 0, local, number).inside)
        return Part(local, number, laid, title, told or here or not named)

    def _groups(self, kind: NamedNode, part: str, number: int) -> Iterator[Group]:
        rows = self._typed.rows(part, number)
        for group in groups(kind, bool(part)):
            entries = [self._entry(kind, ask, rows, Spot("", 0, part, number)) for ask in group.asks]
            asked = any(ask.need not in ("", "welcome") for ask in group.asks)
            used = any(self._is_used(each) for entry in entries for each in entry.inputs)
            yield Group(self._words(group.heading), tuple(entries), bool(part) or asked or used)

    def _is_used(self, one: Input) -> bool:
        return bool(one.text or one.troubles or one.sought) or one.name == self._onward

    def _entry(self, kind: NamedNode, ask: Ask, rows: Mapping[str, list[tuple[Spot, str]]], at: Spot) -> Entry:
        single = ask.field is None or not ask.field.texts
        return Entry(
            place=f"{at.inside}{ask.key}",
            control=ask.control,
            label=_capital(self._words(ask.first.label)),
            need=ask.need if single and not (ask.control == "address" and self._named) else "",
            hints=tuple(self._hints(ask, kind)),
            inputs=tuple(self._inputs(kind, ask, rows, at)),
            options=self._options(ask, kind),
            many=ask.first.many and single and ask.control != "choices",
            more=() if single else self._more(ask),
        )

    def _inputs(
        self, kind: NamedNode, ask: Ask, rows: Mapping[str, list[tuple[Spot, str]]], at: Spot
    ) -> Iterator[Input]:
        known = {each.key: each for each in ask.columns}
        if ask.field and ask.field.texts:
            others = [key for key in rows if key.partition("-")[0] == ask.key and key not in known]
            known |= {key: found for key in others if (found := column(kind, key, bool(at.part))) is not None}
        for key, each in known.items():
            empty = short(kind.value) if key == KIND else ""  # unless a narrower one is chosen
            given = rows.get(key) or [(Spot(key, 0, at.part, at.number), empty)]
            for spot, text in given:
                name = str(spot)
                yield Input(
                    name, text, each.lang, self._tongue(each.lang), each.need, tuple(self._troubles.get(name, ())),
                    self._candidates.get(name, ()), name in self._candidates,
                )  # fmt: skip

    def _options(self, ask: Ask, kind: NamedNode) -> tuple[tuple[str, str], ...]:
        codes = kinds(kind) if ask.first.key == KIND else ask.first.codes
        named = [(short(code.value).strip("<>"), self._words(called(code))) for code in codes]
        if len(named) > _ALPHABETIC:
            named.sort(key=lambda each: each[1].casefold())
        return tuple(named)

    def _hints(self, ask: Ask, kind: NamedNode) -> Iterator[str]:
        if text := self._words(meaning(ask)):
            yield text
        if ask.control == "address" and self._named:
            yield say(said("Leave it empty, and one is made from the name."), self._lang)
        for words in wanted(ask, kind):
            yield _capital(say(settled(words, self._lang), self._lang))

    def _more(self, ask: Ask) -> tuple[tuple[str, str], ...]:
        several = ask.first.many
        own = {each.lang for each in ask.columns}
        return tuple((tag, self._tongue(tag)) for tag in LANGUAGES if several or tag not in own)

    def _tongue(self, tag: str) -> str:
        return say(LANGUAGES[tag], self._lang) if tag in LANGUAGES else tag

    def _words(self, words: Mapping[str, str]) -> str:
        return in_language(words, self._lang)


def _labelled(trouble: Trouble, label: str) -> Trouble:
    return Trouble(trouble.severity, trouble.words, trouble.rule, trouble.name, label)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

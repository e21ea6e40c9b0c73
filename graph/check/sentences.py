"""Say a statement or an axiom in words, English and French, by the labels of what it names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.names import name, short
from graph.reason.axioms import Axioms, Node

Lang = OneOf["en", "fr"]
Words = Mapping[str, str]
Labels = Mapping[Node, Mapping[str, str]]

LANGS: Final[tuple[Lang, ...]] = ("en", "fr")
_QUOTE: Final = {"en": "“{}”", "fr": "« {} »"}
_LABELS: Final = (name("rdfs:label"), name("skos:prefLabel"))  # the later wins

# {s} and {o} are the two ends of the triple, {p} what joins them.
_AXIOMS: Final[dict[NamedNode, Words]] = {
    owl.SUBCLASS: {"en": "All that is {s} is {o} too.", "fr": "Tout ce qui est {s} est aussi {o}."},
    owl.EQUIVALENT: {"en": "{s} means {o}, and the other way round.", "fr": "{s} signifie {o}, et réciproquement."},
    owl.DISJOINT: {"en": "Nothing is both {s} and {o}.", "fr": "Rien n’est à la fois {s} et {o}."},
    owl.SUBPROPERTY: {"en": "Where {s} holds, {o} holds too.", "fr": "Là où {s} vaut, {o} vaut aussi."},
    owl.INVERSE: {"en": "{s} is {o} read backwards.", "fr": "{s} est {o} lu à l’envers."},
    owl.DOMAIN: {"en": "Whatever stands before {s} is {o}.", "fr": "Ce qui se trouve devant {s} est {o}."},
    owl.RANGE: {"en": "Whatever stands after {s} is {o}.", "fr": "Ce qui se trouve après {s} est {o}."},
    owl.CHAIN: {"en": "{o} gives {s}.", "fr": "{o} donne {s}."},
}
_KINDS: Final[dict[NamedNode, Words]] = {
    name("owl:TransitiveProperty"): {
        "en": "{s} carries on along a chain.",
        "fr": "{s} se prolonge le long d’une chaîne.",
    },
    name("owl:SymmetricProperty"): {"en": "{s} holds in both directions.", "fr": "{s} vaut dans les deux sens."},
    name("owl:AsymmetricProperty"): {
        "en": "{s} never holds in both directions.",
        "fr": "{s} ne vaut jamais dans les deux sens.",
    },
    name("owl:IrreflexiveProperty"): {
        "en": "{s} never joins a thing to itself.",
        "fr": "{s} ne relie jamais une chose à elle-même.",
    },
    name("owl:FunctionalProperty"): {"en": "{s} has at most one value.", "fr": "{s} a au plus une valeur."},
    name("owl:InverseFunctionalProperty"): {
        "en": "{s} belongs to at most one thing.",
        "fr": "{s} appartient à une chose au plus.",
    },
}
_TYPE: Final[Words] = {"en": "{s} is {o}.", "fr": "{s} est {o}."}
_LINK: Final[Words] = {"en": "{s} — {p} — {o}.", "fr": "{s} — {p} — {o}."}
_BOTH: Final[Words] = {
    "en": "{thing} is both {one} and {other}, and nothing can be both.",
    "fr": "{thing} est à la fois {one} et {other}, or rien ne peut être les deux.",
}
_CANNOT: Final[Words] = {
    "en": "These statements cannot all be true.",
    "fr": "Ces énoncés ne peuvent pas tous être vrais.",
}
_JOINS: Final[dict[str, Words]] = {
    "and": {"en": " and ", "fr": " et "},
    "or": {"en": " or ", "fr": " ou "},
    "then": {"en": " followed by ", "fr": " suivi de "},
    "some": {"en": "what stands before {p} with {o} after it", "fr": "ce qui se trouve devant {p}, suivi de {o}"},
    "back": {"en": "{p} read backwards", "fr": "{p} lu à l’envers"},
    "other": {"en": "a class described in the ontology", "fr": "une classe décrite dans l’ontologie"},
}


def labels(triples: Iterable[Triple]) -> Labels:
    """Gather the labels of all that the triples name, a preferred label before any other."""
    found: dict[Node, dict[str, str]] = defaultdict(dict)
    rows = [each for each in triples if each.predicate in _LABELS and isinstance(each.object, Literal)]
    for subject, _, label in sorted(rows, key=lambda each: _LABELS.index(each.predicate)):
        assert isinstance(label, Literal)
        found[subject][label.language or "en"] = label.value
    return found


def both(thing: Node, one: Node, other: Node, known: Labels) -> Words:
    """Say that a thing is of two classes that exclude each other."""
    voices = {lang: _Voice(lang, known, Axioms(())) for lang in LANGS}
    return {
        lang: _BOTH[lang].format(thing=voice.call(thing), one=voice.call(one), other=voice.call(other))
        for lang, voice in voices.items()
    }


def cannot() -> Words:
    """Say that statements exclude each other, where no single thing shows why."""
    return _CANNOT


def say(statement: tuple[Triple, ...], known: Labels) -> Words:
    """Say a statement: its first triple, with the blank nodes that the others describe."""
    parts = Axioms(statement)
    return {lang: _Voice(lang, known, parts).sentence(statement[0]) for lang in LANGS}


class _Voice:
    """Speak one language about the parts of one statement."""

    def __init__(self, lang: Lang, known: Labels, parts: Axioms) -> None:
        self._lang, self._known, self._parts = lang, known, parts

    def sentence(self, triple: Triple) -> str:
        """Return the sentence that a triple makes."""
        kind = triple.object if triple.predicate == owl.TYPE and isinstance(triple.object, NamedNode) else None
        words = _KINDS.get(kind) if kind else _AXIOMS.get(triple.predicate)
        words = words or (_TYPE if kind else _LINK)
        return words[self._lang].format(
            s=self.call(triple.subject), p=self._name(triple.predicate), o=self.call(triple.object)
        )

    def call(self, node: Node) -> str:
        """Return what to call a thing, a class, a property, or an expression of these."""
        if isinstance(node, Literal):
            return _QUOTE[self._lang].format(node.value)
        if isinstance(node, NamedNode):
            return _QUOTE[self._lang].format(self._name(node))
        for key, word in ((owl.INTERSECTION, "and"), (owl.UNION, "or")):
            if members := list(self._parts.members(self._parts.value(node, key))):
                return self._joined(word, members)
        if steps := list(self._parts.members(node)):
            return self._joined("then", steps)
        return self._described(node)

    def _described(self, node: Node) -> str:
        if (forward := self._parts.value(node, owl.INVERSE)) is not None:
            return _JOINS["back"][self._lang].format(p=self.call(forward))
        link, filler = self._parts.value(node, owl.ON_PROPERTY), self._parts.value(node, owl.SOME)
        if link is None or filler is None:
            return _JOINS["other"][self._lang]
        return _JOINS["some"][self._lang].format(p=self.call(link), o=self.call(filler))

    def _joined(self, word: str, members: list[Node]) -> str:
        return _JOINS[word][self._lang].join(self.call(each) for each in members)

    def _name(self, node: NamedNode) -> str:
        known = self._known.get(node, {})
        return known.get(self._lang) or next(iter(known.values()), short(node.value))

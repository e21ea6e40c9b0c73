"""Expand the names of JSON-LD by the contexts in a text (JSON-LD 1.1, 4.1), as far as places need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graph.names import BASE
from graph.places.content import joined
from graph.places.json_text import Value

UPLOAD: Final = f"{BASE}upload/"  # what relative addresses of a file start from


@dataclass(frozen=True, slots=True)
class Term:
    """Say what a name of a context stands for."""

    iri: str
    kind: str = ""
    container: tuple[str, ...] = ()
    reverse: bool = False
    inner: Value | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Hold the names that are known at a place."""

    terms: Mapping[str, Term] = field(default_factory=dict)
    vocab: str = ""
    base: str = UPLOAD

    def with_(self, value: Value | None) -> "Context":
        """Return this context with what a @context adds; one on the network was refused when the file was read."""
        if value is None:
            return self
        context = self
        for each in value.items or (value,):
            context = context._with_one(each)
        return context

    def _with_one(self, value: Value) -> "Context":
        if value.members is None:
            return Context() if value.bare == "null" else self
        vocab, base = _text(value, "@vocab"), _text(value, "@base")
        context = replace(
            self,
            vocab=self.expand(vocab, self.vocab) if vocab else self.vocab,
            base=joined(self.base, base) if base else self.base,
        )
        terms = {name: each for name, (_, each) in value.members.items() if not name.startswith("@")}
        simple = {name: Term(each.text) for name, each in terms.items() if each.text is not None}
        # A name may lean on another one of the same context, whichever comes first.
        context = replace(context, terms={**context.terms, **simple})
        made = {name: context._term(name, each) for name, each in terms.items()}
        return replace(context, terms={**context.terms, **made})

    def _term(self, name: str, value: Value) -> Term:
        if value.members is None:
            return Term(self.expand(value.text or name, self.vocab))
        reverse, held = _text(value, "@reverse"), value.members.get("@container")
        container = [each.text or "" for each in (held[1].items or (held[1],))] if held else []
        inner = value.members.get("@context")
        return Term(
            iri=self.expand(reverse or _text(value, "@id") or name, self.vocab, name),
            kind=_text(value, "@type"),
            container=tuple(container),
            reverse=bool(reverse),
            inner=inner[1] if inner else None,
        )

    def expand(self, name: str, start: str, but: str = "", deep: int = 0) -> str:
        """Return the address that a name stands for; a keyword stands for itself."""
        if name.startswith(("@", "_:")) or deep > 10:
            return name
        known = self.terms.get(name)
        if known and name != but and known.iri != name:
            return self.expand(known.iri, start, name, deep + 1)
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.terms:
            return self.expand(self.terms[prefix].iri, start, prefix, deep + 1) + rest
        return name if colon else start + name

    def field(self, name: str) -> Term:
        """Return what a key stands for."""
        known = self.terms.get(name)
        iri = self.expand(known.iri if known else name, self.vocab, name if known else "")
        return replace(known, iri=iri) if known else Term(iri)

    def thing(self, name: str) -> str:
        """Return the address of a thing, which may be written relative to the base."""
        prefix = name.partition(":")[0]
        return self.expand(name, "") if prefix in self.terms and ":" in name else joined(self.base, name)

    def kind(self, name: str) -> str:
        """Return the address of a class."""
        return self.expand(name, self.vocab)


def _text(value: Value, key: str) -> str:
    found = (value.members or {}).get(key)
    return (found[1].text or "") if found else ""

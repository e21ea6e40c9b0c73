"""Lay triples out as Turtle in the house style: one place for each, whatever the place they came from."""

import re
from collections import Counter

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

Node = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode | Triple

WIDTH, STEP = 100, "    "
GRAPH = "https://w3id.org/m4sd/graph/"
SPACES = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": "https://w3id.org/m4sd/shapes#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EARLY = """
    rdf:type sh:targetClass sh:targetNode sh:targetObjectsOf sh:targetSubjectsOf sh:path
    rdfs:subClassOf rdfs:subPropertyOf owl:equivalentClass owl:equivalentProperty owl:inverseOf
    rdfs:domain rdfs:range owl:propertyChainAxiom owl:disjointWith owl:members
    skos:prefLabel skos:altLabel skos:hiddenLabel skos:definition skos:example
    rdfs:label rdfs:comment rdfs:isDefinedBy sh:name sh:description
"""
LATE = "sh:severity shape:importedSeverity sh:message sh:group sh:order"
LANGUAGES = ["", "en", "fr"]
LOCAL = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
SHORT = {"boolean": "true|false", "decimal": r"[+-]?[0-9]*\.[0-9]+", "integer": "[+-]?[0-9]+"}


def _terms(names: str) -> list[NamedNode]:
    pairs = (name.split(":") for name in names.split())
    return [NamedNode(SPACES[space] + local) for space, local in pairs]


TYPE, FIRST, REST, NIL, ONTOLOGY = _terms("rdf:type rdf:first rdf:rest rdf:nil owl:Ontology")
VERBS = {verb: (0, place, "") for place, verb in enumerate(_terms(EARLY))}
VERBS |= {verb: (2, place, "") for place, verb in enumerate(_terms(LATE))}


class Layout:
    """Hold one file's triples and say each of them once."""

    def __init__(self, body: str) -> None:
        self.facts: dict[Subject, dict[NamedNode, list[Node]]] = {}
        triples = parse(body, format=RdfFormat.TURTLE)
        for subject, predicate, value in dict.fromkeys(quad.triple for quad in triples):
            self.facts.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self.prefixes = sorted(triples.prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self.used: dict[str, str] = {}
        self.seen: set[Subject] = set()
        values = (value for said in self.facts.values() for values in said.values() for value in values)
        self.named = Counter(value for value in values if isinstance(value, BlankNode))
        if any(times > 1 for times in self.named.values()):
            raise ValueError("a blank node is named twice; give it an IRI")

    def blocks(self) -> list[str]:
        """Write each subject with all that is said of it, and fill `used` with the prefixes it took."""
        blocks = [self._block(subject) for subject in self._order()]
        if self.facts.keys() - self.seen:
            raise ValueError("a blank node points back at itself; give it an IRI")
        return blocks

    def _order(self) -> list[Subject]:
        # An ontology or a record's graph comes first, then what the record is about, then the alphabet.
        roots = [s for s in self.facts if not isinstance(s, BlankNode) or s not in self.named]
        slugs = {str(s).rstrip(">").rpartition("/")[2] for s in roots if str(s).startswith("<" + GRAPH)}

        def rank(subject: Subject) -> tuple[int, str]:
            if not isinstance(subject, NamedNode):
                return 3, self._flat(subject)
            if subject.value.startswith(GRAPH) or ONTOLOGY in self.facts[subject].get(TYPE, []):
                return 0, subject.value
            return (1 if subject.value.rpartition("/")[2] in slugs else 2), subject.value

        return sorted(roots, key=rank)

    def _block(self, subject: Subject) -> str:
        self.seen.add(subject)
        name = self._name(subject.value) if isinstance(subject, NamedNode) else "[]"
        return f"{name}\n{self._lines(subject, STEP)}\n{STEP}."

    def _lines(self, subject: Subject, pad: str) -> str:
        said = self.facts[subject]
        return "\n".join(self._line(verb, said[verb], pad) for verb in sorted(said, key=self._verb_key))

    def _line(self, verb: NamedNode, values: list[Node], pad: str) -> str:
        line = f"{pad}{self._flat_line(verb, values)} ;"
        if _fits(line):
            return line
        word = self._word(verb)
        inner = pad if len(values) == 1 else pad + STEP
        ordered = sorted(values, key=self._value_key)
        tall = [self._tall(value, inner, always=len(values) == 1) for value in ordered]
        return f"{pad}{word} " + f",\n{inner}".join(tall) + " ;"

    def _tall(self, node: Node, pad: str, *, always: bool = False) -> str:
        flat = self._flat(node)
        if not isinstance(node, BlankNode) or node not in self.facts or (not always and _fits(pad + flat)):
            return flat
        items = self._items(node)
        if items is None:
            return f"[\n{self._lines(node, pad + STEP)}\n{pad}]"
        return "(\n" + "".join(f"{pad}{STEP}{self._tall(item, pad + STEP)}\n" for item in items) + f"{pad})"

    def _flat(self, node: Node) -> str:
        if isinstance(node, NamedNode):
            return "()" if node == NIL else self._name(node.value)
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Triple):
            raise ValueError("a triple within a triple has no place in the house style")
        self.seen.add(node)
        items = self._items(node)
        if items is not None:
            return f"( {' '.join(map(self._flat, items))} )"
        said = self.facts.get(node, {})
        words = [self._flat_line(verb, said[verb]) for verb in sorted(said, key=self._verb_key)]
        return f"[ {' ; '.join(words)} ]" if words else "[]"

    def _flat_line(self, verb: NamedNode, values: list[Node]) -> str:
        word = self._word(verb)
        return f"{word} {', '.join(map(self._flat, sorted(values, key=self._value_key)))}"

    def _items(self, node: Node) -> list[Node] | None:
        items: list[Node] = []
        while isinstance(node, BlankNode):
            said = self.facts.get(node, {})
            if said.keys() != {FIRST, REST} or len(said[FIRST]) != 1 or len(said[REST]) != 1:
                return None
            self.seen.add(node)
            items.append(said[FIRST][0])
            node = said[REST][0]
        return items if node == NIL else None

    def _word(self, verb: NamedNode) -> str:
        return "a" if verb == TYPE else self._name(verb.value)

    def _name(self, iri: str) -> str:
        for name, start in self.prefixes:
            if iri.startswith(start) and LOCAL.fullmatch(iri, len(start)):
                self.used[name] = start
                return f"{name}:{iri.removeprefix(start)}"
        return f"<{iri}>"

    def _literal(self, node: Literal) -> str:
        if node.language:
            return f"{_quoted(node.value)}@{node.language}"
        kind = node.datatype.value.removeprefix(SPACES["xsd"])
        if kind in SHORT and re.fullmatch(SHORT[kind], node.value):
            return node.value
        return _quoted(node.value) + ("" if kind == "string" else f"^^{self._name(node.datatype.value)}")

    def _verb_key(self, verb: NamedNode) -> tuple[int, int, str]:
        return VERBS.get(verb) or (1, 0, self._name(verb.value))

    def _value_key(self, node: Node) -> tuple[int, int, str, str]:
        if not isinstance(node, Literal):
            return (0 if isinstance(node, NamedNode) else 2), 0, "", self._flat(node)
        language = node.language or ""
        return 1, (LANGUAGES.index(language) if language in LANGUAGES else 9), language, self._literal(node)


def _fits(line: str) -> bool:
    return len(line) <= WIDTH and "\n" not in line


def _quoted(value: str) -> str:
    text = value.replace("\\", "\\\\").replace("\r", "\\r").replace("\t", "\\t")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04X}", text)
    if "\n" not in text:
        return '"' + text.replace('"', '\\"') + '"'
    return '"""' + re.sub(r'"{3,}|"+\Z', lambda match: match[0].replace('"', '\\"'), text) + '"""'

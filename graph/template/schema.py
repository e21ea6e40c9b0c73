"""Write the JSON Schema of a class (draft 2020-12): what a node of our JSON-LD context must hold, as the shapes ask."""

import re

from pyoxigraph import NamedNode

from graph.context import ADDRESS
from graph.names import BASE, PREFIXES, name, short
from graph.template.context import Json, literal_type, node, term
from graph.template.fields import Field, fields
from graph.template.labels import called, in_language
from graph.template.layout import Column, expected
from graph.template.outline import kinds
from graph.template.sheet import Say, sentence
from graph.template.things import published

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAYS = {"gYear": r"^[0-9]{4}$", "gYearMonth": r"^[0-9]{4}-(0[1-9]|1[0-2])$", "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_FORMS = {
    **_DAYS,
    "decimal": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$",
    "dateTime": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}",
    "duration": r"^-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9.]+S)?)?$",
}
_FORMATS = {"date": "date", "anyURI": "uri", "dateTime": "date-time", "duration": "duration"}
_LIMITS = {
    "minInclusive": "minimum",
    "minExclusive": "exclusiveMinimum",
    "maxInclusive": "maximum",
    "maxExclusive": "exclusiveMaximum",
}
_OWN = "^(id:|" + re.escape(PREFIXES["id"]).replace(r"\-", "-") + ")[A-Za-z0-9_-]+$"


def schema(kind: NamedNode, lang: str, say: Say) -> Json:
    """Return the schema of one class, its words in a language; only errors of curated records are required."""
    laid = fields(kind)
    properties: Json = {
        "@context": {"anyOf": [{"const": ADDRESS}, {"type": ["object", "array"]}]},
        "@id": {"type": "string", "pattern": _OWN},
        "@type": {"enum": [form for each in kinds(kind) for form in (short(each.value), each.value)]},
    }
    properties.update({term(each): _property(each, kind, lang, say) for each in laid})
    found: Json = {
        "$schema": DIALECT,
        "$id": f"{BASE}shapes/{kind.value.rpartition('#')[2]}.schema.json",
        "title": in_language(called(kind), lang),
        "type": "object",
        "properties": properties,
        "required": ["@id", "@type", *(term(each) for each in laid if _required(each))],
        # Terms of other vocabularies may stand beside, by their prefixed names.
        "patternProperties": {":": True},
        "additionalProperties": False,
    }
    choices = dict.fromkeys(each.choice for each in laid if each.need == "one required")
    if choices:
        found["allOf"] = [_one_of(choice, laid) for choice in choices]
    known = published().examples.get(kind)
    return {**found, "examples": [node(kind, *known)]} if known else found


def _required(each: Field) -> bool:
    return each.need == "required" or "required" in each.texts.values()


def _one_of(choice: tuple[str, ...], laid: tuple[Field, ...]) -> Json:
    return {"anyOf": [{"required": [term(each)]} for each in laid if each.key in choice]}


def _property(each: Field, kind: NamedNode, lang: str, say: Say) -> Json:
    about = {
        "title": in_language(each.label, lang),
        "description": sentence(expected(Column(each.key, each.label, each, need=each.need), kind), lang, say),
    }
    if each.texts:
        return {**about, **_languages(each)}
    value = _value(each)
    if each.many:
        return {**about, "type": "array", "items": value, "minItems": 1, "uniqueItems": True}
    return {**about, **value}


def _languages(each: Field) -> Json:
    text: Json = {"type": "string", "minLength": 1}
    many: Json = {"anyOf": [text, {"type": "array", "items": text, "minItems": 1, "uniqueItems": True}]}
    needed = [tag for tag, need in sorted(each.texts.items()) if need == "required"]
    found: Json = {"type": "object", "propertyNames": {"pattern": "^([a-z]{2,3}(-[A-Za-z0-9]+)*|@none)$"}}
    return {**found, "additionalProperties": many if each.many else text, "required": needed, "minProperties": 1}


def _value(each: Field) -> Json:
    listed = [form for code in each.codes for form in (short(code.value), code.value)]
    if listed:
        return {"enum": listed}
    if each.is_thing:
        return {"type": "string", "format": "iri-reference", "minLength": 1}
    forms = [_literal(each, kind) for kind in each.kinds] or [{"type": ["string", "number", "boolean", "object"]}]
    if not each.kinds and each.patterns:
        return _either(each.patterns)
    whole = forms[0] if len(forms) == 1 else {"anyOf": _apart(forms)}
    patterns = [p for p in each.patterns if not set(each.kinds) & set(_DAYS)]
    strings = [{"pattern": pattern} for pattern in patterns]
    return {**whole, **strings[0]} if len(strings) == 1 else {**whole, **({"allOf": strings} if strings else {})}


def _either(patterns: tuple[str, ...]) -> Json:
    """Return a text that may say its language."""
    text: Json = {"type": "string", "minLength": 1, "allOf": [{"pattern": pattern} for pattern in patterns]}
    tagged = {"type": "object", "properties": {"@value": text}, "required": ["@value"]}
    return {"anyOf": [text, tagged]}


def _literal(each: Field, kind: str) -> Json:
    """Return how one datatype is written: as JSON has it, as the context types it, or with its type."""
    limits = {_LIMITS[side]: _figure(value) for side, value in each.bounds.items()}
    if kind in ("integer", "nonNegativeInteger"):
        return {"type": "integer", **limits, **({"minimum": 0} if kind[0] == "n" and not limits else {})}
    if kind == "boolean":
        return {"type": "boolean"}
    text: Json = {"type": "string", "minLength": 1}
    text.update({"pattern": _FORMS[kind]} if kind in _FORMS else {})
    text.update({"format": _FORMATS[kind]} if kind in _FORMATS else {})
    if kind == "string" or kind == literal_type(each):
        return text
    typed = {"const": short(name(f"xsd:{kind}").value)}
    return {
        "type": "object",
        "properties": {"@value": text, "@type": typed},
        "required": ["@value", "@type"],
        "additionalProperties": False,
    }


def _figure(text: str) -> int | float:
    return int(text) if re.fullmatch("-?[0-9]+", text) else float(text)


def _apart(forms: list[Json]) -> list[Json]:
    return [form for at, form in enumerate(forms) if form not in forms[:at]]

"""Name the terms that describe a person, reach one, or put something on a map, in the vocabularies in common use."""

from collections.abc import Collection

from pyoxigraph import NamedNode

from graph.names import PREFIXES

SCHEMA = ("http://schema.org/", "https://schema.org/")
VCARD = "http://www.w3.org/2006/vcard/ns#"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"


def _spelt(spaces: Collection[str], terms: str) -> frozenset[NamedNode]:
    return frozenset(NamedNode(space + term) for space in spaces for term in terms.split())


PERSONS = _spelt([*SCHEMA, PREFIXES["foaf"], PREFIXES["prov"]], "Person") | _spelt([VCARD], "Individual")
PERSONAL = (
    _spelt(SCHEMA, "additionalName birthDate birthPlace deathDate familyName gender givenName nationality")
    | _spelt(
        [PREFIXES["foaf"]], "age birthday family_name familyName firstName gender givenName givenname lastName surname"
    )
    | _spelt([VCARD], "additional-name bday family-name given-name hasFamilyName hasGender hasGivenName")
)
REACHED = (
    _spelt(SCHEMA, "email faxNumber telephone")
    | _spelt([PREFIXES["foaf"]], "mbox phone")
    | _spelt([VCARD], "email hasEmail hasTelephone tel")
)
DEGREES = _spelt(SCHEMA, "latitude longitude") | _spelt([WGS84], "lat long")
LOCATED = _spelt([PREFIXES["geo"]], "hasDefaultGeometry hasGeometry") | _spelt(SCHEMA, "geo location")

"""Name areas in the six languages of the UN, from CLDR (babel) and ISO 3166 (pycountry).

What is typed, in `area-names.tsv`, fills a gap of CLDR, replaces a name that means another area (CLDR calls 419 Latin
America and 053 Australasia), or is the UN's own for a country of the programme (République de Moldova, Kirghizistan).
The name of CLDR then stays as another name, so that a search for it still finds the area.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from gettext import translation

import pycountry
from babel import Locale

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
FORMS = ("name", "common_name", "official_name")

Row = Mapping[str, str]
Labels = dict[str, str]


def preferred(code: str, typed: Iterable[Row]) -> Labels:
    """Give the one name in each language of an M49 area, or of a country group."""
    return _cldr(code) | dict(_typed(typed, "pref"))


def others(code: str, typed: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Give every other name with its language: of CLDR, typed, and the forms of ISO 3166 in English and French."""
    yield from _cldr(code).items()
    yield from _typed(typed, "alt")
    country = pycountry.countries.get(numeric=code)
    for english in (getattr(country, form, "") for form in FORMS):
        yield "en", english
        french = _french(english)
        # What iso-codes has not translated comes back in English.
        yield "fr", "" if french == english else french


def acronyms(typed: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Give the typed acronyms with their languages."""
    return _typed(typed, "acronym")


def alternatives(cell: str) -> Iterator[tuple[str, str]]:
    """Read a cell such as `Tanger@en|Tangiers@en` as languages and names."""
    for text in filter(None, cell.split("|")):
        label, _, language = text.rpartition("@")
        yield language, label


def _typed(rows: Iterable[Row], kind: str) -> Iterator[tuple[str, str]]:
    return ((row["language"], row["name"]) for row in rows if row["kind"] == kind)


def _cldr(code: str) -> Labels:
    country = pycountry.countries.get(numeric=code)
    key = country.alpha_2 if country else code
    found = {language: _territories(language).get(key, "") for language in LANGUAGES}
    # CLDR writes regions as they stand in running text ("world"); as a label they begin like the others.
    return {lang: text if country else text[:1].upper() + text[1:] for lang, text in found.items() if text}


@cache
def _territories(language: str) -> Mapping[str, str]:
    return dict(Locale(language).territories.items())


@cache
def _french(text: str) -> str:
    return translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"]).gettext(text) if text else ""

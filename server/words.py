"""Speak English or French: translate templates and pages from the catalogue `translations/fr.po`."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from markupsafe import Markup

from graph.errors import Said, said
from server.http.negotiate import number

LANGUAGES = ("en", "fr")
LOCALES: Mapping[str, str] = {"en": "en_GB"}  # who writes the day before the month
CODE = frozenset({"present", "better", "one", "other", "variable", "function"})  # what fills words in with SPARQL
PLAIN = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,15})?", re.ASCII)
FOLDER = Path(__file__).parent / "translations"


@cache
def translations(lang: str) -> NullTranslations:
    """Return the translations into a language; English is what the code says."""
    path = FOLDER / f"{lang}.po"
    if lang not in LANGUAGES or not path.exists():
        return NullTranslations()
    return Translations(io.BytesIO(compiled(path, lang)))


def compiled(path: Path, lang: str) -> bytes:
    """Return a catalogue as gettext reads it; the same words give the same bytes."""
    with path.open("rb") as file:
        words = read_po(file, locale=lang)
    words.creation_date = words.revision_date = datetime.fromtimestamp(0, UTC)
    made = io.BytesIO()
    write_mo(made, words)
    return made.getvalue()


def say(words: Said, lang: str) -> str:
    """Return words in a language, the words inside them too."""
    data = {key: _spoken(value, lang) for key, value in words.data.items()}
    return translations(lang).ugettext(words.template).format(**data)


def _spoken(value: object, lang: str) -> object:
    if isinstance(value, Said):
        return say(value, lang)
    return pick(value, lang) if isinstance(value, Mapping) else value


def marked(words: Said, lang: str) -> Markup:
    """Return words for a page, what is code in them set apart."""
    template = Markup.escape(translations(lang).ugettext(words.template))
    code = Markup("<code>{}</code>")
    return template.format(**{key: code.format(value) if key in CODE else value for key, value in words.data.items()})


@lru_cache(1000)
def preferred(accept: str, default: str) -> str:
    """Return the best of our languages for an Accept-Language header (RFC 9110, 12.5.4) or a LANG variable."""
    asked: dict[str, float] = {}
    for part in accept.replace("_", "-").split(","):
        tag, _, parameter = part.partition(";")
        lang = tag.strip().partition("-")[0].lower()
        asked[lang] = max(asked.get(lang, 0), number(parameter.strip().removeprefix("q=") or "1"))
    best = max(LANGUAGES, key=lambda lang: asked.get(lang, 0))
    return best if asked.get(best, 0) > 0 else default


def pick(words: Mapping[str, str], lang: str) -> str:
    """Return words by language: the one asked for, else English, else any."""
    return words.get(lang) or words.get("en") or next(iter(words.values()), "")


def sentence(text: str) -> str:
    """Return words as a sentence begins; a first word that is a name, as `sdg:10.7` is, stays as it is."""
    first = text.partition(" ")[0]
    return text if re.search(r"[:._/<\"'?\d-]", first) else text[:1].upper() + text[1:]


def shown(text: str, datatype: str, lang: str) -> str:
    """Return a value of an XML Schema datatype as a reader of a language writes it; what is none, as it stands."""
    try:
        return _SHOWN[datatype](text, lang) if datatype in _SHOWN else text
    except (ValueError, ArithmeticError):  # such as 30 February
        return text


def moment(value: str | int, lang: str) -> str:
    """Return a time, given in ISO 8601 or in seconds since 1970, to the minute and in UTC."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return format_datetime(when, f"{_days(when, lang)}, HH:mm 'UTC'", locale=LOCALES.get(lang, lang))


def plural(value: float, lang: str) -> int:
    """Return a whole number that has the plural of any number in a language (CLDR): in French, 1.9 has that of one."""
    if isinstance(value, int):
        return value
    exact = Decimal(str(value)).normalize()  # 1.0 is shown as 1
    return 1 if Locale.parse(lang).plural_form(exact) == "one" else 2


def _days(when: date, lang: str) -> str:
    """Return how a day is written; CLDR has no pattern for the first of a month in French, which is an ordinal."""
    return "d'er' MMMM y" if lang == "fr" and when.day == 1 else "d MMMM y"


def _date(text: str, lang: str) -> str:
    when = date.fromisoformat(text[:10])
    return format_date(when, _days(when, lang), locale=LOCALES.get(lang, lang))


def _number(text: str, lang: str) -> str:
    if not PLAIN.fullmatch(text):  # an exponent could make a number of any length
        return text
    return format_decimal(Decimal(text), "#,##0.###############", locale=lang)


def _month(text: str, lang: str) -> str:
    return format_date(date.fromisoformat(f"{text[:7]}-01"), "LLLL y", locale=LOCALES.get(lang, lang))


_TRUTH: Mapping[str, Said] = {"true": said("yes"), "false": said("no")}
_SHOWN: Mapping[str, Callable[[str, str], str]] = {
    **dict.fromkeys(("integer", "decimal", "nonNegativeInteger", "positiveInteger"), _number),
    "date": _date,
    "dateTime": moment,
    "gYearMonth": _month,
    "boolean": lambda text, lang: say(_TRUTH[text], lang) if text in _TRUTH else text,
}

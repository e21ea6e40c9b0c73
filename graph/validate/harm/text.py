"""Find in a text what names or reaches a person or pins a point: addresses, numbers, names after a title, coordinates.

What is found is told masked (`j…@example.org`), since a report may be read by more people than the record.
A name alone in prose cannot be told from other words; a reviewer reads for that.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from urllib.parse import unquote

# Every repetition is bounded and starts where a word does: a hostile text must not make a search slow.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
AT, DOT = r"(?:@|[(\[]\s?(?:at|arobase|à)\s?[)\]])", r"(?:\.|[(\[]\s?(?:dot|point)\s?[)\]])"
EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}\s?{AT}\s?[\w-]{{1,63}}(?:\s?{DOT}\s?[\w-]{{1,63}}){{1,8}}", re.I)
# ITU-T E.164, 6: at most 15 digits after the plus sign; fewer than 8 are a date or a sum rather than a telephone.
INTERNATIONAL = re.compile(r"(?<![\w+:,.])(?:\+|00)\s?[1-9](?:[\s().\-/]{0,2}\d){7,14}(?!\w)")
# A national number is told from other figures by its groups of two, or by the word before it.
NATIONAL = re.compile(r"(?<![\w.,-])0\d(?:[ .-]\d{2}){4}(?!\w)")
ANNOUNCING = r"\b(?:tel|tél|téléphone|telephone|phone|mobile|cell|gsm|whatsapp|fax)\b"
ANNOUNCED = re.compile(rf"{ANNOUNCING}\D{{0,12}}(?:\d[\s().-]{{0,2}}){{7,14}}\d", re.I)
SIGN = re.compile(rf"\d|{AT}", re.I)  # what every address or number has
REACHES = ("mailto:", "tel:", "sms:", "whatsapp:", "https://wa.me/")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Mx|Mme|Mlle)\b\.?\s{1,3}[A-ZÀ-Þ][\w’'-]{0,40}")
# A point in well-known text (OGC 06-103r4, 7), in GeoJSON (RFC 7946, 3.1.2), and as the pair of decimals of a map.
NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?"
POINT = re.compile(rf"POINT\s{{0,3}}(?:ZM?|M)?\s{{0,3}}\({{1,2}}\s{{0,3}}({NUMBER})\s{{1,3}}({NUMBER})", re.I)
GEOJSON = re.compile(
    rf'"Point"\s{{0,3}},\s{{0,3}}"coordinates"\s{{0,3}}:\s{{0,3}}\[\s{{0,3}}({NUMBER})\s{{0,3}},\s{{0,3}}({NUMBER})'
)
DEGREE = r"[-+]?\d{1,3}\.\d{4,30}"
PAIR = re.compile(rf"(?<![\d.])({DEGREE})°?\s?[NSEWO]?\s?[,;\s]\s?({DEGREE})(?![\d.])")


def contacts(text: str) -> Iterator[str]:
    """Yield the e-mail addresses and telephone numbers in a text, masked."""
    plain = _plain(text)
    for reach in REACHES:
        if plain.lower().startswith(reach):
            yield masked(plain[len(reach) :], reach)
            return
    if not SIGN.search(plain):
        return
    yield from dict.fromkeys(masked(found.group()) for found in EMAIL.finditer(plain))
    if "://" in plain and not re.search(r"\s", plain):
        return  # the figures in the address of a page are no telephone
    numbers = (found.group() for rule in (INTERNATIONAL, NATIONAL, ANNOUNCED) for found in rule.finditer(plain))
    yield from dict.fromkeys(masked(re.sub(r"^[^+\d]+", "", number)) for number in numbers)


def names(text: str) -> Iterator[str]:
    """Yield the names that follow a title in a text, masked."""
    for found in TITLED.finditer(_plain(text)):
        title, _, rest = found.group().partition(" ")
        yield f"{title} {rest.strip()[0]}…"


def points(text: str) -> Iterator[int]:
    """Yield the number of decimals of each point in a text."""
    plain = _plain(text)
    for found in chain(*(rule.finditer(plain) for rule in (POINT, GEOJSON, PAIR))):
        yield max(map(decimals, found.groups()))


def decimals(number: str) -> int:
    """Return how many decimals a number states; zeros at its end state nothing."""
    try:
        exponent = Decimal(number).normalize().as_tuple().exponent
    except ArithmeticError:  # that it is no number, or none of this world, is another rule's matter
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def masked(text: str, before: str = "") -> str:
    """Return enough of an address or number for its author to find it, and too little to use it."""
    text = text.strip()
    start, at, host = text.partition("@")
    return f"{before}{start[:1]}…@{host}" if at else f"{before}{text[:4]}…"


def _plain(text: str) -> str:
    """Undo what hides a text from a search: percent signs, wide letters, letters that take no room."""
    plain = unquote(text)
    return plain if plain.isascii() else UNSEEN.sub("", unicodedata.normalize("NFKC", plain))

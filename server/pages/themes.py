"""Call the themes of the example library by words for people."""

from typing import Final

from flask import g

from graph.errors import said
from server.words import say

WORDS: Final = {
    "meeting": said("The board and its meetings"),
    "funding": said("Money: who funds what"),
    "actors": said("Who does what"),
    "sdg": said("Goals and targets"),
    "gcm": said("The Global Compact for Migration"),
    "policy": said("Policies"),
    "practice": said("Practices"),
    "results": said("Results"),
    "countries": said("Countries and regions"),
    "sectors": said("Sectors"),
    "programme": said("The programme"),
    "approach": said("Approaches"),
    "evidence": said("Evidence: who says so"),
    "catalogue": said("Records and datasets"),
}


def words(theme: str) -> str:
    """Return the name of a theme in the reader's language."""
    return say(WORDS[theme], g.lang)

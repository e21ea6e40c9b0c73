"""Let click speak the reader's language: it looks its own words up by gettext, which reads them from a folder."""

import gettext
import os
from typing import Final

from server.words import FOLDER, compiled

WORDS: Final = FOLDER / "click"
FRENCH: Final = WORDS / "fr" / "LC_MESSAGES" / "messages.po"


def speak(lang: str) -> None:
    """Have click speak a language from now on; English is what its code says."""
    gettext.bindtextdomain("messages", str(WORDS))
    os.environ["LANGUAGE"] = lang  # gettext asks for it before LC_ALL and LANG


if __name__ == "__main__":
    FRENCH.with_suffix(".mo").write_bytes(compiled(FRENCH, "fr"))

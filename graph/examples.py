"""Read the example library: one `.rq` file a competency question, its title in both languages on top."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# In which a question is shown: under the first of these that is among its tags.
THEMES = (
    *("meeting", "funding", "sdg", "gcm", "policy", "practice", "results", "actors", "countries", "sectors"),
    *("approach", "programme", "evidence", "catalogue"),
)
QUERIES = Path(__file__).parent / "queries"
_HEAD = re.compile(r"\A(?:# .*\n)*#\n")
_HEADER = re.compile(r"#\s*(\w+)(?:@(\w+))?:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Example:
    """Carry one example: its file's name, the question by language, what is worth knowing, its tags and its SPARQL."""

    name: str
    number: int
    title: Mapping[str, str]
    note: Mapping[str, str]
    tags: tuple[str, ...]
    text: str

    def shown(self, lang: str) -> str:
        """Return its SPARQL with the question in one language on top, instead of all that the library knows."""
        return _HEAD.sub(lambda _: f"# {self.title.get(lang) or self.title['en']}\n", self.text, count=1)

    @property
    def theme(self) -> str:
        """Return the theme that it is shown under."""
        return next((theme for theme in THEMES if theme in self.tags), THEMES[-1])


@cache
def examples(folder: Path = QUERIES) -> tuple[Example, ...]:
    """Return the examples in the order of their questions."""
    found = (_read(path) for path in folder.glob("*.rq"))
    return tuple(sorted(found, key=lambda example: (example.number, example.name)))


def find(name: str, folder: Path = QUERIES) -> Example | None:
    """Return the example of this name, or of this question number, if there is one."""
    return next((e for e in examples(folder) if name in (e.name, str(e.number))), None)


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = {"title": {}, "note": {}}
    plain: dict[str, str] = {}
    for line in text.splitlines():
        header = _HEADER.fullmatch(line)
        if not header:
            break
        key, lang, value = header.groups()
        if lang:
            words.setdefault(key, {})[lang] = value
        else:
            plain[key] = value
    tags = tuple(tag.strip() for tag in plain.get("tags", "").split(",") if tag.strip())
    return Example(path.stem, int(plain.get("question", 0)), words["title"], words["note"], tags, text)

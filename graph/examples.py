"""Read the example library: one `.rq` file a competency question, its title in both languages on top.

A question may have parameters. The query binds each by `VALUES ?country { … }` on one line, with `UNDEF` for any; the
head says of which class its values are, `# parameter country: m4sd:Country`, and how it is called, `# parameter
country@en: Country`. `# asked@en:` puts the question with `{country}` in it; `# answer@en:` and `# none@en:` answer it
in a sentence, where `{result}` lists the values of a column, `{result#}` counts them, and `{result#|one|many}` agrees.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# In which a question is shown: under the first of these that is among its tags.
THEMES = (
    *("meeting", "funding", "sdg", "gcm", "policy", "practice", "results", "actors", "countries", "sectors"),
    *("approach", "programme", "evidence", "catalogue"),
)
QUERIES = Path(__file__).parent / "queries"
_HEAD = re.compile(r"\A(?:# .*\n)*#\n")
_HEADER = re.compile(r"#\s*(\w+)(?: (\w+))?(?:@(\w+))?:\s*(.*)")
_BOUND = r"VALUES \?{} \{{ (.+?) \}}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Carry what can be chosen in a question: its variable, the class of its values, its name by language."""

    name: str
    kind: str
    label: Mapping[str, str]

    def place(self, text: str) -> re.Match[str]:
        """Return where a query binds it."""
        found = re.search(_BOUND.format(self.name), text)
        assert found is not None, f"no VALUES ?{self.name} on one line"
        return found


@dataclass(frozen=True, slots=True)
class Example:
    """Carry one example: its file's name, the question by language, what is worth knowing, its tags and its SPARQL.

    `words` holds the sentences of a question with parameters: `asked`, `answer` and `none`, by language.
    """

    name: str
    number: int
    title: Mapping[str, str]
    note: Mapping[str, str]
    tags: tuple[str, ...]
    text: str
    parameters: tuple[Parameter, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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
    chosen: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        header = _HEADER.fullmatch(line)
        if not header:
            break
        key, name, lang, value = header.groups()
        if name:
            chosen.setdefault(name, {})[lang or "kind"] = value
        elif lang:
            words.setdefault(key, {})[lang] = value
        else:
            plain[key] = value
    tags = tuple(tag.strip() for tag in plain.get("tags", "").split(",") if tag.strip())
    parameters = tuple(Parameter(name, given.pop("kind"), given) for name, given in chosen.items())
    title, note, number = words.pop("title"), words.pop("note"), int(plain.get("question", 0))
    return Example(path.stem, number, title, note, tags, text, parameters, words)

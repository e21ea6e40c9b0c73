"""Write Turtle in the house style, so that a changed line is a changed meaning.

Only used prefixes, sorted subjects and values, predicates in one fixed order, the `.` on its own line.
What the style has no place for is refused rather than lost: a comment below the heading, a blank node named twice.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ontology.layout import Layout

TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"|'
    r"'''(?:[^\\]|\\.)*?'''|'(?:[^'\\]|\\.)*'|"
    r"<[^<>\s]*>|\\.|(?P<comment>#[^\n]*)",
    re.DOTALL,
)


def tidy(text: str) -> str:
    """Return the same graph under the same heading, in the house style."""
    heading, body = _split(text)
    layout = Layout(body)
    blocks = layout.blocks()
    prefixes = [f"@prefix {name}: <{iri}> ." for name, iri in sorted(layout.used.items())]
    return "\n\n".join(["\n".join([*heading, *prefixes]), *blocks]).strip("\n") + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the files in the house style, or with --check name those that are not in it."""
    parser = argparse.ArgumentParser(prog="python -m ontology.tidy", description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    options = parser.parse_args(arguments)
    changed = [path for path in options.files if _changes(path, write=not options.check)]
    for path in changed:
        print(f"{path}: {'not in the house style' if options.check else 'rewritten'}", file=sys.stderr)
    return 1 if options.check and changed else 0


def _changes(path: Path, *, write: bool) -> bool:
    before = path.read_text(encoding="utf-8")
    try:
        after = tidy(before)
    except (SyntaxError, ValueError) as error:
        raise SystemExit(f"{path}: {error}") from error
    if write and after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def _split(text: str) -> tuple[list[str], str]:
    lines = text.split("\n")
    length = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    body = "\n".join(lines[length:])
    for token in TOKEN.finditer(body):
        if token["comment"] is not None:
            line = length + 1 + body.count("\n", 0, token.start())
            raise ValueError(f"line {line}: a comment below the heading would be lost; move it to the top")
    return lines[:length], body


if __name__ == "__main__":
    sys.exit(main())

"""Write down what files come to, as sha256sum(1) does, and find those that are not so any more."""

import hashlib
from pathlib import Path

NAME = "SHA256SUMS"


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of each file of a folder, so that `sha256sum --check SHA256SUMS` can be run there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    lines = (f"{sum_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / NAME).write_text("".join(lines), encoding="utf-8")


def changed_files(folder: Path) -> list[str]:
    """Return the files that are not as they were written down, and those that are gone."""
    try:
        *lines, end = (folder / NAME).read_text(encoding="utf-8").split("\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return [NAME]
    told = [line.split("  ", 1) for line in lines]
    if end or any(len(each) != 2 for each in told):
        return [NAME]
    return [name for digest, name in told if not (folder / name).is_file() or sum_of(folder / name) != digest]


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Hold what the words mean: the ontology, its vocabularies and its alignments, as Turtle files."""

from pathlib import Path

FOLDER: Path = Path(__file__).parent

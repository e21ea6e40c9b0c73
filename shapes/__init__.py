"""Say what a valid record must show: SHACL shapes, one file a class, one named shape a rule.

`ontology.ttl` is apart: it is what the ontology itself must pass. `prefixes.ttl` and `groups.ttl` serve all the others.
"""

from pathlib import Path

FOLDER: Path = Path(__file__).parent

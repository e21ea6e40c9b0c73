"""Say why a constraint has no query of its own, so that pySHACL must judge it."""

from graph.errors import M4sdError, Said


class NotCompiled(M4sdError):
    """Carry the reason why something in a shape does not become SPARQL."""

    template = "{why}"

    def __init__(self, why: Said) -> None:
        super().__init__(why=why)
        self.why = why

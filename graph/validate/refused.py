"""Refuse shapes that no validation can use."""

from graph.errors import M4sdError


class ShapesUnusable(M4sdError):
    """Say why shapes cannot be used: they are malformed, or ask for what is not here."""

    template = "These shapes cannot be used: {why}"

    def __init__(self, why: object) -> None:
        super().__init__(why=why)

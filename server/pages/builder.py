"""Write a query by choosing, without a line of SPARQL and without a script: `/build`."""

from flask import Response, g, render_template, request, url_for

from server.workers.looks import Looks

MOST = 8  # lines


class Builder:
    """Be `/build`."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def page(self) -> Response:
        """Show the form as far as it is filled in, and the query that it writes."""
        chosen = request.args.get("class", "")[:500]
        lines = tuple(
            tuple(request.args.get(f"{field}{n}", "")[:500] for field in ("property", "value", "part"))
            for n in range(1, MOST + 1)
        )
        found = self._looks.at("graph.pages.builder:build", chosen, tuple(line for line in lines if line[0]), g.lang)
        return Response(
            render_template(
                "builder.html",
                found=found,
                more=len(found.rows) < MOST,
                ask=url_for("sparql", query=found.text, format="html") if found.text else "",
                edit=url_for("sparql", edit=found.text) if found.text else "",
            )
        )

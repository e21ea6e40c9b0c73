"""Show what was published for good: `/releases`, one release with its files, and what differs between two."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, render_template, request, send_file, send_from_directory, url_for
from pyoxigraph import NamedNode, Quad

from graph.errors import said
from graph.keeping.history import difference
from graph.keeping.shelf import FOLDER, Release, releases
from graph.keeping.sums import NAME
from graph.names import CATALOGUE
from server.http.answers import as_json
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import Problem, Refusal

A_YEAR = 31_536_000
_ABOUT = "release.json"


@dataclass(frozen=True, slots=True)
class File:
    """Say of a file of a release how large it is and what its SHA-256 is."""

    name: str
    size: int
    sha256: str


class Releases:
    """Be the pages of releases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/releases", "releases", self.listed)
        app.add_url_rule("/releases/compare", "compare_releases", self.compare)
        app.add_url_rule("/releases/<version>", "release", self.one)
        app.add_url_rule("/releases/<version>/<name>", "release_file", self.file)

    def listed(self) -> Response:
        """List what was published, newest first."""
        found = releases(self._folder)
        if asked_for((HTML, JSON)) is JSON:
            return as_json({"releases": [self._plain(each) for each in found]})
        return Response(render_template("releases.html", releases=found))

    def one(self, version: str) -> Response:
        """Show one release: its notes, its files with their sums, how to cite it."""
        found = self._found(version)
        if asked_for((HTML, JSON)) is JSON:
            return as_json(self._plain(found))
        before = next((each for each in releases(self._folder) if each.sequence < found.sequence), None)
        return Response(render_template("release.html", release=found, files=self._files(found), before=before))

    def file(self, version: str, name: str) -> Response:
        """Give a file of a release, or the part of it that is asked for (RFC 9110, 14)."""
        found = self._found(version)
        if name not in (*found.files, NAME, _ABOUT):
            raise Refusal(Problem(404, said("release {version} has no file {name}", version=version, name=name[:80])))
        if name == NAME:
            return self._sums(found)
        place, kind = self._place(found), "application/gzip" if name.endswith(".gz") else None
        response = send_from_directory(place, name, mimetype=kind, as_attachment=name in found.files, max_age=A_YEAR)
        return _in_parts(response)

    def _sums(self, release: Release) -> Response:
        """Give the sums of the files that are listed: `sha256sum --check` fails for any that nobody can fetch."""
        body = "".join(f"{file.sha256}  {file.name}\n" for file in self._files(release)).encode()
        etag = sha256(body).hexdigest()[:24]
        return _in_parts(send_file(BytesIO(body), "text/plain", etag=etag, max_age=A_YEAR))

    def compare(self) -> Response:
        """Show which records differ between two releases."""
        given = request.args.get("from"), request.args.get("to")
        if not all(given):
            raise Refusal(Problem(400, said("name two releases: /releases/compare?from=2026.1&to=2026.2")))
        older, newer = (self._found(version or "") for version in given)
        found = difference(self._folder, older.sequence, newer.sequence)
        went, came = (Counter(_record(quad) for quad in quads) for quads in (found.removed, found.added))
        rows = [(graph.value, went[graph], came[graph]) for graph in sorted({*went, *came}, key=str)]
        if asked_for((HTML, JSON)) is JSON:
            told = [{"graph": graph, "removed": lost, "added": won} for graph, lost, won in rows]
            return as_json({"from": older.version, "to": newer.version, "records": told})
        totals = went.total(), came.total()
        return Response(render_template("releases_compared.html", older=older, newer=newer, rows=rows, totals=totals))

    def _found(self, version: str) -> Release:
        known = releases(self._folder)
        found = next((each for each in known if each.version == version), None)
        if found is None:
            listed = [each.version for each in known]
            words = said("there is no release {version}; there are: {known}", version=version[:80],
                         known=", ".join(listed) or "-")  # fmt: skip
            raise Refusal(Problem(404, words, {"versions": listed}))
        return found

    def _place(self, release: Release) -> Path:
        return (self._folder / FOLDER / release.version).resolve()

    def _files(self, release: Release) -> list[File]:
        place = self._place(release)
        lines = (place / NAME).read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        return [File(name, (place / name).stat().st_size, sums.get(name, "")) for name in release.files]

    def _plain(self, release: Release) -> Mapping[str, object]:
        files = [
            {**asdict(each), "url": url_for("release_file", version=release.version, name=each.name, _external=True)}
            for each in self._files(release)
        ]
        return {**asdict(release), "files": files, "sparql": url_for("sparql", version=release.version, _external=True)}


def _record(quad: Quad) -> NamedNode:
    """Return the record graph that a quad belongs to; of what the catalogue says, the one that it is about."""
    about = quad.subject if quad.graph_name == CATALOGUE else quad.graph_name
    return about if isinstance(about, NamedNode) else CATALOGUE


def _in_parts(response: Response) -> Response:
    """Say that parts of a file can be asked for (RFC 9110, 14), and for how long it holds once only, as a duration."""
    response.headers["Accept-Ranges"] = "bytes"
    response.expires = None  # a time differs from one answer to the next; Cache-Control says it (RFC 9111, 5.3)
    return response

"""Start the engines that are compared, each in its own folder and on its own port, as its makers document it.

A peer is looked for in the folder of tools first and on the PATH next; one that is missing says how to get it:

    python -m venv .bench && .bench/bin/pip install oxigraph==0.5.13 rdflib-endpoint==0.6.3 oxrdflib==0.5.0
    mvn dependency:copy -Dartifact=org.apache.jena:jena-fuseki-server:5.6.0 -DoutputDirectory=.bench
    apt-get install wrk nginx virtuoso-opensource
"""

import json
import os
import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import ClassVar
from urllib.request import Request, urlopen

from pyoxigraph import RdfFormat, parse

from bench.client import Asker
from bench.meter import Usage, tree, usage
from graph.build import inputs
from graph.store import fresh

HOST = "127.0.0.1"
START_LIMIT = 900.0  # seconds; an engine in Python needs a minute and more for a million triples
PROBE = "ASK {}"


class Peer(ABC):
    """Be one engine: get it ready, start it, stop it."""

    name: ClassVar[str]
    get: ClassVar[str]  # how to get it
    path: ClassVar[str] = "/"
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, tools: Path, folder: Path, port: int) -> None:
        self.tools, self.folder, self.port = tools, folder / self.name, port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the endpoint."""
        return f"http://{HOST}:{self.port}{self.path}"

    def missing(self) -> str | None:
        """Say how to get what is missing, or None if the peer can be started."""
        return None if self.program() else self.get

    @abstractmethod
    def program(self) -> str | None:
        """Return the program's place, or None."""

    @abstractmethod
    def version(self) -> str:
        """Return the version."""

    @abstractmethod
    def command(self, data: Path) -> list[str]:
        """Return the command that serves."""

    def load(self, data: Path) -> None:  # noqa: B027  # an engine may need none
        """Load the data before the server starts."""

    def fill(self, data: Path) -> None:  # noqa: B027  # an engine may need none
        """Load the data through the server that has just started."""

    def start(self, data: Path) -> None:
        """Load, start, and wait until it answers."""
        self.folder.mkdir(parents=True)
        self.load(data)
        log = (self.folder / "log").open("wb")
        environment = {**os.environ, **self.environment}
        self._process = subprocess.Popen(self.command(data), stdout=log, stderr=log, cwd=self.folder, env=environment)
        log.close()
        self._wait()
        self.fill(data)

    def stop(self) -> None:
        """End the processes that this peer started, and only those."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in reversed(tree(self._process.pid)):
                subprocess.run(["kill", "-KILL", str(pid)], check=False)
            self._process.wait()
        self._process = None

    def usage(self) -> Usage:
        """Return what its processes have used."""
        return usage(*self.pids())

    def pids(self) -> list[int]:
        """Return the roots of its process trees."""
        return [self._process.pid] if self._process else []

    def find(self, name: str) -> str | None:
        """Return the place of a program."""
        return shutil.which(name, path=str(self.tools / "bin")) or shutil.which(name)

    def _wait(self) -> None:
        begin = monotonic()
        while monotonic() - begin < START_LIMIT:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start; see {self.folder / 'log'}")
            with suppress(OSError, HTTPException):
                if Asker(self.url).ask(PROBE).status == HTTPStatus.OK:
                    return
            sleep(0.1)
        raise RuntimeError(f"{self.name} did not answer in {START_LIMIT} s")


class Ours(Peer):
    """Be `m4sd serve` on a store of its own."""

    name = "m4sd"
    get = "pip install -e ."
    path = "/sparql"
    # All load comes from one address here, which would soon use up one client's share of slow queries.
    # By M4SD_PROXY it may stand behind the proxy as well; asked directly, it then goes by the address as ever.
    environment: ClassVar[dict[str, str]] = {"M4SD_ANONYMOUS_BUDGET": "1000000", "M4SD_PROXY": "1"}

    def program(self) -> str | None:
        """Return Python; the server is this project."""
        return sys.executable

    def version(self) -> str:
        """Return the project's version."""
        return _output([sys.executable, "-m", "server.cli.main", "--version"]).split()[-1]

    def load(self, data: Path) -> None:
        """Fill a fresh snapshot's default graph, with the build's count beside it."""
        with fresh(self.folder / "store") as (store, snapshot):
            store.extend(parse(path=str(data), format=RdfFormat.N_TRIPLES))
            count = len(store)
            numbers = dict.fromkeys(("records", "asserted", "inferred", "annotated", "seconds"), 0)
            # By the digest of today's inputs the server takes the snapshot for its own and does not build another.
            built = {**numbers, "triples": count, "quads": count, "version": "0", "inputs": inputs()}
            (snapshot / "build.json").write_text(json.dumps(built), encoding="utf-8")
            (snapshot / "dump.nq").write_bytes(b"")

    def command(self, data: Path) -> list[str]:
        """Serve it."""
        place = ["--store", str(self.folder / "store"), "--port", str(self.port)]
        return [sys.executable, "-m", "server.cli.main", "serve", *place]


class Oxigraph(Peer):
    """Be the native server of the engine that we embed."""

    name = "oxigraph"
    get = "pip install oxigraph"
    path = "/query"

    def program(self) -> str | None:
        """Return the native program."""
        return self.find("oxigraph")

    def version(self) -> str:
        """Return the program's version."""
        return _output([self.program() or "", "--version"]).split()[-1]

    def load(self, data: Path) -> None:
        """Load in bulk, then compact, as the program itself advises for reading."""
        for step in (["load", "--file", str(data)], ["optimize"]):
            _output([self.program() or "", step[0], "--location", str(self.folder / "store"), *step[1:]])

    def command(self, data: Path) -> list[str]:
        """Serve for reading only."""
        bind = f"{HOST}:{self.port}"
        return [self.program() or "", "serve-read-only", "--location", str(self.folder / "store"), "--bind", bind]


class RdflibEndpoint(Peer):
    """Be rdflib-endpoint, the nearest competitor, on rdflib's own store in memory."""

    name = "rdflib-endpoint"
    get = "pip install rdflib-endpoint"
    store = "default"

    def program(self) -> str | None:
        """Return the command."""
        return self.find("rdflib-endpoint")

    def version(self) -> str:
        """Ask the command's own Python for the version."""
        python = Path(self.program() or "").parent / "python"
        return _output([str(python), "-c", "from importlib.metadata import version as v; print(v('rdflib-endpoint'))"])

    def command(self, data: Path) -> list[str]:
        """Parse and serve the file."""
        return [
            self.program() or "",
            "serve",
            "--host",
            HOST,
            "--port",
            str(self.port),
            "--store",
            self.store,
            str(data),
        ]


class RdflibOxigraph(RdflibEndpoint):
    """Be rdflib-endpoint with Oxigraph as its store, in memory."""

    name = "rdflib-endpoint-oxigraph"
    get = "pip install rdflib-endpoint oxrdflib"
    store = "Oxigraph"


class Fuseki(Peer):
    """Be Apache Jena Fuseki on a TDB2 store."""

    name = "fuseki"
    get = "mvn dependency:copy -Dartifact=org.apache.jena:jena-fuseki-server:5.6.0"
    path = "/ds"

    def program(self) -> str | None:
        """Return the jar, if there is a Java to run it."""
        jars = sorted(self.tools.glob("jena-fuseki-server-*.jar"))
        return str(jars[-1].resolve()) if jars and shutil.which("java") else None

    def version(self) -> str:
        """Return the version in the jar's name."""
        return Path(self.program() or "").stem.rpartition("-")[2]

    def command(self, data: Path) -> list[str]:
        """Serve a new TDB2 store; updates are on, for the load goes through the server."""
        (self.folder / "tdb").mkdir()
        where = [f"--port={self.port}", "--localhost", "--tdb2", "--loc=tdb", "--update", "/ds"]
        return ["java", "-Xmx4g", "-jar", self.program() or "", *where]

    def fill(self, data: Path) -> None:
        """Put the file by the Graph Store Protocol."""
        request = Request(f"{self.url}?default", data.read_bytes(), method="PUT")
        request.add_header("Content-Type", "application/n-triples")
        with urlopen(request, timeout=START_LIMIT):
            pass


class Virtuoso(Peer):
    """Be Virtuoso 7, with the memory settings that its manual gives for two gigabytes."""

    name = "virtuoso"
    get = "apt-get install virtuoso-opensource"
    graph = "https://w3id.org/m4sd/bench"
    path = f"/sparql?default-graph-uri={graph}"

    def program(self) -> str | None:
        """Return the server."""
        return self.find("virtuoso-t")

    def version(self) -> str:
        """Return the version that the usage text gives."""
        told = subprocess.run([self.program() or "", "-?"], check=False, capture_output=True, text=True)
        return next(line.split()[1] for line in (told.stdout + told.stderr).splitlines() if line.startswith("Version"))

    def command(self, data: Path) -> list[str]:
        """Serve in the foreground from settings of our own."""
        settings = Path(__file__).with_name("virtuoso.ini").read_text(encoding="utf-8")
        for key, value in {"PORT": self.port, "SQL": self.port + 1, "DATA": data.parent, "GRAPH": self.graph}.items():
            settings = settings.replace(f"${key}", str(value))
        (self.folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
        return [self.program() or "", "-f", "-c", "virtuoso.ini"]

    def fill(self, data: Path) -> None:
        """Load by the bulk loader."""
        steps = f"ld_dir('{data.parent}', '{data.name}', '{self.graph}'); rdf_loader_run(); checkpoint;"
        _output(["isql-vt", f"{HOST}:{self.port + 1}", "dba", "dba", f"exec={steps}"])


class Proxied(Peer):
    """Be our server behind nginx, in the configuration that we ship."""

    name = "m4sd-proxied"
    get = "apt-get install nginx"
    path = "/sparql"
    shipped: ClassVar[Path] = Path(__file__).parents[1] / "deploy" / "nginx.conf"

    def __init__(self, tools: Path, folder: Path, port: int, behind: Peer) -> None:
        super().__init__(tools, folder, port)
        self._behind = behind

    def program(self) -> str | None:
        """Return nginx."""
        return self.find("nginx") or self.find("/usr/sbin/nginx")

    def version(self) -> str:
        """Return the version of nginx."""
        told = subprocess.run([self.program() or "", "-v"], check=True, capture_output=True, text=True)
        return f"nginx {told.stderr.strip().rpartition('/')[2]}"

    def command(self, data: Path) -> list[str]:
        """Run nginx in the foreground."""
        return [
            self.program() or "",
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
            "-g",
            "daemon off;",
        ]

    def missing(self) -> str | None:
        """Say what is missing: nginx, or its configuration."""
        return super().missing() or (None if self.shipped.exists() else "deploy/nginx.conf")

    def load(self, data: Path) -> None:
        """Write the configuration, its ports and places replaced, into one like Debian's own main one."""
        text = self.shipped.read_text(encoding="utf-8")
        text = re.sub(r"\blisten\s+[^;]*;", f"listen {HOST}:{self.port};", text)
        text = re.sub(r"\b127\.0\.0\.1:8000\b", f"{HOST}:{self._behind.port}", text)
        text = re.sub(r"/var/(cache|log)/nginx\b", str(self.folder), text)
        temporary = "".join(
            f" {kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        around = "pid nginx.pid; error_log error.log; worker_processes auto; events { worker_connections 768; }"
        whole = f"{around}\nhttp {{ sendfile on; tcp_nopush on;{temporary}\n{text}\n}}\n"
        (self.folder / "nginx.conf").write_text(whole, encoding="utf-8")

    def pids(self) -> list[int]:
        """Return both servers' processes: a request may need both."""
        return [*super().pids(), *self._behind.pids()]


PEERS: tuple[type[Peer], ...] = (Ours, Oxigraph, RdflibEndpoint, RdflibOxigraph, Fuseki, Virtuoso)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

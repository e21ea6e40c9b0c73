"""Build the real graph once for all tests of a process."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.build import build
from graph.store import Store, read_only

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the graph as it is built from the records."""
    place = tmp_path_factory.mktemp("store")
    build(place, WHEN)
    return place


@pytest.fixture(scope="session")
def published(folder: Path) -> Store:
    """Return the built graph, opened for reading."""
    return read_only(folder)

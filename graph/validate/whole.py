"""Hold everything that is published against the shapes, and keep what that comes to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from graph.names import ASSERTED
from graph.quality import keep, measured
from graph.store import current, read_only
from graph.validate.coded import coded
from graph.validate.explain import validate_store
from graph.validate.report import THRESHOLD, Profile, Report
from graph.validate.shapes import record_shapes
from graph.validate.well_formed import read_foreign


def validate_whole(
    folder: Path,
    when: datetime,
    profile: Profile = "curated",
    shapes: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    threshold: int = THRESHOLD,
) -> Report:
    """Hold what is stated in the newest snapshot of a folder against our shapes, or those of a file.

    What our own shapes find is added to the series of `graph.quality`. Raises StoreMissing where nothing was built.
    """
    own = read_foreign(shapes) if shapes else None
    store = read_only(folder)
    report = validate_store(store, own, profile, progress, ASSERTED)
    if own is None:
        by_code = tuple(coded(store, record_shapes(profile), threshold))
        report = replace(report, findings=(*report.findings, *by_code))
        keep(folder, measured(report, current(folder).name, when))
    return report

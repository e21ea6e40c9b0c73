"""Write the figures of a run down, each file with its date, its command and its machine."""

import json
import math
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def write(name: str, figures: Mapping[str, object], folder: Path = RESULTS) -> Path:
    """Write figures as `{name}-{date}.json` and return the file."""
    date = datetime.now(UTC).date().isoformat()
    head = {
        "date": date,
        "command": shlex.join(["python", "-m", f"bench.{Path(sys.argv[0]).stem}", *sys.argv[1:]]),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{date}.json"
    path.write_text(json.dumps({**head, **figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """Return the time, in milliseconds, within which this share of the requests was answered."""
    if not seconds:
        return 0.0
    ordered = sorted(seconds)
    return round(ordered[min(math.ceil(share * len(ordered)), len(ordered)) - 1] * 1000, 1)

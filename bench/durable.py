"""Show that nothing that was acknowledged is lost: kill the writer, damage what it wrote, fill its disk, restore.

Prints and writes `bench/results/durable-{campaign}-{date}.json`; exits 1 where something was lost or done in silence.

Example: python -m bench.durable kills --count 1000 --commits 20000
"""

import argparse
import json
import tempfile
from pathlib import Path

from bench import figures
from bench.durable_damage import damages
from bench.durable_full import full
from bench.durable_kills import kills
from bench.durable_restore import restored

COUNTS = {"kills": 1000, "damage": 200, "full": 20, "restore": 1_000_000}


def main() -> None:
    """Read the command line, do one campaign, write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", choices=COUNTS)
    parser.add_argument("--count", type=int, help="kills, damages, runs, or quads to restore")
    parser.add_argument("--commits", type=int, default=20_000, help="changes to be acknowledged between the kills")
    given = parser.parse_args()
    count = given.count or COUNTS[given.campaign]
    with tempfile.TemporaryDirectory(prefix="m4sd-durable-") as place:
        scratch = Path(place) / "scratch"
        if given.campaign == "kills":
            found = kills(scratch, count, given.commits)
        elif given.campaign == "damage":
            scratch.mkdir()
            found = damages(scratch, count)
        elif given.campaign == "full":
            found = full(scratch, count)
        else:
            found = restored(scratch, count)
    print(json.dumps(found, indent=1), figures.write(f"durable-{given.campaign}", found))
    raise SystemExit(0 if found["ok"] is not False else 1)


if __name__ == "__main__":
    main()

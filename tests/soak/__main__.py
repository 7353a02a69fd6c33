"""`make soak MINUTES=`: the load, a picture of the curves, and exit code 1 where one of them is not flat."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.soak.picture import lines, svg
from tests.soak.run import run

SECONDS_A_MINUTE = 60


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--picture", type=Path, default=Path("soak.svg"), help="where the SVG goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ta-soak-") as folder:
        soaked = run(Path(folder), arguments.minutes * SECONDS_A_MINUTE)
    arguments.picture.write_text(svg(soaked.curves, f"{arguments.minutes:g} minutes under load"), encoding="utf-8")
    calls = ", ".join(f"{count} {what}" for what, count in soaked.calls.most_common())
    report = [*lines(soaked.curves), f"calls: {calls}", f"picture: {arguments.picture}"]
    sys.stdout.write("\n".join(report) + "\n")
    return 0 if all(curve.is_flat for curve in soaked.curves) else 1


if __name__ == "__main__":
    sys.exit(main())

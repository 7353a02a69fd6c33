"""The environment with Ray, beside what this project needs for tasks."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.ray_environment import RAY, requirements
from tests.portals.environments import environment

ROOT = Path(__file__).parents[2]


def ray_python() -> Path:
    """The interpreter of the environment."""
    return environment(*RAY, *requirements()) / "python"


def settings(home: Path) -> dict[str, str]:
    """The environment of a program in it: this checkout, no report of the use to Ray, and a home for Ray's token."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0", "HOME": str(home)}

"""The environment with Ray, which this project does not install with itself."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

from benchmarks.environments import python_environment

RAY = ("ray==2.60.0",)
SETUP = Path(__file__).parents[1] / "setup.cfg"


def ray_environment() -> Path:
    """The folder with the programs of the environment: Ray, and what this project needs for tasks.

    Raises:
        CalledProcessError, TimeoutExpired: pip cannot install them.
    """
    return python_environment(*RAY, *requirements())


def requirements() -> list[str]:
    """What this project needs for tasks."""
    settings = ConfigParser()
    settings.read(SETUP, encoding="utf-8")
    extras = settings["options.extras_require"]
    lines = "\n".join([settings["options"]["install_requires"], extras["embedded"], extras["tasks"]]).splitlines()
    return [line for line in lines if line and not line.startswith(("#", "timmy_actors"))]

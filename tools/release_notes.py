"""Prints what the changelog says of this version, as the notes of its tag: `python -m tools.release_notes`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from timmy_actors import __version__

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def notes(changelog: str, version: str) -> str:
    """The section of a version, with the version as its title.

    Raises:
        LookupError: the changelog has no section of this version.
    """
    section = re.search(rf"^## \[{re.escape(version)}\].*?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None:
        raise LookupError(f"CHANGELOG.md has no section of {version}: give it one, with the day of the release")
    return f"timmy_actors {version}\n\n{section[1].strip()}\n"


if __name__ == "__main__":
    sys.stdout.write(notes(CHANGELOG.read_text(encoding="utf-8"), __version__))

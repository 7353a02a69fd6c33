"""Copies of checkouts, so that what runs in one changes nothing in the original."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def copy_checkout(source: Path, target: Path) -> None:
    """Copy the files that git tracks, as they are in the working tree; an earlier copy is removed.

    Raises:
        CalledProcessError: `source` is no checkout.
    """
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=source, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(target, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name, follow_symlinks=False)

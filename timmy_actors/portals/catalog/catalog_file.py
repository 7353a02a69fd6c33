"""A catalogue that follows its file."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.catalog import load_catalogue

log = logging.getLogger(__name__)

Signature = tuple[int, int, int]


class CatalogueFile:
    """The portals in force: what is wrong in the file changes nothing but `error`.

    Raises:
        ConfigError: when it is made: the file cannot be used at all.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _signature(path)
        self.portals = load_catalogue(path)
        self.error: str | None = None
        """Why the file as it is now is not in force."""

    def look(self) -> bool:
        """Read the file again if it has changed; whether what is in force, or the error, has."""
        signature = _signature(self.path)
        if signature == self._seen:
            return False
        self._seen = signature
        before = (self.portals, self.error)
        try:
            self._refuse_what_never_ends()
            self.portals, self.error = load_catalogue(self.path), None
        except ConfigError as error:
            self.error = str(error)
            log.warning("%s (the portals stay as they were)", error)
        return (self.portals, self.error) != before

    def _refuse_what_never_ends(self) -> None:
        if self.path.exists() and not self.path.is_file():  # who follows it must not wait for a FIFO's writer
            raise ConfigError(f"{self.path}: cannot read the portal catalogue: it is no file any more: put one there")


def _signature(path: Path) -> Signature | None:
    # Editors replace files: the inode tells that as well, where two writes fall into one tick of the clock.
    try:
        facts = os.stat(path)  # noqa: PTH116  one call with all three
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns

"""A catalogue that follows its file."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.catalog import load_catalogue

JsonPath = tuple[str | int, ...]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The line (from 1) of the value at `path`, or of the innermost value around it that is there."""
    lines = dict(_values(text))
    for depth in range(len(path), -1, -1):
        if tuple(path[:depth]) in lines:
            return lines[tuple(path[:depth])]
    return None


@dataclass
class _Container:
    is_list: bool
    path: JsonPath
    key: str | int = field(default=0)
    """Of the value that comes next."""
    named: bool = False
    """Whether that value's key was read (of an object)."""


def _values(text: str) -> Iterator[tuple[JsonPath, int]]:
    """Each value's path and line, of a text that parses; a key's line for a value that has one."""
    around: list[_Container] = []
    for found in _TOKEN.finditer(text):
        mark, here = found[0], around[-1] if around else None
        if mark in "]}":
            around.pop()
        elif mark == ",":
            _expect_next(here)
        elif here is not None and not here.is_list and not here.named:
            here.key, here.named = json.loads(mark), True
            yield (*here.path, here.key), _line(text, found)
        elif mark != ":":
            path = () if here is None else (*here.path, here.key)
            if here is None or here.is_list:
                yield path, _line(text, found)
            if mark in "[{":
                around.append(_Container(mark == "[", path))


def _expect_next(here: _Container | None) -> None:
    if here is None:
        return
    if here.is_list and isinstance(here.key, int):
        here.key += 1
    here.named = False


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


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

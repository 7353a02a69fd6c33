"""On which line of a JSON text a value stands: its parser does not say. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

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
    path: Path
    key: str | int = field(default=0)
    """Of the value that comes next."""
    named: bool = False
    """Whether that value's key was read (of an object)."""


def _values(text: str) -> Iterator[tuple[Path, int]]:
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

"""Finds the line of a value in a JSON text, which the parser does not report. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The line (from 1) of the value at `path`, or of the innermost enclosing value that exists."""
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
    """The key or index of the next value."""
    named: bool = False
    """In an object, whether the key of the next value has been read."""


def _values(text: str) -> Iterator[tuple[Path, int]]:
    """The path and line of each value in a valid JSON text; for a value with a key, the key's line."""
    around: list[_Container] = []
    for token in _TOKEN.finditer(text):
        mark, here = token[0], around[-1] if around else None
        if mark in "]}":
            around.pop()
        elif mark == ",":
            _expect_next(here)
        elif here is not None and not here.is_list and not here.named:
            here.key, here.named = json.loads(mark), True
            yield (*here.path, here.key), _line(text, token)
        elif mark != ":":
            path = () if here is None else (*here.path, here.key)
            if here is None or here.is_list:
                yield path, _line(text, token)
            if mark in "[{":
                around.append(_Container(mark == "[", path))


def _expect_next(here: _Container | None) -> None:
    if here is None:
        return
    if here.is_list and isinstance(here.key, int):
        here.key += 1
    here.named = False


def _line(text: str, token: re.Match[str]) -> int:
    return text.count("\n", 0, token.start()) + 1

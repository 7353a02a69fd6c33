"""Splits a byte stream into lines, with a limit on their length. Without I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 512
"""The beginning of a too long line that is stored: enough to identify the answer."""


@dataclass(frozen=True)
class TooLong:
    """The beginning of a line that is skipped because of its length."""

    head: bytes


class Lines:
    """Collects chunks into lines, and skips lines of more than `longest` bytes."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes | TooLong]:
        """The lines that end in `chunk`, without the newline, and those that become too long in it."""
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            yield from self._add(part)
            if self._size <= self._longest:
                yield b"".join(self._parts)
            self._parts, self._size = [], 0
        yield from self._add(rest)

    def _add(self, part: bytes) -> Iterator[TooLong]:
        was_skipped = self._size > self._longest
        self._size += len(part)
        if was_skipped:
            return
        self._parts.append(part)
        if self._size > self._longest:
            yield TooLong(b"".join(self._parts)[:HEAD_BYTES])
            self._parts.clear()

"""Splits a byte stream into lines, with a limit on their length. Without I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 512
"""The beginning of a too long line that is stored: enough to identify the answer."""


@dataclass(frozen=True)
class TooLong:
    """A line that was skipped because of its length."""

    head: bytes
    size: int


class Lines:
    """Collects chunks into lines, and skips lines of more than `longest` bytes."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0
        self._head: bytes | None = None
        """Set while a line is skipped."""

    def feed(self, chunk: bytes) -> Iterator[bytes | TooLong]:
        """The lines that end in `chunk`, without the newline."""
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._add(part)
            yield self._take()
        self._add(rest)

    def _add(self, part: bytes) -> None:
        self._size += len(part)
        if self._head is not None or not part:
            return
        self._parts.append(part)
        if self._size > self._longest:
            self._head = b"".join(self._parts)[:HEAD_BYTES]
            self._parts.clear()

    def _take(self) -> bytes | TooLong:
        line: bytes | TooLong = b"".join(self._parts)
        if self._head is not None:
            line = TooLong(self._head, self._size)
        self._parts, self._size, self._head = [], 0, None
        return line

"""SQLite's write-ahead log, looked at without SQLite, which drops a damaged frame and all after it without a word.

Layout and checksums: "WAL Mode File Format" in SQLite's documentation (https://sqlite.org/walformat.html). A header of
32 bytes, then frames of 24 bytes and a page; each frame's checksum continues that of the frame before it. Frames with
another salt than the header's are left from before the log was last emptied, and mean nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.journal.files import beside

HEADER, FRAME_HEADER = struct.Struct(">8I"), struct.Struct(">6I")
MAGIC_LITTLE, MAGIC_BIG = 0x377F0682, 0x377F0683
"""Which byte order the checksums are counted in."""
CHECKED_OF_HEADER, CHECKED_OF_FRAME = 24, 8
"""How many bytes of each are covered by the checksum."""
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class WalFault:
    """Where a write-ahead log is damaged."""

    frame: int
    """The first frame that is not as it was written, from 1; 0 is the log's header."""
    frames: int
    """How many there are."""

    def __str__(self) -> str:
        where = f"at frame {self.frame} of {self.frames}" if self.frame else "at its beginning"
        return f"its write-ahead log is damaged {where}: what was written from there on is lost"


def find_fault(journal: Path) -> WalFault | None:
    """What is wrong with a journal's write-ahead log; None where nothing is, or where there is no log.

    A last transaction that was never finished is nothing wrong: its process was killed, and nobody was told of it.

    Raises:
        OSError: the log is there and cannot be read.
    """
    try:
        log = beside(journal)[0].read_bytes()
    except FileNotFoundError:
        return None
    return _fault_in(log)


def _fault_in(log: bytes) -> WalFault | None:
    if len(log) < HEADER.size:
        return None  # it was just begun
    magic, _, page_size, _, *salt, first, second = HEADER.unpack_from(log)
    order = {MAGIC_LITTLE: "<", MAGIC_BIG: ">"}.get(magic)
    if order is None or _continued(order, log[:CHECKED_OF_HEADER], (0, 0)) != (first, second):
        return WalFault(0, 0)
    size = FRAME_HEADER.size + page_size
    frames = [log[start : start + size] for start in range(HEADER.size, len(log) - size + 1, size)]
    good = _count_good(order, frames, salt, (first, second))
    lost = [number for number in range(good, len(frames)) if _ends_a_transaction(frames[number], salt)]
    return WalFault(good + 1, lost[-1] + 1) if lost else None


def _ends_a_transaction(frame: bytes, salt: list[int]) -> bool:
    _, pages_after, *fields = FRAME_HEADER.unpack_from(frame)
    return pages_after > 0 and fields[:2] == salt


def _count_good(order: str, frames: list[bytes], salt: list[int], sums: tuple[int, int]) -> int:
    for number, frame in enumerate(frames):
        fields = list(FRAME_HEADER.unpack_from(frame))
        sums = _continued(order, frame[:CHECKED_OF_FRAME] + frame[FRAME_HEADER.size :], sums)
        if fields[2:4] != salt or fields[4:] != list(sums):
            return number
    return len(frames)


def _continued(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second

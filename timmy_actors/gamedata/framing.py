"""The framing of a TES3 plugin: records of subrecords. Sans-I/O: bytes in, records out.

A record is a header of 16 bytes (name, size, an unused number, flags) and a body; a subrecord is a header of 8 bytes
(name, size) and its data. Sources: UESP, "Morrowind Mod:Mod File Format"; OpenMW's `components/esm3`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from timmy_actors.gamedata.faults import BrokenRecordError, TruncatedError

RECORD = struct.Struct("<4sIII")
SUBRECORD = struct.Struct("<4sI")
MAX_RECORD_BYTES = 16 * 1024 * 1024
"""The largest record that is read, whose parts take many times its size; the game's largest cell has under 2 MB."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the file."""

    tag: bytes
    flags: int
    offset: int
    """Where its header starts in the file."""
    body: bytes


class RecordReader:
    """Splits the bytes of a file into records, whatever the sizes of the parts that it receives."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0

    def receive(self, data: bytes) -> Iterator[Record]:
        """Add the next bytes of the file; yields the records that they complete.

        Raises:
            TruncatedError: a record is larger than MAX_RECORD_BYTES: its size is wrong.
        """
        self._buffer += data
        done, buffer = 0, self._buffer
        while len(buffer) - done >= RECORD.size:
            tag, size, _, flags = RECORD.unpack_from(buffer, done)
            if size > MAX_RECORD_BYTES:
                raise TruncatedError(printable(tag), self._offset, f"its size of {size} bytes cannot be right")
            end = done + RECORD.size + size
            if end > len(buffer):
                break
            yield Record(tag, flags, self._offset, bytes(buffer[done + RECORD.size : end]))
            self._offset += end - done
            done = end
        del buffer[:done]

    def close(self) -> None:
        """End the file.

        Raises:
            TruncatedError: it ends within a record.
        """
        if self._buffer:
            tag = printable(bytes(self._buffer[:4]))
            raise TruncatedError(
                tag, self._offset, f"the file ends within it, {len(self._buffer)} bytes after its start"
            )


def subrecords(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The names and data of a record's subrecords.

    Raises:
        BrokenRecordError: a subrecord's size reaches beyond the end of the record.
    """
    position, end = 0, len(body)
    unpack, header = SUBRECORD.unpack_from, SUBRECORD.size
    while position + header <= end:
        tag, size = unpack(body, position)
        start = position + header
        position = start + size
        if position > end:
            raise BrokenRecordError(f"{printable(tag)} has {size} bytes, but only {end - start} are left", start)
        yield tag, body[start:position]
    if position != end:
        raise BrokenRecordError(f"{end - position} bytes are left after its last subrecord", position)


def printable(tag: bytes) -> str:
    """A record's name for people, whatever its bytes."""
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in tag)

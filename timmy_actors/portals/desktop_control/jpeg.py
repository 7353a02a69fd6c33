"""JPEG by two threads: the upper and the lower half of a picture, joined by a restart marker (ITU-T T.81, B.2.4.4).

Encoding is most of what a capture takes, and Pillow can do it without the interpreter's lock. What comes out is the
picture that a single thread makes, to the pixel: the tables are the same, and the halves meet between two blocks.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from timmy_actors.portals.desktop_control.frames import BLOCK, at_once

if TYPE_CHECKING:
    from PIL import Image

    from timmy_actors.portals.desktop_control.frames import Frame

RESTART, RESTART_INTERVAL, FRAME, SCAN = b"\xff\xd0", 0xDD, 0xC0, 0xDA


def encoded(frame: Frame, quality: int) -> bytes:
    """The picture as a JPEG file's content; `quality` is 1 to 95."""
    upper, *lower = frame.parts
    if not lower:
        return _alone(upper, quality)
    interval = -(-upper.width // BLOCK) * upper.height // BLOCK
    halves = at_once(lambda: _alone(upper, quality), lambda: _alone(lower[0], quality))
    return _joined(*halves, frame.size.height, interval)


def _alone(image: Image.Image, quality: int) -> bytes:
    # Only into a file with a descriptor does Pillow encode without the interpreter's lock.
    with os.fdopen(os.memfd_create("jpeg"), "w+b") as file:
        image.save(file, "JPEG", quality=quality, subsampling="4:2:0")
        file.seek(0)
        return file.read()


def _joined(upper: bytes, lower: bytes, height: int, interval: int) -> bytes:
    """One file: the upper one's head with the whole height, and the pixels of both."""
    head = bytearray()
    for marker, start, end in _segments(upper):
        segment = bytearray(upper[start:end])
        if marker == FRAME:
            segment[5:7] = struct.pack(">H", height)
        elif marker == SCAN:
            head += struct.pack(">BBHH", 0xFF, RESTART_INTERVAL, 4, interval)
        head += segment
    return b"".join((upper[:2], head, _pixels(upper)[:-2], RESTART, _pixels(lower)))


def _pixels(file: bytes) -> memoryview:
    """The coded pixels with the mark of the file's end."""
    *_, (_, _, end) = _segments(file)
    return memoryview(file)[end:]


def _segments(file: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments before the coded pixels: marker, start and end of each, the last one being the scan's."""
    start, marker = 2, 0
    while marker != SCAN:
        marker, (length,) = file[start + 1], struct.unpack_from(">H", file, start + 2)
        end = start + 2 + length
        yield marker, start, end
        start = end

"""JPEG by two threads: the upper and the lower half of a picture, joined by a restart marker (ITU-T T.81, B.2.4.4).

Encoding is most of what a capture takes, and Pillow does it without the interpreter's lock. The picture that comes out
is the one that a single thread makes, to the pixel: the tables are the same, and the halves meet between two blocks.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

BLOCK = 16
"""Pixels of a block each way, the colours being halved (4:2:0)."""
LONGEST_INTERVAL = 0xFFFF
"""Blocks up to a restart marker, at most."""
WORTH_IT = 256 * 256
"""Pixels; a smaller picture is done before the other thread has begun."""
RESTART, RESTART_INTERVAL, FRAME, SCAN = b"\xff\xd0", 0xDD, 0xC0, 0xDA


def encoded(image: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG file's content; `quality` is 1 to 95."""
    middle = -(-image.height // (2 * BLOCK)) * BLOCK
    interval = -(-image.width // BLOCK) * middle // BLOCK
    if image.width * image.height < WORTH_IT or interval > LONGEST_INTERVAL:
        return _whole(image, quality)
    with ThreadPoolExecutor(1, thread_name_prefix="jpeg") as other:
        lower = other.submit(_half, image, (0, middle, image.width, image.height), quality)
        upper = _half(image, (0, 0, image.width, middle), quality)
        return _joined(upper, lower.result(), image.height, interval)


def _half(image: Image.Image, box: tuple[int, int, int, int], quality: int) -> bytes:
    return _whole(image.crop(box), quality)


def _whole(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()


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
    return bytes(upper[:2] + head) + _pixels(upper)[:-2] + RESTART + _pixels(lower)


def _pixels(file: bytes) -> bytes:
    """The coded pixels with the mark of the file's end."""
    *_, (_, _, end) = _segments(file)
    return file[end:]


def _segments(file: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments before the coded pixels: marker, start and end of each, the last one being the scan's."""
    start, marker = 2, 0
    while marker != SCAN:
        marker, (length,) = file[start + 1], struct.unpack_from(">H", file, start + 2)
        end = start + 2 + length
        yield marker, start, end
        start = end

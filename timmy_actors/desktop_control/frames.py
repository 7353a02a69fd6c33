"""A picture as two images, one above the other: two threads encode it without copying its pixels once more."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar, cast

from PIL import Image

from timmy_actors.desktop_control.window_target import Size

BLOCK = 16
"""Pixels of a JPEG's block each way, the colours being halved (4:2:0)."""
LONGEST_INTERVAL = 0xFFFF
"""Blocks of the upper part, at most: what a JPEG's restart marker counts."""
WORTH_IT = 256 * 256
"""Pixels; a smaller picture is done before the other thread has begun."""
BYTES_A_PIXEL = 4


T = TypeVar("T")


def at_once(upper: Callable[[], T], lower: Callable[[], T]) -> tuple[T, T]:
    """Do both at the same time. Pillow unpacks, and encodes into a file, without the interpreter's lock."""
    with ThreadPoolExecutor(1, thread_name_prefix="lower-half") as other:
        below = other.submit(lower)
        return upper(), below.result()


class Frame:
    """A picture in one part, or in two that meet between two blocks of a JPEG."""

    def __init__(self, *parts: Image.Image) -> None:
        self.parts = parts
        self.size = Size(parts[0].width, sum(part.height for part in parts))

    @classmethod
    def of_pixels(cls, pixels: bytes | memoryview, size: tuple[int, int]) -> Self:
        """Of the X server's pixels: blue, green, red and a byte of padding each, row by row from the top."""
        upper, *lower = _heights(size)
        border = BYTES_A_PIXEL * size[0] * upper
        if not lower:
            return cls(_unpacked(pixels, size))
        return cls(
            *at_once(
                lambda: _unpacked(pixels[:border], (size[0], upper)),
                lambda: _unpacked(pixels[border:], (size[0], lower[0])),
            )
        )

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        """Of a whole image."""
        upper, *lower = _heights(image.size)
        if not lower:
            return cls(image)
        return cls(image.crop((0, 0, image.width, upper)), image.crop((0, upper, image.width, image.height)))

    def whole(self) -> Image.Image:
        """It as one image."""
        if len(self.parts) == 1:
            return self.parts[0]
        upper, lower = self.parts
        image = Image.new("RGB", self.size)
        image.paste(upper, (0, 0))
        image.paste(lower, (0, upper.height))
        return image


def _unpacked(pixels: bytes | memoryview, size: tuple[int, int]) -> Image.Image:
    return Image.frombuffer("RGB", size, cast(bytes, pixels), "raw", "BGRX", 0, 1)


def _heights(size: tuple[int, int]) -> tuple[int, ...]:
    width, height = size
    upper = -(-height // (2 * BLOCK)) * BLOCK
    if width * height < WORTH_IT or -(-width // BLOCK) * upper // BLOCK > LONGEST_INTERVAL:
        return (height,)
    return (upper, height - upper)


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

"""A picture as an upper and a lower image, so that two threads encode it without another copy of its pixels."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar, cast

from PIL import Image

from timmy_actors.desktop_control.window_target import Size

BLOCK = 16
"""Width and height in pixels of a JPEG block with 4:2:0 chroma subsampling."""
LONGEST_INTERVAL = 0xFFFF
"""Maximum number of blocks in the upper part: the limit of a JPEG's restart interval."""
WORTH_IT = 256 * 256
"""Pixels. A smaller picture is encoded before a second thread has started."""
BYTES_A_PIXEL = 4


T = TypeVar("T")


RESTART, RESTART_INTERVAL, FRAME, SCAN = b"\xff\xd0", 0xDD, 0xC0, 0xDA


def at_once(upper: Callable[[], T], lower: Callable[[], T]) -> tuple[T, T]:
    """Run both functions in parallel. Pillow releases the interpreter's lock to unpack, and to encode into a file."""
    with ThreadPoolExecutor(1, thread_name_prefix="lower-half") as other:
        below = other.submit(lower)
        return upper(), below.result()


class Frame:
    """A picture in one part, or in two parts that meet at the edge of a JPEG block."""

    def __init__(self, *parts: Image.Image) -> None:
        self.parts = parts
        self.size = Size(parts[0].width, sum(part.height for part in parts))

    @classmethod
    def of_pixels(cls, pixels: bytes | memoryview, size: tuple[int, int]) -> Self:
        """From the X server's pixels: blue, green, red and a byte of padding each, row by row from the top."""
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
        """From a single image."""
        upper, *lower = _heights(image.size)
        if not lower:
            return cls(image)
        return cls(image.crop((0, 0, image.width, upper)), image.crop((0, upper, image.width, image.height)))

    def whole(self) -> Image.Image:
        """The picture as a single image."""
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


def encoded(frame: Frame, quality: int) -> bytes:
    """The picture encoded as a JPEG file; `quality` is 1 to 95."""
    upper, *lower = frame.parts
    if not lower:
        return _alone(upper, quality)
    interval = -(-upper.width // BLOCK) * upper.height // BLOCK
    halves = at_once(lambda: _alone(upper, quality), lambda: _alone(lower[0], quality))
    return _joined(*halves, frame.size.height, interval)


def _alone(image: Image.Image, quality: int) -> bytes:
    # Pillow releases the interpreter's lock only if it encodes into a file with a descriptor.
    with os.fdopen(os.memfd_create("jpeg"), "w+b") as file:
        image.save(file, "JPEG", quality=quality, subsampling="4:2:0")
        file.seek(0)
        return file.read()


def _joined(upper: bytes, lower: bytes, height: int, interval: int) -> bytes:
    """One JPEG file: the upper file's header with the total height, and the coded pixels of both."""
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
    """The coded pixels and the end-of-image marker."""
    *_, (_, _, end) = _segments(file)
    return memoryview(file)[end:]


def _segments(file: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the coded pixels; the last one is the start of scan."""
    start, marker = 2, 0
    while marker != SCAN:
        marker, (length,) = file[start + 1], struct.unpack_from(">H", file, start + 2)
        end = start + 2 + length
        yield marker, start, end
        start = end

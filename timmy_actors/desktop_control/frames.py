"""A picture as the X server's pixels, which two threads encode without another copy of them."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self, cast

from PIL import Image

from timmy_actors.desktop_control.window_target import Size

BLOCK = 16
"""Width and height in pixels of a JPEG block with 4:2:0 chroma subsampling."""
LONGEST_INTERVAL = 0xFFFF
"""Maximum number of blocks in the upper part: the limit of a JPEG's restart interval."""
WORTH_IT = 256 * 256
"""Pixels. A smaller picture is encoded before a second thread is awake."""
BYTES_A_PIXEL = 4

RESTART, RESTART_INTERVAL, FRAME, SCAN = b"\xff\xd0", 0xDD, 0xC0, 0xDA


class Frame:
    """Pixels as the X server sends them: blue, green, red and a byte of padding each, row by row from the top.

    The memory of `pixels` may be used again when the frame is no longer referenced: keep no image of `mapped`.
    """

    def __init__(self, pixels: bytes | memoryview, size: tuple[int, int]) -> None:
        self.pixels = pixels
        self.size = Size(*size)

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        """From an RGB image."""
        return cls(image.tobytes("raw", "BGRX"), image.size)

    def whole(self) -> Image.Image:
        """The picture as an RGB image."""
        return _unpacked(self.pixels, self.size)

    def mapped(self) -> Image.Image:
        """The pixels as an image without a copy. Its mode is RGBX, but its bands are blue, green, red and padding."""
        return Image.frombuffer("RGBX", self.size, cast(bytes, self.pixels), "raw", "RGBX", 0, 1)


def _unpacked(pixels: bytes | memoryview, size: tuple[int, int]) -> Image.Image:
    return Image.frombuffer("RGB", size, cast(bytes, pixels), "raw", "BGRX", 0, 1)


class JpegEncoder:
    """Encodes pictures as JPEG files: the caller's thread the upper half, a thread of its own the lower one."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lower-half")

    def encode(self, frame: Frame, quality: int) -> bytes:
        """The file's contents; `quality` is 1 to 95."""
        (width, height), upper = frame.size, _upper_height(frame.size)
        if upper == height:
            return _encoded(frame.pixels, frame.size, quality)
        border = BYTES_A_PIXEL * width * upper
        lower = self._thread.submit(_encoded, frame.pixels[border:], (width, height - upper), quality)
        above = _encoded(frame.pixels[:border], (width, upper), quality)
        return _joined(above, lower.result(), height, _blocks(width, upper))

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


def _upper_height(size: Size) -> int:
    """The height of the upper part, whose edge is that of a block; the picture's height if it is encoded in one."""
    width, height = size
    upper = -(-height // (2 * BLOCK)) * BLOCK
    return height if width * height < WORTH_IT or _blocks(width, upper) > LONGEST_INTERVAL else upper


def _blocks(width: int, height: int) -> int:
    return -(-width // BLOCK) * (height // BLOCK)


def _encoded(pixels: bytes | memoryview, size: tuple[int, int], quality: int) -> bytes:
    # Pillow releases the interpreter's lock to unpack pixels, and to encode into a file with a descriptor.
    image = _unpacked(pixels, size)
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

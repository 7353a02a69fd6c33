"""A picture as two images, one above the other: two threads encode it without copying its pixels once more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar, cast

from PIL import Image

from timmy_actors.portals.desktop_control.aim import Size

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

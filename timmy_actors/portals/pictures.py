"""Whether a screenshot is a whole picture that shows something. Pure."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from timmy_actors.errors import ToolTrouble

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
BMP = b"BM"
LARGEST_SIDE = 65_535
MAX_PIXELS = 8192 * 8192
"""More is no screen, and decoding it would take a gigabyte."""
GLANCE = 240
"""Pixels of a side that are enough to tell a black picture from another."""
BLACK_LEVEL = 2
"""Of 255: JPEG rounds."""


@dataclass(frozen=True)
class Facts:
    """A picture's size in pixels, and whether there is anything on it."""

    width: int
    height: int
    is_black: bool


def look_at(data: bytes) -> Facts:
    """What a PNG, JPEG or BMP shows.

    Raises:
        ToolTrouble: `bad_result`: it is none, or not a whole one.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  of the extra `portals`

    if not data.startswith((PNG, JPEG, BMP)):
        raise ToolTrouble("bad_result", "the screenshot is no PNG, JPEG or BMP")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "BMP")) as image:
            width, height = image.size
            if max(width, height) > LARGEST_SIDE or width * height > MAX_PIXELS:
                raise ToolTrouble("too_large", f"the screenshot has {width} x {height} pixels: that is no screen")
            image.draft("RGB", (GLANCE, GLANCE))  # a JPEG is decoded at an eighth of its size: 3 ms, not 20
            histogram = image.convert("L").histogram()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise ToolTrouble("bad_result", f"the screenshot is not a whole picture: {error}") from error
    except Image.DecompressionBombError as error:
        raise ToolTrouble("too_large", f"the screenshot is too large: {error}") from error
    return Facts(width, height, is_black=not any(histogram[BLACK_LEVEL + 1 :]))

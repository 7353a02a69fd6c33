"""Whether a screenshot is a whole picture that shows something. Pure."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from timmy_actors.errors import ToolError

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
BMP = b"BM"
ENDS = {PNG: b"IEND\xae\x42\x60\x82", JPEG: b"\xff\xd9", BMP: b""}
"""What the last bytes of a whole file hold."""
END_BYTES = 64
"""Some writers put a few bytes behind the end."""
LARGEST_SIDE = 65_535
MAX_PIXELS = 8192 * 8192
"""More is no screen, and decoding it would take a gigabyte."""
DULL_PIXELS_PER_BYTE = 40
"""A compressed picture with fewer pixels to a byte shows something (a black one has 200 and more): decoding it to see
that would take as long as taking it."""
FEW_BYTES = 16_384
"""A file as small as this says nothing by its size, and is decoded at once."""
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
        ToolError: `bad_result`: it is none, or not a whole one.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  of the extra `portals`

    kind = next((kind for kind in ENDS if data.startswith(kind)), None)
    if kind is None:
        raise ToolError("bad_result", "the screenshot is no PNG, JPEG or BMP")
    if ENDS[kind] not in data[-END_BYTES:]:
        raise ToolError("bad_result", "the screenshot is not a whole picture: its end is missing")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "BMP")) as image:
            width, height = image.size
            if max(width, height) > LARGEST_SIDE or width * height > MAX_PIXELS:
                raise ToolError("too_large", f"the screenshot has {width} x {height} pixels: that is no screen")
            dull = kind == BMP or width * height > DULL_PIXELS_PER_BYTE * len(data) or len(data) < FEW_BYTES
            is_black = dull and not any(image.convert("L").histogram()[BLACK_LEVEL + 1 :])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise ToolError("bad_result", f"the screenshot is not a whole picture: {error}") from error
    except Image.DecompressionBombError as error:
        raise ToolError("too_large", f"the screenshot is too large: {error}") from error
    return Facts(width, height, is_black)

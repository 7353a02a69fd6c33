"""Stores the pictures of an episode: JPEG files, linked or copied from where they were taken."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from timmy_actors.recording.records import Picture

FOLDER = "pictures"
JPEG = b"\xff\xd8\xff"
QUALITY = 85
MAX_PICTURE_BYTES = 64 * 1024 * 1024


def store_picture(episode: Path, beat: int, source: Path | bytes) -> Picture:
    """Store a picture of a beat in its episode; another format than JPEG is converted.

    Raises:
        OSError: it cannot be read or stored.
        ValueError: it is not a picture.
    """
    data = source if isinstance(source, bytes) else _read(source)
    if not data.startswith(JPEG):
        data = _as_jpeg(data)
    path = f"{FOLDER}/{beat:06d}.jpg"
    target = episode / path
    target.parent.mkdir(mode=0o700, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return Picture(path=path, sha256=hashlib.sha256(data).hexdigest())


def _read(source: Path) -> bytes:
    with source.open("rb") as file:
        data = file.read(MAX_PICTURE_BYTES + 1)
    if len(data) > MAX_PICTURE_BYTES:
        raise ValueError(f"{source}: the picture is larger than {MAX_PICTURE_BYTES} bytes")
    return data


def _as_jpeg(data: bytes) -> bytes:
    import io  # noqa: PLC0415  only where a screen is recorded

    from PIL import Image  # noqa: PLC0415  installed with the extra `recording`

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "BMP")) as image:
            stream = io.BytesIO()
            image.convert("RGB").save(stream, "JPEG", quality=QUALITY)
            return stream.getvalue()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"not a valid picture: {error}") from error

"""Encodes pictures, and stores them as files in one folder."""

from __future__ import annotations

import errno
import io
import os
import threading
from pathlib import Path
from typing import Literal, cast

from PIL import Image

from timmy_actors.desktop_control.frames import Frame, JpegEncoder
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.window_target import shrunk

Format = Literal["png", "jpeg"]

SUFFIXES: dict[str, Format] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
BLACK_LEVEL = 2
"""Of 255. The portal, which reads pictures after JPEG compression, uses the same level."""
SAMPLE = (16, 16)
LONGEST_NAME = 200
"""Bytes: the limit of file systems, less the characters of the temporary name."""
PNG_LEVEL = 1
"""zlib's fastest level: level 6 takes a quarter longer on a game's picture and saves a few per cent (282 and 347 ms at
1080p)."""


class Encoder:
    """Encodes pictures as files."""

    def __init__(self) -> None:
        self._jpeg = JpegEncoder()

    def encode(self, frame: Frame, kind: Format, quality: int) -> bytes:
        """The file's contents; `quality` (1 to 95) applies to JPEG."""
        if kind == "jpeg":
            return self._jpeg.encode(frame, quality)
        buffer = io.BytesIO()
        frame.whole().save(buffer, "PNG", compress_level=PNG_LEVEL)
        return buffer.getvalue()

    def close(self) -> None:
        """End the encoder's thread."""
        self._jpeg.close()


def is_black(image: Image.Image) -> bool:
    """Whether every pixel is black in the first three bands. A sample usually has a brighter pixel: it comes first."""
    few = image.resize(SAMPLE, Image.Resampling.NEAREST)
    return not any(_brightest(few)) and not any(_brightest(image))


def _brightest(image: Image.Image) -> list[bool]:
    return [cast("tuple[int, int]", band)[1] > BLACK_LEVEL for band in image.getextrema()[:3]]


def fitted(frame: Frame, max_width: int | None, max_height: int | None) -> Frame:
    """The picture, reduced to the bounds if it is larger."""
    size = shrunk(frame.size, max_width, max_height)
    if size == frame.size:
        return frame
    return Frame.of(frame.whole().resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))


def format_of(filename: str) -> Format:
    """The format that a file name's extension selects.

    Raises:
        RefusedError: the name contains a folder, is too long, or has another extension.
    """
    if not filename or "/" in filename or "\\" in filename or not filename.isprintable() or filename.startswith("."):
        raise refused(
            "bad_filename",
            f"filename {filename[:80]!r}: must be a plain name such as game_window.png, without a folder",
        )
    if len(os.fsencode(filename)) > LONGEST_NAME:
        raise refused("bad_filename", f"filename: {len(os.fsencode(filename))} bytes: must be at most {LONGEST_NAME}")
    kind = SUFFIXES.get(Path(filename).suffix.lower())
    if kind is None:
        raise refused("bad_filename", f"filename {filename[:80]!r}: must end in {', '.join(SUFFIXES)}")
    return kind


class CaptureStore:
    """The one folder in which captures are stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._writing = threading.Lock()

    def write(self, filename: str, data: bytes) -> Path:
        """Write a picture atomically: a reader of `filename` sees the old file or the new one.

        Raises:
            RefusedError: the folder is full or cannot be written; an older file with the same name is unchanged.
        """
        format_of(filename)
        path, beside = self.folder / filename, self.folder / f".{filename}.new"
        with self._writing:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                beside.unlink(missing_ok=True)  # an incomplete file, or a symbolic link in its place
                with beside.open("xb") as file:
                    file.write(data)
                beside.replace(path)
            except OSError as error:
                _remove(beside)
                raise _as_refusal(self.folder, error) from error
        return path


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the caller already reports that the folder cannot be written


def _as_refusal(folder: Path, error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return refused(
            "captures_full", f"{folder}: no space is left for captures: free some, or choose another --captures"
        )
    return refused(
        "captures_unwritable",
        f"{folder}: a capture cannot be written: {error.strerror}: correct that, or choose another --captures",
    )

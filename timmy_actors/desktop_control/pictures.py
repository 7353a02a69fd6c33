"""Pictures as bytes and as files, in one folder."""

from __future__ import annotations

import errno
import io
import os
import threading
from pathlib import Path
from typing import Literal, cast

from PIL import Image

from timmy_actors.desktop_control import frames
from timmy_actors.desktop_control.frames import Frame
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.window_target import shrunk

Format = Literal["png", "jpeg"]

SUFFIXES: dict[str, Format] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
BLACK_LEVEL = 2
"""Of 255: as the portal has it, which sees pictures after JPEG."""
SAMPLE = (16, 16)
LONGEST_NAME = 200
"""Bytes: what file systems allow, less what is put around it while the file is written."""
PNG_LEVEL = 1
"""zlib's fastest: on a game's picture level 6 takes a quarter longer for a few per cent (282 and 347 ms at 1080p)."""


def encoded(frame: Frame, kind: Format, quality: int) -> bytes:
    """The picture as a file's content; `quality` (1 to 95) is JPEG's."""
    if kind == "jpeg":
        return frames.encoded(frame, quality)
    buffer = io.BytesIO()
    frame.whole().save(buffer, "PNG", compress_level=PNG_LEVEL)
    return buffer.getvalue()


def is_black(image: Image.Image) -> bool:
    """Whether a picture shows nothing. A few of its pixels are enough to see that it does."""
    few = image.resize(SAMPLE, Image.Resampling.NEAREST)
    return not any(_brightest(few)) and not any(_brightest(image))


def _brightest(image: Image.Image) -> list[bool]:
    return [cast("tuple[int, int]", band)[1] > BLACK_LEVEL for band in image.getextrema()]


def fitted(frame: Frame, max_width: int | None, max_height: int | None) -> Frame:
    """The picture, made smaller where it is larger than the bounds."""
    size = shrunk(frame.size, max_width, max_height)
    if size == frame.size:
        return frame
    return Frame.of(frame.whole().resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))


def format_of(filename: str) -> Format:
    """The format that a file's name says.

    Raises:
        RefusedError: it is no plain name, or does not say one of the formats.
    """
    if not filename or "/" in filename or "\\" in filename or not filename.isprintable() or filename.startswith("."):
        raise refused(
            "bad_filename", f"filename {filename[:80]!r}: a plain name such as game_window.png, without a folder"
        )
    if len(os.fsencode(filename)) > LONGEST_NAME:
        raise refused("bad_filename", f"filename: {len(os.fsencode(filename))} bytes, at most {LONGEST_NAME} are taken")
    kind = SUFFIXES.get(Path(filename).suffix.lower())
    if kind is None:
        raise refused("bad_filename", f"filename {filename[:80]!r}: must end in {', '.join(SUFFIXES)}")
    return kind


class CaptureStore:
    """The folder that captures go to, and to no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._writing = threading.Lock()

    def keep(self, filename: str, data: bytes) -> Path:
        """Write a picture; whoever reads `filename` sees the old one or the new one, whole.

        Raises:
            RefusedError: the folder is full or cannot be written; an older picture of that name is still there.
        """
        format_of(filename)
        path, beside = self.folder / filename, self.folder / f".{filename}.new"
        with self._writing:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                beside.unlink(missing_ok=True)  # one that was left half written, or a link that somebody put there
                with beside.open("xb") as file:
                    file.write(data)
                beside.replace(path)
            except OSError as error:
                _remove(beside)
                raise _in_words(self.folder, error) from error
        return path


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder cannot be written, which is being said


def _in_words(folder: Path, error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return refused(
            "captures_full", f"{folder}: no space is left for captures: make room, or choose another --captures"
        )
    return refused(
        "captures_unwritable", f"{folder}: a capture cannot be written: {error.strerror}: mend that, or use --captures"
    )

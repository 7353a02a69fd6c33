"""Checks the images of captures, and stores them in a folder of bounded size."""

from __future__ import annotations

import errno
import io
import itertools
import logging
import stat
import struct
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from timmy_actors.errors import ToolError
from timmy_actors.portals.tools.results import Image

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
BMP = b"BM"
ENDS = {PNG: b"IEND\xae\x42\x60\x82", JPEG: b"\xff\xd9", BMP: b""}
"""The end marker of a complete file, by format."""
END_BYTES = 64
"""The end marker is searched in the last bytes: some encoders append a few."""
LARGEST_SIDE = 65_535
MAX_PIXELS = 8192 * 8192
"""A larger picture is not of a screen, and decoding it takes a gigabyte."""
DULL_PIXELS_PER_BYTE = 40
"""A compressed picture with fewer pixels per byte is not black (a black one has 200 or more), and is not decoded:
decoding takes as long as the capture."""
FEW_BYTES = 16_384
"""A smaller file is always decoded: its size does not show whether it is black."""
BLACK_LEVEL = 2
"""Of 255, because of JPEG's rounding."""


log = logging.getLogger(__name__)
PREFIX = "capture_"
CLOCK_GRAIN_S = 2.0
"""Some file systems round times to two seconds."""
MAX_FILE_BYTES = 256 * 1024 * 1024
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/bmp": "bmp"}


@dataclass(frozen=True)
class Facts:
    """A picture's size in pixels, and whether it is black."""

    width: int
    height: int
    is_black: bool


def look_at(data: bytes) -> Facts:
    """Check a PNG, JPEG or BMP.

    Raises:
        ToolError: `bad_result`: another format, or an incomplete file; `too_large`.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  installed with the extra `portals`

    kind = next((kind for kind in ENDS if data.startswith(kind)), None)
    if kind is None:
        raise ToolError("bad_result", "the screenshot is not a PNG, JPEG or BMP")
    if ENDS[kind] not in data[-END_BYTES:]:
        raise ToolError("bad_result", "the screenshot is incomplete: its end marker is missing")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "BMP")) as image:
            width, height = image.size
            if max(width, height) > LARGEST_SIDE or width * height > MAX_PIXELS:
                raise ToolError("too_large", f"the screenshot is too large for a screen: {width} x {height} pixels")
            dull = kind == BMP or width * height > DULL_PIXELS_PER_BYTE * len(data) or len(data) < FEW_BYTES
            is_black = dull and not any(image.convert("L").histogram()[BLACK_LEVEL + 1 :])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise ToolError("bad_result", f"the screenshot is not a valid picture: {error}") from error
    except Image.DecompressionBombError as error:
        raise ToolError("too_large", f"the screenshot is too large: {error}") from error
    return Facts(width, height, is_black)


class CaptureStore:
    """Names capture files, checks their contents, and deletes all but the newest `keep`."""

    def __init__(self, folder: Path, *, extension: str = "jpg", keep: int = 200) -> None:
        self.folder = folder
        self.extension = extension
        self._keep = keep
        self._numbers = itertools.count(1)
        self._stored: deque[Path] | None = None

    def new_name(self, now: datetime) -> str:
        """A file name that was never used, so that a file with this name is new.

        Raises:
            ToolError: `folder_unwritable`: the folder cannot be created.
        """
        self._open()
        return f"{PREFIX}{now:%Y%m%dT%H%M%S_%f}_{next(self._numbers):06d}.{self.extension}"

    def add(self, path: Path, not_before: datetime) -> Facts:
        """Check a file that a server wrote, and count it among the captures.

        Raises:
            ToolError: the file is missing, older than `not_before`, or not a valid picture.
        """
        try:
            facts = look_at(_read(path, not_before))
        except FileNotFoundError:
            raise self.write_error() or ToolError(
                "bad_result", f"the server reports a screenshot, but there is no {path}"
            ) from None
        except OSError as error:
            raise ToolError("folder_unwritable", f"{path}: cannot be read: {error.strerror}") from error
        except ToolError:
            _delete(path)
            raise
        self._count(path)
        return facts

    def write(self, name: str, image: Image) -> Path:
        """Store a picture that a server sent.

        Raises:
            ToolError: `no_space` or `folder_unwritable`.
        """
        path = (self.folder / name).with_suffix(f".{EXTENSIONS.get(image.mime_type, self.extension)}")
        beside = path.with_name(f".{name}.new")
        try:
            beside.write_bytes(image.data)
            beside.replace(path)
        except OSError as error:
            _delete(beside)
            raise _as_tool_error(self.folder, error) from error
        return path

    def write_error(self) -> ToolError | None:
        """The error of a test write into the folder; None: the write succeeds."""
        probe = self.folder / f".{PREFIX}probe"
        try:
            # More than a block: a small file may fit into the last free blocks of a full disk.
            probe.write_bytes(b"\0" * 65_536)
        except OSError as error:
            return _as_tool_error(self.folder, error)
        finally:
            _delete(probe)
        return None

    def _open(self) -> None:
        if self._stored is not None and self.folder.is_dir():
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._stored = deque(sorted(self.folder.glob(f"{PREFIX}*")))
        except OSError as error:
            raise _as_tool_error(self.folder, error) from error

    def _count(self, path: Path) -> None:
        if self._stored is None:
            return
        self._stored.append(path)
        while len(self._stored) > self._keep:
            _delete(self._stored.popleft())


def _read(path: Path, not_before: datetime) -> bytes:
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):  # reading a FIFO could block, and a device could have no end
        raise ToolError("bad_result", f"{path}: the server did not write a regular file")
    if facts.st_size > MAX_FILE_BYTES:
        raise ToolError("too_large", f"{path}: {facts.st_size} bytes: a screenshot may have {MAX_FILE_BYTES}")
    if facts.st_mtime < not_before.timestamp() - CLOCK_GRAIN_S:
        raise ToolError(
            "stale_frame", f"{path}: the file is older than the request: the server returned an old picture"
        )
    return path.read_bytes()


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.debug("%s cannot be deleted: %s", path, error.strerror)


def _as_tool_error(folder: Path, error: OSError) -> ToolError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolError("no_space", f"{folder}: no space is left for captures: delete files there")
    message = f"{folder}: captures cannot be written: {error.strerror}: correct that, or set another captures_folder"
    return ToolError("folder_unwritable", message)

"""The folder that captures go to: each a new file, the oldest deleted."""

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


log = logging.getLogger(__name__)
PREFIX = "capture_"
CLOCK_GRAIN_S = 2.0
"""File systems round times, some to two seconds."""
MAX_FILE_BYTES = 256 * 1024 * 1024
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/bmp": "bmp"}


class CaptureStore:
    """Names files, looks at what is in them, and keeps the newest `keep`."""

    def __init__(self, folder: Path, *, extension: str = "jpg", keep: int = 200) -> None:
        self.folder = folder
        self.extension = extension
        self._keep = keep
        self._numbers = itertools.count(1)
        self._kept: deque[Path] | None = None

    def new_name(self, now: datetime) -> str:
        """A file's name that was never used: what is found under it is new.

        Raises:
            ToolError: `folder_unwritable`: there is no folder to put it into.
        """
        self._open()
        return f"{PREFIX}{now:%Y%m%dT%H%M%S_%f}_{next(self._numbers):06d}.{self.extension}"

    def add(self, path: Path, not_before: datetime) -> Facts:
        """Look at a file that a server wrote, and count it in.

        Raises:
            ToolError: it is not there, older than it may be, or no whole picture.
        """
        try:
            facts = look_at(_read(path, not_before))
        except FileNotFoundError:
            raise self.trouble() or ToolError(
                "bad_result", f"the server says that it took a screenshot, and there is no {path}"
            ) from None
        except OSError as error:
            raise ToolError("folder_unwritable", f"{path}: cannot be read: {error.strerror}") from error
        except ToolError:
            _delete(path)
            raise
        self._count(path)
        return facts

    def write(self, name: str, image: Image) -> Path:
        """Keep a picture that a server sent.

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
            raise _in_words(self.folder, error) from error
        return path

    def trouble(self) -> ToolError | None:
        """Why nothing can be written into the folder now; None: something can."""
        probe = self.folder / f".{PREFIX}probe"
        try:
            # More than a block: the last free ones of a full disk take a small file.
            probe.write_bytes(b"\0" * 65_536)
        except OSError as error:
            return _in_words(self.folder, error)
        finally:
            _delete(probe)
        return None

    def _open(self) -> None:
        if self._kept is not None and self.folder.is_dir():
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._kept = deque(sorted(self.folder.glob(f"{PREFIX}*")))
        except OSError as error:
            raise _in_words(self.folder, error) from error

    def _count(self, path: Path) -> None:
        if self._kept is None:
            return
        self._kept.append(path)
        while len(self._kept) > self._keep:
            _delete(self._kept.popleft())


def _read(path: Path, not_before: datetime) -> bytes:
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):  # reading a FIFO would wait for ever, and a device never end
        raise ToolError("bad_result", f"{path}: the server put no file there")
    if facts.st_size > MAX_FILE_BYTES:
        raise ToolError("too_large", f"{path}: the screenshot has {facts.st_size} bytes, at most {MAX_FILE_BYTES}")
    if facts.st_mtime < not_before.timestamp() - CLOCK_GRAIN_S:
        raise ToolError("stale_frame", f"{path}: was written before it was asked for: an old picture")
    return path.read_bytes()


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.debug("%s cannot be deleted: %s", path, error.strerror)


def _in_words(folder: Path, error: OSError) -> ToolError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolError("no_space", f"{folder}: no space is left for captures: make room there")
    told = f"{folder}: captures cannot be written: {error.strerror}: mend that, or choose another captures_folder"
    return ToolError("folder_unwritable", told)

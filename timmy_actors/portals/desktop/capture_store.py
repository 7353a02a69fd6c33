"""The folder that captures go to: each a new file, the oldest deleted."""

from __future__ import annotations

import errno
import itertools
import logging
import stat
from collections import deque
from datetime import datetime
from pathlib import Path

from timmy_actors.errors import ToolError
from timmy_actors.portals.desktop.image_check import Facts, look_at
from timmy_actors.portals.tools.results import Image

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

"""Files in a folder that belongs to somebody else: read and written without following a link.

Root may install for the server's user, who can plant links wherever its files are: a link in the place of a file or
folder would have root read, write or give away something else. So every step of a path is opened by itself, relative to
the one before it, with `O_NOFOLLOW` (open(2)), and what is done is done to the opened file.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER_MODE, FILE_MODE = 0o755, 0o644
"""Whatever the umask of who installs, the server's user has to read it."""


class Confined:
    """A folder; every path is relative to it. What is written there belongs to the owner of the folder it is in.

    Every method raises `OSError` where something cannot be done, with the whole path in it, also for a link on it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: Path) -> bytes | None:
        """What a file holds; None where there is none."""
        try:
            with self._opened(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def mode(self, path: Path) -> int | None:
        """A file's permission bits; None where there is none."""
        try:
            with self._opened(path) as descriptor:
                return os.fstat(descriptor).st_mode & 0o777
        except FileNotFoundError:
            return None

    def write(self, path: Path, content: bytes, mode: int | None = None) -> None:
        """Put a file there, whole or not at all; `mode` None: that of the file before it, else readable by all."""
        mode = mode or self.mode(path) or FILE_MODE
        with self._named(path), self._parent(path, make=True) as folder:
            beside = f".{path.name}.{secrets.token_hex(8)}.new"
            descriptor = os.open(beside, FRESH, 0o600, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    _hand_over(descriptor, folder, mode)
                os.replace(beside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(beside, dir_fd=folder)
                raise

    def chmod(self, path: Path, mode: int) -> None:
        """Change a file's permission bits."""
        with self._opened(path) as descriptor:
            os.fchmod(descriptor, mode)

    def remove(self, path: Path) -> None:
        """Take a file away, and its folder if that is empty then; a link is taken away itself."""
        with suppress(FileNotFoundError), self._named(path), self._parent(path) as folder:
            os.unlink(path.name, dir_fd=folder)
        with suppress(OSError), self._parent(path.parent) as above:  # it has more in it: it stays
            os.rmdir(path.parent.name, dir_fd=above)

    @contextmanager
    def _opened(self, path: Path) -> Iterator[int]:
        with self._named(path), self._parent(path) as folder:
            descriptor = os.open(path.name, READING, dir_fd=folder)
            try:
                _check_kind(descriptor, folder)
                yield descriptor
            finally:
                os.close(descriptor)

    @contextmanager
    def _parent(self, path: Path, *, make: bool = False) -> Iterator[int]:
        """The folder that a path ends in, opened."""
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # the operator named that one
        try:
            for name in path.parts[:-1]:
                if make:
                    _make_folder(name, folder)
                inner = os.open(name, FOLDER, dir_fd=folder)
                os.close(folder)
                folder = inner
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _named(self, path: Path) -> Iterator[None]:
        # ENOTDIR: with O_DIRECTORY, that is what a link in a folder's place is reported as.
        try:
            yield
        except OSError as error:
            told = error.strerror or ""
            if error.errno in (errno.ELOOP, errno.ENOTDIR) and (link := self._link_on(path)):
                told = f"{link} is a link, and is not followed: put the file or folder itself there"
            raise type(error)(error.errno, told, str(self.root / path)) from error

    def _link_on(self, path: Path) -> Path | None:
        on_the_way = [self.root / Path(*path.parts[:count]) for count in range(1, len(path.parts) + 1)]
        return next((step for step in on_the_way if step.is_symlink()), None)


def _make_folder(name: str, above: int) -> None:
    try:
        os.mkdir(name, 0o700, dir_fd=above)
    except FileExistsError:
        return
    descriptor = os.open(name, FOLDER, dir_fd=above)
    try:
        _hand_over(descriptor, above, FOLDER_MODE)
    finally:
        os.close(descriptor)


def _hand_over(descriptor: int, folder: int, mode: int) -> None:
    """Give what was made to its folder's owner, where root made it, and let others do what `mode` says."""
    owner = os.fstat(folder)
    if os.geteuid() == 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    os.fchmod(descriptor, mode)


def _check_kind(descriptor: int, folder: int) -> None:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "is no plain file: put one there")
    # A second name of somebody else's file: what root reads there is not the folder's owner's to know.
    if facts.st_nlink > 1 and facts.st_uid not in (os.fstat(folder).st_uid, os.geteuid() or -1):
        raise OSError(errno.EPERM, "is another name of another user's file: put a copy there")

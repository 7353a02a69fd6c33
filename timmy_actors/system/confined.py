"""Reads and writes files in another user's folder without following symbolic links.

Root may install for the server's user, who can create links in that folder. Through such a link root would read, write
or hand over another file. Therefore each component of a path is opened relative to its parent with `O_NOFOLLOW`
(open(2)), and every operation acts on the opened file.
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
"""Set regardless of the umask, because the server's user must be able to read the files."""


class Confined:
    """A folder; every path is relative to it. A file written there gets the owner of its parent folder.

    Every method raises `OSError` with the full path if it fails, and if a component of the path is a link.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: Path) -> bytes | None:
        """A file's content; None if it does not exist."""
        try:
            with self._opened(path) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def mode(self, path: Path) -> int | None:
        """A file's permission bits; None if it does not exist."""
        try:
            with self._opened(path) as descriptor:
                return os.fstat(descriptor).st_mode & 0o777
        except FileNotFoundError:
            return None

    def write(self, path: Path, content: bytes, mode: int | None = None) -> None:
        """Write a file atomically. For `mode` None it keeps the mode of the file it replaces, or is readable by all."""
        mode = mode or self.mode(path) or FILE_MODE
        with self._named(path), self._parent(path, create=True) as folder:
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
        """Remove a file, and its folder if it is then empty; of a link, the link itself is removed."""
        with suppress(FileNotFoundError), self._named(path), self._parent(path) as folder:
            os.unlink(path.name, dir_fd=folder)
        with suppress(OSError), self._parent(path.parent) as above:  # the folder is not empty
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
    def _parent(self, path: Path, *, create: bool = False) -> Iterator[int]:
        """A descriptor of a path's parent folder."""
        folder = os.open(
            self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        )  # the operator chose the root, so it may be a link
        try:
            for name in path.parts[:-1]:
                if create:
                    _create_folder(name, folder)
                inner = os.open(name, FOLDER, dir_fd=folder)
                os.close(folder)
                folder = inner
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _named(self, path: Path) -> Iterator[None]:
        # ENOTDIR is the error for a link in place of a folder with O_DIRECTORY.
        try:
            yield
        except OSError as error:
            reason = error.strerror or ""
            if error.errno in (errno.ELOOP, errno.ENOTDIR) and (link := self._link_on(path)):
                reason = f"{link} is a link, and is not followed: replace it by the file or folder itself"
            raise type(error)(error.errno, reason, str(self.root / path)) from error

    def _link_on(self, path: Path) -> Path | None:
        steps = [self.root / Path(*path.parts[:count]) for count in range(1, len(path.parts) + 1)]
        return next((step for step in steps if step.is_symlink()), None)


def _create_folder(name: str, above: int) -> None:
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
    """Set a new file's mode and, if root created it, its folder's owner."""
    owner = os.fstat(folder)
    if os.geteuid() == 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    os.fchmod(descriptor, mode)


def _check_kind(descriptor: int, folder: int) -> None:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "is not a regular file: replace it by one")
    # A hard link to another user's file: root could read what the folder's owner may not.
    if facts.st_nlink > 1 and facts.st_uid not in (os.fstat(folder).st_uid, os.geteuid() or -1):
        raise OSError(errno.EPERM, "is another name of another user's file: replace it by a copy")

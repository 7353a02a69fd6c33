"""Checks of the folders that a daemon writes, and of their disks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok, warn
from timmy_actors.client import endpoint_path
from timmy_actors.daemon import journal_file
from timmy_actors.errors import ConfigError
from timmy_actors.system import check_private, expand_user, state_folder

MIB = 1024 * 1024
SHORT_MIB, LOW_MIB = 10, 200
"""With less free space than the first the journal cannot be written for long; the second is a warning."""
LOW_FILES = 1_000


def folders(subject: Subject) -> Iterator[Check]:
    """Whether the folders can be written, and only their owner can enter the socket's."""
    socket = endpoint_path(subject.endpoint).parent
    if socket.exists():
        try:
            check_private(socket, socket.stat(follow_symlinks=False))
        except ConfigError as error:
            yield fail("permissions", str(error))
    for use, folder in _folders(subject):
        existing = _existing(folder)
        if not existing.is_dir():
            yield fail("permissions", f"{existing}: is not a folder, but {use} belongs there", "move it away")
        elif not os.access(existing, os.W_OK | os.X_OK):
            yield fail("permissions", f"{folder}: {use} cannot be written there", f"make {existing} writable for you")
        else:
            yield ok("permissions", f"{folder}: {use} can be written there")


def disks(subject: Subject) -> Iterator[Check]:
    """Whether the disks have room; each disk is reported once."""
    seen: set[int] = set()
    for use, folder in _folders(subject):
        existing = _existing(folder)
        device = existing.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _disk(use, existing)


def _disk(use: str, folder: Path) -> Check:
    disk = os.statvfs(folder)
    free_mib = disk.f_bavail * disk.f_frsize // MIB
    detail = f"{folder}: {free_mib} MiB free for {use}"
    if disk.f_flag & os.ST_RDONLY:
        return fail("disk", f"{folder}: read-only", "remount it, or choose other folders in the configuration")
    if free_mib < SHORT_MIB or (disk.f_files and disk.f_favail == 0):
        return fail("disk", detail, "make room there")
    if free_mib < LOW_MIB or (disk.f_files and disk.f_favail < LOW_FILES):
        return warn("disk", detail, "make room there soon")
    return ok("disk", detail)


def _folders(subject: Subject) -> Iterator[tuple[str, Path]]:
    settings = subject.settings
    yield "the daemon's socket", endpoint_path(subject.endpoint).parent
    if settings.journal.enabled:
        yield "the command journal", journal_file(settings, subject.endpoint).parent
    captures = expand_user(settings.desktop.captures_folder, "desktop.captures_folder")
    yield "captures", subject.folder / captures
    yield "crash reports", state_folder()


def _existing(folder: Path) -> Path:
    """The folder, or the innermost existing one above it, in which it would be created."""
    return next(parent for parent in (folder, *folder.parents) if parent.exists())

"""The folder of episodes: its lock, its budget, and the deletion of old episodes."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.system import LockFile

EX_CANTCREAT, EX_TEMPFAIL = 73, 75
BEATS = "beats.jsonl"
LOCK = ".lock"
EPISODE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class EpisodeLimits:
    """How much the episodes may occupy, and how long a beat may wait for the disk."""

    folder_bytes: int = 2048 * MEGABYTE
    """All episodes together: the oldest are deleted first; the current one stops storing at this size."""
    keep: int = 1_000
    """How many episodes are kept, the current one included."""
    pending: int = 64
    """Records that wait for a slow disk; further ones are dropped and counted."""


def check_id(episode_id: str) -> str:
    """The id, if it can be the name of a folder.

    Raises:
        EpisodesUnusableError: it cannot.
    """
    if not EPISODE_ID.fullmatch(episode_id):
        reason = f"episode {episode_id!r}: an id has 1 to 128 letters, digits or any of . _ -, and starts with no sign"
        raise EpisodesUnusableError(reason, EX_CANTCREAT)
    return episode_id


def new_episode_id(now: datetime) -> str:
    """An id for an episode that starts now: its UTC time, and something random."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def lock_folder(folder: Path, use: str = "records") -> LockFile:
    """Create the folder if missing, and lock it for this process. `use` says what for: "records", "evaluates", ...

    Raises:
        EpisodesUnusableError: another process uses it, or it cannot be written.
    """
    lock = LockFile(folder / LOCK)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        holder = lock.acquire()
    except OSError as error:
        reason = f"episodes {folder}: cannot be written ({error.strerror}): correct that, or name another folder"
        raise EpisodesUnusableError(reason, EX_CANTCREAT) from error
    if holder is not None:
        reason = f"episodes {folder}: {holder} {use} into this folder: end it, or name another folder"
        raise EpisodesUnusableError(reason, EX_TEMPFAIL)
    return lock


def episode_folders(folder: Path) -> list[Path]:
    """The episodes of a folder, the oldest first."""
    try:
        episodes = [path for path in folder.iterdir() if (path / BEATS).is_file() and not path.is_symlink()]
        return sorted(episodes, key=lambda path: ((path / BEATS).stat().st_mtime_ns, path.name))
    except OSError:
        return []


def size_of(episode: Path) -> int:
    """The bytes of an episode's files."""
    total = 0
    for path in episode.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def delete_old(folder: Path, limits: EpisodeLimits, current: str) -> int:
    """Delete the oldest episodes, but never the current one, until the limits hold. Returns the bytes that remain."""
    episodes = episode_folders(folder)
    sizes = {path: size_of(path) for path in episodes}
    total, count = sum(sizes.values()), len(episodes)
    for path in episodes:
        if total <= limits.folder_bytes and count <= limits.keep:
            break
        if path.name != current:
            shutil.rmtree(path, ignore_errors=True)
            total, count = total - sizes[path], count - 1
    return total

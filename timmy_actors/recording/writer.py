"""Writes an episode in a thread of its own, so that a slow or full disk never holds up a beat."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.protocol import Model
from timmy_actors.recording.lines import MAX_LINE_BYTES, seal
from timmy_actors.recording.pictures import store_picture
from timmy_actors.recording.records import BeatRecord, EpisodeEnd, EpisodeHead, EpisodeOutcome, Gap, hash_observation
from timmy_actors.recording.redaction import Redactor
from timmy_actors.recording.store import (
    BEATS,
    EX_CANTCREAT,
    EpisodeLimits,
    check_id,
    delete_old,
    lock_folder,
)

log = logging.getLogger(__name__)

MAX_RECORD = MAX_LINE_BYTES // 4
"""Characters of a record's JSON: it fits into a line in UTF-8, whatever the characters."""
BLOCK_BYTES = 65_536
SCAN_EVERY_S = 60.0
"""How often a full budget is computed again: it reads the sizes of all files."""
CLOSE_WITHIN_S = 5.0
"""How long the end of an episode waits for a slow disk."""


@dataclass(frozen=True)
class RecordingFault:
    """Why records are not stored."""

    code: str
    """`no_space`, `unwritable`, `budget`, `slow_disk`, `too_large`, `not_json` or `failed`."""
    message: str


@dataclass(frozen=True)
class RecordingStatus:
    """How far the recording is."""

    written: int = 0
    """Records stored."""
    dropped: int = 0
    """Records lost; the file has a gap record for them as soon as it can be written again."""
    fault: RecordingFault | None = None
    """Set while records are lost, or pictures are missing; None: everything is stored."""


@dataclass(frozen=True)
class _Beat:
    record: BeatRecord
    picture: Path | bytes | None


class EpisodeWriter:
    """One episode being recorded. One thread calls its methods; after the start, none raises because of the disk.

    Args:
        folder: of all episodes; the episode is its folder `episode_id`. An episode that exists is continued, after
            what was incomplete at its end is cut off.
        meta: what to say of the episode at its head.
        secrets: texts that must not be stored, such as tokens; others are recognized by their form.
        lost: how many records of a continued episode its killed process has not stored: a gap stands for them.

    Raises:
        EpisodesUnusableError: the id is no name of a folder, another process records into the folder, or it cannot
            be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        episode_id: str,
        meta: dict[str, Any],
        secrets: Collection[str] = (),
        limits: EpisodeLimits | None = None,
        lost: int = 0,
    ) -> None:
        self.episode = folder / check_id(episode_id)
        self._limits = limits or EpisodeLimits()
        self._redact = Redactor(secrets)
        self._lock = lock_folder(folder)
        try:
            self._file, resumed = self._open()
            self._bytes = delete_old(folder, self._limits, episode_id)
            self._append(EpisodeHead(id=episode_id, time=datetime.now(UTC), resumed=resumed, meta=meta))
            if lost:
                self._append(Gap(dropped=lost, code="killed", message="the process ended before they were stored"))
        except OSError as error:
            self._release()
            reason = f"episode {self.episode}: cannot be written ({error.strerror}): correct that"
            raise EpisodesUnusableError(f"{reason}, or name another folder", EX_CANTCREAT) from error
        except BaseException:
            self._release()
            raise
        self.status = RecordingStatus()
        self._refused = 0
        """Records that found no room; only the caller's thread counts them."""
        self._reported = 0
        """How many of them the writer's thread has reported."""
        self._gap = 0
        self._next_scan = 0.0
        self._accepted = self._handled = 0
        self._progress = threading.Condition()
        self._queue: queue.SimpleQueue[_Beat | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="episode writer", daemon=True)
        self._thread.start()

    def write(self, record: BeatRecord, picture: Path | bytes | None = None) -> None:
        """Store a record, and the beat's picture (a file or its bytes) in the episode. Returns at once.

        Where the disk does not keep up, the record is dropped and counted: see `status`.
        """
        if self._queue.qsize() >= self._limits.pending:
            self._refused += 1
            return
        self._accepted += 1
        self._queue.put(_Beat(record, picture))

    def flush(self, timeout_s: float) -> bool:
        """Wait until every record so far was handled; whether that happened in time."""
        with self._progress:
            self._progress.wait_for(lambda: self._handled >= self._accepted or not self._thread.is_alive(), timeout_s)
            return self._handled >= self._accepted

    def close(self, outcome: EpisodeOutcome, reason: str | None = None) -> None:
        """Write the end of the episode, and release the folder. Waits at most `CLOSE_WITHIN_S`."""
        if not self._thread.is_alive():
            return
        self._end = outcome, reason
        self._queue.put(None)
        self._thread.join(CLOSE_WITHIN_S)
        if self._thread.is_alive():
            log.warning("episode %s: the disk is too slow to store its end now", self.episode)

    def _open(self) -> tuple[int, bool]:
        self.episode.mkdir(mode=0o700, exist_ok=True)
        path = self.episode / BEATS
        resumed = path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(file, _whole_bytes(file))
        return file, resumed

    def _release(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self._file)
        self._lock.release()

    def _run(self) -> None:
        try:
            while (item := self._queue.get()) is not None:
                self._store(item)
                self._count_handled()
            self._finish()
        except BaseException as error:
            self._lose(RecordingFault("failed", f"the writer ended: {error!r}"), self._queue.qsize() + 1)
            raise
        finally:
            self._release()

    def _count_handled(self) -> None:
        with self._progress:
            self._handled += 1
            self._progress.notify_all()

    def _finish(self) -> None:
        self._report_refused()
        outcome, reason = self._end
        end = EpisodeEnd(time=datetime.now(UTC), outcome=outcome, reason=reason, beats=self.status.written)
        with contextlib.suppress(OSError, _LostError):  # a full disk: the episode stays without an end
            if self._gap:
                self._append(self._gap_record())
            self._append(end)

    def _report_refused(self) -> None:
        refused = self._refused
        if refused > self._reported:
            fault = RecordingFault("slow_disk", "the disk does not keep up with the beats")
            self._lose(fault, refused - self._reported)
            self._reported = refused

    def _store(self, item: _Beat) -> None:
        self._report_refused()
        if self._try(lambda: self._write_beat(item)):
            self.status = RecordingStatus(self.status.written + 1, self.status.dropped, self._picture_fault)

    def _write_beat(self, item: _Beat) -> None:
        now = time.monotonic()
        if self._bytes > self._limits.folder_bytes and now >= self._next_scan:
            self._bytes = delete_old(self.episode.parent, self._limits, self.episode.name)
            self._next_scan = now + SCAN_EVERY_S
        if self._bytes > self._limits.folder_bytes:
            reason = f"the episodes have reached {self._limits.folder_bytes} bytes: raise the budget, or delete some"
            raise _LostError(RecordingFault("budget", reason))
        record = self._with_picture(item)
        if self._gap:
            self._append(self._gap_record())
            self._gap = 0
        self._append(record)

    _picture_fault: RecordingFault | None = None

    def _with_picture(self, item: _Beat) -> BeatRecord:
        self._picture_fault = None
        if item.picture is None:
            return item.record
        try:
            picture = store_picture(self.episode, item.record.beat, item.picture)
            self._bytes += (self.episode / picture.path).stat().st_size
        except (OSError, ValueError, ImportError) as error:
            self._picture_fault = _describe(self.episode, error)
            log.warning("episode %s: beat %d has no picture: %s", self.episode, item.record.beat, error)
            return item.record
        return item.record.model_copy(update={"picture": picture})

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except _LostError as error:
            self._lose(error.fault, 1)
            return False
        except (OSError, ValueError) as error:
            self._lose(_describe(self.episode, error), 1)
            return False
        return True

    def _lose(self, fault: RecordingFault, count: int) -> None:
        before = self.status.fault
        if before is None or before.code != fault.code:
            log.warning("episode %s: records are lost: %s", self.episode, fault.message)
        self._gap += count
        self.status = RecordingStatus(self.status.written, self.status.dropped + count, fault)

    def _gap_record(self) -> Gap:
        fault = self.status.fault or RecordingFault("unknown", "the reason is not known")
        return Gap(dropped=self._gap, code=fault.code, message=fault.message)

    def _append(self, line: Model) -> None:
        text = line.model_dump_json(exclude_none=True)
        if len(text) > MAX_RECORD:
            raise _LostError(RecordingFault("too_large", f"a record has {len(text)} characters, over {MAX_RECORD}"))
        redacted = self._redact(text)
        if redacted != text and isinstance(line, BeatRecord):
            redacted = _with_new_hash(redacted)
        sealed = seal(redacted.encode())
        start = os.lseek(self._file, 0, os.SEEK_END)
        if os.write(self._file, sealed) != len(sealed):  # a full disk took a part of the line
            os.ftruncate(self._file, start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._bytes += len(sealed)


def _with_new_hash(text: str) -> str:
    """A record whose observation may have lost secrets, with the hash of what is left."""
    record = BeatRecord.model_validate_json(text)
    if record.observation_hash:
        record = record.model_copy(update={"observation_hash": hash_observation(record.observation)})
    return record.model_dump_json(exclude_none=True)


class _LostError(Exception):
    def __init__(self, fault: RecordingFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _whole_bytes(file: int) -> int:
    """The size of a file up to its last line's end."""
    size = os.lseek(file, 0, os.SEEK_END)
    while size > 0:
        start = max(0, size - BLOCK_BYTES)
        end = os.pread(file, size - start, start).rfind(b"\n")
        if end >= 0:
            return start + end + 1
        size = start
    return 0


def _describe(episode: Path, error: Exception) -> RecordingFault:
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "make room there" if full else "correct that"
        return RecordingFault("no_space" if full else "unwritable", f"{episode}: {error.strerror}: {remedy}")
    if isinstance(error, ImportError):
        return RecordingFault("unwritable", "pictures that are not JPEG need Pillow: pip install pillow")
    return RecordingFault("not_json", f"{error}")

"""The episodes of a folder, and pages of an episode, without reading whole files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.lines import MAX_LINE_BYTES, LineError, unseal
from timmy_actors.recording.reader import EX_NOINPUT
from timmy_actors.recording.records import BeatRecord, EpisodeEnd, EpisodeHead, EpisodeOutcome, Line
from timmy_actors.recording.store import BEATS, EPISODE_ID, episode_folders

TAIL_BYTES = 65_536
READ_BYTES = 256 * 1024
"""Read at once: a system call per few lines would cost as much as the lines."""


@dataclass(frozen=True)
class EpisodeSummary:
    """An episode at a glance."""

    id: str
    started: datetime | None
    """None: its head is damaged."""
    beats: int
    """The number of its last beat."""
    outcome: EpisodeOutcome | None
    """None: it is being recorded, or its process was killed."""
    bytes: int
    """Of its records, without pictures."""
    meta: dict[str, Any]


def list_episodes(folder: Path) -> list[EpisodeSummary]:
    """The episodes of a folder, the newest first."""
    summaries = []
    for episode in reversed(episode_folders(folder)):
        with contextlib.suppress(OSError):  # it was deleted since then
            summaries.append(_summarize(episode))
    return summaries


def find_episode(folder: Path, episode_id: str) -> Path:
    """The folder of an episode.

    Raises:
        EpisodesUnusableError: there is no such episode.
    """
    episode = folder / episode_id
    if not EPISODE_ID.fullmatch(episode_id) or not (episode / BEATS).is_file():
        reason = f"no episode {episode_id!r} in {folder}: 'timmy-actors episodes list' shows all"
        raise EpisodesUnusableError(reason, EX_NOINPUT)
    return episode


def read_beats(episode: Path, after: int = 0) -> Iterator[BeatRecord]:
    """The readable beats with a number above `after`, without reading those before.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    return (beat for _, beat in _read_sized(episode, after))


def read_page(episode: Path, after: int, limit: int, max_bytes: int) -> tuple[BeatRecord, ...]:
    """The next beats: at most `limit`, and, unless it is a single one, `max_bytes` as they are stored.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    page: list[BeatRecord] = []
    size = 0
    for length, beat in islice(_read_sized(episode, after), limit):
        size += length
        if page and size > max_bytes:
            break
        page.append(beat)
    return tuple(page)


def _read_sized(episode: Path, after: int) -> Iterator[tuple[int, BeatRecord]]:
    for raw in read_raw(episode, after):
        line = _read(raw)
        if isinstance(line, BeatRecord) and line.beat > after:
            yield len(raw), line


def read_raw(episode: Path, after: int = 0) -> Iterator[bytes]:
    """The lines that have the beats with a number above `after`, and others; one that is too long comes in pieces.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    try:
        with (episode / BEATS).open("rb", buffering=READ_BYTES) as file:
            file.seek(_offset_after(file, after))
            while raw := file.readline(MAX_LINE_BYTES + 2):
                yield raw
    except OSError as error:
        raise EpisodesUnusableError(f"episode {episode}: cannot be read ({error.strerror})", EX_NOINPUT) from error


def read_end(episode: Path) -> EpisodeOutcome | None:
    """The outcome of an episode; None: it has no end.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    try:
        return _summarize(episode).outcome
    except OSError as error:
        raise EpisodesUnusableError(f"episode {episode}: cannot be read ({error.strerror})", EX_NOINPUT) from error


def read_last(episode: Path, count: int) -> list[BeatRecord]:
    """The last readable beats, at most `count`, without reading those before.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    try:
        with (episode / BEATS).open("rb") as file:
            lines = _last_lines(file, file.seek(0, 2), count)
    except OSError as error:
        raise EpisodesUnusableError(f"episode {episode}: cannot be read ({error.strerror})", EX_NOINPUT) from error
    return [line for line in lines if isinstance(line, BeatRecord)][-count:]


def _offset_after(file: IO[bytes], after: int) -> int:
    """A line's start before which all beats have numbers up to `after`: a binary search, as they ascend."""
    low, high = 0, file.seek(0, 2)
    while high - low > TAIL_BYTES:
        middle = (low + high) // 2
        number = _next_beat(file, middle, high)
        if number is not None and number <= after:
            low = middle
        else:
            high = middle
    file.seek(low)
    return low + (len(file.readline()) if low else 0)


def _next_beat(file: IO[bytes], offset: int, end: int) -> int | None:
    file.seek(offset)
    file.readline()
    while file.tell() < end and (raw := file.readline(MAX_LINE_BYTES + 2)):
        if isinstance(line := _read(raw), BeatRecord):
            return line.beat
    return None


def _read(raw: bytes) -> Line | None:
    try:
        return unseal(raw.removesuffix(b"\n"))
    except LineError as error:
        return error.line


def _summarize(episode: Path) -> EpisodeSummary:
    with (episode / BEATS).open("rb") as file:
        head = _read(file.readline(MAX_LINE_BYTES + 2))
        size = file.seek(0, 2)
        last = _last_lines(file, size)
    end = last[-1] if last and isinstance(last[-1], EpisodeEnd) else None
    beats = [line.beat for line in last if isinstance(line, BeatRecord)]
    known = head if isinstance(head, EpisodeHead) else None
    return EpisodeSummary(
        id=episode.name,
        started=known.time if known is not None else None,
        beats=max(beats, default=0),
        outcome=end.outcome if end is not None else None,
        bytes=size,
        meta=known.meta if known is not None else {},
    )


def _last_lines(file: IO[bytes], size: int, beats: int = 1) -> list[Line]:
    """The readable lines at the end of a file: as many as are needed for so many beats, but not much more than a line's
    greatest length."""
    span = TAIL_BYTES
    while True:
        start = max(0, size - span)
        file.seek(start)
        raws = file.read(size - start).splitlines()[1 if start else 0 :]
        lines = [line for raw in raws if (line := _read(raw)) is not None]
        if start == 0 or span > 2 * MAX_LINE_BYTES or sum(isinstance(line, BeatRecord) for line in lines) >= beats:
            return lines
        span *= 4

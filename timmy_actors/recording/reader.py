"""Reads an episode to its last record, whatever happened to its file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.lines import MAX_LINE_BYTES, LineError, unseal
from timmy_actors.recording.records import BeatRecord, EpisodeEnd, EpisodeHead, Gap, Line
from timmy_actors.recording.store import BEATS

EX_NOINPUT = 66


@dataclass(frozen=True)
class ReadLine:
    """A line of the file: its content, or the error in it."""

    number: int
    """From 1."""
    raw: bytes
    line: Line | None
    """The content; also of an edited line that is otherwise valid."""
    error: LineError | None = None


@dataclass
class Episode:
    """An episode as far as it can be read."""

    folder: Path
    head: EpisodeHead | None = None
    beats: list[BeatRecord] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    end: EpisodeEnd | None = None
    """None: it is being recorded, or its process was killed."""
    damaged: int = 0
    """Lines that cannot be read."""

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name


def read_lines(episode: Path) -> Iterator[ReadLine]:
    """The lines of an episode's file.

    Raises:
        EpisodesUnusableError: there is no such file, or it cannot be read.
    """
    try:
        with (episode / BEATS).open("rb") as file:
            for number in itertools.count(1):
                raw = file.readline(MAX_LINE_BYTES + 2)
                if not raw:
                    return
                yield _read_line(number, raw)
                while len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):  # the rest of a line that is too long
                    raw = file.readline(MAX_LINE_BYTES + 2)
    except OSError as error:
        reason = f"episode {episode}: {BEATS} cannot be read ({error.strerror}): 'timmy-actors episodes list' shows all"
        raise EpisodesUnusableError(reason, EX_NOINPUT) from error


def _read_line(number: int, raw: bytes) -> ReadLine:
    if not raw.endswith(b"\n"):
        return ReadLine(number, raw, None, LineError("cut", "the line is incomplete"))
    try:
        return ReadLine(number, raw, unseal(raw[:-1]))
    except LineError as error:
        return ReadLine(number, raw, error.line, error)


def read_episode(episode: Path) -> Episode:
    """Read an episode, without its damaged lines.

    Raises:
        EpisodesUnusableError: there is none, or it cannot be read.
    """
    read = Episode(episode)
    for entry in read_lines(episode):
        match entry.line:
            case EpisodeHead() as head:
                read.head, read.end = read.head or head, None
            case BeatRecord() as beat:
                read.beats.append(beat)
            case Gap() as gap:
                read.gaps.append(gap)
            case EpisodeEnd() as end:
                read.end = end
            case None:
                read.damaged += 1
    return read


def read_head(episode: Path) -> EpisodeHead | None:
    """The head of an episode; None: it is missing or damaged.

    Raises:
        EpisodesUnusableError: the episode cannot be read.
    """
    first = next(read_lines(episode), None)
    return first.line if first is not None and isinstance(first.line, EpisodeHead) else None

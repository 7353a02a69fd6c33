"""Finds what is wrong with an episode, and repairs it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from timmy_actors.recording.reader import ReadLine, read_lines
from timmy_actors.recording.records import BeatRecord, EpisodeEnd, EpisodeHead, Gap, Picture, hash_observation

FindingCode = Literal[
    "cut", "damaged", "edited", "no_head", "wrong_id", "after_end", "wrong_number", "no_picture", "wrong_picture",
    "wrong_hash", "duplicate_call", "unknown_call",
]  # fmt: skip
REPAIR = "'timmy-actors episodes repair' "
REMEDIES: dict[FindingCode, str] = {
    "cut": REPAIR + "cuts it off; recording on does, too",
    "damaged": REPAIR + "replaces it by a gap; or restore it from a copy",
    "edited": REPAIR + "accepts it as it is; or restore it from a copy",
    "no_head": REPAIR + "writes one",
    "wrong_id": "rename the folder, or " + REPAIR + "takes the folder's name",
    "after_end": REPAIR + "removes the earlier end",
    "wrong_number": REPAIR + "writes a gap for missing records, and removes repeated ones",
    "no_picture": "restore the file, or " + REPAIR + "removes it from the record",
    "wrong_picture": "restore the file, or " + REPAIR + "removes it from the record",
    "wrong_hash": REPAIR + "computes it again",
    "duplicate_call": REPAIR + "removes the later call",
    "unknown_call": REPAIR + "removes the result",
}


@dataclass(frozen=True)
class Finding:
    """Something wrong with an episode."""

    line: int
    """Of the episode's file, from 1."""
    code: FindingCode
    message: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.code]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}: {self.message}: {self.remedy}"


def verify_episode(episode: Path) -> Iterator[Finding]:
    """What is wrong with an episode, line by line. An episode without an end is intact: its process was killed.

    Raises:
        EpisodesUnusableError: it cannot be read.
    """
    check = _Check(episode)
    for entry in read_lines(episode):
        yield from check.line(entry)
    if not check.lines:
        yield Finding(1, "no_head", "the file is empty")


class _Check:
    def __init__(self, episode: Path) -> None:
        self._episode = episode
        self._beat = 0
        self._gap = False
        self._ended = False
        self.lines = 0

    def line(self, entry: ReadLine) -> Iterator[Finding]:
        self.lines += 1
        if entry.error is not None:
            yield Finding(entry.number, entry.error.code, str(entry.error))
        if entry.line is None:
            self._gap = True
        if self.lines == 1 and not isinstance(entry.line, EpisodeHead):
            yield Finding(entry.number, "no_head", "the first line is not the episode's head")
        if self._ended and entry.line is not None and not isinstance(entry.line, EpisodeHead):
            yield Finding(entry.number, "after_end", "there is a line after the episode's end")
        match entry.line:
            case EpisodeHead(id=name):
                self._ended = False
                if name != self._episode.name:
                    yield Finding(entry.number, "wrong_id", f"the id is {name!r}, the folder's name differs")
            case Gap():
                self._gap = True
            case EpisodeEnd():
                self._ended = True
            case BeatRecord() as beat:
                yield from self._number(entry.number, beat)
                yield from _content(self._episode, entry.number, beat)

    def _number(self, line: int, beat: BeatRecord) -> Iterator[Finding]:
        expected = self._beat + 1
        if beat.beat < expected or (beat.beat > expected and not self._gap):
            yield Finding(line, "wrong_number", f"beat {beat.beat} stands where {expected} is expected")
        self._beat, self._gap = max(self._beat, beat.beat), False


def _content(episode: Path, line: int, beat: BeatRecord) -> Iterator[Finding]:
    if beat.picture is not None:
        digest = _picture_digest(episode, beat)
        if digest is None:
            yield Finding(line, "no_picture", f"there is no readable picture {beat.picture.path!r} in the episode")
        elif digest != beat.picture.sha256:
            yield Finding(line, "wrong_picture", f"the picture {beat.picture.path!r} is not the recorded one")
    if beat.observation_hash and beat.observation_hash != hash_observation(beat.observation):
        yield Finding(line, "wrong_hash", "the observation's hash differs")
    calls = [call.id for call in beat.decision.calls] if beat.decision is not None else []
    for name in sorted({name for name in calls if calls.count(name) > 1}):
        yield Finding(line, "duplicate_call", f"two calls have the id {name!r}")
    for result in beat.results:
        if result.call_id not in calls:
            yield Finding(line, "unknown_call", f"a result belongs to no call: {result.call_id!r}")


def _picture_digest(episode: Path, beat: BeatRecord) -> str | None:
    path = picture_file(episode, beat.picture)
    try:
        return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # it was deleted since then, or may not be read
        return None


def picture_file(episode: Path, picture: Picture | None) -> Path | None:
    """The file of a beat's picture; None: there is no such file inside the episode."""
    if picture is None:
        return None
    path = episode / picture.path
    try:
        inside = path.resolve(strict=True).is_relative_to(episode.resolve())
    except (OSError, ValueError, RuntimeError):  # up to Python 3.12 links that lead in a circle are a RuntimeError
        return None
    return path if inside and path.is_file() else None

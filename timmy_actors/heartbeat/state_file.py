"""What outlives the process: the episode, its phase, and what its beat is about to do. Written before each action.

Two files take turns and are overwritten in place, each line with its checksum: a kill can damage only the one that is
being written. Replacing a file by renaming would take a hundred times as long, in every beat.
"""

from __future__ import annotations

import logging
import os
import zlib
from pathlib import Path

from timmy_actors.heartbeat.effects import Intention
from timmy_actors.protocol import BeatPhase, Model
from timmy_actors.recording import Usage

log = logging.getLogger(__name__)

NAMES = ("heartbeat.0", "heartbeat.1")


class State(Model):
    """The state of a heartbeat that has an episode."""

    episode: str
    phase: BeatPhase
    intention: Intention | None = None
    used: Usage = Usage()
    """What the episode's decisions have used."""
    number: int = 0
    """Counted by the writes: the higher one is valid."""


class StateFile:
    """The state in the folder of episodes."""

    def __init__(self, folder: Path) -> None:
        self._paths = tuple(folder / name for name in NAMES)
        self._open: list[int] = []
        self._number = 0

    def read(self) -> State | None:
        """The state; None: the last heartbeat ended by itself, or both files are damaged, which is logged."""
        states = [state for path in self._paths if (state := _read(path)) is not None]
        newest = max(states, key=lambda state: state.number, default=None)
        if newest is not None:
            self._number = newest.number
        return newest

    def write(self, state: State) -> None:
        """Replace the state.

        Raises:
            OSError: it cannot be written; the old one stays.
        """
        if not self._open:
            self._open = [os.open(path, os.O_WRONLY | os.O_CREAT, 0o600) for path in self._paths]
        self._number += 1
        text = state.model_copy(update={"number": self._number}).model_dump_json(exclude_none=True).encode()
        line = b"%08x %s\n" % (zlib.crc32(text), text)
        if os.pwrite(self._open[self._number % len(NAMES)], line, 0) != len(line):
            raise OSError("the disk is full")

    def close(self) -> None:
        """Close the files."""
        while self._open:
            os.close(self._open.pop())

    def remove(self) -> None:
        """The episode has ended."""
        self.close()
        for path in self._paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("%s: cannot be deleted: %s", path, error)


def _read(path: Path) -> State | None:
    try:
        return _parse(path.read_bytes().partition(b"\n")[0])
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # of the model too
        log.warning("%s: cannot be read: %s", path, error)
        return None


def _parse(line: bytes) -> State:
    checksum, _, text = line.partition(b" ")
    if int(checksum, 16) != zlib.crc32(text):
        raise ValueError("its checksum is wrong")
    return State.model_validate_json(text)

"""What outlives the process: the episode, its phase, and what its beat is about to do. Written before each action."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from pydantic import ValidationError

from timmy_actors.heartbeat.effects import Intention
from timmy_actors.protocol import BeatPhase, Model

log = logging.getLogger(__name__)

NAME = "heartbeat.json"


class State(Model):
    """The state of a heartbeat that has an episode."""

    episode: str
    phase: BeatPhase
    intention: Intention | None = None


class StateFile:
    """The file in the folder of episodes. A write replaces it as a whole: a kill leaves the old or the new one."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> State | None:
        """The state; None: the last heartbeat ended by itself, or the file is damaged, which is logged."""
        try:
            return State.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.warning("%s: cannot be read, so no episode is resumed: %s", self._path, error)
            return None

    def write(self, state: State) -> None:
        """Replace the state.

        Raises:
            OSError: it cannot be written; the old one stays.
        """
        beside = self._path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb", closefd=True) as file:  # noqa: PTH123  a descriptor, not a path
            file.write(state.model_dump_json(exclude_none=True).encode())
        beside.replace(self._path)

    def remove(self) -> None:
        """The episode has ended."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s: cannot be deleted: %s", self._path, error)

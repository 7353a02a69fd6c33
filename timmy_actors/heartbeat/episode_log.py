"""The heartbeat's episode on disk: opening and resuming it, the intention before each action, the records."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from timmy_actors.errors import EpisodesUnusableError, NotReadyError
from timmy_actors.heartbeat.effects import Intention
from timmy_actors.heartbeat.options import HeartbeatOptions
from timmy_actors.heartbeat.resuming import RECALLED, Resumption, journal_lookup, resume
from timmy_actors.heartbeat.state_file import State, StateFile
from timmy_actors.protocol import BeatPhase
from timmy_actors.recording import (
    BeatRecord,
    EpisodeOutcome,
    EpisodeWriter,
    Usage,
    new_episode_id,
    read_end,
    read_last,
)

log = logging.getLogger(__name__)

FLUSH_WITHIN_S = 0.1
"""How long an action waits until the record before it is stored: on a slow disk it does not wait longer."""


@dataclass(frozen=True)
class Opened:
    """An episode that was begun or resumed."""

    episode: str
    next_beat: int = 1
    phase: BeatPhase = "autonomous"
    lines: tuple[str, ...] = ()
    """The last beats, for the memory."""
    feedback: str | None = None
    """What the policy must know: what became of the beat during which the daemon ended."""
    used: Usage = field(default_factory=Usage)
    """What the earlier decisions used."""


class EpisodeLog:
    """One episode at a time."""

    def __init__(self, options: HeartbeatOptions) -> None:
        self._options = options
        self._state_file = StateFile(options.folder)
        self._writer: EpisodeWriter | None = None
        self._state: State | None = None
        self._unsaved: str | None = None
        self._written = 0
        """The records given to the writer."""

    @property
    def can_resume(self) -> bool:
        """Whether a crash has ended an episode."""
        return self._interrupted() is not None

    @property
    def problem(self) -> str | None:
        """Why records are lost, or why the beat's intention is not stored."""
        fault = None if self._writer is None else self._writer.status.fault
        return self._unsaved if fault is None else fault.message

    def open(self) -> Opened:
        """Begin an episode, or resume the one that a crash has ended.

        Raises:
            EpisodesUnusableError: the folder cannot be used, or another process records into it.
            JournalUnusableError: the journal cannot be read, so that nothing is known of the last action.
            NotReadyError: the last action is still under way; try again.
        """
        state = self._interrupted()
        if state is None:
            opened, resumption = Opened(new_episode_id(datetime.now(UTC))), None
        else:
            opened, resumption = self._resumed(state)
        self._writer = EpisodeWriter(
            self._options.folder,
            episode_id=opened.episode,
            meta=dict(self._options.meta),
            secrets=self._options.secrets,
            limits=self._options.limits,
            lost=0 if resumption is None else resumption.lost,
        )
        # The intention stays until the next one: this process may be killed before the recovered record is stored.
        intention = None if state is None else state.intention
        self._state = State(episode=opened.episode, phase=opened.phase, intention=intention, used=opened.used)
        self._written = 0
        if resumption is not None and resumption.recovered is not None:
            self.write(resumption.recovered, None, opened.used)
        self._save()
        return opened

    def _interrupted(self) -> State | None:
        """The state of an episode without an end; one with an end was killed when all was done but to delete it."""
        state = self._state_file.read()
        if state is None or not self._has_ended(state.episode):
            return state
        return None

    def _has_ended(self, episode: str) -> bool:
        try:
            return read_end(self._options.folder / episode) is not None
        except EpisodesUnusableError:  # it cannot be read: it is resumed without its records
            return False

    def _resumed(self, state: State) -> tuple[Opened, Resumption]:
        folder = self._options.folder / state.episode
        try:
            beats = read_last(folder, RECALLED)
        except EpisodesUnusableError as error:
            log.warning("the episode %s is resumed without its records: %s", state.episode, error)
            beats = []
        find = None if self._options.journal is None else journal_lookup(self._options.journal)
        resumption = resume(state, beats, find, datetime.now(UTC))
        if not resumption.settled:
            raise NotReadyError(f"episode {state.episode}: an action is still under way, as the journal says")
        feedback = None if resumption.recovered is None else f"the daemon was restarted: {resumption.lines[-1]}"
        opened = Opened(state.episode, resumption.next_beat, state.phase, resumption.lines, feedback, state.used)
        return opened, resumption

    def save_phase(self, phase: BeatPhase) -> None:
        """Store the phase, in which a resumed episode continues."""
        if self._state is not None and self._state.phase != phase:
            self._state = self._state.model_copy(update={"phase": phase})
            self._save()

    def intend(self, intention: Intention, phase: BeatPhase, used: Usage) -> None:
        """Store what a beat is about to do, after the records before it; `used`: by the episode so far."""
        if self._state is None or self._writer is None:
            return
        stored = self._writer.status.written + self._writer.status.dropped
        if stored < self._written:
            self._writer.flush(FLUSH_WITHIN_S)
        self._state = State(episode=self._state.episode, phase=phase, intention=intention, used=used)
        self._save()

    def write(self, record: BeatRecord, picture: Path | None, used: Usage) -> None:
        """Record a beat; `used`: by the episode so far."""
        if self._writer is None or self._state is None:
            return
        self._written += 1
        self._writer.write(record, picture)
        if self._state.used != used:  # the beat had nothing to do, so that no intention has stored it
            self._state = self._state.model_copy(update={"used": used})
            self._save()

    def close(self, outcome: EpisodeOutcome, reason: str | None) -> None:
        """End the episode; a no-op without one."""
        writer, self._writer, self._state = self._writer, None, None
        if writer is not None:
            writer.close(outcome, reason)
            self._state_file.remove()

    def _save(self) -> None:
        if self._state is None:
            return
        try:
            self._state_file.write(self._state)
            self._unsaved = None
        except OSError as error:
            self._unsaved = f"{self._options.folder}: {error}: a crash now would lose the last action's outcome"
            log.warning("the heartbeat's state cannot be stored: %s", self._unsaved)

"""Where the daemon's episodes are, and how much room they may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from timmy_actors.daemon.settings import Settings
from timmy_actors.recording import EpisodeLimits, FlightRecorder
from timmy_actors.system import expand_user, state_folder

MEGABYTE = 1024 * 1024


def episodes_folder(settings: Settings) -> Path:
    """The folder of the episodes: the configured one, else `episodes` in the folder of the user's state.

    Raises:
        ConfigError: the path starts at the home of an unknown user.
    """
    if settings.recording.folder:
        return expand_user(settings.recording.folder, "recording.folder")
    return state_folder() / "episodes"


def make_flight_recorder(settings: Settings) -> FlightRecorder | None:
    """The flight recorder, which dumps into a folder beside that of the episodes; None: it is off.

    Raises:
        ConfigError: as `episodes_folder`.
    """
    recording = settings.recording
    if not recording.flight_minutes:
        return None
    folder = episodes_folder(settings).parent / "flight"
    return FlightRecorder(folder, keep_s=recording.flight_minutes * 60, max_bytes=round(recording.flight_mb * MEGABYTE))


@dataclass(frozen=True)
class ReplayedGame:
    """A replayed flight recording as the game of a daemon."""

    address: str
    journal: Path
    """A command journal of its own: the real one must not have the replayed commands."""

    def __call__(self, settings: Settings) -> Settings:
        """The settings with the recording in the place of the game."""
        world = settings.world.model_copy(update={"embedded": False})
        link = settings.link.model_copy(update={"address": self.address, "mechanism": "null"})
        journal = settings.journal.model_copy(update={"file": str(self.journal)})
        return settings.model_copy(update={"world": world, "link": link, "journal": journal})


def episode_limits(settings: Settings) -> EpisodeLimits:
    """How much room they may take."""
    return EpisodeLimits(folder_bytes=round(settings.recording.max_mb * MEGABYTE), keep=settings.recording.keep)

"""Where the daemon's episodes are, and how much room they may take."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.daemon.settings import Settings
from timmy_actors.recording import EpisodeLimits
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


def episode_limits(settings: Settings) -> EpisodeLimits:
    """How much room they may take."""
    return EpisodeLimits(folder_bytes=round(settings.recording.max_mb * MEGABYTE), keep=settings.recording.keep)

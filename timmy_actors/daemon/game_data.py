"""The daemon's part for the game's data files: where their index is, and the actor that has it built."""

from __future__ import annotations

from pathlib import Path

from timmy_actors import gamedata  # its names are loaded on first use: only where files are configured
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.supervision import ChildSpec
from timmy_actors.system import expand_user, state_folder

SUFFIX = ".game-data"


def game_data_options(settings: Settings) -> gamedata.GameDataOptions | None:
    """The files and their index; None: no files are configured.

    Raises:
        ConfigError: a path starts at the home of an unknown user.
    """
    game_data = settings.game_data
    if not game_data.files:
        return None
    files = tuple(expand_user(file, "game_data.files") for file in game_data.files)
    default = state_folder() / (settings.link.client + SUFFIX)
    index: Path = expand_user(game_data.index, "game_data.index") if game_data.index else default
    return gamedata.GameDataOptions(files, index, game_data.code_page)


def game_data_specs(settings: Settings, shared: SharedState) -> list[ChildSpec]:
    """The child spec of the actor, if files are configured."""
    options = game_data_options(settings)
    if options is None:
        return []
    return [
        ChildSpec("game-data", lambda: gamedata.GameDataActor(options, status=shared.game_data, library=shared.library))
    ]

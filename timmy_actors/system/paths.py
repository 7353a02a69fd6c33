"""The folders of the Lua scripts, the configuration and the prompts, in a checkout, an editable install, or a wheel."""

from __future__ import annotations

import os
from pathlib import Path

from timmy_actors.errors import ConfigError

_SHIPPED = Path(__file__).parents[1] / "_shipped"
"""In a checkout, links to the top-level folders; in an installed package, copies of them."""


def lua_folder() -> Path:
    """The folder with `timmy_bridge.lua`."""
    return (_SHIPPED / "lua").resolve()


def config_folder() -> Path:
    """The folder with `timmy.toml`, `portals.json` and `portal_tools.json`."""
    return (_SHIPPED / "config").resolve()


def from_folder(path: str, folder: Path) -> str:
    """A path written in a file of `folder`, made absolute; a leading `~` is left to `expand_user`."""
    return path if path.startswith("~") else str(folder.absolute() / path)


def expand_user(path: str, key: str) -> Path:
    """Expand `~` in a configured path; `key` is its setting.

    Raises:
        ConfigError: the home folder cannot be determined.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{key}: {path}: the home folder cannot be determined: give the whole path") from error


def state_folder() -> Path:
    """The folder of files that outlive the daemon: `$XDG_STATE_HOME/timmy-actors`, else in `~/.local/state`.

    Raises:
        ConfigError: the home folder cannot be determined.
    """
    return expand_user(os.environ.get("XDG_STATE_HOME") or "~/.local/state", "XDG_STATE_HOME") / "timmy-actors"


def tasks_folder() -> Path:
    """The folder with the tasks of the embedded world."""
    return (_SHIPPED / "tasks").resolve()


def training_folder() -> Path:
    """The folder with `data/`: the prompts of the games."""
    return (_SHIPPED / "training").resolve()

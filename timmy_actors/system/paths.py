"""Where the Lua scripts, the configuration and the prompts are: in a checkout, an editable install, or a wheel."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.errors import ConfigError

_SHIPPED = Path(__file__).parents[1] / "_shipped"
"""In a checkout, links to the folders of the top level; in an installed package, copies of them."""


def lua_folder() -> Path:
    """The folder with `timmy_bridge.lua`."""
    return (_SHIPPED / "lua").resolve()


def config_folder() -> Path:
    """The folder with `timmy.toml`, `portals.json` and `portal_tools.json`."""
    return (_SHIPPED / "config").resolve()


def from_folder(path: str, folder: Path) -> str:
    """A path as it was written in a file of `folder`, absolute; the home in `~` is looked up when the path is used."""
    return path if path.startswith("~") else str(folder.absolute() / path)


def expand_user(path: str, key: str) -> Path:
    """A configured path, `~` replaced; `key` is the setting it is in.

    Raises:
        ConfigError: it is in a home that cannot be found out.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{key}: {path}: whose home that is cannot be found out: give the whole path") from error


def training_folder() -> Path:
    """The folder with `data/`: prompts that teach a model its games."""
    return (_SHIPPED / "training").resolve()

"""Where the Lua scripts, the configuration and the prompts are: in a checkout, an editable install, or a wheel."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder(name: str) -> Path:
    """The folder `name` of the repository's top level, wherever this package was installed from.

    A checkout (and an editable install, which points into one) has it beside the package; the wheel carries it inside
    the package, as `_shipped/`. A `lua/` of somebody else's beside an installed package is never taken for ours.
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def lua_folder() -> Path:
    """The folder with `timmy_bridge.lua`."""
    return shipped_folder("lua")


def config_folder() -> Path:
    """The folder with `timmy.toml`, `portals.json` and `portal_tools.json`."""
    return shipped_folder("config")


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
    return shipped_folder("training")

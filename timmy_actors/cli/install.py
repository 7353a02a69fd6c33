"""`install-lua`: plans the steps to install the bridge in a server's folder, then executes them."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import click

from timmy_actors.errors import ConfigError
from timmy_actors.system import Confined, fresh_token, lua_folder
from timmy_actors.version import __version__

CUSTOM_SCRIPTS = Path("scripts", "customScripts.lua")
MODULES = Path("lib", "lua")
TOKEN = Path("data", "timmy.token")
CONFIG = MODULES / "timmy_config.lua"
DEFAULT_PORT = 7979
"""As in `lua/timmy/server/config.lua`."""
MANIFEST = MODULES / "timmy" / "installed.json"
"""Lists the installed files, so that uninstalling removes only those."""
REQUIRE = 'require("timmy_bridge")'
_REQUIRES = re.compile(
    rb"""^[ \t]*require[ \t]*\(?[ \t]*["']timmy_bridge["'][ \t]*\)?[ \t]*;?[ \t]*\r?\n?""", re.MULTILINE
)
_PORT = re.compile(rb"""(?<![\w.])port["']?\]?\s*=\s*(\d+)""")
_COMMENT = re.compile(rb"--(?!\[\[)[^\n]*|--\[\[.*?\]\]", re.DOTALL)
LUASOCKET_LUA = ("usr/share/lua/5.1", "usr/local/share/lua/5.1")
LUASOCKET_CORE = ("usr/lib/*/lua/5.1", "usr/lib/lua/5.1", "usr/lib64/lua/5.1", "usr/local/lib/lua/5.1")
"""Where distributions install luasocket for Lua 5.1, which LuaJIT is compatible with."""


class Step(Protocol):
    """One step of a plan."""

    def describe(self) -> str:
        """The step in one line."""
        ...

    def carry_out(self) -> None:
        """Execute the step."""
        ...


@dataclass(frozen=True)
class Write:
    """Writes a file, atomically."""

    home: Path
    path: Path
    content: bytes
    what: str = "copy"

    def describe(self) -> str:
        """The step in one line."""
        return f"{self.what:<7} {self.home / self.path}"

    def carry_out(self) -> None:
        """Write a new file beside the old one, then replace it; it gets the old mode and its folder's owner."""
        Confined(self.home).write(self.path, self.content)


@dataclass(frozen=True)
class Remove:
    """Removes a file, and its folder if that is then empty."""

    home: Path
    path: Path

    def describe(self) -> str:
        """The step in one line."""
        return f"{'remove':<7} {self.home / self.path}"

    def carry_out(self) -> None:
        """Execute the step."""
        Confined(self.home).remove(self.path)


@dataclass(frozen=True)
class MakeToken:
    """Writes a new token that only the server's user can read."""

    home: Path
    path: Path

    def describe(self) -> str:
        """The step in one line."""
        return f"{'token':<7} {self.home / self.path}: a new token, readable by its owner only"

    def carry_out(self) -> None:
        """Execute the step."""
        Confined(self.home).write(self.path, (fresh_token() + "\n").encode(), 0o600)


@dataclass(frozen=True)
class Close:
    """Makes a file readable by its owner only."""

    home: Path
    path: Path

    def describe(self) -> str:
        """The step in one line."""
        return f"{'chmod':<7} {self.home / self.path}: others could read it"

    def carry_out(self) -> None:
        """Execute the step."""
        Confined(self.home).chmod(self.path, 0o600)


def plan_install(home: Path, root: Path = Path("/")) -> list[Step]:
    """Plan the steps to install this version's bridge in the server at `home`; none if it is installed already.

    The host's luasocket is searched below `root`.

    Raises:
        ConfigError: `home` is not a server's folder, or cannot be read.
    """
    with _readable(home):
        _check_home(home)
        files = {**_modules(), **_luasocket(home, root)}
        manifest = {"version": __version__, "files": sorted(map(str, files))}
        files[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
        steps: list[Step] = [Remove(home, path) for path in _stale(home, set(files))]
        there = Confined(home)
        steps += [Write(home, path, content) for path, content in files.items() if there.read(path) != content]
        return steps + _token_steps(there) + _require_steps(there)


def plan_uninstall(home: Path) -> list[Step]:
    """Plan the steps to remove the bridge. The token and `timmy_config.lua` belong to the operator, and stay.

    Raises:
        ConfigError: as for `plan_install`.
    """
    with _readable(home):
        _check_home(home)
        there = Confined(home)
        content = there.read(CUSTOM_SCRIPTS) or b""
        without = _REQUIRES.sub(b"", content)
        steps: list[Step] = [Write(home, CUSTOM_SCRIPTS, without, "edit")] if without != content else []
        ours = [Path(name) for name in _installed(home)]
        return steps + [Remove(home, path) for path in [*ours, MANIFEST] if os.path.lexists(home / path)]


def configured_port(home: Path) -> int:
    """The port in the bridge's settings: `port` in `timmy_config.lua`, else the bridge's default.

    Raises:
        ConfigError: the settings cannot be read.
    """
    with _readable(home):
        settings = Confined(home).read(CONFIG) or b""
    match = _PORT.search(_COMMENT.sub(b"", settings))
    return int(match[1]) if match else DEFAULT_PORT


def carry_out(steps: list[Step]) -> Iterator[Step]:
    """Execute the steps in order, and yield each one when it is done.

    Raises:
        ConfigError: a step failed; those before it are done, and a second run continues there.
    """
    for step in steps:
        try:
            step.carry_out()
        except OSError as error:
            raise ConfigError(
                f"{error.filename}: {error.strerror}: run this command again as the user who owns the server's files;"
                " it continues where it stopped"
            ) from error
        yield step


def summary(steps: list[Step]) -> list[str]:
    """The steps in a few lines: those of one kind are counted, and one that is alone of its kind is named."""
    by_kind: dict[str, list[str]] = {}
    for step in steps:
        by_kind.setdefault(step.describe().split()[0], []).append(step.describe())
    return [_in_one_line(kind, lines) for kind, lines in by_kind.items()]


def _in_one_line(kind: str, lines: list[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    folder = os.path.commonpath([line.split(maxsplit=1)[1] for line in lines])
    return f"{kind:<7} {len(lines)} files in {folder} (--verbose lists them)"


@contextlib.contextmanager
def _readable(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{error.filename or home}: {error.strerror}: run this command as the user who owns the server's files"
        ) from error


def _check_home(home: Path) -> None:
    if (home / CUSTOM_SCRIPTS).is_file():
        return
    inner = home / "server"
    hint = f"; {inner} looks like it" if (inner / CUSTOM_SCRIPTS).is_file() else ""
    raise ConfigError(
        f"{home}: has no {CUSTOM_SCRIPTS}: name the folder of CoreScripts, as in `home` under [Plugins] in"
        f" tes3mp-server-default.cfg{hint}"
    )


def _modules() -> dict[Path, bytes]:
    source = lua_folder()
    ours = [source / "timmy_bridge.lua", *sorted((source / "timmy").rglob("*.lua"))]
    return {MODULES / path.relative_to(source): path.read_bytes() for path in ours}


def _luasocket(home: Path, root: Path) -> dict[Path, bytes]:
    """The host's luasocket, unless the host has none or the server has its own; the bridge works without it."""
    script = next((path for folder in LUASOCKET_LUA for path in root.glob(f"{folder}/socket.lua")), None)
    core = next((path for folder in LUASOCKET_CORE for path in root.glob(f"{folder}/socket/core.so")), None)
    to_script, to_core = MODULES / "socket.lua", Path("lib", "socket", "core.so")
    ours = {Path(name) for name in _installed(home)}
    theirs = [path for path in (to_script, to_core) if os.path.lexists(home / path) and path not in ours]
    if script is None or core is None or theirs:
        return {}
    return {to_script: script.read_bytes(), to_core: core.read_bytes()}


def _stale(home: Path, files: set[Path]) -> Iterator[Path]:
    """Modules of an earlier version that this one does not have."""
    modules = (home / MODULES / "timmy").rglob("*.lua")
    there = {Path(name) for name in _installed(home)} | {path.relative_to(home) for path in modules}
    yield from sorted(path for path in there - files if os.path.lexists(home / path))


def _installed(home: Path) -> list[str]:
    """The files that an earlier run installed; paths that lead out of the server's folder are ignored."""
    inside = home.resolve()
    try:
        manifest = Confined(home).read(MANIFEST)
        names = json.loads(manifest)["files"] if manifest is not None else []
        return [name for name in names if isinstance(name, str) and (home / name).resolve().is_relative_to(inside)]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{home / MANIFEST}: is damaged: delete it, and run this again") from error


def _token_steps(there: Confined) -> list[Step]:
    mode = there.mode(TOKEN)
    if mode is None:
        return [MakeToken(there.root, TOKEN)]
    return [Close(there.root, TOKEN)] if mode & 0o077 else []


def _require_steps(there: Confined) -> list[Step]:
    content = there.read(CUSTOM_SCRIPTS) or b""
    if _REQUIRES.search(content):
        return []
    ending = b"\r\n" if b"\r\n" in content else b"\n"
    separated = content if content.endswith(b"\n") or not content else content + ending
    return [Write(there.root, CUSTOM_SCRIPTS, separated + REQUIRE.encode() + ending, "edit")]


@click.command("install-lua")
@click.argument("server_home", type=click.Path(file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the steps without executing them.")
@click.option("--verbose", is_flag=True, help="List every file.")
@click.option("--uninstall", is_flag=True, help="Remove the bridge. The token and the settings stay.")
def install_lua(server_home: Path, dry_run: bool, verbose: bool, uninstall: bool) -> None:
    """Install the bridge in the TES3MP server at SERVER_HOME.

    SERVER_HOME is the folder of CoreScripts (scripts, data, lib), as in `home` under [Plugins] in
    tes3mp-server-default.cfg. Run this as the server's user. A second run does only what is left to do.
    """
    home = server_home.absolute()
    steps = plan_uninstall(home) if uninstall else plan_install(home)
    if not steps:
        click.echo(f"nothing to do: the bridge is {'not ' if uninstall else ''}in {home}")
    elif dry_run:
        _show(steps, "would ", verbose=verbose)
    else:
        _show(list(carry_out(steps)), "", verbose=verbose)
    if not uninstall and not dry_run:
        click.echo(_what_next(home))


def _show(steps: list[Step], would: str, *, verbose: bool) -> None:
    for line in [step.describe() for step in steps] if verbose else summary(steps):
        click.echo(f"{would}{line}")


def _what_next(home: Path) -> str:
    return (
        "\nNow restart the server."
        f" Its log says 'timmy: listening on ...:{configured_port(home)} (...)', or why not.\n"
        "The daemon needs the same token, as its own user:\n"
        f"  mkdir -p ~/.config/timmy-actors && install -m 600 {home / TOKEN} ~/.config/timmy-actors/token"
    )

"""`install-lua`: the bridge into a server's folder, planned first, then carried out."""

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
"""What was put there, so that just that is taken out."""
REQUIRE = 'require("timmy_bridge")'
_REQUIRES = re.compile(
    rb"""^[ \t]*require[ \t]*\(?[ \t]*["']timmy_bridge["'][ \t]*\)?[ \t]*;?[ \t]*\r?\n?""", re.MULTILINE
)
_PORT = re.compile(rb"""(?<![\w.])port["']?\]?\s*=\s*(\d+)""")
_COMMENT = re.compile(rb"--(?!\[\[)[^\n]*|--\[\[.*?\]\]", re.DOTALL)
LUASOCKET_LUA = ("usr/share/lua/5.1", "usr/local/share/lua/5.1")
LUASOCKET_CORE = ("usr/lib/*/lua/5.1", "usr/lib/lua/5.1", "usr/lib64/lua/5.1", "usr/local/lib/lua/5.1")
"""Where distributions keep luasocket for Lua 5.1, which LuaJIT is."""


class Step(Protocol):
    """One thing to do."""

    def describe(self) -> str:
        """In one line: what it does."""
        ...

    def carry_out(self) -> None:
        """Do it."""
        ...


@dataclass(frozen=True)
class Write:
    """Put a file there, whole or not at all."""

    home: Path
    path: Path
    content: bytes
    what: str = "copy"

    def describe(self) -> str:
        """What it does."""
        return f"{self.what:<7} {self.home / self.path}"

    def carry_out(self) -> None:
        """Do it: beside it first, then in its place, with the old one's mode and its folder's owner."""
        Confined(self.home).write(self.path, self.content)


@dataclass(frozen=True)
class Remove:
    """Take a file away, and its folder if that is empty then."""

    home: Path
    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'remove':<7} {self.home / self.path}"

    def carry_out(self) -> None:
        """Do it."""
        Confined(self.home).remove(self.path)


@dataclass(frozen=True)
class MakeToken:
    """Write a fresh token that only the server's user can read."""

    home: Path
    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'token':<7} {self.home / self.path}: a fresh one, for its owner only"

    def carry_out(self) -> None:
        """Do it."""
        Confined(self.home).write(self.path, (fresh_token() + "\n").encode(), 0o600)


@dataclass(frozen=True)
class Close:
    """Let nobody but its owner read a file."""

    home: Path
    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'chmod':<7} {self.home / self.path}: others could read it"

    def carry_out(self) -> None:
        """Do it."""
        Confined(self.home).chmod(self.path, 0o600)


def plan_install(home: Path, root: Path = Path("/")) -> list[Step]:
    """What is to be done to have this version's bridge in the server at `home`; nothing when it is there.

    `root` is where the host's luasocket is looked for.

    Raises:
        ConfigError: `home` is no server's folder, or cannot be read.
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
    """What is to be done to have no bridge there. The token and `timmy_config.lua` are the operator's, and stay.

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
    """The port that the bridge listens on by its settings: `port` in `timmy_config.lua`, else the bridge's default.

    Raises:
        ConfigError: the settings cannot be read.
    """
    with _readable(home):
        settings = Confined(home).read(CONFIG) or b""
    found = _PORT.search(_COMMENT.sub(b"", settings))
    return int(found[1]) if found else DEFAULT_PORT


def carry_out(steps: list[Step]) -> Iterator[Step]:
    """Do one step after the other, and hand on each that is done.

    Raises:
        ConfigError: one of them could not be; those before it are done, and a second run goes on there.
    """
    for step in steps:
        try:
            step.carry_out()
        except OSError as error:
            raise ConfigError(
                f"{error.filename}: {error.strerror}: run this as the user whom the server's files belong to,"
                " and again: it goes on where it stopped"
            ) from error
        yield step


def summary(steps: list[Step]) -> list[str]:
    """What steps do, in few lines: files of a kind are counted, and whatever is the only one of its kind is named."""
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
            f"{error.filename or home}: {error.strerror}: run this as the user whom the server's files belong to"
        ) from error


def _check_home(home: Path) -> None:
    if (home / CUSTOM_SCRIPTS).is_file():
        return
    inner = home / "server"
    hint = f"; {inner} looks like it" if (inner / CUSTOM_SCRIPTS).is_file() else ""
    raise ConfigError(
        f"{home}: has no {CUSTOM_SCRIPTS}: name the folder with CoreScripts, the one that `home` under [Plugins] in"
        f" tes3mp-server-default.cfg names{hint}"
    )


def _modules() -> dict[Path, bytes]:
    source = lua_folder()
    ours = [source / "timmy_bridge.lua", *sorted((source / "timmy").rglob("*.lua"))]
    return {MODULES / path.relative_to(source): path.read_bytes() for path in ours}


def _luasocket(home: Path, root: Path) -> dict[Path, bytes]:
    """The host's luasocket, where it has one and the server none of somebody else's; else the bridge does without."""
    script = next((found for folder in LUASOCKET_LUA for found in root.glob(f"{folder}/socket.lua")), None)
    core = next((found for folder in LUASOCKET_CORE for found in root.glob(f"{folder}/socket/core.so")), None)
    to_script, to_core = MODULES / "socket.lua", Path("lib", "socket", "core.so")
    ours = {Path(name) for name in _installed(home)}
    theirs = [path for path in (to_script, to_core) if os.path.lexists(home / path) and path not in ours]
    if script is None or core is None or theirs:
        return {}
    return {to_script: script.read_bytes(), to_core: core.read_bytes()}


def _stale(home: Path, files: set[Path]) -> Iterator[Path]:
    """Modules of an earlier version that this one has not."""
    modules = (home / MODULES / "timmy").rglob("*.lua")
    there = {Path(name) for name in _installed(home)} | {path.relative_to(home) for path in modules}
    yield from sorted(path for path in there - files if os.path.lexists(home / path))


def _installed(home: Path) -> list[str]:
    """What an earlier run put there. A path that leads out of the server's folder is none of ours."""
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
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--verbose", is_flag=True, help="List every file.")
@click.option("--uninstall", is_flag=True, help="Take the bridge out again. Token and settings stay.")
def install_lua(server_home: Path, dry_run: bool, verbose: bool, uninstall: bool) -> None:
    """Put the bridge into the TES3MP server at SERVER_HOME.

    SERVER_HOME is the folder with CoreScripts (scripts, data, lib): the one that `home` under [Plugins] in
    tes3mp-server-default.cfg names. Run it as the user whom the server runs as. A second run does what is left to do.
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
        "\nNow start the server again."
        f" Its log says 'timmy: listening on ...:{configured_port(home)} (...)', or why not.\n"
        "The daemon needs the same token, as its own user:\n"
        f"  mkdir -p ~/.config/timmy-actors && install -m 600 {home / TOKEN} ~/.config/timmy-actors/token"
    )

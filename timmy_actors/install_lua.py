"""Puts the bridge into a TES3MP server's folder, and takes it out again: a plan of small steps, shown or carried out.

Where a server's LuaJIT looks is in TES3MP 0.8.1's scripting sources: `HOME/scripts/?.lua` and `HOME/lib/lua/?.lua` for
modules, `HOME/lib/?.so` for what is compiled. The one line in `customScripts.lua` comes last and goes first, so that a
server that starts in between finds the whole bridge or none.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from timmy_actors.errors import ConfigError
from timmy_actors.paths import lua_folder
from timmy_actors.tokens import make_token_file
from timmy_actors.version import __version__

CUSTOM_SCRIPTS = Path("scripts", "customScripts.lua")
MODULES = Path("lib", "lua")
TOKEN = Path("data", "timmy.token")
MANIFEST = MODULES / "timmy" / "installed.json"
"""What was put there, so that just that is taken out."""
REQUIRE = 'require("timmy_bridge")'
_REQUIRES = re.compile(
    rb"""^[ \t]*require[ \t]*\(?[ \t]*["']timmy_bridge["'][ \t]*\)?[ \t]*;?[ \t]*\r?\n?""", re.MULTILINE
)

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

    path: Path
    content: bytes
    what: str = "copy"

    def describe(self) -> str:
        """What it does."""
        return f"{self.what:<7} {self.path}"

    def carry_out(self) -> None:
        """Do it: beside it first, then in its place, with the old one's mode and its folder's owner."""
        _make_folder(self.path.parent)
        mode = stat.S_IMODE(self.path.stat().st_mode) if self.path.exists() else 0o644
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_bytes(self.content)
        beside.chmod(mode)
        _give_to_owner(beside)
        beside.replace(self.path)


@dataclass(frozen=True)
class Remove:
    """Take a file away, and its folder if that is empty then."""

    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'remove':<7} {self.path}"

    def carry_out(self) -> None:
        """Do it."""
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it has more in it: it stays
            self.path.parent.rmdir()


@dataclass(frozen=True)
class MakeToken:
    """Write a fresh token that only the server's user can read."""

    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'token':<7} {self.path}: a fresh one, for its owner only"

    def carry_out(self) -> None:
        """Do it."""
        make_token_file(self.path)
        _give_to_owner(self.path)


@dataclass(frozen=True)
class Close:
    """Let nobody but its owner read a file."""

    path: Path

    def describe(self) -> str:
        """What it does."""
        return f"{'chmod':<7} {self.path}: others could read it"

    def carry_out(self) -> None:
        """Do it."""
        self.path.chmod(0o600)


def plan_install(home: Path, root: Path = Path("/")) -> list[Step]:
    """What is to be done to have this version's bridge in the server at `home`; nothing when it is there.

    `root` is where the host's luasocket is looked for.

    Raises:
        ConfigError: `home` is no server's folder, or cannot be read.
    """
    with _readable(home):
        _check_home(home)
        files = {**_modules(home), **_luasocket(home, root)}
        manifest = {"version": __version__, "files": sorted(str(path.relative_to(home)) for path in files)}
        files[home / MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
        steps: list[Step] = [Remove(path) for path in _stale(home, set(files))]
        steps += [Write(path, content) for path, content in files.items() if not _holds(path, content)]
        steps += _token_steps(home / TOKEN)
        return steps + _require_steps(home / CUSTOM_SCRIPTS)


def plan_uninstall(home: Path) -> list[Step]:
    """What is to be done to have no bridge there. The token and `timmy_config.lua` are the operator's, and stay.

    Raises:
        ConfigError: as for `plan_install`.
    """
    with _readable(home):
        _check_home(home)
        scripts = home / CUSTOM_SCRIPTS
        content = scripts.read_bytes()
        without = _REQUIRES.sub(b"", content)
        steps: list[Step] = [Write(scripts, without, "edit")] if without != content else []
        ours = [home / name for name in _installed(home)]
        return steps + [Remove(path) for path in [*ours, home / MANIFEST] if path.exists()]


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


def _modules(home: Path) -> dict[Path, bytes]:
    source = lua_folder()
    ours = [source / "timmy_bridge.lua", *sorted((source / "timmy").rglob("*.lua"))]
    return {home / MODULES / path.relative_to(source): path.read_bytes() for path in ours}


def _luasocket(home: Path, root: Path) -> dict[Path, bytes]:
    """The host's luasocket, where it has one and the server none of somebody else's; else the bridge does without."""
    script = next((found for folder in LUASOCKET_LUA for found in root.glob(f"{folder}/socket.lua")), None)
    core = next((found for folder in LUASOCKET_CORE for found in root.glob(f"{folder}/socket/core.so")), None)
    to_script, to_core = home / MODULES / "socket.lua", home / "lib" / "socket" / "core.so"
    ours = {home / name for name in _installed(home)}
    if script is None or core is None or any(path.exists() and path not in ours for path in (to_script, to_core)):
        return {}
    return {to_script: script.read_bytes(), to_core: core.read_bytes()}


def _stale(home: Path, files: set[Path]) -> Iterator[Path]:
    """Modules of an earlier version that this one has not."""
    there = {home / name for name in _installed(home)} | set((home / MODULES / "timmy").rglob("*.lua"))
    yield from sorted(path for path in there - files if path.exists())


def _installed(home: Path) -> list[str]:
    """What an earlier run put there. A path that leads out of the server's folder is none of ours."""
    manifest = home / MANIFEST
    inside = home.resolve()
    try:
        names = json.loads(manifest.read_bytes())["files"] if manifest.exists() else []
        return [name for name in names if isinstance(name, str) and (home / name).resolve().is_relative_to(inside)]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{manifest}: is damaged: delete it, and run this again") from error


def _token_steps(token: Path) -> list[Step]:
    if not token.exists():
        return [MakeToken(token)]
    return [Close(token)] if stat.S_IMODE(token.stat().st_mode) & 0o077 else []


def _require_steps(scripts: Path) -> list[Step]:
    content = scripts.read_bytes()
    if _REQUIRES.search(content):
        return []
    ending = b"\r\n" if b"\r\n" in content else b"\n"
    separated = content if content.endswith(b"\n") or not content else content + ending
    return [Write(scripts, separated + REQUIRE.encode() + ending, "edit")]


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir()
    folder.chmod(0o755)  # whatever this user's umask is, the server's has to read it
    _give_to_owner(folder)


def _give_to_owner(path: Path) -> None:
    # Root may install for the server's user; anybody else's files are his own already.
    owner = path.parent.stat()
    if hasattr(os, "geteuid") and os.geteuid() == 0 and path.stat().st_uid != owner.st_uid:
        os.chown(path, owner.st_uid, owner.st_gid)

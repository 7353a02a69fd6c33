"""Finds a LuaJIT in this Python: TES3MP uses it too, and the bridge is written for it."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from timmy_actors.errors import LuaJitMissingError

CANDIDATES = ("lupa.luajit21", "lupa.luajit20")


def new_runtime(encoding: str = "utf-8") -> Any:
    """Create a Lua state that cannot reach Python's builtins.

    Lua's strings are bytes: `encoding` decodes them, and a string that it cannot decode raises.

    Raises:
        LuaJitMissingError: lupa is not installed, or has no LuaJIT for this machine.
    """
    return find_luajit().LuaRuntime(
        unpack_returned_tuples=True, register_eval=False, register_builtins=False, encoding=encoding
    )


def find_luajit() -> Any:
    """Import the module that contains LuaJIT; takes milliseconds.

    Raises:
        LuaJitMissingError: lupa is not installed, or has no LuaJIT for this machine.
    """
    for name in CANDIDATES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise LuaJitMissingError(
        "the embedded world needs LuaJIT inside Python: pip install 'timmy_actors[embedded]' "
        f"(looked for {' and '.join(CANDIDATES)})"
    )


def search_only(runtime: Any, folder: Path) -> None:
    """Restrict `require` to the modules in one folder, and to no C library: the world is the same everywhere."""
    package = runtime.globals().package
    package.path = os.fsencode(folder / "?.lua")
    package.cpath = ""

"""Runs every `*_test.lua` under Debian's luajit and under the LuaJIT of the lupa wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(HERE.glob("*_test.lua"))
TIMEOUT_S = 120

Runtime = Callable[[Path], tuple[bool, str]]


def need_luajit() -> str:
    luajit = shutil.which("luajit")
    if luajit is not None:
        return luajit
    reason = "luajit is not installed (Debian: apt install luajit lua-socket)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run_in_luajit(file: Path) -> tuple[bool, str]:
    command = [need_luajit(), str(HERE / "run.lua"), str(ROOT), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def run_in_lupa(file: Path) -> tuple[bool, str]:
    luajit = pytest.importorskip("lupa.luajit21")
    lua = luajit.LuaRuntime()
    chunk = lua.eval(f"assert(loadfile([[{HERE / 'run.lua'}]]))")
    failed, report = chunk(str(ROOT), str(file))
    return failed == 0, report


@pytest.mark.parametrize("runtime", [run_in_luajit, run_in_lupa], ids=["luajit", "lupa"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lua_side_keeps_its_promises(file: Path, runtime: Runtime) -> None:
    passed, report = runtime(file)
    assert passed, report

"""Runs every `*_test.lua` under Debian's luajit and under the LuaJIT of the lupa wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(HERE.rglob("*_test.lua"))
TIMEOUT_S = 60

Runtime = Callable[[Path], tuple[bool, str]]


def need_luajit() -> str:
    luajit = shutil.which("luajit")
    if luajit is not None:
        return luajit
    reason = "luajit is not installed (Debian: apt install luajit lua-socket)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(command: list[str]) -> tuple[bool, str]:
    """In a process of its own: a test that never ends can be ended."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return False, f"not done after {TIMEOUT_S} s"
    return done.returncode == 0, done.stdout + done.stderr


def run_in_luajit(file: Path) -> tuple[bool, str]:
    return run([need_luajit(), str(HERE / "run.lua"), str(ROOT), str(file)])


IN_LUPA = """
import sys
from lupa.luajit21 import LuaRuntime
run, root, file = sys.argv[1:]
failed, report = LuaRuntime().eval(f"assert(loadfile([[{run}]]))")(root, file)
print(report)
sys.exit(failed and 1)
"""


def run_in_lupa(file: Path) -> tuple[bool, str]:
    pytest.importorskip("lupa.luajit21")
    return run([sys.executable, "-c", IN_LUPA, str(HERE / "run.lua"), str(ROOT), str(file)])


@pytest.mark.parametrize("runtime", [run_in_luajit, run_in_lupa], ids=["luajit", "lupa"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lua_side_keeps_its_promises(file: Path, runtime: Runtime) -> None:
    passed, report = runtime(file)
    assert passed, report

"""Runs every `*_test.lua` under Debian's luajit and under the LuaJIT of the lupa wheel."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from timmy_actors.system import how_it_ended

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(HERE.rglob("*_test.lua"))
CPU_S = 60
"""What a file may take: six times what the longest does. In CPU time, as the machine may be busy."""

Runtime = Callable[[Path], tuple[bool, str]]


def need_luajit() -> str:
    command = ["luajit", "-e", "require('luaunit')"]
    if shutil.which("luajit") is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return "luajit"
    reason = "luajit or LuaUnit is not installed (Debian: apt install luajit lua-socket lua-unit)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(command: list[str]) -> tuple[bool, str]:
    """In a process of its own: a test that never ends is ended by the kernel."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_S, CPU_S))
        try:
            report, _ = process.communicate()
        finally:
            process.kill()
    return process.returncode == 0, f"{report}\n{how_it_ended(process.returncode)}"


def run_in_luajit(file: Path) -> tuple[bool, str]:
    return run([need_luajit(), str(HERE / "run.lua"), str(ROOT), str(file)])


IN_LUPA = """
import sys
from lupa.luajit21 import LuaRuntime
run, root, file = sys.argv[1:]
failed = LuaRuntime().eval(f"assert(loadfile([[{run}]]))")(root, file)
sys.exit(failed and 1)
"""


def run_in_lupa(file: Path) -> tuple[bool, str]:
    pytest.importorskip("lupa.luajit21")
    need_luajit()  # Debian's LuaUnit
    return run([sys.executable, "-c", IN_LUPA, str(HERE / "run.lua"), str(ROOT), str(file)])


@pytest.mark.timeout(1200)  # what waits for ever takes no CPU time
@pytest.mark.parametrize("runtime", [run_in_luajit, run_in_lupa], ids=["luajit", "lupa"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lua_side_keeps_its_promises(file: Path, runtime: Runtime) -> None:
    passed, report = runtime(file)
    assert passed, report


def test_a_file_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "CPU_S", 1)
    endless = tmp_path / "endless_test.lua"
    endless.write_text("while true do end")
    passed, report = run_in_luajit(endless)
    assert (passed, "SIGKILL" in report) == (False, True), report

"""Runs a `*_test.lua` in a process; `test_luajit.py` and `test_lupa.py` run each in one of the two LuaJITs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from timmy_actors.system import how_it_ended

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RUNNER = HERE / "run.lua"
FILES = sorted(HERE.rglob("*_test.lua"))
CPU_S = 60
"""What a file may take: six times what the longest does. In CPU time, as the machine may be busy."""


def need_luajit() -> str:
    """Debian's command, which has LuaUnit; the test is skipped without it."""
    command = ["luajit", "-e", "require('luaunit')"]
    if shutil.which("luajit") is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return "luajit"
    reason = "luajit or LuaUnit is not installed (Debian: apt install luajit lua-socket lua-unit)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(command: list[str], cpu_s: int = CPU_S) -> tuple[bool, str]:
    """Whether it passed, and its report. In a process of its own: a test that never ends is ended by the kernel."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (cpu_s, cpu_s))
        try:
            report, _ = process.communicate()
        finally:
            process.kill()
    return process.returncode == 0, f"{report}\n{how_it_ended(process.returncode)}"

"""Runs every `*_test.lua` under the LuaJIT of the lupa wheel, which the embedded world uses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.lua.processes import FILES, ROOT, RUNNER, need_luajit, run

IN_LUPA = """
import sys
from lupa.luajit21 import LuaRuntime
run, root, file = sys.argv[1:]
failed = LuaRuntime().eval(f"assert(loadfile([[{run}]]))")(root, file)
sys.exit(failed and 1)
"""


@pytest.mark.timeout(1200)  # what waits for ever takes no CPU time
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lua_side_keeps_its_promises_in_the_embedded_runtime(file: Path) -> None:
    pytest.importorskip("lupa.luajit21")
    need_luajit()  # Debian's LuaUnit
    passed, report = run([sys.executable, "-c", IN_LUPA, str(RUNNER), str(ROOT), str(file)])
    assert passed, report

"""Runs every `*_test.lua` under Debian's luajit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lua.processes import FILES, ROOT, RUNNER, need_luajit, run


def command(file: Path) -> list[str]:
    return [need_luajit(), str(RUNNER), str(ROOT), str(file)]


@pytest.mark.timeout(1200)  # what waits for ever takes no CPU time
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lua_side_keeps_its_promises(file: Path) -> None:
    passed, report = run(command(file))
    assert passed, report


def test_a_file_that_never_ends_is_ended(tmp_path: Path) -> None:
    endless = tmp_path / "endless_test.lua"
    endless.write_text("while true do end")
    passed, report = run(command(endless), cpu_s=1)
    assert (passed, "SIGKILL" in report) == (False, True), report

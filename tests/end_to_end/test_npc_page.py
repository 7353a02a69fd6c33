from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.end_to_end.daemon import DaemonProcess

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "npc.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)


def test_the_page_on_npcs_is_one_program_that_prints_what_it_says(
    runtime_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {"__name__": "page"}
    with DaemonProcess(runtime_folder) as process, process.connect():
        monkeypatch.setenv("TIMMY_ENDPOINT", process.endpoint)
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), namespace)
            said, promised = capsys.readouterr().out.splitlines(), PRINTED.findall(block)
            assert said == promised
            assert len(promised) == block.count("print(")

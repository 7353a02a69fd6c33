from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "fleet.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_pages_examples_run(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("lupa.luajit21")
    exec(compile(example, str(PAGE), "exec"), {})
    assert "| all tasks | 2 | 0 | 1.00 (1.00 to 1.00) |" in capsys.readouterr().out

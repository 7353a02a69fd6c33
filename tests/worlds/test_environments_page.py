from __future__ import annotations

import re
from pathlib import Path

import pytest

from timmy_actors.worlds import load_tasks

PAGE = Path(__file__).parents[2] / "docs" / "environments.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_pages_examples_run(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("lupa.luajit21")
    pytest.importorskip("gymnasium")
    exec(compile(example, str(PAGE), "exec"), {})
    assert "print" not in example or capsys.readouterr().out.startswith("time ")


def test_the_page_has_a_score_for_every_task() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \| \d", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(load_tasks())

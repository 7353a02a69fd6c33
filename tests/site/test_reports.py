"""The pages' tables of reports about other projects name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROW = re.compile(r"^\|.*\]\(https://github\.com/\S+\) \|.*\| `([^`:]+)::([^`]+)` \|$", re.MULTILINE)


@pytest.mark.parametrize(("page", "rows"), [("portals.md", 8), ("reports.md", 15)])
def test_each_report_has_a_test(page: str, rows: int) -> None:
    reports = ROW.findall((TESTS.parent / "docs" / page).read_text(encoding="utf-8"))
    assert len(reports) == rows
    for file, test in reports:
        text = (TESTS / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text or f'test("{test}"' in text, (file, test)

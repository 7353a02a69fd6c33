"""The page's table of reports about other projects names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "portals.md"
REPORTS = 8


def test_each_report_has_a_test() -> None:
    rows = re.findall(
        r"^\| \[\S+\]\(https://github.com/\S+\) \|.*\| `(\S+)::(\w+)` \|$", PAGE.read_text(), re.MULTILINE
    )
    assert len(rows) == REPORTS
    for file, test in rows:
        assert f"def {test}(" in (TESTS / file).read_text(), (file, test)

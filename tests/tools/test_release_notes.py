from __future__ import annotations

import pytest

from timmy_actors import __version__
from tools.release_notes import CHANGELOG, notes

TEXT = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2027-01-01\n\n### Fixed\n- b\n\n## [0.1.0] - 2026-12-01\n- a\n"


def test_the_notes_of_a_version_are_its_section() -> None:
    assert notes(TEXT, "0.2.0") == "timmy_actors 0.2.0\n\n### Fixed\n- b\n"
    assert notes(TEXT, "0.1.0") == "timmy_actors 0.1.0\n\n- a\n"


def test_a_version_without_a_section_has_no_notes() -> None:
    with pytest.raises(LookupError, match=r"no section of 0\.1\.1"):
        notes(TEXT, "0.1.1")


def test_this_version_has_notes() -> None:
    assert notes(CHANGELOG.read_text(encoding="utf-8"), __version__).count("\n- ") > 20

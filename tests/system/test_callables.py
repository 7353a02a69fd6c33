from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from timmy_actors.errors import ConfigError
from timmy_actors.system import import_callable


def test_a_name_is_imported() -> None:
    assert import_callable("math:floor", "policy") is math.floor
    assert import_callable("pathlib:Path.home", "policy") == Path.home


def test_a_module_may_be_in_a_folder_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "a_module_of_mine.py").write_text("def decide(): return 7")
    (tmp_path / "math.py").write_text("1 / 0")
    with pytest.raises(ConfigError, match="No module named 'a_module_of_mine'"):
        import_callable("a_module_of_mine:decide", "policy")
    assert import_callable("a_module_of_mine:decide", "policy", tmp_path)() == 7
    assert import_callable("math:floor", "policy", tmp_path) is math.floor


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("decide", "policy: 'decide' must be package.module:name"),
        (
            "nowhere.at_all:decide",
            "policy: No module named 'nowhere': check its name, and that it is installed or its folder",
        ),
        ("math:decide", "module 'math' has no attribute 'decide'"),
        ("math:pi", "policy: math:pi cannot be called"),
        ("math:", "policy: math: cannot be called"),
        (".relative:decide", "invalid format: '.relative:decide'"),
        ("broken_module:decide", r"ZeroDivisionError: division by zero \(\S*broken_module.py, line 1\)"),
    ],
)
def test_what_cannot_be_imported_or_called_is_refused(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_module.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match=reason):
        import_callable(name, "policy")

"""The examples, on the embedded world of a real daemon."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.daemon import JournalSettings, Settings
from timmy_actors.system import config_folder

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str) -> ModuleType:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def times_said(runtime: Runtime, text: str) -> int:
    """How many lines in the player's chat window have the text."""
    chat = runtime.snapshot().chat
    return 0 if chat is None else sum(text in line.text for line in chat.lines)


def test_the_innkeeper_is_found_and_greeted_by_a_player_and_an_npc(runtime_folder: Path) -> None:
    pytest.importorskip("lupa.luajit21")
    settings = Settings(journal=JournalSettings(enabled=False))
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{runtime_folder}/daemon") as runtime:
        runtime.wait_ready(PATIENCE_S)
        lines = list(load("greet_innkeeper").live(runtime))
        eventually(lambda: times_said(runtime, "Good day, Dulnea Ralaal!") == 2)
    assert lines == [
        "Dulnea Ralaal keeps the inn Balmora, Eight Plates",
        "greeting as a player: done",
        "greeting as an NPC: done",
    ]

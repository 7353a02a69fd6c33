from __future__ import annotations

from pathlib import Path

import pytest

from timmy_actors.protocol import COMMANDS
from tools.command_docs import Rehearsal, categories, current

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
OUTSIDE_THE_21 = {"Timer", "Public"}


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    return Rehearsal()


def test_the_page_is_that_of_the_models_and_the_bridge() -> None:
    assert PAGE.read_text(encoding="utf-8") == current(), "run 'make docs-commands'"


def test_the_bridge_has_the_commands_that_the_models_have(rehearsal: Rehearsal) -> None:
    assert rehearsal.names() == sorted(COMMANDS)


def test_every_category_of_the_script_api_is_used_by_a_command_of_intent(rehearsal: Rehearsal) -> None:
    category_of = categories()
    intents = [model for name, model in COMMANDS.items() if name != "api"]
    used = {category_of[function] for model in intents for function in rehearsal.of(model).functions}
    missing = set(category_of.values()) - OUTSIDE_THE_21 - used
    assert missing == set()

from __future__ import annotations

import inspect
import re

import pytest

from timmy_actors import RefusedError
from timmy_actors.errors import ConfigError
from timmy_actors.worlds import TaskTools

pytest.importorskip("lupa.luajit21")


def test_a_reader_of_the_texts_alone_does_the_task() -> None:
    tools = TaskTools()
    seen = tools.reset(task="reach-tradehouse", seed=1, prompt="a column that is ignored")
    assert seen.startswith("Walk to Arrille's Tradehouse")
    for _ in range(8):
        goal = re.search(r"The goal is (\d+) units away, ([+-]\d+) degrees", seen)
        assert goal is not None
        distance, off = int(goal[1]), int(goal[2])
        if distance < 150:
            break
        seen = tools.turn(off)
        seen = tools.go_forward(max(1, (distance - 80) // 63))
    assert 0 < tools.get_reward() < 1
    assert "The episode has ended: success." in tools.use("open-door")
    assert tools.get_reward() == 1.0
    assert "ended: success" in tools.go_forward(5)


def test_what_is_refused_is_said() -> None:
    tools = TaskTools()
    with pytest.raises(RefusedError, match="call reset first"):
        tools.look()
    with pytest.raises(ConfigError, match="no task is called"):
        tools.reset(task="nothing")
    assert tools.get_reward() == 0.0
    tools.reset(task="reach-tradehouse")
    assert tools.use("open-door").startswith("Refused: game_refused.")
    assert tools.use("fly").startswith("There is no action 'fly'; there are: open-door.")


def test_it_has_the_form_that_trl_documents_for_an_environment_class() -> None:
    assert not inspect.signature(TaskTools).parameters, "a constructor without arguments"
    tools = {name: method for name, method in inspect.getmembers(TaskTools, inspect.isfunction) if name[0] != "_"}
    assert set(tools) == {"reset", "get_reward", "look", "go_forward", "turn", "use"}
    for name in set(tools) - {"reset", "get_reward"}:
        parameters = list(inspect.signature(tools[name]).parameters)[1:]
        for parameter in parameters:
            assert re.search(rf"Args:\n\s+{parameter}: ", inspect.getdoc(tools[name]) or ""), (name, parameter)
            assert tools[name].__annotations__[parameter] in ("int", "str")

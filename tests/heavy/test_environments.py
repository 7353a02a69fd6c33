"""Gymnasium's checker on every environment in every form of actions."""

from __future__ import annotations

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

from timmy_actors.worlds import Task, load_tasks
from timmy_actors.worlds.envs.action_forms import FORMS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variant", ["", "RealTime"])
@pytest.mark.parametrize("task", load_tasks().values(), ids=lambda task: task.id)
def test_gymnasiums_checker_accepts_every_variant_without_warnings(task: Task, variant: str, form: str) -> None:
    env = gymnasium.make(f"timmy_actors.worlds.envs:timmy/{task.name}{variant}-v0", actions=form)
    check_env(env.unwrapped, skip_render_check=True)
    env.close()

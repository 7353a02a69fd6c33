"""Environments for trainers, one for each task. Importing this package registers them with Gymnasium.

`gymnasium.make("timmy_actors.worlds.envs:timmy/ReachTradehouse-v0")` imports it by itself. Requires the extra `gym`.
"""

from timmy_actors.worlds.envs.gymnasium_env import TaskEnv, register_tasks

__all__ = ["TaskEnv"]

register_tasks()

"""Environments for trainers, one for each task. Importing this package registers them with Gymnasium.

`gymnasium.make("timmy_actors.worlds.envs:timmy/ReachTradehouse-v0")` imports it by itself. Requires the extra `gym`.
"""

from timmy_actors.worlds.envs.gymnasium_env import TaskEnv, register_tasks
from timmy_actors.worlds.envs.real_time import RealTimeEnv
from timmy_actors.worlds.envs.wrappers import TextObservation

__all__ = ["RealTimeEnv", "TaskEnv", "TextObservation"]

register_tasks()

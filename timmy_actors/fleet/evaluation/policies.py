"""Policies by name: those that ship, and `MODULE:NAME` for one's own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from importlib import import_module

from timmy_actors.errors import ConfigError
from timmy_actors.worlds import Agent, RandomAgent, ScriptedAgent, Task

Policy = Callable[[Task, int], Agent]
"""Makes the agent that plays one episode, from its task and its seed."""
POLICIES: dict[str, Policy] = {"scripted": ScriptedAgent, "random": RandomAgent}


def find_policy(name: str) -> Policy:
    """The policy of this name, or the one that a module has: `my_agents:Walker`.

    Raises:
        ConfigError: there is none, or its module cannot be imported.
    """
    if name in POLICIES:
        return POLICIES[name]
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise ConfigError(f"policy {name[:64]!r}: must be one of {', '.join(POLICIES)}, or MODULE:NAME")
    try:
        policy: Policy = getattr(import_module(module), attribute)
    except Exception as error:
        raise ConfigError(f"policy {name!r}: {describe_failure(error)}") from error
    if not callable(policy):
        raise ConfigError(f"policy {name!r}: must be callable with a task and a seed")
    return policy


def describe_failure(error: BaseException) -> str:
    """An exception in one line, with the place that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"

"""Policies by name: those that ship, and `MODULE:NAME` for one's own."""

from __future__ import annotations

from collections.abc import Callable

from timmy_actors.errors import ConfigError
from timmy_actors.system import import_callable
from timmy_actors.worlds import Agent, RandomAgent, ScriptedAgent, Task

Policy = Callable[[Task, int], Agent]
"""Makes the agent that plays one episode, from its task and its seed."""
POLICIES: dict[str, Policy] = {"scripted": ScriptedAgent, "random": RandomAgent}


def find_policy(name: str) -> Policy:
    """The policy of this name, or the one that a module has: `my_agents:Walker`.

    Raises:
        ConfigError: there is none, its module cannot be imported, or it cannot be called.
    """
    if name in POLICIES:
        return POLICIES[name]
    if ":" not in name:
        raise ConfigError(f"policy {name[:64]!r}: must be one of {', '.join(POLICIES)}, or MODULE:NAME")
    return import_callable(name, "policy")

"""The settings of the beat's core."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PolicyFacts:
    """What the core knows of a policy."""

    name: str
    is_slow: bool = False
    """Whether the world is frozen for its decisions, or the plan goes on during the decision."""
    is_person: bool = False
    """Whether a person decides, with `act`."""


@dataclass(frozen=True)
class CoreOptions:
    """The settings of the beat."""

    policies: tuple[PolicyFacts, ...]
    """The policy in use, and the one that replaces it when it repeats itself, if there is one."""
    rate_hz: float = 1.0
    goal: str = ""
    perceive_timeout_s: float = 5.0
    decide_timeout_s: float = 60.0
    act_timeout_s: float = 10.0
    freezes: bool = False
    """Whether the world is stopped while a slow policy decides."""
    repeats: int = 3
    memory_chars: int = 8_000
    max_tokens: int = 0
    max_cost: float = 0.0
    """The budgets of an episode; 0: none."""

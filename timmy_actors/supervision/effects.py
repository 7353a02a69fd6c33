"""What a plan wants done: the supervisor carries these out, in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Launch:
    """Make a child's actor and start its thread."""

    child: str
    generation: int


@dataclass(frozen=True)
class Stop:
    """Ask a child to stop."""

    child: str


@dataclass(frozen=True)
class Abandon:
    """Give a child up: there is no kill in Python, so it is fenced, counted and left behind."""

    child: str
    why: str


@dataclass(frozen=True)
class Acknowledge:
    """Tell the parent that every child was started."""


@dataclass(frozen=True)
class Exit:
    """End the supervisor: every child is down. None means it stopped as it was asked to, or its work is done."""

    reason: BaseException | None


@dataclass(frozen=True)
class Started:
    """Notice: a child is up."""

    child: str
    generation: int


@dataclass(frozen=True)
class Ended:
    """Notice: an incarnation has ended."""

    child: str
    generation: int
    reason: BaseException | None
    words: str
    """The reason in words."""
    asked: bool
    """Whether it was asked to stop; a reason all the same is a failure in stopping."""


@dataclass(frozen=True)
class Restarting:
    """Notice: a child will be started again after `delay_s`."""

    child: str
    delay_s: float


Effect = Launch | Stop | Abandon | Acknowledge | Exit | Started | Ended | Restarting

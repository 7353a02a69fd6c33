"""What the core has its actor do, and what comes back. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.heartbeat.proposal import Question
from timmy_actors.heartbeat.tools import Command, Execute
from timmy_actors.protocol import Model, Revision
from timmy_actors.recording import BeatRecord, Decision, EpisodeOutcome, Override


@dataclass(frozen=True)
class Perceive:
    """Look at the world, through the bridge, the portal, or both."""

    ticket: int
    timeout_s: float


@dataclass(frozen=True)
class Think:
    """Have the policy decide. A question that is asked before cancels the last one."""

    ticket: int
    question: Question


@dataclass(frozen=True)
class StopThinking:
    """Cancel the policy's decision."""


@dataclass(frozen=True)
class Freeze:
    """Stop the world's time, where that is possible."""


@dataclass(frozen=True)
class Thaw:
    """Let the world's time pass again."""


@dataclass(frozen=True)
class Act:
    """Carry out a command of the bridge, or an action in the portal's game."""

    ticket: int
    task: Command | Execute
    command_id: str
    timeout_s: float


class Intention(Model):
    """What a beat is about to do, stored before it acts: after a crash the journal says what became of it."""

    beat: int
    phase: str
    decision: Decision
    override: Override | None = None


@dataclass(frozen=True)
class Intend:
    """Store an intention."""

    intention: Intention


@dataclass(frozen=True)
class Write:
    """Record a beat."""

    record: BeatRecord
    picture: Path | None


@dataclass(frozen=True)
class UsePolicy:
    """Have this policy decide from now on."""

    index: int


@dataclass(frozen=True)
class End:
    """Close the episode."""

    outcome: EpisodeOutcome
    reason: str | None


Effect = Perceive | Think | StopThinking | Freeze | Thaw | Act | Intend | Write | UsePolicy | End


@dataclass(frozen=True)
class Done:
    """What became of an `Act`: a value, or the code and message of a refusal or failure."""

    value: Any = None
    code: str | None = None
    message: str = ""
    field: str | None = None
    revision: Revision | None = None
    """The revision that the command produced: a view that does not show it is stale."""

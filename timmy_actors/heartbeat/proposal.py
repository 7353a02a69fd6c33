"""What a policy is asked, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from timmy_actors.portals import Caller
from timmy_actors.recording import PromptMessage, Usage

Json = dict[str, Any]


@dataclass(frozen=True)
class ToolCall:
    """A tool call as the policy wrote it; not validated."""

    tool: str
    arguments: Json = field(default_factory=dict)
    problem: str | None = None
    """Why the arguments cannot be read; they are empty then."""


@dataclass(frozen=True)
class Proposal:
    """What a policy proposes: a text, tool calls, or both; or why there is nothing of it."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    problem: str | None = None
    """Why the policy could not decide."""
    retry_after_s: float | None = None
    """With `problem`: how long the endpoint asks to be left alone."""
    remark: str | None = None
    """What the reader of the episode must know: that the model refused the picture, say."""
    prompt: tuple[PromptMessage, ...] = ()
    """What the model was sent, without the picture."""
    usage: Usage | None = None
    over: str | None = None
    """The policy has come to its end: the script is played, say. The episode ends with this reason."""


@dataclass(frozen=True)
class Question:
    """Everything that a policy may know when it decides."""

    beat: int
    goal: str
    observation: Json
    """What is perceived, as JSON: sections of the bridge's snapshot, and `portal` with the portal's state."""
    picture: Path | None = None
    memory: tuple[str, ...] = ()
    """The recent beats, a line each, the oldest first."""
    feedback: tuple[str, ...] = ()
    """What came of the last decision: refusals with guidance, an aborted plan, the loop guard's report."""
    tools: tuple[Json, ...] = ()
    """The tools, each with `name`, `description` and the JSON Schema `parameters`."""
    deadline_s: float = 60.0
    """The time for the decision, in seconds."""


class Policy(Protocol):
    """Decides. One thread calls it, one decision at a time."""

    is_slow: bool
    """Whether a decision takes long enough to stop the world for it."""

    def decide(self, question: Question, caller: Caller) -> Proposal:
        """Decide what to do. When the caller leaves, the decision is of no use any more: return soon."""

    def close(self) -> None:
        """Release what it holds."""

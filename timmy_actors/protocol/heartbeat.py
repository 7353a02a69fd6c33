"""What a person asks of the heartbeat."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name, RequestId, StrictModel

HEARTBEAT_TIMEOUT_S = 10.0
"""How long the heartbeat's actor may take to answer: it never waits for a game or a model."""

HeartbeatOperation = Literal["status", "start", "stop", "pause", "step", "take_over", "act"]
Perceives = Literal["bridge", "portal", "both"]
"""What a beat perceives: the game server's snapshots, the game's window, or both."""


class HumanCall(StrictModel):
    """A tool call that a person chose: one of the heartbeat's tools, and its arguments."""

    tool: Name
    arguments: dict[str, Any] = Field(default_factory=dict)


class HeartbeatCall(StrictModel):
    """What to do with the heartbeat.

    `start`: begin an episode, or return to the policy after a pause or a take-over. `stop`: end the episode. `step`:
    one beat of a paused heartbeat. `take_over`: a person chooses from now on. `act`: the person's choice.
    """

    operation: HeartbeatOperation = "status"
    call: HumanCall | None = None
    """With `act`: the choice."""

    @model_validator(mode="after")
    def _has_its_call(self) -> Self:
        if (self.call is not None) != (self.operation == "act"):
            raise ValueError("'call' belongs to the operation 'act', which requires it")
        return self


class HeartbeatRequest(HeartbeatCall):
    """Start, stop or control the heartbeat, or read its status."""

    type: Literal["heartbeat"] = "heartbeat"
    id: RequestId

    @property
    def without_id(self) -> HeartbeatCall:
        """The call, without the request's id."""
        return HeartbeatCall(operation=self.operation, call=self.call)

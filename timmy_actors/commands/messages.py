"""Messages to the command actor."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import MAX_TIMEOUT_S, MessageId, first_mistake

_COMMAND_ID: TypeAdapter[str] = TypeAdapter(MessageId)


@dataclass(frozen=True)
class SubmitCommand:
    """Execute a command. The reply is its `CommandResult`, or `RefusedError`.

    `id` is the caller's idempotency key; for None one is generated. With `until` "accepted" the reply comes once the
    command is accepted, and has no value.

    Raises:
        RefusedError: `bad_arguments`: `id` or `timeout_s` is invalid.
    """

    name: str
    arguments: dict[str, Any]
    timeout_s: float
    id: str | None = None
    until: Literal["accepted", "done"] = "done"
    deadline: float = math.inf
    """Monotonic seconds after which it must not be executed, if earlier than `timeout_s` from now."""
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """Its deadline, in monotonic seconds."""
        return min(self.deadline, self.asked_at + self.timeout_s)

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise RefusedError(
                "bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s"
            )
        if self.id is None:
            return
        try:
            _COMMAND_ID.validate_python(self.id)
        except ValidationError as error:
            raise RefusedError("bad_arguments", f"command_id: {first_mistake(error).text}", "command_id") from error

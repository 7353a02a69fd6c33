"""What a caller says to the command actor."""

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
    """Carry out a command; answered with its `CommandResult`, or `RefusedError`.

    `id` is the caller's idempotency key; None has one made. `until` "accepted" is answered, with a result without a
    value, once the command is on its way for good.

    Raises:
        RefusedError: `bad_arguments`: no command could be sent under that id, or wait that long.
    """

    name: str
    arguments: dict[str, Any]
    timeout_s: float
    id: str | None = None
    until: Literal["accepted", "done"] = "done"
    deadline: float = math.inf
    """Monotonic seconds past which it must not be done, where that is sooner than `timeout_s` from now."""
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """When it must be done, in monotonic seconds."""
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

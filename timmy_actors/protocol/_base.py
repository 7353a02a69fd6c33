"""The base classes of every model, their common bounds, and the result of a command."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from timmy_actors.protocol.patterns import ONE_LINE, TRACEPARENT

MAX_INTEGER = 10**14 - 1
"""The largest integer on the wire: Lua's JSON encodes 14 digits."""


class Model(BaseModel):
    """A frozen value; unknown fields are ignored, so that a newer peer can send more."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, populate_by_name=True)


class StrictModel(Model):
    """A frozen value that refuses unknown fields: for input by people and clients."""

    model_config = ConfigDict(extra="forbid")


Integer = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=256, pattern=ONE_LINE)]
"""A game identifier, player, cell or quest name: one line, no control characters."""
MessageId = Annotated[str, Field(min_length=1, max_length=128, pattern=ONE_LINE)]
"""The id of a message to the game server; a command's id is its idempotency key."""
RequestId = Annotated[str, Field(min_length=1, max_length=128)]
"""The id of a request at the local endpoint."""
TRACEPARENT_LENGTH = 55
Traceparent = Annotated[str, Field(min_length=TRACEPARENT_LENGTH, max_length=TRACEPARENT_LENGTH, pattern=TRACEPARENT)]
"""The span of the sender (W3C Trace Context, version 00): the receiver's spans are its children."""


ErrorCode = Literal[
    "bad_message",
    "unsupported_version",
    "unknown_command",
    "bad_arguments",
    "no_such_player",
    "not_logged_in",
    "no_such_place",
    "no_such_cell",
    "no_such_target",
    "needs_client_input",
    "needs_embedded_world",
    "not_permitted",
    "expired",
    "overloaded",
    "unavailable",
    "in_doubt",
    "game_refused",
    "internal",
]
Scope = Literal["observe", "act", "chat_command", "operate", "raw"]
"""What a token allows. `observe`: receive perceptions and events. `act`: send commands. `chat_command`: run the
server's chat commands as a player. `operate`: the operators' tools. `raw`: send the commands that can do everything
(where the operator allows them)."""
MAX_ECHO = 100
"""Characters of an unknown name that an error message repeats: it may have any length."""


class ErrorInfo(Model):
    """Why a request was refused: a code of the closed list, a message, and the invalid field."""

    code: ErrorCode
    message: str
    field: str | None = None


class Revision(Model):
    """A state of the world: after its command of this number. A perception says which revision it shows."""

    boot: str
    """The game server process that counts; each boot counts from 0."""
    number: Count


class CommandResult(Model):
    """The outcome of a command: `value` if it was executed, else `error`."""

    id: str
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Revision | None = None
    """The revision that it produced, for `snapshot(after=...)`. None if it was not executed, or if its result is from
    an earlier version's journal."""
    game_ms: Count | None = None
    """The game time at which it was executed, in ms, on the clock of a perception's `game_ms`. None if it was not
    executed, or if the result is from the journal."""

    @property
    def ok(self) -> bool:
        """Whether the command was executed."""
        return self.error is None

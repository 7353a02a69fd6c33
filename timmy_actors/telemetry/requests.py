"""The spans of the requests that are traced: commands, captures and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timmy_actors import protocol  # its names are loaded on first use: most processes do not trace
from timmy_actors.errors import DeclinedError
from timmy_actors.telemetry.attributes import Attribute
from timmy_actors.telemetry.switch import tracer

if TYPE_CHECKING:
    from timmy_actors.protocol import CaptureRequest, CommandRequest, ExecuteRequest, ServiceRequest
    from timmy_actors.telemetry.tracing import Attributes, Kind, Span

DONE = "done"
UNKNOWN = "unknown"
"""The name of every command and action that there is none of: a name that a caller made up may be anything."""


def begin(request: ServiceRequest, kind: Kind) -> Span | None:
    """Start the span of a request, as a child of its caller's; None if tracing is off, or the request is not traced."""
    current = tracer()
    if current is None or not isinstance(
        request, protocol.CommandRequest | protocol.CaptureRequest | protocol.ExecuteRequest
    ):
        return None
    name, attributes = _described(request)
    return current.start(name, kind, parent=request.traceparent, attributes=attributes)


def outcome_of(error: BaseException | None) -> str:
    """The outcome as an attribute: an error's code, without its message, which may repeat what a caller wrote."""
    if error is None:
        return DONE
    return error.code if isinstance(error, DeclinedError) else type(error).__name__


def _described(request: CommandRequest | CaptureRequest | ExecuteRequest) -> tuple[str, Attributes]:
    match request:
        case protocol.CommandRequest(name=requested, command_id=key):
            name = requested if requested in protocol.COMMANDS else UNKNOWN
            return f"command {name}", {Attribute.COMMAND: name, **({Attribute.COMMAND_ID: key} if key else {})}
        case protocol.ExecuteRequest(action=action):
            name = action.action if action.action in protocol.ACTIONS else UNKNOWN
            return f"execute {name}", {Attribute.ACTION: name}
    return "capture", {}

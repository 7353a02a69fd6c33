"""The spans of one connection's commands: on the wire, and in the bridge, which reports its times with the result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from timmy_actors.protocol import ClientMessage, Command, Error, ExecutionTimes, LinkStatus, Result
from timmy_actors.telemetry import Attribute, outcome_of, tracer

if TYPE_CHECKING:
    from timmy_actors.telemetry import Span, Tracer

MS_PER_S = 1_000.0
LINK_LOST = "link_lost"


class CommandSpans:
    """The open spans, by the ids of their commands. Without tracing it holds none, and passes messages on."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Command, Span, float]] = {}

    def begin(self, message: ClientMessage, link: LinkStatus) -> ClientMessage:
        """The message to send: a traced command carries the traceparent of its span on the wire."""
        if not isinstance(message, Command) or message.traceparent is None or (current := tracer()) is None:
            return message
        attributes = {Attribute.COMMAND: message.name, Attribute.COMMAND_ID: message.id, **_server(link)}
        span = current.start(f"send {message.name}", "client", parent=message.traceparent, attributes=attributes)
        if span is None or span.traceparent is None:
            return message
        sent = message.model_copy(update={"traceparent": span.traceparent})
        self._open[message.id] = sent, span, time.time()
        return sent

    def end(self, answer: Result | Error, link: LinkStatus) -> None:
        """End a command's span with its answer, and add that of its execution by the bridge."""
        command, span, sent_at = self._open.pop(answer.id or "", (None, None, 0.0))
        if command is None or span is None:
            return
        if isinstance(answer, Result) and answer.times is not None and (current := tracer()) is not None:
            _add_execution(current, command, answer.times, sent_at, link)
        code = answer.error.code if answer.error is not None else None
        span.end({Attribute.OUTCOME: code or outcome_of(None)}, error=code)

    def end_all(self) -> None:
        """End the spans of the commands that the connection leaves unanswered."""
        for _, span, _ in self._open.values():
            span.end({Attribute.OUTCOME: LINK_LOST}, error=LINK_LOST)
        self._open.clear()


def _add_execution(current: Tracer, command: Command, times: ExecutionTimes, sent_at: float, link: LinkStatus) -> None:
    """Add the bridge's span, as a child of the one on the wire."""
    waited_ms = round(times.started - times.received, 3)
    attributes = {Attribute.COMMAND: command.name, Attribute.STARTED_AFTER_MS: waited_ms, **_server(link)}
    began_at, ended_at = placed(times, sent_at, time.time(), _server_now_ms(link))
    name, parent = f"bridge {command.name}", command.traceparent
    span = current.start(name, "server", parent=parent, attributes=attributes, at=began_at)
    if span is not None:
        span.end(at=ended_at)


def placed(times: ExecutionTimes, sent_at: float, now: float, server_now_ms: float) -> tuple[float, float]:
    """When the bridge received and ended a command, in UTC seconds, between its sending and now.

    The server's clock is known to half a round trip only, so the times are moved to where they can have been.
    """
    ended_at = min(now, now + (times.ended - server_now_ms) / MS_PER_S)
    lasted_s = max(0.0, times.ended - times.received) / MS_PER_S
    began_at = max(sent_at, ended_at - lasted_s)
    return began_at, min(now, max(ended_at, began_at + lasted_s))


def _server(link: LinkStatus) -> dict[Attribute, str | int | float]:
    return {Attribute.EPOCH: link.epoch, Attribute.BOOT: link.boot or ""}


def _server_now_ms(link: LinkStatus) -> float:
    return (link.server_clock_ms or 0.0) + time.monotonic() * MS_PER_S

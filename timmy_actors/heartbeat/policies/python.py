"""The policy of the user's own function: `package.module:callable`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from timmy_actors.heartbeat.proposal import Proposal, Question, ToolCall
from timmy_actors.portals import Caller

Function = Callable[[Question], Any]


class PythonPolicy:
    """Calls a function with the question.

    The function returns a `Proposal`; or tool calls, each a `ToolCall` or a dict with `tool` and `arguments`; or None,
    to do nothing in this beat. An exception is recorded as the reason why there was no decision.
    """

    is_slow = True

    def __init__(self, function: Function) -> None:
        self._function = function

    def decide(self, question: Question, caller: Caller) -> Proposal:  # noqa: ARG002  a function cannot be cancelled
        """What the function returns."""
        return _proposal(self._function(question))

    def close(self) -> None:
        """Do nothing."""


def _proposal(result: Any) -> Proposal:
    match result:
        case None:
            return Proposal(calls=(ToolCall("wait"),))
        case Proposal():
            return result
        case ToolCall() | Mapping():
            return Proposal(calls=(_call(result),))
        case Iterable() if not isinstance(result, str):
            return Proposal(calls=tuple(_call(each) for each in result))
    raise TypeError(f"the function returned {type(result).__name__}: it must return tool calls, a Proposal or None")


def _call(value: Any) -> ToolCall:
    if isinstance(value, ToolCall):
        return value
    if not isinstance(value, Mapping) or not isinstance(value.get("tool"), str):
        raise TypeError("a tool call must be a ToolCall, or a dict with 'tool' and 'arguments'")
    return ToolCall(value["tool"], dict(value.get("arguments", {})))

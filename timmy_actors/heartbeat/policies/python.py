"""The policy of the user's own function: `package.module:callable`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from timmy_actors.errors import ConfigError
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


def load_function(name: str) -> Function:
    """Import a function.

    Raises:
        ConfigError: there is no such module or function; the message says what is missing.
    """
    module, _, attribute = name.partition(":")
    if not module or not attribute.isidentifier():
        raise ConfigError(f"heartbeat.python.function: {name!r} must be package.module:function")
    try:
        imported = importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(f"heartbeat.python.function: {error}: check its name, and that it is installed") from error
    except Exception as error:  # the user's code runs while it is imported
        raise ConfigError(f"heartbeat.python.function: {module} fails when it is imported: {error!r}") from error
    function = getattr(imported, attribute, None)
    if function is None:
        raise ConfigError(f"heartbeat.python.function: {module} has no {attribute!r}")
    if not callable(function):
        raise ConfigError(f"heartbeat.python.function: {name} cannot be called")
    return function  # type: ignore[no-any-return]


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

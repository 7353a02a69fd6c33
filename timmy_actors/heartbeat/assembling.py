"""Assembles the chunks of a streamed answer into a text and tool calls, whatever the server makes of the format. Pure.

Servers differ: some repeat the id and the name in every chunk, some number every call 0, some send arguments as an
object, some cut them in mid-word and claim to have finished.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from timmy_actors.heartbeat.proposal import ToolCall

MAX_ANSWER_CHARS = 1_000_000
"""An answer that is longer is broken off."""
MAX_NAME = 128


class TooLongError(Exception):
    """The answer is longer than any that is meant seriously."""


@dataclass
class _Call:
    key: Any
    id: str | None
    name: str = ""
    arguments: str = ""
    whole: dict[str, Any] | None = None
    """The arguments, if the server sent them as an object."""


@dataclass
class Assembly:
    """An answer as far as it has come."""

    text: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    chars: int = 0
    finished: str | None = None
    _calls: list[_Call] = field(default_factory=list)

    def add(self, chunk: Any) -> None:
        """Add a chunk, as the client parsed it.

        Raises:
            TooLongError: there is no end to it.
        """
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            self.prompt_tokens = _count(getattr(usage, "prompt_tokens", None))
            self.completion_tokens = _count(getattr(usage, "completion_tokens", None))
        for choice in _list(getattr(chunk, "choices", None))[:1]:
            self.finished = getattr(choice, "finish_reason", None) or self.finished
            delta = getattr(choice, "delta", None)
            content = getattr(delta, "content", None)
            if isinstance(content, str):
                self._grow(content)
                self.text += content
            for part in _list(getattr(delta, "tool_calls", None)):
                self._add_call(part)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in order."""
        return tuple(self._read(call) for call in self._calls)

    def _add_call(self, part: Any) -> None:
        function = getattr(part, "function", None)
        name, arguments = getattr(function, "name", None), getattr(function, "arguments", None)
        call = self._call_of(getattr(part, "index", None), getattr(part, "id", None) or None)
        if isinstance(name, str) and name != call.name:
            self._grow(name)
            call.name += name
        if isinstance(arguments, str):
            self._grow(arguments)
            call.arguments += arguments
        elif isinstance(arguments, dict):
            self._grow(str(arguments))
            call.whole = arguments

    def _call_of(self, key: Any, call_id: str | None) -> _Call:
        """The call that a part belongs to; a new id begins a new call, also under a number that was used."""
        for call in reversed(self._calls):
            if call.key == key and (call_id is None or call.id in (None, call_id)):
                call.id = call.id or call_id
                return call
        self._grow(" ")
        self._calls.append(_Call(key, call_id))
        return self._calls[-1]

    def _grow(self, text: str) -> None:
        self.chars += len(text)
        if self.chars > MAX_ANSWER_CHARS:
            raise TooLongError

    def _read(self, call: _Call) -> ToolCall:
        name = call.name[:MAX_NAME]
        if call.whole is not None:
            return ToolCall(name, call.whole)
        try:
            arguments = json.loads(call.arguments) if call.arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            return ToolCall(
                name, problem=f"{name}: the arguments are no JSON ({error}){self._cut(error, call.arguments)}"
            )
        if not isinstance(arguments, dict):
            return ToolCall(name, problem=f"{name}: the arguments must be a JSON object")
        return ToolCall(name, arguments)

    def _cut(self, error: Exception, text: str) -> str:
        """Whether the arguments end too early; llama.cpp says `tool_calls` where its limit was reached."""
        if self.finished == "length":
            return ": they were cut, because the answer was too long"
        unfinished = isinstance(error, json.JSONDecodeError) and (
            error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        )
        return ": they were cut: answer in fewer words" if unfinished else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

"""The raw API: direct calls of the server's script API."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictStr

from timmy_actors.protocol._base import MAX_INTEGER, Integer, Name, StrictModel
from timmy_actors.protocol.commands._arguments import CommandArguments

MOST_CALLS = 256
MOST_ARGUMENTS = 16
LONGEST_TEXT = 32_768


class ResultReference(StrictModel):
    """A placeholder for the first value that an earlier call of the batch returned."""

    result: Annotated[int, Field(ge=0, lt=MOST_CALLS)]
    """The number of that call, from 0."""


class PidReference(StrictModel):
    """A placeholder for the pid of a player who is logged in."""

    pid: Name


def _is_reference(members: list[tuple[object, object]]) -> bool:
    match members:
        case [("pid", str())]:
            return True
        case [("result", int() as number)]:
            return not isinstance(number, bool) and number in range(MOST_CALLS)
    return False


def _is_argument(value: object) -> object:
    """Check a value before the union does, whose error would have one message for each of its members."""
    match value:
        case bool() | ResultReference() | PidReference():
            return value
        case int() | float() if not abs(value) <= MAX_INTEGER:  # NaN is not either
            raise ValueError("must be a finite number below 1e14")
        case str() if len(value) > LONGEST_TEXT:
            raise ValueError(f"must have at most {LONGEST_TEXT} characters")
        case int() | float() | str():
            return value
        case dict() if _is_reference(list(value.items())):
            return value
    raise ValueError('must be a value, {"result": number of a call} or {"pid": a player\'s name}')


Argument = Annotated[
    StrictBool
    | Integer
    | Annotated[float, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
    | Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
    | ResultReference
    | PidReference,
    BeforeValidator(_is_argument),
    Field(json_schema_extra={"x-checked-with-call": True}),
]
"""The bridge checks it together with the parameter of its function."""


class Call(StrictModel):
    """One call: a function of the API table (case-sensitive), and its arguments in order."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    arguments: Annotated[list[Argument], Field(max_length=MOST_ARGUMENTS)] = []


class Api(CommandArguments):
    """Call functions of the TES3MP script API, in order and within one tick of the server.

    Requires `allow_raw` in the server's configuration. The batch is checked before its first call; conditions that are
    known only later (the length of a list) are checked right before their call, and a violation ends the batch there.
    """

    command = "api"
    scope = "raw"
    idempotent = False
    errors = ("not_permitted",)
    example = {
        "calls": [
            {"name": "GetName", "arguments": [{"pid": "Timmy"}]},
            {"name": "SendMessage", "arguments": [{"pid": "Timmy"}, {"result": 0}]},
        ]
    }

    calls: Annotated[list[Call], Field(min_length=1, max_length=MOST_CALLS)]


COMMANDS = (Api,)

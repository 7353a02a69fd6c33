"""The results of the tools, and their form in MCP: structured content, its JSON as text, and no NaN."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, cast

from mcp.types import CallToolResult, ContentBlock, TextContent
from pydantic import Field, WithJsonSchema

from timmy_actors.mcp_server.refusals import Refusal
from timmy_actors.protocol import CommandResult, GameEvent, JournalEntry, Model, PerceptionOutput

if TYPE_CHECKING:
    from pydantic import BaseModel

Json = dict[str, Any]


Seen = Annotated[
    PerceptionOutput,
    WithJsonSchema({"type": "object", "description": "What the player perceives, as observe returns it"}),
]
"""A snapshot within a result. Its schema stands only once in the list of tools: some hosts give that to the model."""


class Done(Model):
    """An action that was done in the game."""

    command_id: str
    """Its id; repeating the call under it returns the same outcome."""
    action: str
    value: Annotated[Json, Field(default_factory=dict)]
    seen: Seen | None = None
    """What the player perceives after it, if that was asked for; `stale` if nothing newer came in time."""


class Waited(Model):
    """What was seen: what met the condition, or the last snapshot at the deadline."""

    met: bool
    waited_s: float
    snapshot: Seen | None = None
    event: Annotated[GameEvent | None, WithJsonSchema({"type": "object"})] = None
    """The event that met the condition, if it was an event."""
    reason: str | None = None
    """If it was not met: why, as far as that is known."""


class Described(Model):
    """An action: its name and what it does; its parameters as a JSON schema if one action was asked for."""

    name: str
    summary: str
    parameters: Json | None = None


class Closed(Model):
    """An action that would be refused now, and what would have to change."""

    name: str
    reason: str
    message: str


class Available(Model):
    """The actions that the game would accept now, and those that it would not."""

    player: str
    actions: tuple[Described, ...]
    unavailable: tuple[Closed, ...]


class Journal(Model):
    """Commands of the journal, in the order in which they were accepted."""

    commands: tuple[JournalEntry, ...]


def done(action: str, result: CommandResult, seen: PerceptionOutput | None = None) -> Done:
    """The result of a command that was executed."""
    return Done(command_id=result.id, action=action, value=result.value or {}, seen=seen)


def as_json(model: BaseModel) -> Json:
    """A model as JSON, without fields that are None; a number that JSON lacks (NaN, infinity) becomes null."""
    return cast("Json", json.loads(model.model_dump_json(by_alias=True, exclude_none=True)))


def to_mcp(model: BaseModel, *more: ContentBlock) -> CallToolResult:
    """A result, or a refusal, as MCP's answer to a call."""
    structured = as_json(model)
    content: list[ContentBlock] = [TextContent(type="text", text=json.dumps(structured, ensure_ascii=False)), *more]
    return CallToolResult(content=content, structured_content=structured, is_error=isinstance(model, Refusal))


def output_schema(model: type[BaseModel]) -> Json:
    """The JSON schema of a tool's structured content: its result, or a refusal.

    Clients check also the content of an error against it (the TypeScript SDK, 1.32).
    """
    parts: Json = {}
    for each in (model, Refusal):
        # Not in the mode "serialization", which requires what we leave out if it is None.
        whole = each.model_json_schema(by_alias=True, mode="validation")
        parts.update(whole.pop("$defs", {}))
        parts[each.__name__] = whole
    either = [{"$ref": f"#/$defs/{each.__name__}"} for each in (model, Refusal)]
    return {"type": "object", "anyOf": either, "$defs": {name: _plain(part) for name, part in parts.items()}}


def _plain(schema: Any) -> Any:
    """A schema without pydantic's titles and defaults, that requires nothing which may be null: we leave that out."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in schema.items() if key not in ("title", "default", "properties")}
    if (properties := schema.get("properties")) is not None:
        plain["properties"] = {name: _plain(each) for name, each in properties.items()}
        plain["required"] = [name for name in schema.get("required", ()) if not _may_be_null(properties[name])]
    return plain


def _may_be_null(schema: Json) -> bool:
    return any(each.get("type") == "null" for each in schema.get("anyOf", ()))

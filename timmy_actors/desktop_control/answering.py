"""From a method to an MCP tool: its thread, how a refusal and a picture are told, and a client that gives up."""

from __future__ import annotations

import base64
import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import anyio
import anyio.to_thread
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp.types import CallToolResult, ContentBlock, ImageContent, TextContent, ToolAnnotations
from pydantic import BaseModel, ValidationError

from timmy_actors.desktop_control.input import CALL, Input
from timmy_actors.desktop_control.reasons import ERROR_META
from timmy_actors.desktop_control.results import Capture
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import first_mistake

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

Kind = Literal["look", "act", "release"]
THREADS: dict[Kind, int] = {"look": 8, "act": 32, "release": 4}
"""How many calls of a kind are worked on at once: however many actions wait, one can still look, and let go."""


class Pictured(NamedTuple):
    """A capture, and its picture where that is in no file."""

    capture: Capture
    data: bytes | None


Answer = BaseModel | Pictured


class ArgumentsAsSent(FuncMetadata):
    """Reads no JSON out of the strings of a call, but for a list where an argument takes only that.

    The SDK (2.3) parses each string whose argument is not annotated `str` alone: the window title "null" would be none,
    and the input would go to whichever window has the focus. Some clients send a list as a string: those are parsed.
    """

    lists: frozenset[str] = frozenset()
    """The arguments that take no text; kept, because describing a model takes pydantic a third of a call's time."""

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        """The arguments, each as it was sent."""
        parsed = super().pre_parse_json(data)
        return {
            name: parsed[name] if name in self.lists and isinstance(parsed[name], list) else value
            for name, value in data.items()
        }


class AimedTool(Tool):
    """A tool that refuses wrong arguments as it refuses everything else: with a code."""

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:  # noqa: FBT001, FBT002  the SDK's signature
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                return _refusal("bad_arguments", first_mistake(error.__cause__).at("arguments"))
            raise


def as_tool(method: Callable[..., Answer], hands: Input, *, kind: Kind) -> Tool:
    """The method as a tool of its name and docstring."""
    looks = kind == "look"
    hints = ToolAnnotations(
        read_only_hint=looks, destructive_hint=kind == "act", idempotent_hint=kind != "act", open_world_hint=False
    )
    tool = AimedTool.from_function(_answering(method, hands, kind), annotations=hints)
    # An argument that nobody knows may be a window_title with a typing mistake: without one, input goes anywhere.
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters["additionalProperties"] = False
    schemas: dict[str, Any] = arguments.model_json_schema()["properties"]
    lists = frozenset(name for name, schema in schemas.items() if not _takes_text(schema))
    tool.fn_metadata = ArgumentsAsSent.model_construct(**dict(tool.fn_metadata), lists=lists)
    return tool


def _takes_text(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "string" or any(_takes_text(choice) for choice in schema.get("anyOf", ()))


def _answering(method: Callable[..., Answer], hands: Input, kind: Kind) -> Callable[..., Any]:
    threads = anyio.CapacityLimiter(THREADS[kind])

    @functools.wraps(method)
    async def call(**arguments: object) -> CallToolResult:
        arrived = hands.arrival()
        CALL.set(arrived)
        work = functools.partial(_answer, method, arguments)
        try:
            return await anyio.to_thread.run_sync(work, limiter=threads, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            hands.give_up(arrived)
            raise

    signature = inspect.signature(method, eval_str=True)
    if signature.return_annotation is Pictured:  # the picture is content, not structure
        signature = signature.replace(return_annotation=Capture)
    setattr(call, "__signature__", signature)  # noqa: B010  inspect reads it, the type checker does not know it
    return call


def _answer(method: Callable[..., Answer], arguments: dict[str, object]) -> CallToolResult:
    try:
        answer = method(**arguments)
    except RefusedError as error:
        return _refusal(error.code, error.message)
    model, data = answer if isinstance(answer, Pictured) else (answer, None)
    content: list[ContentBlock] = [TextContent(type="text", text=model.model_dump_json())]
    if isinstance(model, Capture) and data is not None:
        encoded = base64.b64encode(data).decode("ascii")
        content.append(ImageContent(type="image", data=encoded, mime_type=f"image/{model.format}"))
    return CallToolResult(content=content, structured_content=model.model_dump(mode="json"))


def _refusal(code: str, message: str) -> CallToolResult:
    text = TextContent(type="text", text=f"{code}: {message}")
    return CallToolResult(content=[text], is_error=True, _meta={ERROR_META: {"code": code, "message": message}})

"""A session with one MCP server: one task in its own event loop owns it from start to end.

The loop is not the portal's: a server's transport or the SDK may block it, which must stop neither the portal nor the
calls to the other server.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import mcp_types as types
from mcp.client import Client
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from timmy_actors.errors import ServerGoneError, ServerHungError, TimmyError, ToolError
from timmy_actors.portals.mcp.child import Child
from timmy_actors.portals.mcp.http import http_streams
from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.session_events import CallDone, Connected, EventHandler, Over, Tool, ToolsChanged
from timmy_actors.portals.mcp.transport import TOO_LARGE, EndReason, child_streams
from timmy_actors.portals.tools.results import ToolAnswer, read_answer, shorten
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams
    from mcp.client.session import IncomingMessage

log = logging.getLogger(__name__)

MAX_TOOL_PAGES = 20
LISTEN_AGAIN_AFTER_S = 5.0
"""Wait before a broken stream of tool changes is opened again."""
STOPPED_LOOK_S = 0.1
"""How often a child with a pending call is checked for a stop by a signal."""
STOPPED_LOOKS = 2
"""Number of successive checks that must find it stopped: a debugger may stop it for a moment."""
REQUEST_TIMEOUT = -32_001
CONNECTION_CLOSED = -32_000


class Session:
    """The public methods may be called from any thread; `on_event` is called in the loop's thread."""

    def __init__(self, options: ServerOptions, on_event: EventHandler) -> None:
        self._options = options
        self._on_event = on_event
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._asked_to_end = False
        self._end_reason = EndReason(lambda _: self._end_now())
        self._hung = False
        self._child: Child | None = None
        self._client: Client | None = None
        self._pending = _PendingCalls()
        self._calls: dict[CallDone, asyncio.Task[None]] = {}
        self._probing: asyncio.Task[None] | None = None
        self._reporting_exit: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run_loop, name=f"session {options.name}", daemon=True)
        self.ended = threading.Event()

    # From any thread.

    def start(self) -> None:
        """Connect; the outcome is reported as an event."""
        self._thread.start()

    def call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> Callable[[], None]:
        """Call a tool; `done` is called once, usually in the loop's thread, with a `ToolAnswer` or a `ToolError`.

        Returns a function, callable from any thread, that cancels the call and notifies the server.
        """
        if self._pending.add(done):
            self._soon(lambda: self._start_call(tool, arguments, timeout_s, done))
        else:
            done(ToolError("server_unavailable", f"{self._options.name} has ended: nothing was sent"))
        return lambda: self._soon(lambda: self._cancel_call(done))

    def stop(self, within_s: float) -> None:
        """End the session in order, and wait; after `within_s` it is killed."""
        self._soon(self._end_in_order)
        if not self.ended.wait(within_s):
            self.kill(within_s)

    def kill_soon(self) -> None:
        """Kill the session without waiting."""
        child = self._child
        if child is not None:
            child.kill_now()
        self._soon(lambda: self._end_reason.set("was ended"))

    def kill(self, within_s: float) -> None:
        """Kill the session, and wait for its end."""
        self.kill_soon()
        if not self.ended.wait(within_s):
            log.error("%s: the session did not end within %g s of being killed", self._options.name, within_s)

    def _soon(self, callback: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the session has ended
            self._loop.call_soon_threadsafe(callback)

    # In the loop's thread.

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        failure: ServerGoneError | None = None
        try:
            self._loop.run_until_complete(self._run())
        except Exception as error:  # noqa: BLE001  every error of the SDK is a failure of this server
            failure = self._explain(error)
        else:
            failure = None if self._asked_to_end else self._explain(None)
        finally:
            self._close_loop()
            for done in self._pending.close():  # calls that arrived while the loop closed
                done(ToolError("outcome_unknown", f"outcome unknown: {self._options.name} ended before it answered"))
            self.ended.set()
            self._on_event(Over(failure))

    def _close_loop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            try:
                self._loop.run_until_complete(task)
            except asyncio.CancelledError:
                continue
            except Exception as error:  # noqa: BLE001  the session has ended: no caller is affected
                log.debug("%s: %s in a task while the loop closed", self._options.name, type(error).__name__)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _explain(self, error: BaseException | None) -> ServerGoneError:
        name = self._options.name
        if isinstance(error, ServerGoneError):
            return error
        reason = self._end_reason.reason or (_root_of(error) if error is not None else "ended")
        kind = ServerHungError if self._hung else ServerGoneError
        return kind(f"{name}: {self._options.redactor.clean_text(reason)}")

    async def _run(self) -> None:
        if self._over.is_set():  # stopped before the start
            return
        serving, over = self._loop.create_task(self._serve()), self._loop.create_task(self._over.wait())
        await asyncio.wait({serving, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if self._client is None:  # a server at a URL may leave a handshake unanswered for minutes
            serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _serve(self) -> None:
        limit = self._loop.call_later(self._options.start_timeout_s, self._too_slow)
        client = Client(
            self._transport(),
            mode=self._options.protocol,
            cache=None,
            client_info=types.Implementation(name="timmy-actors", version=__version__),
            message_handler=self._on_message,
        )
        async with client:
            tools = await _list_tools(client)
            limit.cancel()
            self._client = client
            pid = self._child.pid if self._child is not None else None
            self._on_event(Connected(pid, _introduce(client), str(client.protocol_version), tools))
            self._following = self._loop.create_task(self._follow_tools(client))
            await self._probe_until_over()

    async def _probe_until_over(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._options.probe_interval_s)
            if not self._over.is_set() and not self._calls:
                self._probe()

    def _transport(self) -> AbstractAsyncContextManager[TransportStreams]:
        if self._options.url is not None:
            return http_streams(self._options)
        return self._child_transport()

    @asynccontextmanager
    async def _child_transport(self) -> AsyncGenerator[TransportStreams, None]:
        self._child = Child(self._options, self._on_exit)
        async with child_streams(self._child, self._options.redactor, self._end_reason) as streams:
            yield streams

    def _on_exit(self) -> None:
        if self._child is not None and not self._asked_to_end:
            self._reporting_exit = self._loop.create_task(self._report_exit(self._child))

    async def _report_exit(self, child: Child) -> None:
        self._end_reason.set(await child.how_it_ended())

    def _too_slow(self) -> None:
        self._end_reason.set(f"did not answer within {self._options.start_timeout_s:g} s of its start")

    def _end_in_order(self) -> None:
        self._asked_to_end = True
        self._over.set()
        if self._client is None:  # during the handshake there is no session to close in order
            self._end_reason.set("was ended")

    def _end_now(self) -> None:
        # A waiting handshake ends when the pipes close; a stopped process keeps them open.
        self._over.set()
        if self._child is not None:
            self._child.kill_now()

    # Calls.

    def _start_call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> None:
        task = self._loop.create_task(self._call(tool, arguments, timeout_s, done))
        self._calls[done] = task
        task.add_done_callback(lambda _: self._calls.pop(done))

    def _cancel_call(self, done: CallDone) -> None:
        task = self._calls.get(done)
        if task is not None and self._pending.remove(done):
            done(ToolError("outcome_unknown", "outcome unknown: the caller cancelled the call"))
            task.cancel()  # the SDK notifies the server

    async def _call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> None:
        try:
            outcome: ToolAnswer | ToolError = await self._ask(tool, arguments, timeout_s)
        except ToolError as error:
            outcome = error
        except (ValidationError, RuntimeError) as error:  # the SDK's errors for an invalid answer or structure
            message = f"{tool}: the answer violates the protocol or the tool's schema: {shorten(_root_of(error))}"
            outcome = ToolError("bad_result", self._options.redactor.clean_text(message))
        except Exception as error:  # noqa: BLE001  every other error of the SDK: no answer was received
            message = f"outcome unknown: {tool}: {shorten(_root_of(error))}"
            outcome = ToolError("outcome_unknown", self._options.redactor.clean_text(message))
        if self._pending.remove(done):
            done(outcome)

    async def _ask(self, tool: str, arguments: dict[str, Any], timeout_s: float) -> ToolAnswer:
        if self._client is None or self._over.is_set():
            raise ToolError("server_unavailable", f"{self._options.name} has ended: nothing was sent")
        try:
            result = await self._or_over(self._client.call_tool(tool, arguments, read_timeout_seconds=timeout_s))
        except MCPError as error:
            raise self._as_tool_error(tool, error, timeout_s) from error
        return self._read(result)

    def _read(self, result: types.CallToolResult) -> ToolAnswer:
        content, structured = [block.model_dump() for block in result.content], result.structured_content
        if self._options.url is not None:  # the lines of a child are cleaned when they are read
            clean = self._options.redactor.clean_value
            content = [clean(block) if block.get("type") == "text" else block for block in content]
            structured = clean(structured)
        return read_answer(is_error=result.is_error, content=content, structured=structured, meta=result.meta)

    async def _or_over(self, call: Awaitable[types.CallToolResult]) -> types.CallToolResult:
        """The call's result; raises if the session ends first, which the SDK may not report."""
        pending, over = asyncio.ensure_future(call), asyncio.ensure_future(self._over.wait())
        try:
            await self._first_of(pending, over)
            if not pending.done():
                reason = self._end_reason.reason or "was ended"
                raise ToolError("outcome_unknown", f"outcome unknown: {self._options.name} {reason} before it answered")
            return pending.result()
        finally:
            pending.cancel()
            over.cancel()

    async def _first_of(self, *either: asyncio.Future[Any]) -> None:
        """Wait for either future. A child that a signal has stopped is killed, since it completes neither."""
        looks = 0
        while not (await asyncio.wait(either, timeout=STOPPED_LOOK_S, return_when=asyncio.FIRST_COMPLETED))[0]:
            looks = looks + 1 if self._child is not None and self._child.is_stopped() else 0
            if looks == STOPPED_LOOKS and not self._over.is_set():
                self._hung = True
                self._end_reason.set("was stopped by a signal (SIGSTOP) and does not answer")

    def _as_tool_error(self, tool: str, error: MCPError, timeout_s: float) -> ToolError:
        message = self._options.redactor.clean_text(shorten(str(error)))
        if self._options.url is not None:
            self._probe()  # the end of a remote server is not reported
        if error.code == TOO_LARGE:
            return ToolError("too_large", f"{tool}: {message}")
        if error.code == REQUEST_TIMEOUT:
            self._probe()
            return ToolError("outcome_unknown", f"outcome unknown: {tool} was not answered within {timeout_s:g} s")
        if error.code == CONNECTION_CLOSED:
            return ToolError("outcome_unknown", f"outcome unknown: {self._options.name} ended before it answered")
        return ToolError("tool_failed", f"{tool}: {message}")

    # Probes.

    def _probe(self) -> None:
        if self._probing is None or self._probing.done():
            self._probing = self._loop.create_task(self._check_response())

    async def _check_response(self) -> None:
        if self._client is None:
            return
        limit_s = self._options.probe_timeout_s
        try:
            # Every revision of the protocol has this request; `ping` was removed in 2026-07-28.
            await asyncio.wait_for(self._client.session.list_tools(), limit_s)
        except TimeoutError:
            self._hung = not self._over.is_set()
            self._end_reason.set(f"hangs: it did not answer a probe within {limit_s:g} s")
        except (MCPError, ValidationError) as error:
            # The server answered, though with an error. A child's closed pipe is reported by its reader.
            if self._options.url is not None:
                self._end_reason.set(f"can no longer be reached: {_root_of(error)}")

    async def _on_message(self, message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification) and self._client is not None:
            self._loop.create_task(self._list_again(self._client))

    async def _follow_tools(self, client: Client) -> None:
        """Subscribe to tool changes, which is required since protocol 2026-07-28; before, every client is notified."""
        offered = client.server_capabilities.tools
        if client.protocol_version not in MODERN_PROTOCOL_VERSIONS or offered is None or not offered.list_changed:
            return
        while not self._over.is_set():
            with contextlib.suppress(MCPError, SubscriptionLost, TimeoutError):
                async with client.listen(tools_list_changed=True) as changes:
                    async for _ in changes:
                        await self._list_again(client)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), LISTEN_AGAIN_AFTER_S)

    async def _list_again(self, client: Client) -> None:
        try:
            self._on_event(ToolsChanged(await _list_tools(client)))
        except (MCPError, ValidationError) as error:
            log.warning("%s: its changed tools cannot be listed: %s", self._options.name, error)


class _PendingCalls:
    """The calls without an answer, including those that arrive from other threads while the loop closes."""

    def __init__(self) -> None:
        self._open: set[CallDone] = set()
        self._turn = threading.Lock()
        self._closed = False

    def add(self, done: CallDone) -> bool:
        """Add a call; False: the session has ended, and the call will not be answered."""
        with self._turn:
            if not self._closed:
                self._open.add(done)
            return not self._closed

    def remove(self, done: CallDone) -> bool:
        """Remove a call; False: it was already answered."""
        with self._turn:
            was_open = done in self._open
            self._open.discard(done)
            return was_open

    def close(self) -> set[CallDone]:
        """Accept no more calls, and return those without an answer."""
        with self._turn:
            self._closed = True
            left, self._open = self._open, set()
            return left


async def _list_tools(client: Client) -> tuple[Tool, ...]:
    tools: list[Tool] = []
    cursor: str | None = None
    for _ in range(MAX_TOOL_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += [Tool(tool.name, tool.input_schema) for tool in page.tools]
        cursor = page.next_cursor
        if cursor is None:
            return tuple(tools)
    raise ServerGoneError(f"the server lists its tools on more than {MAX_TOOL_PAGES} pages")


def _introduce(client: Client) -> str:
    info = client.server_info
    return f"{info.name} {info.version}".strip() if info is not None else "a server without a name"


def _root_of(error: BaseException) -> str:
    """The message of the first error in the exception groups that the SDK's task groups raise."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return str(error) if isinstance(error, TimmyError | MCPError) else f"{type(error).__name__}: {error}"

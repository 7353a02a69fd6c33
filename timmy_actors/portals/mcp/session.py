"""A session with one MCP server, from its start to its end: one task owns it, in an event loop of its own."""

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
from timmy_actors.portals.mcp.session_events import CallDone, Connected, Over, Told, Tool, ToolsChanged
from timmy_actors.portals.mcp.transport import TOO_LARGE, Ending, child_streams
from timmy_actors.portals.tools.results import ToolAnswer, read_answer, shorten
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams
    from mcp.client.session import IncomingMessage

log = logging.getLogger(__name__)

MAX_TOOL_PAGES = 20
LISTEN_AGAIN_AFTER_S = 5.0
"""A stream of changes that broke off while the server lives is opened again."""
STOPPED_LOOK_S = 0.1
"""How often a child that owes an answer is looked at, whether a signal has stopped it."""
STOPPED_LOOKS = 2
"""Looks in a row that find it so; one could be a debugger's moment."""
REQUEST_TIMEOUT = -32_001
CONNECTION_CLOSED = -32_000


class Session:
    """Everything but `run` may be called from any thread; `tell` is called in the loop's."""

    def __init__(self, options: ServerOptions, tell: Told) -> None:
        self._options = options
        self._tell = tell
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._asked_to_end = False
        self._ending = Ending(lambda _: self._end_now())
        self._hung = False
        self._child: Child | None = None
        self._client: Client | None = None
        self._heard_at = 0.0
        self._promises = _Promises()
        self._calls: dict[CallDone, asyncio.Task[None]] = {}
        self._probing: asyncio.Task[None] | None = None
        self._saying_why: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._live, name=f"session {options.name}", daemon=True)
        self.ended = threading.Event()

    # From any thread.

    def start(self) -> None:
        """Connect; what comes of it is told."""
        self._thread.start()

    def call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> Callable[[], None]:
        """Call a tool; `done` is called once, mostly in the loop's thread, with a `ToolAnswer` or a `ToolError`.

        What is returned, to be called from any thread, gives the call up: the server is told that nobody waits for it.
        """
        if self._promises.add(done):
            self._soon(lambda: self._start_call(tool, arguments, timeout_s, done))
        else:
            done(ToolError("server_unavailable", f"{self._options.name} has ended: nothing was sent"))
        return lambda: self._soon(lambda: self._give_up(done))

    def stop(self, within_s: float) -> None:
        """End it in order, and wait for that."""
        self._soon(self._end_in_order)
        if not self.ended.wait(within_s):
            self.kill(within_s)

    def kill_soon(self) -> None:
        """End it at once, without waiting for that."""
        child = self._child
        if child is not None:
            child.kill_now()
        self._soon(lambda: self._ending.because("was ended"))

    def kill(self, within_s: float) -> None:
        """End it at once, and wait for that."""
        self.kill_soon()
        if not self.ended.wait(within_s):
            log.error("%s: its session does not end", self._options.name)

    def _soon(self, act: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it is over
            self._loop.call_soon_threadsafe(act)

    # In the loop's thread.

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        failure: ServerGoneError | None = None
        try:
            self._loop.run_until_complete(self._run())
        except Exception as error:  # noqa: BLE001  whatever the SDK raises, it is this server's failure
            failure = self._explain(error)
        else:
            failure = None if self._asked_to_end else self._explain(None)
        finally:
            self._close_loop()
            for done in self._promises.close():  # what came as the loop closed
                done(ToolError("outcome_unknown", f"outcome unknown: {self._options.name} ended before it answered"))
            self.ended.set()
            self._tell(Over(failure))

    def _close_loop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            try:
                self._loop.run_until_complete(task)
            except asyncio.CancelledError:
                continue
            except Exception as error:  # noqa: BLE001  the session is over: it fails nobody any more
                log.debug("%s: %s in a task as its loop closed", self._options.name, type(error).__name__)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _explain(self, error: BaseException | None) -> ServerGoneError:
        name = self._options.name
        if isinstance(error, ServerGoneError):
            return error
        told = self._ending.reason or (_root_of(error) if error is not None else "ended")
        kind = ServerHungError if self._hung else ServerGoneError
        return kind(f"{name}: {self._options.redactor.clean_text(told)}")

    async def _run(self) -> None:
        if self._over.is_set():  # asked to end before anything was begun
            return
        serving, over = self._loop.create_task(self._serve()), self._loop.create_task(self._over.wait())
        await asyncio.wait({serving, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if self._client is None:  # a server behind a URL may leave a handshake without an answer for minutes
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
            self._tell(Connected(pid, _introduce(client), str(client.protocol_version), tools))
            self._following = self._loop.create_task(self._follow_tools(client))
            await self._stay()

    async def _stay(self) -> None:
        self._heard_at = self._loop.time()
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
        async with child_streams(self._child, self._options.redactor, self._ending) as streams:
            yield streams

    def _on_exit(self) -> None:
        if self._child is not None and not self._asked_to_end:
            self._saying_why = self._loop.create_task(self._say_why(self._child))

    async def _say_why(self, child: Child) -> None:
        self._ending.because(await child.how_it_ended())

    def _too_slow(self) -> None:
        self._ending.because(f"did not answer within {self._options.start_timeout_s:g} s of its start")

    def _end_in_order(self) -> None:
        self._asked_to_end = True
        self._over.set()
        if self._client is None:  # still shaking hands: nothing to leave in order
            self._ending.because("was ended")

    def _end_now(self) -> None:
        # The pipes' end is what ends a handshake that waits; a stopped process leaves them open.
        self._over.set()
        if self._child is not None:
            self._child.kill_now()

    # Calls.

    def _start_call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> None:
        task = self._loop.create_task(self._call(tool, arguments, timeout_s, done))
        self._calls[done] = task
        task.add_done_callback(lambda _: self._calls.pop(done))

    def _give_up(self, done: CallDone) -> None:
        task = self._calls.get(done)
        if task is not None and self._promises.keep(done):
            done(ToolError("outcome_unknown", "outcome unknown: nobody waited for the answer any longer"))
            task.cancel()  # the SDK tells the server

    async def _call(self, tool: str, arguments: dict[str, Any], timeout_s: float, done: CallDone) -> None:
        try:
            outcome: ToolAnswer | ToolError = await self._ask(tool, arguments, timeout_s)
        except ToolError as trouble:
            outcome = trouble
        except (ValidationError, RuntimeError) as error:  # how the SDK says that an answer, or its structure, is wrong
            told = f"{tool}: the answer is not what the protocol and the tool promise: {shorten(_root_of(error))}"
            outcome = ToolError("bad_result", self._options.redactor.clean_text(told))
        except Exception as error:  # noqa: BLE001  whatever else the SDK raises: no answer was seen
            told = f"outcome unknown: {tool}: {shorten(_root_of(error))}"
            outcome = ToolError("outcome_unknown", self._options.redactor.clean_text(told))
        if self._promises.keep(done):
            done(outcome)

    async def _ask(self, tool: str, arguments: dict[str, Any], timeout_s: float) -> ToolAnswer:
        if self._client is None or self._over.is_set():
            raise ToolError("server_unavailable", f"{self._options.name} has ended: nothing was sent")
        try:
            result = await self._or_over(self._client.call_tool(tool, arguments, read_timeout_seconds=timeout_s))
        except MCPError as error:
            raise self._trouble(tool, error, timeout_s) from error
        self._heard_at = self._loop.time()
        return self._read(result)

    def _read(self, result: types.CallToolResult) -> ToolAnswer:
        content, structured = [block.model_dump() for block in result.content], result.structured_content
        if self._options.url is not None:  # a child's lines are cleaned as they come
            clean = self._options.redactor.clean_value
            content = [clean(block) if block.get("type") == "text" else block for block in content]
            structured = clean(structured)
        return read_answer(is_error=result.is_error, content=content, structured=structured, meta=result.meta)

    async def _or_over(self, call: Awaitable[types.CallToolResult]) -> types.CallToolResult:
        """The call's result, or the session's end, whichever comes first: the SDK need not notice."""
        asked, over = asyncio.ensure_future(call), asyncio.ensure_future(self._over.wait())
        try:
            await self._first_of(asked, over)
            if not asked.done():
                told = self._ending.reason or "was ended"
                raise ToolError("outcome_unknown", f"outcome unknown: {self._options.name} {told} before it answered")
            return asked.result()
        finally:
            asked.cancel()
            over.cancel()

    async def _first_of(self, *either: asyncio.Future[Any]) -> None:
        """Wait for either. A child that a signal has stopped answers neither: it is ended, not waited for."""
        looks = 0
        while not any(each.done() for each in either):
            await asyncio.wait(either, timeout=STOPPED_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            looks = looks + 1 if self._child is not None and self._child.is_stopped() else 0
            if looks == STOPPED_LOOKS and not self._over.is_set():
                self._hung = True
                self._ending.because("was stopped by a signal (SIGSTOP), and answers nothing")

    def _trouble(self, tool: str, error: MCPError, timeout_s: float) -> ToolError:
        told = self._options.redactor.clean_text(shorten(str(error)))
        if self._options.url is not None:
            self._probe()  # a server elsewhere tells nobody that it ended
        if error.code == TOO_LARGE:
            return ToolError("too_large", f"{tool}: {told}")
        if error.code == REQUEST_TIMEOUT:
            self._probe()
            return ToolError("outcome_unknown", f"outcome unknown: {tool} was not answered within {timeout_s:g} s")
        if error.code == CONNECTION_CLOSED:
            return ToolError("outcome_unknown", f"outcome unknown: {self._options.name} ended before it answered")
        return ToolError("tool_failed", f"{tool}: {told}")

    # Whether it still answers.

    def _probe(self) -> None:
        if self._probing is None or self._probing.done():
            self._probing = self._loop.create_task(self._look_whether_it_answers())

    async def _look_whether_it_answers(self) -> None:
        if self._client is None:
            return
        limit_s = self._options.probe_timeout_s
        try:
            # Every server of every revision answers this one; `ping` is gone since 2026-07-28.
            await asyncio.wait_for(self._client.session.list_tools(), limit_s)
            self._heard_at = self._loop.time()
        except TimeoutError:
            self._hung = not self._over.is_set()
            self._ending.because(f"does not answer: hung for {limit_s:g} s")
        except (MCPError, ValidationError) as error:
            # An answer, if no good one. A child's closed connection is told by whoever reads it.
            if self._options.url is not None:
                self._ending.because(f"cannot be reached any more: {_root_of(error)}")

    async def _on_message(self, message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification) and self._client is not None:
            self._loop.create_task(self._list_again(self._client))

    async def _follow_tools(self, client: Client) -> None:
        """Since 2026-07-28 a server tells that its tools changed only to who listens; before, it tells everybody."""
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
            self._tell(ToolsChanged(await _list_tools(client)))
        except (MCPError, ValidationError) as error:
            log.warning("%s: its tools changed, and cannot be listed: %s", self._options.name, error)


class _Promises:
    """Who is still to be answered. A call may come from any thread as the loop closes: it must not be forgotten."""

    def __init__(self) -> None:
        self._open: set[CallDone] = set()
        self._turn = threading.Lock()
        self._closed = False

    def add(self, done: CallDone) -> bool:
        """Promise an answer; False: there is nobody left to give it."""
        with self._turn:
            if not self._closed:
                self._open.add(done)
            return not self._closed

    def keep(self, done: CallDone) -> bool:
        """Whether the answer is still to be given."""
        with self._turn:
            was_open = done in self._open
            self._open.discard(done)
            return was_open

    def close(self) -> set[CallDone]:
        """Those who are left without one."""
        with self._turn:
            self._closed = True
            left, self._open = self._open, set()
            return left


async def _list_tools(client: Client) -> tuple[Tool, ...]:
    found: list[Tool] = []
    cursor: str | None = None
    for _ in range(MAX_TOOL_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += [Tool(tool.name, tool.input_schema) for tool in page.tools]
        cursor = page.next_cursor
        if cursor is None:
            return tuple(found)
    raise ServerGoneError(f"a server lists its tools on more than {MAX_TOOL_PAGES} pages")


def _introduce(client: Client) -> str:
    info = client.server_info
    return f"{info.name} {info.version}".strip() if info is not None else "a server without a name"


def _root_of(error: BaseException) -> str:
    """What really happened, of the groups that an SDK built on task groups raises."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return str(error) if isinstance(error, TimmyError | MCPError) else f"{type(error).__name__}: {error}"

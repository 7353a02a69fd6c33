"""The session actor of one MCP server: the server is started when first used; the supervisor restarts it on failure."""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pykka

from timmy_actors.errors import ToolError
from timmy_actors.portals.caller import Caller
from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.session_events import Connected, Over, Tool, ToolsChanged
from timmy_actors.portals.tools.results import ToolAnswer
from timmy_actors.protocol import ServerStatus
from timmy_actors.supervision import DEFERRED, Actor, Backoff, SharedValue

if TYPE_CHECKING:
    from timmy_actors.portals.mcp.session import Session
    from timmy_actors.supervision import Reply

STOP_WITHIN_S = 5.0
"""The server may take two seconds to end after its input closed, and two more after SIGTERM."""
KILL_WITHIN_S = 6.0
START_BACKOFF = Backoff(base_s=0.1, cap_s=30.0, stable_after_s=10.0)
"""Between starts of a server that ends without having answered a call or stayed up: each start of a server that fails
at import costs half a second of CPU time. Any other server is restarted at once."""
MISSING = "the package 'mcp' is not installed: pip install 'timmy_actors[portals]'"
UNNEEDED = "not needed yet"
NOT_CONFIGURED = "neither a command nor a url is configured for it"


@dataclass(frozen=True)
class CallTool:
    """Call a tool by the server's own name for it; answered with a `ToolAnswer`, or `ToolError`.

    A call that finds the server starting waits for it, at most `timeout_s`.
    """

    tool: str
    arguments: dict[str, Any] = field(repr=False)
    timeout_s: float
    caller: Caller = field(default_factory=Caller, repr=False)
    """When it leaves, the call is cancelled, and the server is notified."""


@dataclass(frozen=True)
class Wake:
    """Start the server, if it is not started."""


@dataclass(frozen=True)
class _Connect:
    """Timer: start the server."""


@dataclass(frozen=True)
class _FromSession:
    session: Session
    event: Connected | ToolsChanged | Over


@dataclass(frozen=True)
class _Loaded:
    session: type[Session] | Exception


@dataclass(frozen=True)
class _WaitTimeout:
    number: int


class Wanted:
    """The state that survives restarts of a session actor."""

    def __init__(self) -> None:
        self.now = threading.Event()
        """Set while the server is needed."""
        self.generation = 0
        """How often it was started."""
        self.failures = 0
        """How many times in succession it ended without having been ready."""
        self.idle_starts = 0
        """How often it was started since it last answered a call, or stayed up."""


@dataclass(frozen=True)
class Offer:
    """A server's status and tools, shared with all readers."""

    status: ServerStatus
    tools: tuple[Tool, ...] = ()
    send: Callable[[CallTool, Reply], None] | None = None
    """Sends a call from any thread, without the actor; None: the server is not ready, and the actor must be asked."""


class SessionActor(Actor):
    """Passes calls to its session. Fails when the session ends, after making sure that the process has ended."""

    def __init__(self, options: ServerOptions, *, wanted: Wanted, offer: SharedValue[Offer]) -> None:
        super().__init__()
        self._options = options
        self._wanted = wanted
        self._offer = offer
        self._session: Session | None = None
        self._loading = False
        self._ready_at: float | None = None
        self._waiting: dict[int, tuple[CallTool, Reply]] = {}
        self._numbers = 0

    def on_start(self) -> None:
        """Schedule the start of the server if it is needed. Does not wait until it is ready."""
        if self._wanted.now.is_set():
            delay_s = START_BACKOFF.delay(max(0, self._wanted.idle_starts - 1), Random())  # noqa: S311  spreads load
            self.mailbox.schedule("connect", delay_s, _Connect())
        else:
            self._publish("offline", self._obstacle() or UNNEEDED)

    def on_receive(self, message: Any) -> Any:
        """Handle calls, and events of the session."""
        match message:
            case CallTool():
                return self._on_call(message)
            case Wake():
                self._wake()
            case _Connect():
                self._connect()
            case _Loaded(session):
                self._on_loaded(session)
            case _FromSession(session, event) if session is self._session:
                self._on_event(event)
            case _WaitTimeout(number) if number in self._waiting:
                _, reply = self._waiting.pop(number)
                reply.fail(self._unavailable())
        return None

    def on_stop(self) -> None:
        """End the server in order, so that it releases held keys."""
        self._fail_waiting()
        if self._session is not None:
            self._session.stop(STOP_WITHIN_S)
        self._publish("offline", "the daemon stops")

    def on_failure(self, *_: object) -> None:
        """Kill the server before the next incarnation starts another one."""
        self._fail_waiting()
        if self._session is not None:
            self._session.kill(KILL_WITHIN_S)

    def actor_fence(self) -> None:
        """Kill the server of an abandoned actor, so that it does not run beside its successor's."""
        super().actor_fence()
        if self._session is not None:
            self._session.kill_soon()

    def _wake(self) -> None:
        if not self._wanted.now.is_set() and self._obstacle() is None:
            self._wanted.now.set()
            self._connect()

    def _obstacle(self) -> str | None:
        """Why the server cannot be started; None: it can."""
        if not self._options.command and not self._options.url:
            return NOT_CONFIGURED
        return MISSING if importlib.util.find_spec("mcp") is None else None

    def _connect(self) -> None:
        self._wanted.generation += 1
        self._wanted.idle_starts += 1
        self._loading = True
        self._publish("starting", "it has not answered yet")
        threading.Thread(target=self._load, name=f"loading {self._options.name}", daemon=True).start()

    def _load(self) -> None:
        """Import the MCP library in a thread: it takes seconds on a busy machine, and the watchdog watches the actor.

        It is imported only when a server is needed, which saves 40 MB in a daemon without portals.
        """
        try:
            from timmy_actors.portals.mcp.session import Session  # noqa: PLC0415

            self._tell_self(_Loaded(Session))
        except Exception as error:  # noqa: BLE001  raised again in the actor
            self._tell_self(_Loaded(error))

    def _on_loaded(self, loaded: type[Session] | Exception) -> None:
        self._loading = False
        if isinstance(loaded, Exception):
            raise loaded
        session = loaded(self._options, lambda event: self._tell_self(_FromSession(session, event)))
        self._session = session
        session.start()

    def _tell_self(self, message: _FromSession | _Loaded) -> None:
        with contextlib.suppress(pykka.ActorDeadError):  # events after the actor's end are dropped
            self.actor_ref.tell(message)

    def _on_event(self, event: Connected | ToolsChanged | Over) -> None:
        match event:
            case Connected(pid, server, protocol, tools):
                self._ready_at = self.mailbox.clock.now()
                self._wanted.failures = 0
                self._publish("ready", None, pid=pid, server=server, protocol=protocol, tools=tools)
                self._send_waiting()
            case ToolsChanged(tools):
                known = self._offer.value.status
                self._publish("ready", None, pid=known.pid, server=known.server, protocol=known.protocol, tools=tools)
            case Over(failure):
                self._count_end()
                self._session, self._ready_at = None, None
                self._publish("down", str(failure or "it ended").removeprefix(f"{self._options.name}: "))
                if failure is not None:
                    raise failure

    def _count_end(self) -> None:
        if self._ready_at is None:
            self._wanted.failures += 1
        elif self.mailbox.clock.now() - self._ready_at >= START_BACKOFF.stable_after_s:
            self._wanted.idle_starts = 0

    def _on_call(self, call: CallTool) -> Any:
        reply = self.take_reply()
        self._wake()
        if self._session is None and not self._loading:
            reply.fail(self._unavailable())
        elif self._session is not None and self._ready_at is not None:
            self._send(self._session, call, reply)
        else:
            self._numbers += 1
            self._waiting[self._numbers] = (call, reply)
            self.mailbox.schedule(f"waiting {self._numbers}", call.timeout_s, _WaitTimeout(self._numbers))
        return DEFERRED

    def _send(self, session: Session, call: CallTool, reply: Reply) -> None:
        cancel = call.caller.run(
            lambda: session.call(
                call.tool, call.arguments, call.timeout_s, lambda outcome: self._settle(reply, outcome)
            )
        )
        call.caller.on_leave(cancel)

    def _settle(self, reply: Reply, outcome: ToolAnswer | ToolError) -> None:
        if isinstance(outcome, ToolError):
            reply.fail(outcome)
        else:
            self._wanted.idle_starts = 0
            reply.set(outcome)

    def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for number, (call, reply) in waiting.items():
            self.mailbox.cancel(f"waiting {number}")
            if self._session is not None and not reply.expired(self.mailbox.clock.now()) and not call.caller.gone:
                self._send(self._session, call, reply)

    def _fail_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for _, reply in waiting.values():
            reply.fail(self._unavailable())

    def _unavailable(self) -> ToolError:
        status = self._offer.value.status
        return ToolError("server_unavailable", f"{self._options.name} is {status.state}: {status.reason}")

    def _publish(
        self,
        state: Any,
        reason: str | None,
        *,
        pid: int | None = None,
        server: str | None = None,
        protocol: str | None = None,
        tools: tuple[Tool, ...] = (),
    ) -> None:
        status = ServerStatus(
            name=self._options.name,
            state=state,
            reason=reason,
            since=datetime.now(UTC),
            generation=self._wanted.generation,
            failures=self._wanted.failures,
            pid=pid,
            server=server,
            protocol=protocol,
            tools=tuple(tool.name for tool in tools),
        )
        session = self._session if state == "ready" else None
        self._offer.value = Offer(status, tools, None if session is None else partial(self._send, session))

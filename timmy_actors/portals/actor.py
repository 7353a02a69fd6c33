"""The portal actor: the catalog of games, the portal in use, and its two operations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pykka

from timmy_actors.errors import ActorGoneError, ConfigError, RefusedError, TimmyError
from timmy_actors.portals.caller import Caller
from timmy_actors.portals.catalog.catalog import CatalogFile, choose
from timmy_actors.portals.check import assess, check
from timmy_actors.portals.desktop.capture_store import CaptureStore
from timmy_actors.portals.mcp.session_actor import Offer
from timmy_actors.portals.mcp.session_handle import SessionHandle
from timmy_actors.portals.portal import PLAIN, Portal
from timmy_actors.portals.steam.cache import SteamAccess
from timmy_actors.portals.tools.spec_tools import DESKTOP, STEAM
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.portals.tools.tool_tables import ToolTable
from timmy_actors.protocol import (
    LONGEST_ACTION_S,
    PORTAL_TIMEOUT_S,
    Action,
    ActionResult,
    GameState,
    LookOptions,
    PortalCheck,
    PortalEntry,
    Portals,
    PortalStatus,
)
from timmy_actors.supervision import DEFERRED, Directory, Reply, SharedValue
from timmy_actors.supervision.event_loop import LoopActor

log = logging.getLogger(__name__)
LOOK_AT_FILE_EVERY_S = 1.0
PUBLISH_EVERY_S = 0.5
RELEASE_WITHIN_S = 3.0
PORTAL_MARGIN_S = 3.0
"""How long an operation may take after its own timeout: a capture that waited for another one still gets a second, and
a failed action releases what it left pressed."""


@dataclass(frozen=True)
class ListPortals:
    """Answered with `Portals`."""


@dataclass(frozen=True)
class UsePortal:
    """Choose another portal; answered with `Portals`, or `RefusedError`."""

    portal_id: str


@dataclass(frozen=True)
class Capture:
    """Capture the game's state; answered with a `GameState`."""

    timeout_s: float
    options: LookOptions = PLAIN
    caller: Caller = field(default_factory=Caller)
    """When it leaves, the capture is cancelled."""

    @property
    def longest_s(self) -> float:
        """Maximum duration in seconds."""
        return self.timeout_s + self.options.waits_s


@dataclass(frozen=True)
class Execute:
    """Execute an action in the game; answered with an `ActionResult`."""

    action: Action
    timeout_s: float | None
    """None: `PORTAL_TIMEOUT_S` plus the action's own duration according to its arguments."""
    caller: Caller = field(default_factory=Caller)
    """When it leaves, the action is cancelled, and the keys and buttons that it holds are released."""

    @property
    def longest_s(self) -> float:
        """Maximum duration in seconds."""
        return self.timeout_s if self.timeout_s is not None else PORTAL_TIMEOUT_S + LONGEST_ACTION_S


@dataclass(frozen=True)
class CheckPortal:
    """Check a portal; answered with a `PortalCheck`. `portal_id` None: the portal in use."""

    portal_id: str | None
    timeout_s: float
    caller: Caller = field(default_factory=Caller)


@dataclass(frozen=True)
class _Done:
    """An operation has ended: its result, and the reply to set."""

    result: Future[Any]
    reply: Reply


@dataclass(frozen=True)
class _ReloadFile:
    """Timer: read the catalog again if its file has changed."""


@dataclass(frozen=True)
class _Publish:
    """Timer: publish the status."""


class Choice:
    """The id of the portal in use; it survives restarts of the actor."""

    def __init__(self, portal_id: str) -> None:
        self.portal_id = portal_id


@dataclass(frozen=True)
class PortalOptions:
    """The configuration of a portal actor."""

    catalog: Path
    tables: Mapping[str, ToolTable]
    """By the protocol's server names."""
    offers: Mapping[str, SharedValue[Offer]]
    capture_store: CaptureStore
    access: SteamAccess


class PortalActor(LoopActor):
    """Holds the catalog and the choice. Operations are coroutines in its own thread, so that it always responds."""

    def __init__(
        self,
        options: PortalOptions,
        *,
        choice: Choice,
        directory: Directory,
        entry: SharedValue[PortalEntry | None],
        status: SharedValue[PortalStatus | None],
    ) -> None:
        super().__init__()
        self._options = options
        self._choice = choice
        self._directory = directory
        self._shared_entry = entry
        self._shared_status = status

        self._last: GameState | None = None
        self._last_action: ActionResult | None = None

    def on_start(self) -> None:
        """Read the catalog and select the portal in use."""
        self._file = CatalogFile(self._options.catalog)
        self._entry = choose(self._file.portals, self._choice.portal_id, self._file.path)
        self._portal = self._make(lambda: self._entry)
        self._publish()
        self.mailbox.schedule("file", LOOK_AT_FILE_EVERY_S, _ReloadFile(), every=True)
        self.mailbox.schedule("publish", PUBLISH_EVERY_S, _Publish(), every=True)

    def on_receive(self, message: Any) -> Any:
        """Answer queries, and start operations."""
        match message:
            case ListPortals():
                return self._portals()
            case UsePortal(portal_id):
                return self._use(portal_id)
            case Capture(timeout_s, options, caller):
                return self._start(self._portal.capture_state(timeout_s, options), caller)
            case Execute(action, timeout_s, caller):
                return self._start(self._portal.execute_action(action, timeout_s), caller)
            case CheckPortal(portal_id, timeout_s, caller):
                return self._start(self._check(self._find(portal_id), timeout_s), caller)
            case _Done(result, reply):
                self._on_done(result)
                _settle(reply, result)
            case _ReloadFile():
                self._reload_file()
            case _Publish():
                self._publish()
        return None

    def _make(self, entry: Callable[[], PortalEntry]) -> Portal:
        desktop, steam = (self._server(name) for name in (DESKTOP, STEAM))
        return Portal(
            entry, desktop=desktop, steam=steam, captures=self._options.capture_store, access=self._options.access
        )

    def _server(self, name: str) -> ToolServer:
        session = SessionHandle(name, directory=self._directory, offer=self._options.offers[name])
        return ToolServer(session, self._options.tables[name])

    # Operations.

    def _start(self, operation: Coroutine[Any, Any, Any], caller: Caller) -> object:
        """Run an operation between messages; the reply is set when it ends."""
        reply = self.take_reply()
        # Any thread may cancel its future.
        running = caller.run(lambda: asyncio.run_coroutine_threadsafe(operation, self.event_loop))
        running.add_done_callback(lambda result: self._send_done(_Done(result, reply)))
        caller.on_leave(running.cancel)
        return DEFERRED

    def _send_done(self, done: _Done) -> None:
        try:
            self.actor_ref.tell(done)
        except pykka.ActorDeadError:  # the actor ended before the operation
            _settle(done.reply, done.result)

    def _on_done(self, result: Future[Any]) -> None:
        """Publish the status before the reply is set, so that the asker does not read an older status."""
        match None if result.cancelled() or result.exception() else result.result():
            case GameState() as state:
                self._last = state
            case ActionResult() as action:
                self._last_action = action
        self._publish()

    async def _check(self, entry: PortalEntry, timeout_s: float) -> PortalCheck:
        portal = self._make(lambda: entry)
        try:
            state = await portal.capture_state(timeout_s)
        finally:
            await portal.close()
        return check(
            self._assess(entry, state),
            entry,
            state,
            tables=self._options.tables,
            access=self._options.access,
            folder=self._file.path.parent,
        )

    # The portal in use.

    def _use(self, portal_id: str) -> Portals:
        self._reload_file()  # the caller may have read a newer version of it
        entry = self._find(portal_id)
        if entry.id != self._entry.id:
            self._last_action = None
            self._release()
        self._entry, self._choice.portal_id = entry, entry.id
        self._publish()
        return self._portals()

    def _release(self) -> None:
        """Release held keys: they belong to the previous game."""
        if self._options.offers[DESKTOP].value.status.state == "ready":
            releasing = self._portal.execute_action(Action(action="release_all"), RELEASE_WITHIN_S)
            asyncio.run_coroutine_threadsafe(releasing, self.event_loop)

    def _find(self, portal_id: str | None) -> PortalEntry:
        if portal_id is None:
            return self._entry
        try:
            return choose(self._file.portals, portal_id, self._file.path)
        except ConfigError as error:
            raise RefusedError("bad_arguments", str(error), "portal") from error

    def _portals(self) -> Portals:
        return Portals(
            chosen=self._entry.id,
            portals=self._file.portals,
            status=self._assess(self._entry, self._last),
            last_capture=self._last,
            last_action=self._last_action,
        )

    # The shared status.

    def _reload_file(self) -> None:
        if not self._file.reload():
            return
        known = {entry.id: entry for entry in self._file.portals}
        self._entry = known.get(self._entry.id, self._entry)
        self._publish()

    def _publish(self) -> None:
        self._shared_entry.value = self._entry
        self._shared_status.value = self._assess(self._entry, self._last)

    def _assess(self, entry: PortalEntry, last: GameState | None) -> PortalStatus:
        servers = [self._options.offers[name].value.status for name in (DESKTOP, STEAM)]
        return assess(entry, servers, self._options.tables[DESKTOP], last, self._catalog_error())

    def _catalog_error(self) -> str | None:
        if self._file.error is not None:
            return f"the catalog on disk was not loaded: {self._file.error}"
        if self._entry.id not in {entry.id for entry in self._file.portals}:
            stays = f"has no portal {self._entry.id!r} any more, which stays in use until another one is chosen"
            return f"{self._file.path}: {stays}: timmy-actors portals use ID"
        return None


def _settle(reply: Reply, done: Future[Any]) -> None:
    try:
        reply.set(done.result(0))
    except CancelledError:
        reply.fail(ActorGoneError("cancelled: the caller disconnected, or the portal is restarting"))
    except Exception as error:
        if not isinstance(error, TimmyError):
            log.exception("a portal operation failed")
        reply.fail(error)

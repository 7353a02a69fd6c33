"""How a beat perceives and acts: through the bridge's shared snapshots, the command actor and the portal's actor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from timmy_actors.errors import ActorError, AskTimeoutError, NoSuchActorError, RefusedError
from timmy_actors.heartbeat.effects import Act, Done
from timmy_actors.heartbeat.tools import Command
from timmy_actors.heartbeat.view import View
from timmy_actors.perception import Perceptions
from timmy_actors.portals import DESKTOP, PORTAL_MARGIN_S, Caller, Capture, Execute
from timmy_actors.protocol import (
    ActionResult,
    CommandRequest,
    CommandResult,
    GameState,
    Perceives,
    PortalStatus,
)
from timmy_actors.supervision import Directory, Reply, SharedValue

COMMAND_MARGIN_S = 2.0
"""How long past its timeout a command's outcome may take."""
REQUEST_ID = "heartbeat"


class Senses:
    """Reads and asks the other actors; an answer is passed on in the answering thread."""

    def __init__(
        self,
        *,
        perceives: Perceives,
        player: str,
        directory: Directory,
        perceptions: Perceptions,
        portal: SharedValue[PortalStatus | None],
    ) -> None:
        self._bridge = perceives in ("bridge", "both")
        self._portal = perceives in ("portal", "both")
        self._player = player
        self._directory = directory
        self._perceptions = perceptions
        self._portal_status = portal
        self._caller = Caller()

    @property
    def blocked(self) -> str | None:
        """Why nothing can be perceived now: the link or the portal's server is down."""
        link = self._perceptions.link.value
        if self._bridge and not link.carries:
            return f"no link to the game: {link.reason or link.state}"
        status = self._portal_status.value
        servers = () if status is None or not self._portal else status.servers
        down = next((each for each in servers if each.name == DESKTOP and each.state == "down"), None)
        return None if down is None else f"the portal's server {DESKTOP} is down: {down.reason or 'it restarts'}"

    def look(self, timeout_s: float, seen: Callable[[View], object]) -> None:
        """Perceive; `seen` is called at once, or with the portal when its capture is there."""
        if not self._portal:
            seen(self._view(None))
            return
        self._caller = Caller()
        capture = Capture(timeout_s, caller=self._caller)
        reply = self._directory.ask("portal", capture, timeout_s=timeout_s + PORTAL_MARGIN_S)
        reply.add_done_callback(lambda done: seen(self._with_capture(done)))

    def act(self, act: Act, done: Callable[[Done], object]) -> None:
        """Carry out an action, once."""
        self._caller = Caller()
        reply = self._command(act) if isinstance(act.task, Command) else self._execute(act)
        reply.add_done_callback(lambda answered: done(outcome_of(answered)))

    def leave(self) -> None:
        """Cancel what the portal does for the beat."""
        self._caller.leave()

    def _command(self, act: Act) -> Reply:
        assert isinstance(act.task, Command)  # noqa: S101  as the caller has checked
        request = CommandRequest(
            id=REQUEST_ID,
            name=act.task.name,
            arguments=act.task.arguments,
            command_id=act.command_id,
            timeout_s=act.timeout_s,
            deadline=time.monotonic() + act.timeout_s,
        )
        return self._directory.ask("command", request, timeout_s=act.timeout_s + COMMAND_MARGIN_S)

    def _execute(self, act: Act) -> Reply:
        assert not isinstance(act.task, Command)  # noqa: S101  as the caller has checked
        execute = Execute(act.task.action, act.timeout_s, self._caller)
        return self._directory.ask("portal", execute, timeout_s=act.timeout_s + PORTAL_MARGIN_S)

    def _with_capture(self, reply: Reply) -> View:
        try:
            state: GameState = reply.get(timeout=0)
        except (RefusedError, ActorError) as error:
            return View(stale=f"the portal's window was not captured: {error}")
        if state.visual.screenshot_path is None:
            why = "; ".join(problem.message for problem in state.problems)
            return View(stale=f"the portal's window was not captured: {why}")
        return self._view(state)

    def _view(self, state: GameState | None) -> View:
        if not self._bridge:
            return View(state=state)
        snapshot = self._perceptions.snapshot(self._player)
        if snapshot is None:
            return View(stale=f"the player {self._player!r} is not perceived")
        return View(snapshot, state, snapshot.stale_reason or "stale" if snapshot.stale else None)


def outcome_of(reply: Reply) -> Done:
    """What an actor's answer says of an action."""
    try:
        value = reply.get(timeout=0)
    except RefusedError as refused:
        return Done(code=refused.code, message=refused.message, field=refused.field)
    except NoSuchActorError as error:
        return Done(code="unavailable", message=str(error))
    except (AskTimeoutError, ActorError) as error:
        return Done(code="in_doubt", message=str(error))
    return _done(value)


def _done(value: Any) -> Done:
    match value:
        case CommandResult(value=result, revision=revision):
            return Done(result or {}, revision=revision)
        case ActionResult(success=True) as result:
            return Done(result.model_dump(mode="json", include={"action", "params", "reason", "binding"}))
        case ActionResult(outcome=outcome, code=code, reason=reason, field=field):
            codes = {"unknown": "in_doubt", "failed": "game_refused", "refused": "game_refused"}
            return Done(code=code or codes.get(outcome, "game_refused"), message=reason or outcome, field=field)
    return Done(code="internal", message=f"an unexpected answer: {type(value).__name__}")

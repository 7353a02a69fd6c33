"""The runtime's typed calls to its portal; `timmy_actors.connect()` has the same ones."""

from __future__ import annotations

from typing import Any

from timmy_actors.portals import PORTAL_MARGIN_S, Caller, Capture, CheckPortal, Execute, ListPortals, UsePortal
from timmy_actors.protocol import (
    DEFAULT_TIMEOUT_S,
    PORTAL_TIMEOUT_S,
    ActionResult,
    GameState,
    PortalCheck,
    Portals,
    make_action,
    make_look,
)
from timmy_actors.supervision import Directory


class PortalCalls:
    """Adds the portal calls to `Runtime`."""

    directory: Directory

    def portals(self) -> Portals:
        """List the portals and which one is chosen."""
        answer: Portals = self._ask(ListPortals(), DEFAULT_TIMEOUT_S)
        return answer

    def use_portal(self, portal: str) -> Portals:
        """Choose another portal, until this daemon ends.

        Raises:
            RefusedError: `bad_arguments`: there is no such portal.
        """
        answer: Portals = self._ask(UsePortal(portal), DEFAULT_TIMEOUT_S)
        return answer

    def check_portal(self, portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> PortalCheck:
        """Check what works of a portal (None: the chosen one). Starts its servers, and takes a screenshot.

        Raises:
            RefusedError: `bad_arguments`: there is no such portal.
        """
        check = CheckPortal(portal, timeout_s)
        answer: PortalCheck = self._ask_portal(check, timeout_s, check.caller)
        return answer

    def capture(self, *, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> GameState:
        """Capture the game's state through the chosen portal; parts that are missing are listed in `problems`.

        `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.
        The wait is added to `timeout_s`.

        Raises:
            RefusedError: `bad_arguments`: an option is wrong.
        """
        look = Capture(timeout_s, make_look(options))
        state: GameState = self._ask_portal(look, look.longest_s, look.caller)
        return state

    def execute(self, action: str, /, *, timeout_s: float | None = None, **params: Any) -> ActionResult:
        """Execute an action through the chosen portal, once; the result says whether it succeeded, and why not.

        `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
        `timeout_s` bounds the whole call: an action that takes longer by its own arguments (a character of text counts
        0.03 s) is refused before it starts, and one still running at the timeout is cancelled. None: 15 s plus the
        action's duration.
        """
        act = Execute(make_action(action, params), timeout_s)
        result: ActionResult = self._ask_portal(act, act.longest_s, act.caller)
        return result

    def _ask_portal(self, message: object, timeout_s: float, caller: Caller) -> Any:
        try:
            return self._ask(message, timeout_s + PORTAL_MARGIN_S)
        except BaseException:  # Ctrl-C, say: cancel the action
            caller.leave()
            raise

    def _ask(self, message: object, timeout_s: float) -> Any:
        # `wait_s`: wait for a portal actor that is being restarted.
        return self.directory.ask("portal", message, timeout_s=timeout_s, wait_s=DEFAULT_TIMEOUT_S).wait()

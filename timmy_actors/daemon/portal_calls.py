"""The typed calls of a runtime that go through its portal; `timmy_actors.connect()` has the same."""

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
    """What `Runtime` has of them."""

    directory: Directory

    def portals(self) -> Portals:
        """Which portals there are, and which one is chosen."""
        answer: Portals = self._ask(ListPortals(), DEFAULT_TIMEOUT_S)
        return answer

    def use_portal(self, portal: str) -> Portals:
        """Choose another portal, until this daemon ends.

        Raises:
            RefusedError: `bad_arguments`: there is none of that name.
        """
        answer: Portals = self._ask(UsePortal(portal), DEFAULT_TIMEOUT_S)
        return answer

    def check_portal(self, portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> PortalCheck:
        """What works of a portal (None: the chosen one), and what does not. Starts the servers, and takes a picture.

        Raises:
            RefusedError: `bad_arguments`: there is none of that name.
        """
        check = CheckPortal(portal, timeout_s)
        answer: PortalCheck = self._ask_portal(check, timeout_s, check.caller)
        return answer

    def capture(self, *, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> GameState:
        """The game through the chosen portal, as it is now; what could not be had stands in `problems`.

        `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.
        What is waited for comes on top of `timeout_s`.

        Raises:
            RefusedError: `bad_arguments`: an option is wrong.
        """
        look = Capture(timeout_s, make_look(options))
        state: GameState = self._ask_portal(look, look.longest_s, look.caller)
        return state

    def execute(self, action: str, /, *, timeout_s: float | None = None, **params: Any) -> ActionResult:
        """Do something through the chosen portal, once; the result says whether it succeeded, and why not.

        `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
        `timeout_s` bounds the whole call: what lasts longer by its own arguments (a character of text counts 0.03 s) is
        refused before it begins, and what is under way then is ended. None: 15 s, and what the action lasts.
        """
        act = Execute(make_action(action, params), timeout_s)
        result: ActionResult = self._ask_portal(act, act.longest_s, act.caller)
        return result

    def _ask_portal(self, message: object, timeout_s: float, caller: Caller) -> Any:
        try:
            return self._ask(message, timeout_s + PORTAL_MARGIN_S)
        except BaseException:  # Ctrl-C, say: nobody waits for it any longer
            caller.leave()
            raise

    def _ask(self, message: object, timeout_s: float) -> Any:
        # One that is being restarted is waited for.
        return self.directory.ask("portal", message, timeout_s=timeout_s, wait_s=DEFAULT_TIMEOUT_S).wait()

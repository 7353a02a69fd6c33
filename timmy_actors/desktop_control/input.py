"""Presses and releases keys and buttons: each press has a target, is written to the held file, and expires."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from Xlib import X
from Xlib.ext import xtest

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.held_keys import Held, HeldFile, HeldKeys
from timmy_actors.desktop_control.keyboard import Keyboard, unmap
from timmy_actors.desktop_control.questions import Survey
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import Acted
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target
from timmy_actors.errors import RefusedError

if TYPE_CHECKING:
    from Xlib.display import Display

TAP_S = 0.05
"""How long a tapped key or button stays down. Games poll the keyboard once a frame: at 30 frames a second, a press
shorter than 33 ms can fall between two polls (a press of 0.2 ms was measured to be missed)."""
HOLD_LIMIT_S = 10.0
"""Default expiry of a key that is pressed to stay down: its client may have ended."""
LONGEST_HOLD_S = 60.0
WATCH_EVERY_S = 0.03
"""How often the windows of held keys are checked. X repeats a held key every 40 ms, so that at most two repetitions
reach another window."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """A client's call: how often `release_all` had run when it arrived, and whether the client cancelled it."""

    releases: int
    cancelled: threading.Event


CALL: ContextVar[Call | None] = ContextVar("call", default=None)
"""The call that this thread handles. `release_all` may have run while the call waited for the thread."""


@dataclass(frozen=True)
class Turn:
    """One action: its target and its call."""

    target: Target
    call: Call


class Input:
    """The keys and buttons of one X display. Any thread may call; actions run one at a time, `release_all` at once."""

    def __init__(self, connection: Connection, held_file: HeldFile) -> None:
        self.keyboard = Keyboard(lambda keycodes: held_file.write(borrowed=tuple(keycodes)))
        self.last_input = float("-inf")
        """When a key or button was last pressed or released, or the pointer moved (monotonic)."""
        self._connection = connection
        self._held_file = held_file
        self._held: HeldKeys[Target] = HeldKeys()
        self._turn_lock = threading.Lock()
        self._changed = threading.Condition()  # acquired before the connection, never after it
        self._releases = 0
        self._lost: dict[Held, str] = {}
        """Keys and buttons that were released because their window was lost, with the reason, until the next press."""
        self._closing = False
        self._expiry = threading.Thread(target=self._watch_held, name="held-keys", daemon=True)
        connection.on_open = self._release_leftovers

    def start(self) -> None:
        """Start the expiry thread, and release what a previous server left pressed.

        Raises:
            RefusedError: the display cannot be reached; the release follows when the connection opens.
        """
        self._expiry.start()
        with self.querying():
            return

    def close(self) -> None:
        """Release every key and button; nothing can be pressed afterwards."""
        with self._changed:
            self._closing = True
            self.release_all()
            with self._connection.using() as display:
                self.keyboard.unmap_borrowed(display)
        self._expiry.join()

    @contextmanager
    def turn(self, titles: Titles | None) -> Iterator[Turn]:
        """This thread's turn to act on the window with one of the titles, or on the screen if `titles` is None."""
        call = CALL.get() or self.new_call()
        with self._turn_lock:
            with self.querying() as display:
                target = Target.find(Survey(display), titles)
            turn = Turn(target, call)
            self._check(turn)
            yield turn

    @contextmanager
    def querying(self) -> Iterator[Display]:
        """The display for queries; no key or button changes inside the block."""
        with self._changed, self._connection.using() as display:
            yield display

    def press(self, turn: Turn, held: Held, seconds: float, check: Callable[[Display], None]) -> None:
        """Press a key or button if `check` raises nothing; it expires after `seconds`.

        Raises:
            RefusedError: `check` raised it, the action was interrupted, or the held file cannot be written.
        """
        with self._changed:
            self._check(turn)
            with self._connection.exclusive() as display:
                check(display)
                self._hold(turn, held, time.monotonic() + seconds)
                self._save()
                _fake(display, held, down=True)
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def tap(self, turn: Turn, keys: Sequence[Held], seconds: float, check: Callable[[Display], None]) -> None:
        """Press keys in order if `check` raises nothing, and release them in reverse order after `seconds`.

        The X server measures the time (XTEST's delay): on a busy machine the key does not stay down long enough to
        repeat, and it is released even if this process is killed.

        Raises:
            RefusedError: as `press`.
        """
        with self._changed:
            self._check(turn)
            with self._connection.exclusive() as display:
                check(display)
                for key in keys:
                    self._held.hold(key, time.monotonic() + HOLD_LIMIT_S)
                self._save()
                for key in keys:
                    _fake(display, key, down=True)
                display.ungrab_server()  # other clients do not wait for the release
                for number, key in enumerate(reversed(keys)):
                    _fake(display, key, down=False, after_ms=0 if number else round(seconds * 1000))
            for key in keys:
                self._held.remove(key)
            self._save()
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def release(self, held: Held) -> None:
        """Release a key or button, whichever window has the focus: a key that stays pressed does more harm."""
        with self.querying() as display:
            _fake(display, held, down=False)
            display.sync()
            self._held.remove(held)
            self._save()
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def move(self, turn: Turn, act: Callable[[Display], None]) -> None:
        """Call `act` to move the pointer while the X server is grabbed."""
        with self._changed:
            self._check(turn)
            with self._connection.exclusive() as display:
                act(display)
            self.last_input = time.monotonic()

    def lost_reason(self, held: Held) -> str | None:
        """Why a key or button was released early because its window was lost; None: it was not."""
        with self._changed:
            return self._lost.get(held)

    def _hold(self, turn: Turn, held: Held, until: float) -> None:
        self._lost.pop(held, None)
        self._held.hold(held, until, turn.target if turn.target.window is not None else None)

    def is_held(self, held: Held) -> bool:
        """Whether the key or button is held."""
        with self._changed:
            return self._held.has(held)

    def renew(self, held: Held, seconds: float) -> None:
        """Change the expiry of a held key or button."""
        with self._changed:
            self._held.hold(held, time.monotonic() + seconds)
            self._changed.notify_all()

    def wait(self, turn: Turn, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Wait for `seconds`, or until `until` returns True.

        Raises:
            RefusedError: the action was interrupted.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._interruption(turn) is not None or until(), max(0.0, seconds))
            self._check(turn)

    def release_all(self) -> list[str]:
        """Release every key and button now and interrupt the running actions; returns the names of what was held."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()
            held = self._held.all()
            for each in held:
                self.release(each)
            return [each.name for each in held]

    def acted(self, turn: Turn) -> Acted:
        """The result of an action that succeeded; `window` is None if the window has closed."""
        with self.querying() as display:
            point = layout.pointer_of(display)
            held = [each.name for each in reversed(self._held.all())]
            window = turn.target.window
            facts = None if window is None else windows.facts_or_none(display, window)
            return Acted(window=facts, x=point.x, y=point.y, held=held)

    def new_call(self) -> Call:
        """A call that arrives now."""
        return Call(self._releases, threading.Event())

    def cancel(self, call: Call) -> None:
        """Interrupt the action of a call that the client cancelled. Does not block."""
        call.cancelled.set()
        # In a thread: another thread may hold the lock while it waits for an X server that hangs.
        threading.Thread(target=self._notify, name="cancelled", daemon=True).start()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _check(self, turn: Turn) -> None:
        reason = self._interruption(turn)
        if reason is not None:
            raise refused("interrupted", reason)

    def _interruption(self, turn: Turn) -> str | None:
        if self._closing:
            return "the server is ending: every key and button was released"
        if self._releases != turn.call.releases:
            return "release_all released every key and button and interrupted this action"
        return "the client cancelled this action" if turn.call.cancelled.is_set() else None

    def _save(self) -> None:
        held = self._held.all()
        self._held_file.write(
            keys=tuple(each.code for each in held if each.kind == "key"),
            buttons=tuple(each.code for each in held if each.kind == "button"),
        )

    def _release_leftovers(self, display: Display) -> None:
        """Over a new connection, release what the held file lists, whether this server or a previous one pressed it."""
        left = self._held_file.read()
        down = display.query_keymap()
        for key in left.keys:
            if down[key // 8] & (1 << key % 8):
                _fake(display, Held("key", key, ""), down=False)
        for button in left.buttons:
            if display.screen().root.query_pointer().mask & (X.Button1Mask << (button - 1)):
                _fake(display, Held("button", button, ""), down=False)
        unmap(display, left.borrowed)
        self._held = HeldKeys()
        self._lost.clear()
        self._held_file.write(keys=(), buttons=(), borrowed=())
        if left.keys or left.buttons:
            logger.warning("released what a previous server left pressed: keys %s, buttons %s", left.keys, left.buttons)

    def _watch_held(self) -> None:
        with self._changed:
            while not self._closing:
                end = self._held.next_expiry()
                left = None if end is None else max(0.0, end - time.monotonic())
                self._changed.wait(left if left is None or not self._held.targeted() else min(left, WATCH_EVERY_S))
                for held in self._held.expired(time.monotonic()):
                    self._expire(held)
                for held, target in self._held.targeted():
                    self._release_if_lost(held, target)

    def _release_if_lost(self, held: Held, target: Target) -> None:
        try:
            with self._connection.using() as display:
                target.must_be_reached_by(held, display)
        except RefusedError as error:
            self._lost[held] = error.message
            logger.warning("%s was released: %s", held.name, error.message)
            self._expire(held)

    def _expire(self, held: Held) -> None:
        try:
            self.release(held)
        except RefusedError as error:
            # The display is lost, and usually its key state with it. If the same display returns, _release_leftovers
            # reads the key from the held file.
            self._held.remove(held)
            logger.warning("%s could not be released in time: %s", held.name, error.message)


def _fake(display: Display, held: Held, *, down: bool, after_ms: int = 0) -> None:
    presses, releases = (X.KeyPress, X.KeyRelease) if held.kind == "key" else (X.ButtonPress, X.ButtonRelease)
    xtest.fake_input(display, presses if down else releases, held.code, time=after_ms)

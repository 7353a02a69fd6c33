"""Pressing and letting go: every press is aimed, recorded, and ends by itself."""

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
from timmy_actors.desktop_control.keyboard import Keyboard, forget
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import Acted
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target
from timmy_actors.errors import RefusedError

if TYPE_CHECKING:
    from Xlib.display import Display

TAP_S = 0.05
"""How long a key or button stays down when it is tapped. Games ask once a frame whether it is: at 30 frames a second a
press shorter than 33 ms falls between two questions (one of 0.2 ms was measured to be missed)."""
HOLD_LIMIT_S = 10.0
"""When a key that was pressed to stay is let go, unless the call said otherwise: whoever pressed it may be gone."""
LONGEST_HOLD_S = 60.0
WATCH_EVERY_S = 0.03
"""How often it is looked whether what is held still has its window: X repeats a held key every 40 ms, so that one or
two repetitions at most reach another window."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """A client's call as it arrived: how often everything had been let go by then, and whether its client gave up."""

    pauses: int
    given_up: threading.Event


CALL: ContextVar[Call | None] = ContextVar("call", default=None)
"""The call that this thread works on. It may have waited for the thread, and everything be let go meanwhile."""


@dataclass(frozen=True)
class Turn:
    """One action: what it is aimed at, and the call that it answers."""

    target: Target
    call: Call


class Input:
    """The keys and buttons of one X display. Any thread may call; actions take turns, `release_all` does not wait."""

    def __init__(self, connection: Connection, record: HeldFile) -> None:
        self.keyboard = Keyboard(lambda keycodes: record.note(borrowed=tuple(keycodes)))
        self.last_input = float("-inf")
        """When something was last pressed, let go or moved (monotonic)."""
        self._connection = connection
        self._record = record
        self._ledger: HeldKeys[Target] = HeldKeys()
        self._acting = threading.Lock()
        self._changed = threading.Condition()  # taken before the connection, never after it
        self._pauses = 0
        self._lost: dict[Held, str] = {}
        """What was let go because its window was lost, and why, until it is pressed again."""
        self._closing = False
        self._expiry = threading.Thread(target=self._let_go_in_time, name="held-keys", daemon=True)
        connection.greeting = self._settle

    def start(self) -> None:
        """Let go of what a server before this one left pressed, if the display can be reached, and watch the ends.

        Raises:
            RefusedError: the display cannot be reached; what was left is let go as soon as it can.
        """
        self._expiry.start()
        with self.looking():
            return

    def close(self) -> None:
        """Let go of everything; nothing can be pressed afterwards."""
        with self._changed:
            self._closing = True
            self.release_all()
            with self._connection.using() as display:
                self.keyboard.give_back(display)
        self._expiry.join()

    @contextmanager
    def turn(self, titles: Titles | None) -> Iterator[Turn]:
        """This thread's turn to act on the window with one of the titles (None: on whatever there is)."""
        call = CALL.get() or self.arrival()
        with self._acting:
            with self.looking() as display:
                target = Target.find(display, titles)
            turn = Turn(target, call)
            self._go_on(turn)
            yield turn

    @contextmanager
    def looking(self) -> Iterator[Display]:
        """The display, to ask it something; nothing is pressed or let go meanwhile."""
        with self._changed, self._connection.using() as display:
            yield display

    def press(self, turn: Turn, held: Held, seconds: float, check: Callable[[Display], None]) -> None:
        """Press a key or button, to be let go after `seconds` at the latest, if `check` has nothing against it.

        Raises:
            RefusedError: it was refused, everything was let go meanwhile, or it cannot be recorded.
        """
        with self._changed:
            self._go_on(turn)
            with self._connection.alone() as display:
                check(display)
                self._hold(turn, held, time.monotonic() + seconds)
                self._note()
                _fake(display, held, down=True)
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def tap(self, turn: Turn, keys: Sequence[Held], seconds: float, check: Callable[[Display], None]) -> None:
        """Press keys in order and let them go in reverse after `seconds`, if `check` has nothing against it.

        The X server itself counts the time (XTEST's delay): however busy this machine, a key is not down for so long
        that it repeats itself, and it comes up even where this process is killed meanwhile.

        Raises:
            RefusedError: as `press`.
        """
        with self._changed:
            self._go_on(turn)
            with self._connection.alone() as display:
                check(display)
                for key in keys:
                    self._ledger.hold(key, time.monotonic() + HOLD_LIMIT_S)
                self._note()
                for key in keys:
                    _fake(display, key, down=True)
                display.ungrab_server()  # the others need not wait for the end
                for number, key in enumerate(reversed(keys)):
                    _fake(display, key, down=False, after_ms=0 if number else round(seconds * 1000))
            for key in keys:
                self._ledger.let_go(key)
            self._note()
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def release(self, held: Held) -> None:
        """Let it go, whatever has the focus now: a key left pressed is worse than one let go elsewhere."""
        with self.looking() as display:
            _fake(display, held, down=False)
            display.sync()
            self._ledger.let_go(held)
            self._note()
            self.last_input = time.monotonic()
            self._changed.notify_all()

    def move(self, turn: Turn, act: Callable[[Display], None]) -> None:
        """Do something with the pointer that holds nothing, while nothing else can change the screen."""
        with self._changed:
            self._go_on(turn)
            with self._connection.alone() as display:
                act(display)
            self.last_input = time.monotonic()

    def why_lost(self, held: Held) -> str | None:
        """Why it was let go before its time, where its window was lost."""
        with self._changed:
            return self._lost.get(held)

    def _hold(self, turn: Turn, held: Held, until: float) -> None:
        self._lost.pop(held, None)
        self._ledger.hold(held, until, turn.target if turn.target.window is not None else None)

    def is_held(self, held: Held) -> bool:
        """Whether it is down."""
        with self._changed:
            return self._ledger.has(held)

    def renew(self, held: Held, seconds: float) -> None:
        """Move the end of what is held already."""
        with self._changed:
            self._ledger.hold(held, time.monotonic() + seconds)
            self._changed.notify_all()

    def wait(self, turn: Turn, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, or less once `until` is so.

        Raises:
            RefusedError: everything was let go meanwhile.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._why_stop(turn) is not None or until(), max(0.0, seconds))
            self._go_on(turn)

    def release_all(self) -> list[str]:
        """Let go of everything now and end the actions under way; what was held."""
        with self._changed:
            self._pauses += 1
            self._changed.notify_all()
            held = self._ledger.all()
            for each in held:
                self.release(each)
            return [each.name for each in held]

    def acted(self, turn: Turn) -> Acted:
        """The answer to an action that was done; without the window where that is gone by now."""
        with self.looking() as display:
            point = layout.pointer_of(display)
            held = [each.name for each in reversed(self._ledger.all())]
            window = turn.target.window
            facts = None if window is None else windows.facts_or_none(display, window)
            return Acted(window=facts, x=point.x, y=point.y, held=held)

    def arrival(self) -> Call:
        """A call that arrives now."""
        return Call(self._pauses, threading.Event())

    def give_up(self, call: Call) -> None:
        """End the action that answers a call: nobody waits for it any more. Does not wait itself."""
        call.given_up.set()
        # In a thread: the lock may be held by one that asks an X server that hangs.
        threading.Thread(target=self._wake, name="given-up", daemon=True).start()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _go_on(self, turn: Turn) -> None:
        reason = self._why_stop(turn)
        if reason is not None:
            raise refused("interrupted", reason)

    def _why_stop(self, turn: Turn) -> str | None:
        if self._closing:
            return "the server is ending: everything was let go"
        if self._pauses != turn.call.pauses:
            return "release_all let go of everything and ended this action"
        return "the client no longer waits for this action" if turn.call.given_up.is_set() else None

    def _note(self) -> None:
        held = self._ledger.all()
        self._record.note(
            keys=tuple(each.code for each in held if each.kind == "key"),
            buttons=tuple(each.code for each in held if each.kind == "button"),
        )

    def _settle(self, display: Display) -> None:
        """Over a new connection: let go of what the record says is pressed, be it a predecessor's or our own."""
        left = self._record.read()
        down = display.query_keymap()
        for key in left.keys:
            if down[key // 8] & (1 << key % 8):
                _fake(display, Held("key", key, ""), down=False)
        for button in left.buttons:
            if display.screen().root.query_pointer().mask & (X.Button1Mask << (button - 1)):
                _fake(display, Held("button", button, ""), down=False)
        forget(display, left.borrowed)
        self._ledger = HeldKeys()
        self._lost.clear()
        self._record.note(keys=(), buttons=(), borrowed=())
        if left.keys or left.buttons:
            logger.warning("let go of what was left pressed: keys %s, buttons %s", left.keys, left.buttons)

    def _let_go_in_time(self) -> None:
        with self._changed:
            while not self._closing:
                end = self._ledger.next_end()
                left = None if end is None else max(0.0, end - time.monotonic())
                self._changed.wait(left if left is None or not self._ledger.aimed() else min(left, WATCH_EVERY_S))
                for held in self._ledger.due(time.monotonic()):
                    self._expire(held)
                for held, target in self._ledger.aimed():
                    self._let_go_if_lost(held, target)

    def _let_go_if_lost(self, held: Held, target: Target) -> None:
        try:
            with self._connection.using() as display:
                target.must_be_reached_by(held, display)
        except RefusedError as error:
            self._lost[held] = error.message
            logger.warning("%s was let go: %s", held.name, error.message)
            self._expire(held)

    def _expire(self, held: Held) -> None:
        try:
            self.release(held)
        except RefusedError as error:
            # The display is gone, and with it what was pressed there; should it be the same one after all, _settle
            # finds it in the record.
            self._ledger.let_go(held)
            logger.warning("%s could not be let go in time: %s", held.name, error.message)


def _fake(display: Display, held: Held, *, down: bool, after_ms: int = 0) -> None:
    presses, releases = (X.KeyPress, X.KeyRelease) if held.kind == "key" else (X.ButtonPress, X.ButtonRelease)
    xtest.fake_input(display, presses if down else releases, held.code, time=after_ms)

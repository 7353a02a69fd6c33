"""The base of every actor: Pykka's, with a life that its supervisor can follow."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any, ClassVar, Final, Self, cast

import pykka
from pykka.messages import _ActorStop

from timmy_actors.errors import ActorGone, AskTimeout, Failure, Fenced, Refused
from timmy_actors.supervision.control import Fault, GetState, Ping
from timmy_actors.supervision.here import check_fence, enter
from timmy_actors.supervision.mailbox import Control, Letter, Mailbox
from timmy_actors.supervision.reply import Reply

log = logging.getLogger(__name__)

DEFERRED: Final = object()
"""What a handler returns when it has taken its reply (`take_reply`) and will answer later."""


class Lifecycle:
    """Who hears of an actor's beginning and end. Called in the actor's own thread; must not block."""

    logs_failures: ClassVar[bool] = False
    """Whether it logs why the actor failed, so that the actor need not."""

    def started(self) -> None:
        """The actor is ready for messages."""

    def down(self, reason: BaseException | None) -> None:
        """The actor ended: None for a stop, else why. Said exactly once, after its cleanup."""


class Actor(pykka.ThreadingActor):
    """An actor that crashes on every unexpected exception, asked or told, and refuses with `Refused` without dying.

    Its thread is a daemon: a hung actor must not keep the process from exiting. Its supervisor stops it in order.
    """

    use_daemon_thread = True

    def __init__(self) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.lifecycle = Lifecycle()
        self.thread: threading.Thread | None = None
        self.mailbox.owner = self
        self.fenced = False
        """Abandoned: whatever it still does has no effect."""
        self.busy_since: float | None = None
        """Since when it handles a message, starts or stops, by its clock; None while it waits. For all to read."""
        self.current: Any = None
        """The message that it is handling."""
        self.waiting_for: Actor | None = None
        """Whose answer its handler waits for."""
        self._reply: Reply | None = None
        self._deferred: set[Reply] = set()
        """Replies that its handlers took and have not answered: its end answers them."""
        self._stop_replies: list[Any] = []
        self._over = False

    # What a subclass uses.

    @property
    def mailbox(self) -> Mailbox:
        """This actor's mailbox: schedule and cancel timers here."""
        return cast("Mailbox", self.actor_inbox)

    def take_reply(self) -> Reply:
        """Take over answering the message at hand; the handler then returns `DEFERRED`.

        One that is still unanswered when the actor ends is answered with `ActorGone`.
        """
        reply, self._reply = self._reply, None
        if reply is None:
            return Reply()
        self._deferred.add(reply)
        reply.add_done_callback(self._deferred.discard)
        return reply

    def state(self) -> dict[str, Any]:
        """What `get_state` shows: its attributes, without the base's and the private ones."""
        return {name: value for name, value in vars(self).items() if name not in _BASE and not name.startswith("_")}

    def may_stop(self) -> bool:
        """Asked to stop: whether it ends now, or (False) by `leave` when it is ready."""
        return True

    def leave(self) -> None:
        """End after this message, as stopped."""
        self._over = True

    def fence(self) -> None:
        """Abandon it, from another thread: nobody waits for it any more, and what it still does has no effect."""
        self.fenced = True
        self.actor_stopped.set()
        reply = self._reply
        if reply is not None:
            reply.fail(ActorGone(f"{self.name} hung and was abandoned"))
        self._answer_for_the_last_time(f"{self.name} hung and was abandoned")
        self.mailbox.shut_out()

    def acknowledge_start(self) -> None:
        """Say that `on_start` is through. A supervisor says it later, when its children are up."""
        self.lifecycle.started()

    # How it runs: Pykka's hooks.

    @staticmethod
    def _create_actor_inbox() -> Mailbox:
        return Mailbox()

    @staticmethod
    def _create_future() -> Reply:
        return Reply()

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> pykka.ActorRef[Self]:
        """Make and launch one without a supervisor."""
        return cls(*args, **kwargs).launch()

    def launch(self) -> pykka.ActorRef[Self]:
        """Start its thread, outside Pykka's process-wide registry: two runtimes in one process share nothing."""
        self.mailbox.clock.join(self.mailbox)
        try:
            self._start_actor_loop()
        except BaseException:  # no thread to be had: nobody else would answer what waits already
            self._leave_off("its thread did not start")
            self.mailbox.clock.leave(self.mailbox)
            raise
        return self.actor_ref

    def stop(self) -> None:
        """Ask it to end, before any work that waits; a no-op when it has ended."""
        with contextlib.suppress(pykka.ActorDeadError):
            super().stop()

    def _start_actor_loop(self) -> None:
        self.thread = threading.Thread(target=self._actor_loop, name=self.name, daemon=self.use_daemon_thread)
        self.thread.start()

    def _actor_loop(self) -> None:
        enter(self)
        reason: BaseException | None = None
        try:
            self._live()
        except BaseException as failure:  # noqa: BLE001  whatever ends it, its supervisor hears of it
            reason = failure
            self._clean_up_after(failure)
        finally:
            self._leave_off("it ended")
            self.lifecycle.down(reason)
            self.mailbox.clock.leave(self.mailbox)

    def _leave_off(self, why: str) -> None:
        self.actor_stopped.set()
        self._answer_for_the_last_time(f"{self.name} had promised an answer, but {why}")
        self.mailbox.close()

    def _answer_for_the_last_time(self, why: str) -> None:
        for deferred in tuple(self._deferred):
            deferred.fail(ActorGone(why))
        for reply in tuple(self._stop_replies):
            reply.set(None)

    def _live(self) -> None:
        self._now = self.mailbox.clock.now
        self.busy_since = self._now()
        self.on_start()
        self.acknowledge_start()
        self.busy_since = None
        take = self.mailbox.get
        while not self._over:
            letter = take()
            if self.fenced:
                self.mailbox.refuse(letter)
                check_fence()
            self._turn(letter)
        self.busy_since = self._now()
        self.on_stop()

    def _turn(self, letter: Letter) -> None:
        message = letter.message
        if isinstance(message, _ActorStop):
            self._stop_replies += [letter.reply_to] if letter.reply_to is not None else []
            if self.may_stop():
                self._over = True
        elif isinstance(message, Ping):
            self.mailbox.pinged_at = None
            if letter.reply_to is not None:
                letter.reply_to.set(None)
        else:
            self.current, self.busy_since = message, self._now()
            self._handle(letter)
            self.current = self.busy_since = None

    def _handle(self, letter: Letter) -> None:
        if letter.reply_to is not None:
            self._answer(letter.message, cast("Reply", letter.reply_to))
            return
        try:
            self._carry_out_message(letter.message)
        except Refused as refusal:
            log.debug("%s declined what it was told: %s", self.name, refusal)

    def _carry_out_message(self, message: Any) -> Any:
        if isinstance(message, Control):
            if isinstance(message, GetState):
                return self.state()
            if isinstance(message, Fault):
                return message.strike()
        return self._handle_receive(message)

    def _answer(self, message: Any, reply: Reply) -> None:
        if reply.expired(self._now()):
            reply.fail(AskTimeout("the message was handled only after its deadline, so it was dropped"))
            if self.mailbox.dead_letters is not None:
                self.mailbox.dead_letters.add(self.name, message, "its deadline had passed")
            return
        self._reply = reply
        try:
            if self.fenced:  # abandoned before its reply was to be seen: nobody else would answer it
                check_fence()
            answer = self._carry_out_message(message)
            if self.fenced:
                check_fence()
        except Refused as refusal:
            reply.fail(refusal)
        except BaseException as failure:
            reply.fail(failure if isinstance(failure, Exception) else ActorGone(f"{self.name} ended: {failure!r}"))
            raise
        else:
            if answer is not DEFERRED:
                reply.set(answer)
        finally:
            self._reply = None

    def _clean_up_after(self, failure: BaseException) -> None:
        if not self.lifecycle.logs_failures and not isinstance(failure, Failure):
            log.error("%s crashed", self.name, exc_info=failure)
        try:
            self.on_failure(type(failure), failure, failure.__traceback__)
        except Fenced:
            log.debug("%s was abandoned; its cleanup went as far as it may", self.name)
        except BaseException:
            log.exception("%s: its cleanup after a failure failed as well", self.name)


_BASE = frozenset(vars(Actor()))
"""The attributes that every actor has: not part of anybody's state."""

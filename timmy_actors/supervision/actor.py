"""The base of every actor: Pykka's, with a life that its supervisor can follow.

Its names begin with `actor_`, the private ones with `_actor_`, as Pykka's do: a subclass may call its own attributes
anything else. Besides these there are the hooks (`on_start`, `on_receive`, `on_stop`, `on_failure`) and the verbs that
a subclass uses (`mailbox`, `take_reply`, `leave`, `stop`, `launch`).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any, ClassVar, Final, Self, cast

import pykka
from pykka._envelope import Envelope
from pykka.messages import _ActorStop

from timmy_actors.errors import ActorFailureError, ActorGoneError, AskTimeoutError, FencedError, RefusedError
from timmy_actors.supervision.context import check_fence, enter
from timmy_actors.supervision.control import Fault, GetState, Ping
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.mailbox import Control, Mailbox
from timmy_actors.supervision.protocols import ActorLike, Letter
from timmy_actors.supervision.reply import Reply

log = logging.getLogger(__name__)

DEFERRED: Final = object()
"""What a handler returns when it has taken its reply (`take_reply`) and will answer later."""


class Lifecycle:
    """Who is told of an actor's beginning and end. Called in the actor's own thread; must not block."""

    logs_failures: ClassVar[bool] = False
    """Whether it logs why the actor failed, so that the actor need not."""

    def started(self) -> None:
        """The actor is ready for messages."""

    def down(self, reason: BaseException | None) -> None:
        """The actor ended: None for a stop, else why. Said exactly once, after its cleanup."""


class Actor(pykka.ThreadingActor):
    """An actor that crashes on every unexpected exception, asked or told, and refuses with `RefusedError` without
    dying.

    Its thread is a daemon: a hung actor must not keep the process from exiting. Its supervisor stops it in order.
    """

    use_daemon_thread = True

    def __init__(self) -> None:
        super().__init__()
        self.actor_name = type(self).__name__
        self.actor_lifecycle = Lifecycle()
        self.actor_thread: threading.Thread | None = None
        self.mailbox.owner = self
        self.actor_fenced = False
        """Abandoned: whatever it still does has no effect."""
        self.actor_busy_since: float | None = None
        """Since when it handles a message, starts or stops, by its clock; None while it waits. For all to read."""
        self.actor_current: Any = None
        """The message that it is handling."""
        self.actor_waiting_for: ActorLike | None = None
        """Whose answer its handler waits for."""
        self._actor_reply: Reply | None = None
        self._actor_deferred: set[Reply] = set()
        """Replies that its handlers took and have not answered: its end answers them."""
        self._actor_stop_replies: list[Any] = []
        self._actor_over = False

    # What a subclass uses.

    @property
    def mailbox(self) -> Mailbox:
        """This actor's mailbox: schedule and cancel timers here."""
        return cast("Mailbox", self.actor_inbox)

    def take_reply(self) -> Reply:
        """Take over answering the message at hand; the handler then returns `DEFERRED`.

        One that is still unanswered when the actor ends is answered with `ActorGoneError`, also where the asker would
        have waited for a restart: what was begun may have been done.
        """
        reply, self._actor_reply = self._actor_reply, None
        if reply is None:
            return Reply()
        self._actor_deferred.add(reply)
        reply.call_when_done(self._actor_deferred.discard)
        return reply

    def leave(self) -> None:
        """End after this message, as stopped."""
        self._actor_over = True

    def stop(self) -> None:
        """Ask it to end, before any work that waits; a no-op when it has ended."""
        with contextlib.suppress(pykka.ActorDeadError):
            super().stop()

    # What a subclass may say otherwise.

    def actor_state(self) -> dict[str, Any]:
        """What `GetState` shows: its attributes, without the base's and the private ones."""
        return {name: value for name, value in vars(self).items() if not name.startswith(("actor_", "_"))}

    def actor_may_stop(self) -> bool:
        """Asked to stop: whether it ends now, or (False) by `leave` when it is ready."""
        return True

    def actor_acknowledge_start(self) -> None:
        """Say that `on_start` is through. A supervisor says it later, when its children are up."""
        self.actor_lifecycle.started()

    def actor_fence(self) -> None:
        """Abandon it, from another thread: nobody waits for it any more, and what it still does has no effect."""
        self.actor_fenced = True
        self.actor_stopped.set()
        reply = self._actor_reply
        if reply is not None:
            reply.fail(ActorGoneError(f"{self.actor_name} hung and was abandoned"))
        self._actor_answer_rest(f"{self.actor_name} hung and was abandoned")
        self.mailbox.shut_out()

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
            self._actor_leave_off("its thread did not start")
            self.mailbox.clock.leave(self.mailbox)
            raise
        return self.actor_ref

    def _start_actor_loop(self) -> None:
        self.actor_thread = threading.Thread(
            target=self._actor_loop, name=self.actor_name, daemon=self.use_daemon_thread
        )
        self.actor_thread.start()

    def _actor_enter(self) -> None:
        enter(self)

    def _actor_loop(self) -> None:
        self._actor_enter()
        reason: BaseException | None = None
        try:
            self._actor_live()
        except BaseException as failure:  # noqa: BLE001  whatever ends it, its supervisor is told
            reason = failure
            self._actor_clean_up(failure)
        finally:
            self.actor_current = None
            self._actor_leave_off("it ended")
            self.actor_lifecycle.down(reason)
            self.mailbox.clock.leave(self.mailbox)

    def _actor_leave_off(self, why: str) -> None:
        self.actor_stopped.set()
        self._actor_answer_rest(f"{self.actor_name} had promised an answer, but {why}")
        self.mailbox.close()

    def _actor_answer_rest(self, why: str) -> None:
        for deferred in tuple(self._actor_deferred):
            deferred.fail(ActorGoneError(why))
        for reply in tuple(self._actor_stop_replies):
            reply.set(None)

    def _actor_live(self) -> None:
        self._actor_now = self.mailbox.clock.now
        self.actor_busy_since = self._actor_now()
        self.on_start()
        self.actor_acknowledge_start()
        self.actor_busy_since = None
        take = self.mailbox.get
        while not self._actor_over:
            letter = take()
            if self.actor_fenced:
                self.mailbox.refuse(letter)
                check_fence()
            self._actor_turn(letter)
        self.actor_busy_since = self._actor_now()
        self.on_stop()

    def _actor_turn(self, letter: Letter) -> None:
        message = letter.message
        if isinstance(message, _ActorStop):
            self._actor_stop_replies += [letter.reply_to] if letter.reply_to is not None else []
            if self.actor_may_stop():
                self._actor_over = True
        elif isinstance(message, Ping):
            self.mailbox.pinged_at = None
            if letter.reply_to is not None:
                letter.reply_to.set(None)
        else:
            self.actor_current, self.actor_busy_since = message, self._actor_now()
            self._actor_handle(letter)
            self.actor_current = self.actor_busy_since = None

    def _actor_handle(self, letter: Letter) -> None:
        if letter.reply_to is not None:
            self._actor_answer(letter.message, cast("Reply", letter.reply_to))
            return
        try:
            self._actor_carry_out(letter.message)
        except RefusedError as refusal:
            RELAY.say(log, logging.DEBUG, f"{self.actor_name} declined what it was told: {describe(refusal)}")

    def _actor_carry_out(self, message: Any) -> Any:
        if isinstance(message, Control):
            if isinstance(message, GetState):
                return self._actor_tell_state()
            if isinstance(message, Fault):
                return message.strike()
            return self.on_receive(message)
        return self._handle_receive(message)

    def _actor_tell_state(self) -> dict[str, Any]:
        try:
            return self.actor_state()
        except (FencedError, RefusedError):
            raise
        except Exception as error:
            # Who looks at an actor must not end it: nothing of its own work has failed.
            raise RefusedError("internal", f"{self.actor_name} cannot show its state: {describe(error)}") from error

    def _actor_answer(self, message: Any, reply: Reply) -> None:
        if reply.expired(self._actor_now()):
            reply.fail(AskTimeoutError("the message was handled only after its deadline, so it was dropped"))
            if self.mailbox.dead_letters is not None:
                self.mailbox.dead_letters.add(self.actor_name, message, "its deadline had passed")
            return
        self._actor_reply = reply
        try:
            if self.actor_fenced:  # abandoned before its reply was to be seen: nobody else would answer it
                check_fence()
            answer = self._actor_carry_out(message)
            if self.actor_fenced:
                check_fence()
        except RefusedError as refusal:
            reply.fail(refusal)
        except BaseException as failure:
            # By its class alone: its own words may raise or block, and the asker would be left without an answer.
            gone = ActorGoneError(f"{self.actor_name} ended: {type(failure).__name__}")
            reply.fail(failure if isinstance(failure, Exception) else gone)
            raise
        else:
            if answer is not DEFERRED:
                reply.set(answer)
        finally:
            self._actor_reply = None

    def _actor_clean_up(self, failure: BaseException) -> None:
        if not self.actor_lifecycle.logs_failures:
            # Nobody else says it. A `ActorFailureError` is a reason, not a bug: its words are enough.
            bug = None if isinstance(failure, ActorFailureError) else failure
            RELAY.say(log, logging.ERROR, f"{self.actor_name} crashed: {describe(failure)}", bug)
        try:
            self.on_failure(type(failure), failure, failure.__traceback__)
        except FencedError:
            RELAY.say(log, logging.DEBUG, f"{self.actor_name} was abandoned; its cleanup went as far as it may")
        except BaseException as error:  # noqa: BLE001  it is ending already, and this is logged
            words = f"{self.actor_name}: its cleanup after a failure failed as well"
            RELAY.say(log, logging.ERROR, words, error)


def request_stop(actor: Actor) -> None:
    """Ask an actor to stop, whatever its class makes of the name `stop`."""
    actor.actor_inbox.put(Envelope(_ActorStop()))

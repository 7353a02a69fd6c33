"""The base class of every actor: a Pykka actor whose lifecycle a supervisor can follow.

Its names begin with `actor_`, the private ones with `_actor_`, as in Pykka: a subclass may use any other name for its
attributes. In addition there are the hooks (`on_start`, `on_receive`, `on_stop`, `on_failure`) and the methods that a
subclass calls (`mailbox`, `take_reply`, `leave`, `stop`, `launch`).
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
from timmy_actors.supervision.context import check_fence, current, enter, must_not_block, stand_in
from timmy_actors.supervision.control import Fault, GetState, Ping
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.mailbox import Control, Mailbox, Wake
from timmy_actors.supervision.protocols import ActorLike, Letter
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.turn import Turn

log = logging.getLogger(__name__)

DEFERRED: Final = object()
"""Returned by a handler that has taken its reply (`take_reply`) and will answer later."""


class Lifecycle:
    """Receives an actor's start and end, in the actor's own thread. Its methods must not block."""

    logs_failures: ClassVar[bool] = False
    """Whether it logs the actor's failure, so that the actor does not."""

    def started(self) -> None:
        """The actor is ready for messages."""

    def down(self, reason: BaseException | None) -> None:
        """The actor has ended: `reason` is None for a stop, else the exception. Called once, after its cleanup."""


class Actor(pykka.ThreadingActor):
    """An actor that ends on every unexpected exception of an ask or a tell, but not on `RefusedError`.

    Its thread is a daemon thread, so that a hung actor does not keep the process from exiting.
    """

    use_daemon_thread = True
    actor_supervises: ClassVar[bool] = False
    """Whether it is a supervisor."""
    actor_in_senders_thread: ClassVar[tuple[type, ...]] = ()
    """The types of messages that are handled in the sender's thread if they find the actor waiting.

    That saves two switches of threads. The handlers of these messages must not block: an asker waits for them beyond
    its deadline. One message is still handled at a time, and those of one sender in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.actor_name = type(self).__name__
        self.actor_lifecycle = Lifecycle()
        self.actor_thread: threading.Thread | None = None
        self.mailbox.owner = self
        self.mailbox.turn = Turn() if self.actor_in_senders_thread else None
        self.actor_fenced = False
        """Whether it was abandoned; its further actions then have no effect."""
        self.actor_busy_since: float | None = None
        """Since when it handles a message, starts or stops, by its clock; None while idle. Readable from any thread."""
        self.actor_current: Any = None
        """The message being handled."""
        self.actor_waiting_for: ActorLike | None = None
        """The actor whose answer its handler waits for."""
        self._actor_reply: Reply | None = None
        self._actor_deferred: set[Reply] = set()
        """Replies that handlers took and have not answered; they are answered when the actor ends."""
        self._actor_stop_replies: list[Any] = []
        self._actor_over = False
        self._actor_failed_elsewhere: BaseException | None = None
        """The failure of a handler in a sender's thread, with which the own thread ends the actor."""

    # Called by subclasses.

    @property
    def mailbox(self) -> Mailbox:
        """This actor's mailbox, for scheduling and cancelling timers."""
        return cast("Mailbox", self.actor_inbox)

    def take_reply(self) -> Reply:
        """Take the reply of the current message, to answer it later; the handler then returns `DEFERRED`.

        A reply still unanswered when the actor ends gets `ActorGoneError`, even if the asker would have waited for a
        restart: the request may already have taken effect.
        """
        reply, self._actor_reply = self._actor_reply, None
        if reply is None:
            return Reply()
        self._actor_deferred.add(reply)
        reply.call_when_done(self._actor_deferred.discard)
        return reply

    def leave(self) -> None:
        """Stop after the current message."""
        self._actor_over = True

    def stop(self) -> None:
        """Ask the actor to stop, ahead of waiting messages; a no-op if it has ended."""
        with contextlib.suppress(pykka.ActorDeadError):
            super().stop()

    # Overridable by subclasses.

    def actor_state(self) -> dict[str, Any]:
        """The answer to `GetState`: the attributes, without private ones and those of the base class."""
        return {name: value for name, value in vars(self).items() if not name.startswith(("actor_", "_"))}

    def actor_may_stop(self) -> bool:
        """Called on a stop request: True ends the actor now, False leaves that to a later `leave`."""
        return True

    def actor_acknowledge_start(self) -> None:
        """Report that `on_start` has finished. A supervisor reports it later, when its children are up."""
        self.actor_lifecycle.started()

    def actor_fence(self) -> None:
        """Abandon the actor, from another thread: its askers are answered, and its further actions have no effect."""
        self.actor_fenced = True
        self.actor_stopped.set()
        reply = self._actor_reply
        if reply is not None:
            reply.fail(ActorGoneError(f"{self.actor_name} hung and was abandoned"))
        self._actor_answer_rest(f"{self.actor_name} hung and was abandoned")
        self.mailbox.shut_out()

    # The loop: Pykka's hooks.

    @staticmethod
    def _create_actor_inbox() -> Mailbox:
        return Mailbox()

    @staticmethod
    def _create_future() -> Reply:
        return Reply()

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> pykka.ActorRef[Self]:
        """Create and launch an actor without a supervisor."""
        return cls(*args, **kwargs).launch()

    def launch(self) -> pykka.ActorRef[Self]:
        """Start the thread without Pykka's process-wide registry, so that two runtimes in a process share nothing."""
        self.mailbox.clock.join(self.mailbox)
        try:
            self._start_actor_loop()
        except BaseException:  # no thread could be started: waiting messages must be answered here
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
        except BaseException as failure:  # noqa: BLE001  every end is reported to the supervisor
            reason = failure
            self._actor_clean_up(failure)
        finally:
            self.actor_current = None
            self._actor_leave_off("it ended")
            self.actor_lifecycle.down(reason)
            self.mailbox.clock.leave(self.mailbox)

    def _actor_leave_off(self, why: str) -> None:
        self.actor_stopped.set()
        self._actor_answer_rest(f"{self.actor_name} deferred its answer, but {why}")
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
            if self._actor_failed_elsewhere is not None:
                self.mailbox.put_back(letter)
                raise self._actor_failed_elsewhere
            if self._actor_over:  # a handler in a sender's thread left
                self.mailbox.put_back(letter)
                break
            self._actor_turn(letter)
        self.actor_busy_since = self._actor_now()
        self.on_stop()

    def actor_handle_here(self, letter: Letter) -> bool:
        """Handle a message in this thread, a sender's, if the actor waits; False if it must be queued."""
        turn = self.mailbox.turn
        if turn is None or not isinstance(letter.message, self.actor_in_senders_thread) or must_not_block():
            return False
        if turn.taken_by == threading.get_ident():
            return False  # a message of this very handler
        before = current()
        try:
            return turn.take() and self._actor_host(letter, before)
        except BaseException:  # Ctrl-C in the sender's thread; it may have come before the turn was given back
            stand_in(before)
            turn.offered = False
            turn.give_back()
            self.mailbox.wake()
            raise

    def _actor_host(self, letter: Letter, before: ActorLike | None) -> bool:
        """Handle a message in this thread, which has the turn and belongs to the actor `before`."""
        stand_in(self)
        try:
            if self.actor_fenced or self._actor_failed_elsewhere is not None:
                return False
            self._actor_work(letter)
        except FencedError:
            log.debug("%s was abandoned while a sender's thread ran it", self.actor_name)
        except Exception as failure:  # noqa: BLE001  the own thread raises it
            self._actor_failed_elsewhere = failure
        except BaseException as interruption:  # the state may be half changed
            kind = type(interruption).__name__
            self._actor_failed_elsewhere = ActorFailureError(f"{kind} interrupted a handler in its sender's thread")
            raise
        finally:
            stand_in(before)
            self._actor_give_back()
        return True

    def _actor_give_back(self) -> None:
        turn = cast("Turn", self.mailbox.turn)
        needs_own_thread = self._actor_failed_elsewhere or self._actor_over or self.mailbox.needs_own_thread
        if needs_own_thread:
            turn.offered = False  # no message may overtake the wake-up
        turn.give_back()
        if needs_own_thread:
            self.mailbox.wake()

    @property
    def actor_working_thread(self) -> int | None:
        """The identifier of the thread that runs its handler: its own, or a sender's."""
        turn, own = self.mailbox.turn, self.actor_thread
        return (turn.taken_by if turn is not None else None) or (own.ident if own is not None else None)

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
            self._actor_work(letter)

    def _actor_work(self, letter: Letter) -> None:
        self.actor_current, self.actor_busy_since = letter.message, self._actor_now()
        self._actor_handle(letter)
        self.actor_current = self.actor_busy_since = None

    def _actor_handle(self, letter: Letter) -> None:
        if letter.reply_to is not None:
            self._actor_answer(letter.message, cast("Reply", letter.reply_to))
            return
        try:
            self._actor_carry_out(letter.message)
        except RefusedError as refusal:
            RELAY.log(log, logging.DEBUG, f"{self.actor_name} refused a message: {describe(refusal)}")

    def _actor_carry_out(self, message: Any) -> Any:
        if isinstance(message, self.actor_in_senders_thread):
            return self.on_receive(message)  # none of Pykka's messages, which take four checks
        if isinstance(message, Control):
            if isinstance(message, GetState):
                return self._actor_read_state()
            if isinstance(message, Fault):
                return message.strike()
            if isinstance(message, Wake):
                return None
            return self.on_receive(message)
        return self._handle_receive(message)

    def _actor_read_state(self) -> dict[str, Any]:
        try:
            return self.actor_state()
        except (FencedError, RefusedError):
            raise
        except Exception as error:
            # An inspection must not end the actor: its own work has not failed.
            raise RefusedError("internal", f"{self.actor_name} cannot show its state: {describe(error)}") from error

    def _actor_answer(self, message: Any, reply: Reply) -> None:
        if reply.expired(self._actor_now()):
            reply.fail(AskTimeoutError("the message was handled only after its deadline, so it was dropped"))
            if self.mailbox.dead_letters is not None:
                self.mailbox.dead_letters.add(self.actor_name, message, "its deadline had passed")
            return
        self._actor_reply = reply
        try:
            if self.actor_fenced:  # abandoned before `_actor_reply` was set, so the fence has not answered it
                check_fence()
            answer = self._actor_carry_out(message)
            if self.actor_fenced:
                check_fence()
        except RefusedError as refusal:
            reply.fail(refusal)
        except BaseException as failure:
            # Only its class: its `__str__` may raise or block, which would leave the asker without an answer.
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
            # An `ActorFailureError` is a reason, not a bug: its message suffices, without a traceback.
            bug = None if isinstance(failure, ActorFailureError) else failure
            RELAY.log(log, logging.ERROR, f"{self.actor_name} crashed: {describe(failure)}", bug)
        try:
            self.on_failure(type(failure), failure, failure.__traceback__)
        except FencedError:
            RELAY.log(log, logging.DEBUG, f"{self.actor_name} was abandoned; its fence ended the cleanup")
        except BaseException as error:  # noqa: BLE001  the actor is already ending, and this is logged
            RELAY.log(log, logging.ERROR, f"{self.actor_name}: the cleanup after its failure failed", error)


def request_stop(actor: Actor) -> None:
    """Ask an actor to stop, even if its class overrides `stop`."""
    actor.actor_inbox.put(Envelope(_ActorStop()))


def fence(actor: Actor) -> None:
    """Fence an abandoned actor, even if its class overrides `actor_fence` with code that fails."""
    try:
        type(actor).actor_fence(actor)
    except BaseException as error:  # noqa: BLE001  it is abandoned in any case, and this is logged
        actor.actor_fenced = True
        RELAY.log(log, logging.ERROR, f"{actor.actor_name}: its fence failed: {describe(error)}", error)

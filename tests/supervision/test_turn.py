from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import pytest
import zmq

from tests.supervision.lifecycles import PATIENCE_S, Doer, end, fail, hold, join, launch
from tests.waiting import eventually
from timmy_actors.errors import ActorGoneError, RefusedError
from timmy_actors.supervision import Actor, ChildSpec, Directory, Root, Supervisor
from timmy_actors.supervision.context import current
from timmy_actors.supervision.sockets import Arrived, SocketActor, read_frames
from timmy_actors.supervision.turn import Turn

Socket = zmq.Socket[bytes]


@dataclass(frozen=True)
class Here:
    """A message that may be handled in the sender's thread."""

    do: Callable[[Any], Any]


class Host(Doer):
    actor_in_senders_thread = (Here,)

    def on_receive(self, message: Any) -> Any:
        return message.do(self) if isinstance(message, Here) else super().on_receive(message)


def waits(actor: Actor) -> Turn:
    """The actor's turn, once it waits for a message."""
    turn = actor.mailbox.turn
    assert turn is not None
    eventually(lambda: turn.offered and turn.taken_by is None)
    return turn


@pytest.fixture
def host() -> Iterator[Host]:
    _, _life = launch(actor := Host())
    waits(actor)
    yield actor
    end(actor)


def thread_of(_: object) -> threading.Thread:
    return threading.current_thread()


def ask(actor: Actor, message: object) -> Any:
    return actor.actor_ref.ask(message, timeout=PATIENCE_S)


def test_a_message_that_finds_the_actor_waiting_is_handled_in_the_senders_thread(host: Host) -> None:
    assert ask(host, Here(thread_of)) is threading.current_thread()


def test_a_message_of_another_type_is_handled_in_the_actors_thread(host: Host) -> None:
    assert ask(host, thread_of) is host.actor_thread


def test_an_actor_that_permits_nothing_handles_all_in_its_own_thread() -> None:
    _, _life = launch(actor := Doer())
    assert actor.mailbox.turn is None
    assert ask(actor, thread_of) is actor.actor_thread
    end(actor)


def test_a_message_to_a_busy_actor_is_queued_and_handled_in_its_own_thread(host: Host) -> None:
    begun, release = threading.Event(), threading.Event()
    host.actor_ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)
    waiting = host.actor_ref.ask(Here(thread_of), block=False)
    release.set()
    assert waiting.get(timeout=PATIENCE_S) is host.actor_thread


def test_messages_of_one_sender_stay_in_order(host: Host) -> None:
    handled: list[int] = []

    def step(number: int) -> Callable[[Any], Any]:
        return lambda _: handled.append(number)

    for number in range(500):  # the odd ones are queued
        host.actor_ref.tell(step(number) if number % 2 else Here(step(number)))
    ask(host, lambda _: None)
    assert handled == list(range(500))


def test_one_message_is_handled_at_a_time(host: Host) -> None:
    count = 0

    def add(_: object) -> None:
        nonlocal count
        before = count
        count = before + 1  # without exclusion, increments are lost

    def send() -> None:
        for number in range(400):
            host.actor_ref.tell(Here(add) if number % 5 else add)

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    ask(host, lambda _: None)
    assert count == 1_600


def test_the_handler_acts_as_the_actor_and_the_sender_is_itself_again(host: Host) -> None:
    assert ask(host, Here(lambda _: current())) is host
    assert current() is None


def test_what_a_handler_sends_to_its_own_actor_is_handled_later_in_the_own_thread(host: Host) -> None:
    handled: list[Any] = []

    def send(actor: Host) -> None:
        actor.actor_ref.tell(Here(lambda _: handled.append(threading.current_thread())))
        handled.append("sent")

    ask(host, Here(send))
    ask(host, lambda _: None)
    assert handled == ["sent", host.actor_thread]


def test_a_refusal_reaches_the_asker_and_ends_no_actor(host: Host) -> None:
    with pytest.raises(RefusedError):
        ask(host, Here(fail(RefusedError("bad_arguments", "no"))))
    assert ask(host, Here(thread_of)) is threading.current_thread()


@pytest.mark.parametrize("asks", [True, False])
def test_an_exception_ends_the_actor_in_its_own_thread_and_not_the_sender(asks: bool) -> None:
    ended_in: list[threading.Thread] = []
    ref, life = launch(actor := Host(on_failure=lambda: ended_in.append(threading.current_thread())))
    waits(actor)
    error = ValueError("bug")
    if asks:
        with pytest.raises(ValueError, match="bug"):
            ref.ask(Here(fail(error)), timeout=PATIENCE_S)
    else:
        ref.tell(Here(fail(error)))
    join(actor)
    assert life.downs == [error]
    assert ended_in == [actor.actor_thread]


def test_ctrl_c_in_the_sender_ends_the_actor_and_reaches_the_sender() -> None:
    ref, life = launch(actor := Host())
    waits(actor)
    with pytest.raises(KeyboardInterrupt):
        ref.tell(Here(fail(KeyboardInterrupt())))
    join(actor)
    assert "KeyboardInterrupt interrupted a handler" in str(life.downs[0])


class CtrlC:
    """A profile function that presses Ctrl-C in this package's n-th call, at moments when Python looks for signals."""

    def __init__(self, moment: int) -> None:
        self.left = moment

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_return") and "/supervision/" in frame.f_code.co_filename:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

    def presses_during(self, step: Callable[[], object]) -> bool:
        """Whether it came to that before the step ended."""
        sys.setprofile(self)
        try:
            step()
        except KeyboardInterrupt:
            return True
        finally:
            sys.setprofile(None)
        return False


def test_ctrl_c_at_any_moment_leaves_no_actor_without_its_turn() -> None:
    for moment in itertools.count(1):
        ref, _life = launch(actor := Host())
        turn, soon = waits(actor), Here(lambda host: host.mailbox.schedule("soon", 0.0, Here(thread_of)))
        was_pressed = CtrlC(moment).presses_during(partial(ref.tell, soon))
        assert current() is None
        assert turn.taken_by != threading.get_ident()
        end(actor)
        if not was_pressed:
            break
    assert moment > 20  # so many calls it has


def test_a_timer_set_in_a_senders_thread_is_due_in_the_own_thread(host: Host) -> None:
    fired: list[threading.Thread] = []
    timer = Here(lambda _: fired.append(threading.current_thread()))
    ask(host, Here(lambda actor: actor.mailbox.schedule("soon", 0.01, timer)))
    assert eventually(lambda: fired) == [host.actor_thread]


def test_an_actor_that_leaves_in_a_senders_thread_ends() -> None:
    _, life = launch(actor := Host())
    waits(actor)
    ask(actor, Here(lambda host: host.leave()))
    join(actor)
    assert life.downs == [None]


def test_an_actor_that_leaves_in_a_senders_thread_handles_no_message_that_arrived_meanwhile() -> None:
    ref, _life = launch(actor := Host())
    waits(actor)
    handled: list[object] = []

    def leave(host: Host) -> None:
        another = threading.Thread(target=ref.tell, args=(handled.append,))
        another.start()
        another.join()
        host.leave()

    ask(actor, Here(leave))
    join(actor)
    assert handled == []


def test_an_actor_that_hangs_in_a_senders_thread_is_replaced_and_its_sender_fenced(
    caplog: pytest.LogCaptureFixture,
) -> None:
    directory, begun, release = Directory(), threading.Event(), threading.Event()
    outcome: list[Any] = []

    def stick(_: object) -> None:
        hold(begun, release)()
        directory.tell("host", "too late")  # raises: its actor was abandoned

    def send() -> None:
        try:
            directory.ask("host", Here(stick), timeout_s=PATIENCE_S).get()
        except ActorGoneError as gone:
            outcome.append(gone)

    root = Root(Supervisor([ChildSpec("host", Host, hung_after_s=0.2)], directory)).start()
    first = directory.entries["host"].actor
    assert isinstance(first, Host)
    waits(first)
    sender = threading.Thread(target=send)
    sender.start()
    assert begun.wait(PATIENCE_S)
    eventually(lambda: directory.entries["host"].generation == 2 and directory.entries["host"].ref)
    eventually(lambda: "release.wait()" in caplog.text)  # the stack is the sender's
    release.set()
    sender.join(PATIENCE_S)
    assert "hung and was abandoned" in str(outcome)
    join(first)
    root.stop(PATIENCE_S)


class Line(SocketActor):
    """Sends in the sender's thread; keeps what arrives."""

    actor_in_senders_thread = (Here,)

    def __init__(self, socket: Socket) -> None:
        super().__init__()
        self.socket = socket
        self.heard: list[bytes] = []

    def on_start(self) -> None:
        self.sockets.attach("wire", self.socket, lambda: read_frames(self.socket), gather_s=0.005)

    def on_receive(self, message: Any) -> Any:
        match message:
            case Here(do):
                return do(self)
            case Arrived(_, frames):
                self.heard += frames
        return None

    def on_stop(self) -> None:
        self.sockets.detach("wire")


def test_no_arrival_is_missed_while_senders_use_the_socket() -> None:
    context: zmq.Context[Socket] = zmq.Context()
    ours, theirs = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    ours.bind("inproc://line")
    theirs.connect("inproc://line")
    _, _life = launch(line := Line(ours))
    waits(line)
    for number in range(300):  # each send may consume what the descriptor would have reported
        theirs.send(b"%d" % number)
        line.actor_ref.tell(Here(lambda line: line.socket.send(b"ping")))
        assert theirs.recv() == b"ping"
    eventually(lambda: len(line.heard) == 300)
    assert line.heard == [b"%d" % number for number in range(300)]
    end(line)
    context.destroy(linger=0)

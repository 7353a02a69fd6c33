"""Pykka's private names that the supervision stands on, one test each: a Pykka that changes one fails here first."""

from __future__ import annotations

import inspect
from typing import Any

import pykka
from pykka._envelope import Envelope
from pykka.messages import _ActorStop

from tests.supervision.lives import PATIENCE_S, Doer, end, launch
from timmy_actors.supervision import Actor, Mailbox, Reply


def test_an_actors_inbox_is_made_by_create_actor_inbox() -> None:
    assert isinstance(Actor().actor_inbox, Mailbox)
    assert isinstance(inspect.getattr_static(pykka.ThreadingActor, "_create_actor_inbox"), staticmethod)


def test_an_asks_future_is_made_by_create_future() -> None:
    ref, _ = launch(actor := Doer())
    assert isinstance(ref.ask(lambda _: None, block=False), Reply)
    end(actor)


def test_start_actor_loop_runs_actor_loop() -> None:
    ran: list[str] = []

    class Stock(pykka.ThreadingActor):
        def _actor_loop(self) -> None:
            ran.append("loop")
            self.actor_stopped.set()

    actor = Stock()
    actor._start_actor_loop()
    assert actor.actor_stopped.wait(PATIENCE_S)
    assert ran == ["loop"]


def test_handle_receive_hands_a_plain_message_to_on_receive() -> None:
    assert Doer()._handle_receive(lambda actor: type(actor).__name__) == "Doer"


def test_handle_receive_still_serves_pykkas_proxies() -> None:
    class Counter(Doer):
        count = 3

    ref, _ = launch(actor := Counter())
    proxy: Any = ref.proxy()
    assert proxy.count.get(timeout=PATIENCE_S) == 3
    end(actor)


def test_an_envelope_carries_a_message_and_whom_to_answer() -> None:
    reply = Reply()
    letter = Envelope("message", reply_to=reply)
    assert (letter.message, letter.reply_to) == ("message", reply)
    assert Envelope("told").reply_to is None


def test_an_envelope_is_never_false() -> None:
    assert Envelope(None)  # `_next() or _wait()` in the mailbox leans on it


def test_tell_and_ask_put_an_envelope_into_the_inbox() -> None:
    actor = Doer()
    actor.actor_ref.tell("told")
    future = actor.actor_ref.ask("asked", block=False)
    told, asked = actor.actor_inbox.get(), actor.actor_inbox.get()
    assert (told.message, told.reply_to, asked.message, asked.reply_to) == ("told", None, "asked", future)


def test_stop_is_an_actor_stop_in_the_inbox_and_answered_when_it_has_ended() -> None:
    actor = Doer()
    stopping = actor.actor_ref.stop(block=False)
    letter = actor.actor_inbox.get()
    assert isinstance(letter.message, _ActorStop)
    assert letter.reply_to is not None
    letter.reply_to.set(None)
    assert stopping.get(timeout=PATIENCE_S) is True


def test_a_ref_shares_the_actors_inbox_and_stopped_flag() -> None:
    actor = Doer()
    assert actor.actor_ref.actor_inbox is actor.actor_inbox
    assert actor.actor_ref.actor_stopped is actor.actor_stopped


def test_a_ref_to_an_actor_that_has_ended_takes_no_messages() -> None:
    ref, _ = launch(actor := Doer())
    end(actor)
    try:
        ref.tell("late")
    except pykka.ActorDeadError:
        return
    raise AssertionError("it took a message")


def test_actor_init_makes_inbox_ref_and_stopped_flag_before_a_subclass_goes_on() -> None:
    class Early(Doer):
        def __init__(self) -> None:
            super().__init__()
            self.at_init = (self.actor_inbox, self.actor_ref, self.actor_stopped.is_set())

    assert Early().at_init[2] is False

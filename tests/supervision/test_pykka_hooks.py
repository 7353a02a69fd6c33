"""One test per private name of Pykka that the supervision uses, so that a change in Pykka fails here first."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pykka
from pykka._envelope import Envelope
from pykka.messages import _ActorStop

import timmy_actors.supervision
from tests.supervision.lifecycles import PATIENCE_S, Doer, end, launch
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
    assert Envelope(None)  # `_next() or _wait()` in the mailbox depends on it


def test_tell_and_ask_put_an_envelope_into_the_inbox() -> None:
    actor = Doer()
    actor.actor_ref.tell("told")
    future = actor.actor_ref.ask("asked", block=False)
    without_reply, with_reply = actor.actor_inbox.get(), actor.actor_inbox.get()
    assert (without_reply.message, without_reply.reply_to, with_reply.message, with_reply.reply_to) == (
        "told",
        None,
        "asked",
        future,
    )


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


def test_a_stop_by_tell_is_an_actor_stop_without_a_reply() -> None:
    actor = Doer()
    actor.stop()
    letter = actor.actor_inbox.get()
    assert (type(letter.message), letter.reply_to) == (_ActorStop, None)


def test_a_stops_future_is_another_of_the_asks_class_and_computed_by_getting() -> None:
    actor = Doer()
    stopping = actor.actor_ref.stop(block=False)
    assert isinstance(stopping, Reply)
    assert stopping._get_hook is not None  # `Reply.get` and `await` check it
    assert not stopping.done


def test_a_mapped_future_is_computed_by_getting() -> None:
    reply = Reply()
    doubled = reply.map(lambda value: 2 * value)
    reply.set(21)
    assert isinstance(doubled, Reply)
    assert doubled.get(timeout=PATIENCE_S) == 42


def test_pykkas_loop_asks_nothing_of_an_inbox_but_what_the_mailbox_has() -> None:
    asked = {name for name in vars(pykka._actor.ActorInbox) if not name.startswith("_")}
    assert asked == {"put", "get", "empty"}
    assert all(callable(getattr(Mailbox, name)) for name in asked)


def test_an_actor_runs_without_having_been_registered() -> None:
    actor = Doer()
    actor._start_actor_loop()
    assert actor.actor_ref.ask(lambda _: "alive", timeout=PATIENCE_S) == "alive"
    assert pykka.ActorRegistry.get_by_urn(actor.actor_urn) is None
    end(actor)


def test_every_private_name_of_pykka_that_is_leaned_on_is_one_of_these() -> None:
    package = Path(inspect.getfile(timmy_actors.supervision)).parent
    imported = {
        f"{node.module}.{name.name}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pykka")
        for name in node.names
    }
    overridden = {
        name
        for ours, theirs in ((Actor, pykka.ThreadingActor), (Reply, pykka.Future))
        for name in vars(ours)
        if name.startswith("_") and not name.startswith("__") and hasattr(theirs, name)
    }
    assert imported == {"pykka._envelope.Envelope", "pykka.messages._ActorStop"}
    assert overridden == {"_actor_loop", "_create_actor_inbox", "_create_future", "_start_actor_loop"} | {
        name for name in overridden if name.startswith("_abc_")
    }

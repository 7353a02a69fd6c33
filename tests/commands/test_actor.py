from __future__ import annotations

import threading
import time
from typing import Any

import pykka
import pytest

from tests.peer import Peer
from tests.runtimes import link_down, link_up, restarted, running
from tests.waiting import PATIENCE_S, eventually
from tests.wires import free_port
from timmy_actors import CommandResult, RefusedError, Runtime, TimmyError
from timmy_actors.commands import actor as command_actor
from timmy_actors.link import Received
from timmy_actors.protocol import CommandRequest, Result

ENOUGH_TO_SEND_S = 0.5
FLOOD_PERIOD_S = 0.0005
"""Between two perceptions: a hundred players at the highest rate."""


class Call:
    """A command submitted in its own thread; `outcome` waits for its result or error."""

    def __init__(self, runtime: Runtime, name: str = "give_item", **arguments: Any) -> None:
        defaults = {"item": "gold_001"} if name == "give_item" else {}
        self._arguments = {**defaults, **arguments}
        self._outcome: CommandResult | Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(runtime, name))
        self._thread.start()

    def _run(self, runtime: Runtime, name: str) -> None:
        try:
            self._outcome = runtime.command(name, **self._arguments)
        except (TimmyError, pykka.Timeout) as error:
            self._outcome = error

    def outcome(self) -> CommandResult | Exception | None:
        self._thread.join(2 * PATIENCE_S)
        assert not self._thread.is_alive()
        return self._outcome

    def refused(self) -> str:
        outcome = self.outcome()
        assert isinstance(outcome, RefusedError), outcome
        return outcome.code


def sent(peer: Peer) -> dict[str, Any]:
    return peer.wait_for(lambda message: message["type"] == "command")


def test_a_command_is_answered_with_the_games_result() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        result = runtime.command("give_item", item="gold_001", count=3)
        assert (result.ok, result.value) == (True, {"echo": "give_item"})
        assert sent(peer)["arguments"] == {"player": "Timmy", "item": "gold_001", "count": 3}


def test_the_deadline_is_on_the_servers_clock() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)  # the peer's clock started at 1000 ms
        runtime.command("message", text="hi", timeout_s=7.0)
        assert 8_000 - 5 <= sent(peer)["deadline"] <= 8_000 + 1_000 * PATIENCE_S


@pytest.mark.parametrize(
    ("name", "arguments", "code", "field"),
    [
        ("dance", {}, "unknown_command", "name"),
        ("give_item", {"item": "x", "count": 0}, "bad_arguments", "count"),
        ("give_item", {"item": "x", "count": "many"}, "bad_arguments", "count"),
        ("give_item", {}, "bad_arguments", "item"),
        ("give_item", {"item": "x", "colour": "red"}, "bad_arguments", "colour"),
        ("give_item", {"item": "x\x00"}, "bad_arguments", "item"),
        ("give_item", {"item": "\ud800"}, "bad_arguments", "item"),
        ("give_item", {"item": object()}, "bad_arguments", "item"),
        ("set_stat", {"stat": "Speed", "value": float("nan")}, "bad_arguments", "value"),
        ("teleport", {"x": 1.0}, "bad_arguments", None),
        ("teleport", {"to": "Balmora", "x": 1.0}, "bad_arguments", None),
        ("message", {"text": "hi", "player": ""}, "bad_arguments", "player"),
        ("message", {"text": "hi", "timeout_s": 0.0}, "bad_arguments", "timeout_s"),
        ("message", {"text": "hi", "timeout_s": -1.0}, "bad_arguments", "timeout_s"),
        ("message", {"text": "hi", "timeout_s": float("inf")}, "bad_arguments", "timeout_s"),
        ("message", {"text": "hi", "timeout_s": float("nan")}, "bad_arguments", "timeout_s"),
        ("message", {"text": "hi", "command_id": ""}, "bad_arguments", "command_id"),
        ("message", {"text": "hi", "command_id": "x" * 129}, "bad_arguments", "command_id"),
        ("message", {"text": "hi", "command_id": "two\nlines"}, "bad_arguments", "command_id"),
    ],
)
def test_a_bad_command_is_refused_by_field_and_never_sent(
    name: str, arguments: dict[str, Any], code: str, field: str | None
) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        with pytest.raises(RefusedError) as refused:
            runtime.command(name, **arguments)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert runtime.command("message", text="the actor runs").ok
        assert (peer.count("command"), runtime.directory.entries["command"].restarts) == (1, 0)


def test_without_a_link_a_command_is_refused_at_once() -> None:
    with running(f"tcp://127.0.0.1:{free_port()}") as runtime:
        link_down(runtime, "connection refused")
        with pytest.raises(RefusedError) as refused:
            runtime.command("message", text="hi", timeout_s=60.0)
        assert refused.value.code == "unavailable"
        assert "connection refused" in refused.value.message


def test_a_refusal_of_the_game_reaches_the_caller_with_its_field() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        peer.refusal = {"code": "no_such_place", "message": "no place 'x'", "field": "to"}
        with pytest.raises(RefusedError) as refused:
            runtime.command("teleport", to="x")
        assert (refused.value.code, refused.value.field) == ("no_such_place", "to")


def test_an_error_of_the_bridge_reaches_the_caller() -> None:
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        call = Call(runtime)
        error = {"code": "bad_message", "message": "what?", "field": "arguments"}
        peer.push({"type": "error", "id": sent(peer)["id"], "error": error})
        assert call.refused() == "bad_message"


def test_after_a_link_loss_a_command_is_sent_again_to_the_same_server_under_its_id() -> None:
    with Peer(silent_to={"command"}) as first, running(first.address) as runtime:
        link_up(runtime)
        call = Call(runtime)
        before = sent(first)
        first.__exit__()
        with Peer(port=first.port, boot=first.boot) as second:
            outcome = call.outcome()
            again = sent(second)
        assert isinstance(outcome, CommandResult)
        assert (again["id"], again["arguments"]) == (before["id"], before["arguments"])
        assert second.count("command") == 1


def test_after_a_server_restart_a_command_that_is_not_idempotent_is_in_doubt() -> None:
    with Peer(silent_to={"command"}) as first, running(first.address) as runtime:
        link_up(runtime)
        call = Call(runtime)
        sent(first)
        first.__exit__()
        with Peer(port=first.port, boot="another") as second:
            assert call.refused() == "in_doubt"
            assert runtime.command("message", text="later").ok
            assert second.count("command") == 1


def test_after_a_server_restart_an_idempotent_command_is_sent_again() -> None:
    with Peer(silent_to={"command"}) as first, running(first.address) as runtime:
        link_up(runtime)
        call = Call(runtime, "teleport", to="Balmora")
        before = sent(first)
        first.__exit__()
        with Peer(port=first.port, boot="another") as second:
            assert isinstance(call.outcome(), CommandResult)
            assert sent(second)["id"] == before["id"]


def test_an_unanswered_command_is_in_doubt_after_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_actor, "GRACE_S", 0.05)
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        assert Call(runtime, timeout_s=0.05).refused() == "in_doubt"


def test_an_answer_after_the_deadline_is_accepted_within_the_grace_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_actor, "GRACE_S", PATIENCE_S)
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        deadline = time.monotonic() + ENOUGH_TO_SEND_S
        call = Call(runtime, timeout_s=ENOUGH_TO_SEND_S)
        command_id = sent(peer)["id"]
        eventually(lambda: time.monotonic() > deadline)
        peer.push({"type": "result", "id": command_id, "value": {"late": True}})
        outcome = call.outcome()
        assert isinstance(outcome, CommandResult)
        assert outcome.value == {"late": True}


def test_a_second_answer_is_ignored() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        runtime.command("message", text="one", command_id="one")
        peer.push({"type": "result", "id": "one", "value": {}})
        assert runtime.command("message", text="two").ok


def test_two_pending_commands_cannot_share_an_id() -> None:
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        call = Call(runtime, command_id="mine")
        sent(peer)
        with pytest.raises(RefusedError) as refused:
            runtime.command("message", text="hi", command_id="mine")
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "command_id")
        peer.push({"type": "result", "id": "mine", "value": {}})
        assert isinstance(call.outcome(), CommandResult)


def test_too_many_pending_commands_are_refused_as_overloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_actor, "MAX_PENDING", 2)
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        calls = [Call(runtime, command_id=key) for key in "ab"]
        eventually(lambda: peer.count("command") == 2)
        assert Call(runtime).refused() == "overloaded"
        for key in "ab":
            peer.push({"type": "result", "id": key, "value": {}})
        assert all(isinstance(call.outcome(), CommandResult) for call in calls)


def test_a_crash_of_the_actor_answers_its_callers_and_its_successor_works() -> None:
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        call = Call(runtime)
        sent(peer)
        runtime.directory.tell("command", Received(epoch, Result.model_construct()))
        assert call.refused() == "in_doubt"
        restarted(runtime, "command")
        peer.silent_to = ()
        assert runtime.command("message", text="hi").ok


def test_ids_that_the_actor_generates_differ_from_those_before_its_restart() -> None:
    def generated(runtime: Runtime) -> str:
        request = CommandRequest(id="1", name="message", arguments={"player": "Timmy", "text": "hi"})
        reply = runtime.directory.ask("command", request, timeout_s=2 * PATIENCE_S)
        return str(reply.get().id)

    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        before = [generated(runtime) for _ in range(2)]
        runtime.directory.tell("command", Received(link_up(runtime).epoch, Result.model_construct()))
        restarted(runtime, "command")
        assert len({*before, generated(runtime)}) == 3  # the server remembers the ids of both incarnations


def test_a_command_that_arrives_after_its_deadline_is_refused_however_long_its_timeout_is() -> None:
    late = CommandRequest(
        id="1", name="message", arguments={"player": "Timmy", "text": "hi"}, deadline=time.monotonic() - 0.001
    )
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        with pytest.raises(RefusedError) as refused:
            runtime.directory.ask("command", late, timeout_s=2 * PATIENCE_S).get()
        assert (refused.value.code, peer.count("command")) == ("expired", 0)


def test_an_answered_command_is_not_pending_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_actor, "MAX_PENDING", 1)
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        assert all(runtime.command("message", text=str(number)).ok for number in range(3))


def test_a_stopping_daemon_answers_every_caller() -> None:
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        call = Call(runtime)
        sent(peer)
        runtime.stop()
        assert call.refused() == "in_doubt"


def test_a_hundred_callers_at_once_each_get_their_own_answer() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        calls = {key: Call(runtime, command_id=f"call-{key}") for key in range(100)}
        for key, call in calls.items():
            outcome = call.outcome()
            assert isinstance(outcome, CommandResult)
            assert outcome.id == f"call-{key}"


def test_a_flood_of_perceptions_delays_no_command() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        enough = threading.Event()

        def flood() -> None:
            while not enough.wait(FLOOD_PERIOD_S):
                peer.perceive()

        thread = threading.Thread(target=flood)
        thread.start()
        eventually(lambda: peer.seq > 10)
        before = peer.seq
        results = [runtime.command("message", text="hi") for _ in range(50)]
        enough.set()
        thread.join()
        assert all(result.ok for result in results)
        assert peer.seq > before
        assert runtime.directory.entries["connection"].restarts == 0

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.commands.test_actor import Call, sent
from tests.journal.daemons import CLIENT, journaling, locked, stored, unsettled, unwritable, write
from tests.peer import Peer
from tests.runtimes import link_down, link_lost, restarted, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import CommandResult, RefusedError
from timmy_actors.commands import actor as command_actor
from timmy_actors.daemon import JournalSettings
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.store import Journal
from timmy_actors.link import Received
from timmy_actors.protocol import JournalEntry, Result


def test_a_result_is_journaled_before_its_caller_is_answered(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        runtime.command("give_item", item="gold_001", command_id="one")
        written = stored(path, "one")
        assert (written.state, written.value, written.attempts, written.boot) == (
            "done", {"echo": "give_item"}, 1, "boot-1",
        )  # fmt: skip
        assert (written.client, written.epoch) == (CLIENT, runtime.shared.link.value.epoch)
        assert written.sent_at is not None
        assert written.settled_at is not None
        assert written.accepted_at <= written.sent_at <= written.settled_at


def test_a_command_is_journaled_before_it_is_sent(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        call = Call(runtime, command_id="one")
        sent(peer)
        assert stored(path, "one").state in ("accepted", "sent")
        peer.push({"type": "result", "id": "one", "value": {}})
        assert isinstance(call.outcome(), CommandResult)


@pytest.mark.parametrize(
    ("code", "state"), [("no_such_player", "failed"), ("expired", "expired"), ("overloaded", "failed")]
)
def test_a_refusal_of_the_game_is_journaled_with_its_error(path: Path, code: str, state: str) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        peer.refusal = {"code": code, "message": "no", "field": "player"}
        assert Call(runtime, command_id="one").refused() == code
        written = stored(path, "one")
        assert (written.state, written.error and written.error.code) == (state, code)


def test_a_repeat_is_answered_from_the_journal_also_after_a_restart_and_without_a_link(path: Path) -> None:
    with Peer() as peer:
        with journaling(path, peer.address) as runtime:
            first = runtime.command("give_item", item="gold_001", command_id="one")
            peer.refusal = {"code": "no_such_player", "message": "no player", "field": "player"}
            assert Call(runtime, command_id="two").refused() == "no_such_player"
            peer.refusal = None
            assert runtime.command("give_item", item="gold_001", command_id="one") == first
        with journaling(path, peer.address) as runtime:
            assert runtime.command("give_item", item="gold_001", command_id="one") == first
            assert Call(runtime, command_id="two").refused() == "no_such_player"
            peer.__exit__()
            link_lost(runtime)
            assert runtime.command("give_item", item="gold_001", command_id="one") == first
            assert Call(runtime, command_id="three").refused() == "unavailable"
            assert Call(runtime, item="silver", command_id="one").refused() == "bad_arguments"
        assert peer.count("command") == 2


def test_an_id_cannot_be_used_for_another_command(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        runtime.command("give_item", item="gold_001", command_id="one")
        with pytest.raises(RefusedError, match="was used for another command") as refused:
            runtime.command("give_item", item="gold_001", count=2, command_id="one")
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "command_id")
        assert stored(path, "one").state == "done"


def test_a_command_that_certainly_had_no_effect_can_be_retried_under_its_id(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        peer.refusal = {"code": "overloaded", "message": "later"}
        assert Call(runtime, command_id="one").refused() == "overloaded"
        peer.refusal = None
        assert isinstance(Call(runtime, command_id="one").outcome(), CommandResult)
        assert (peer.count("command"), stored(path, "one").state) == (2, "done")


def test_a_second_caller_with_the_same_id_joins_the_first(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        calls = [Call(runtime, command_id="one") for _ in range(5)]
        sent(peer)
        peer.push({"type": "result", "id": "one", "value": {"total": 5}})
        outcomes = [call.outcome() for call in calls]
        assert outcomes == [CommandResult(id="one", value={"total": 5})] * 5
        assert peer.count("command") == 1


def test_a_command_left_unsettled_by_an_earlier_daemon_is_sent_again_and_settled(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer:
        with journaling(path, peer.address) as runtime:
            call = Call(runtime, command_id="one", timeout_s=60.0)
            before = sent(peer)
            eventually(lambda: stored(path, "one").state == "sent")
        assert call.refused() == "in_doubt"
        assert stored(path, "one").state == "sent"
        peer.silent_to = ()
        with journaling(path, peer.address) as runtime:
            assert isinstance(Call(runtime, command_id="one").outcome(), CommandResult)
        again = [message for message in peer.heard if message["type"] == "command"]
        assert again == [before, before]
        assert (stored(path, "one").state, stored(path, "one").attempts) == ("done", 2)


def test_an_unsettled_command_to_another_server_process_is_in_doubt_unless_idempotent(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        calls = [
            Call(runtime, command_id="gold", timeout_s=60.0),
            Call(runtime, "teleport", to="Balmora", command_id="there", timeout_s=60.0),
        ]
        eventually(lambda: peer.count("command") == 2)
        runtime.stop()
        assert [call.refused() for call in calls] == ["in_doubt", "in_doubt"]
    with Peer(boot="another") as other, journaling(path, other.address) as runtime:
        assert isinstance(Call(runtime, "teleport", to="Balmora", command_id="there").outcome(), CommandResult)
        assert Call(runtime, command_id="gold").refused() == "in_doubt"
        assert other.count("command") == 1
    assert (stored(path, "gold").state, stored(path, "there").state) == ("in_doubt", "done")


def test_a_command_journaled_as_accepted_may_have_been_sent(path: Path) -> None:
    write(path, unsettled("one", state="accepted", attempts=0))
    with Peer(boot="another") as peer, journaling(path, peer.address) as runtime:
        assert Call(runtime, command_id="one").refused() == "in_doubt"
        assert peer.count("command") == 0


def test_a_command_is_sent_again_past_its_deadline_but_not_past_the_servers_memory(path: Path) -> None:
    with Peer() as peer:
        write(
            path,
            unsettled("young", accepted_ms=peer.now() - 100_000),
            unsettled("old", accepted_ms=peer.now() - 600_000),
        )
        with journaling(path, peer.address) as runtime:
            assert isinstance(Call(runtime, command_id="young").outcome(), CommandResult)
            assert Call(runtime, command_id="old").refused() == "in_doubt"
            (command,) = (message for message in peer.heard if message["type"] == "command")
            assert (command["id"], command["deadline"]) == ("young", 15_000)


def test_an_unanswered_command_is_settled_after_its_caller_has_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_actor, "GRACE_S", 0.0)
    with Peer(silent_to={"command"}) as first, journaling(path, first.address) as runtime:
        assert Call(runtime, command_id="one", timeout_s=0.1).refused() == "in_doubt"
        eventually(lambda: stored(path, "one").state == "sent")
        first.__exit__()
        with Peer(port=first.port, boot=first.boot):
            eventually(lambda: stored(path, "one").state == "done")


def test_an_unanswered_command_is_sent_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_actor, "ASK_AGAIN_S", 0.02)
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        call = Call(runtime, command_id="one", timeout_s=0.5)
        eventually(lambda: peer.count("command") >= 3)
        peer.push({"type": "result", "id": "one", "value": {}})
        assert isinstance(call.outcome(), CommandResult)


def test_a_command_that_could_not_be_sent_before_its_deadline_expires_and_is_never_sent(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        with locked(path):
            call = Call(runtime, command_id="one", timeout_s=0.1)
            assert call.refused() in ("expired", "unavailable")
        eventually(lambda: runtime.shared.journal.value.state == "ok")
        assert runtime.command("message", text="hi").ok
        assert peer.count("command") == 1


def test_a_restarted_command_actor_resumes_the_unsettled_commands(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        call = Call(runtime, command_id="one", timeout_s=60.0)
        sent(peer)
        peer.silent_to = ()
        runtime.directory.tell("command", Received(1, Result.model_construct()))
        assert call.refused() == "in_doubt"
        restarted(runtime, "command")
        assert isinstance(Call(runtime, command_id="one").outcome(), CommandResult)
        assert stored(path, "one").attempts == 2


def test_a_restarted_journal_actor_receives_the_unconfirmed_entries_again(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        runtime.command("message", text="hi", command_id="one")
        runtime.directory.tell("journal", unwritable())
        restarted(runtime, "journal")
        assert runtime.command("message", text="hi", command_id="one").ok
        assert runtime.command("message", text="hi", command_id="two").ok
        assert peer.count("command") == 2


def test_two_daemons_do_not_share_a_journal(path: Path, runtime_folder: Path) -> None:
    settings = JournalSettings(file=str(path))
    with (
        Peer() as peer,
        journaling(path, peer.address),
        pytest.raises(JournalUnusableError, match=r"another daemon writes it \(process \d+\)") as unusable,
        running(peer.address, endpoint=f"ipc://{runtime_folder}/second.sock", journal=settings),
    ):
        raise AssertionError("the daemon started")
    assert unusable.value.exit_code == 75


def test_with_the_journal_disabled_commands_are_executed_and_nothing_is_written(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address, enabled=False) as runtime:
        assert runtime.command("message", text="hi", command_id="one").ok
        assert "journal" not in runtime.directory.entries
        assert runtime.status().journal.state == "off"
    assert not path.exists()


def test_submit_does_not_wait_for_the_game(path: Path) -> None:
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        assert runtime.submit("give_item", item="gold_001", command_id="one") == "one"
        assert stored(path, "one").state in ("accepted", "sent")
        assert runtime.submit("give_item", item="gold_001", command_id="one") == "one"
        call = Call(runtime, command_id="one")
        peer.push({"type": "result", "id": sent(peer)["id"], "value": {}})
        assert isinstance(call.outcome(), CommandResult)
        assert peer.count("command") == 1


def test_without_a_link_a_journaled_command_is_refused_at_once(path: Path) -> None:
    with Peer() as peer:
        address = peer.address
    with running(address, journal=JournalSettings(file=str(path))) as runtime:
        link_down(runtime, "connection refused")
        assert Call(runtime, command_id="one", timeout_s=60.0).refused() == "unavailable"
        assert Call(runtime, timeout_s=60.0).refused() == "unavailable"


def test_a_repeat_without_a_link_is_answered_at_its_deadline_while_the_journal_hangs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, find = threading.Event(), Journal.find

    def hang(journal: Journal, client: str, command_id: str) -> JournalEntry | None:
        goes_on.wait(PATIENCE_S)
        return find(journal, client, command_id)

    monkeypatch.setattr(Journal, "find", hang)
    with Peer() as peer, journaling(path, peer.address) as runtime:
        first = runtime.command("give_item", item="gold_001", command_id="one")
        peer.__exit__()
        link_lost(runtime)
        patient = Call(runtime, command_id="one", timeout_s=PATIENCE_S)
        for _ in range(2):
            assert Call(runtime, command_id="one", timeout_s=0.1).refused() == "in_doubt"
        goes_on.set()
        assert patient.outcome() == first, "who has time is answered when the journal goes on"


def test_a_command_that_is_unsettled_in_the_journal_may_have_been_sent_though_it_was_not_resumed(path: Path) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        assert runtime.command("message", text="the unsettled commands were resumed").ok
        write(path, unsettled("one", state="accepted", attempts=0, boot="another"))
        assert Call(runtime, command_id="one").refused() == "in_doubt"
        assert peer.count("command") == 1
        assert stored(path, "one").state == "in_doubt"

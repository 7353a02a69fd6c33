from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_actor import Call, sent
from tests.journal.daemons import damage_a_row, journaling, locked, stored
from tests.peer import Peer
from tests.runtimes import fresh
from tests.waiting import eventually
from timmy_actors import CommandResult, RefusedError
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import actor as journal_actor
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.store import Journal
from timmy_actors.protocol import JournalEntry


def test_while_the_journal_cannot_be_written_commands_are_refused_and_health_reports_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    with Peer() as peer, journaling(path, peer.address) as runtime:
        fresh(runtime)
        with locked(path):
            with pytest.raises(RefusedError, match="another program holds it locked") as refused:
                runtime.command("message", text="hi")
            assert refused.value.code == "unavailable"
            eventually(lambda: runtime.status().verdict == "degraded")
            (reason,) = runtime.status().reasons
            assert f"no command is taken: journal {path}: another program holds it locked" in reason
        eventually(lambda: runtime.status().verdict == "ok")
        assert runtime.command("message", text="hi").ok
        assert peer.count("command") == 1


def test_a_repeat_while_the_journal_fails_does_not_change_the_entry(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    with Peer() as peer, journaling(path, peer.address) as runtime:
        assert runtime.command("give_item", item="gold_001", command_id="one").ok
        with locked(path):
            assert Call(runtime, command_id="new").refused() == "unavailable"
            assert Call(runtime, command_id="one").refused() == "unavailable"
        eventually(lambda: runtime.shared.journal.value.state == "ok")
        assert isinstance(Call(runtime, command_id="one").outcome(), CommandResult)
        assert isinstance(Call(runtime, command_id="new").outcome(), CommandResult)
        assert (stored(path, "one").attempts, stored(path, "one").state) == (1, "done")


def test_a_daemon_that_is_to_continue_executes_commands_while_the_journal_cannot_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    with Peer() as peer, journaling(path, peer.address, when_unwritable="continue") as runtime:
        fresh(runtime)
        with locked(path):
            assert runtime.command("message", text="hi", command_id="one").ok
            eventually(lambda: runtime.status().verdict == "degraded")
            assert "commands go on without it" in runtime.status().reasons[0]
        eventually(lambda: runtime.status().verdict == "ok")
        assert runtime.command("message", text="hi", command_id="two").ok
        with Reader(path) as reader:
            assert [entry.id for _, entry in reader.after(0)] == ["two"]


def test_a_result_received_while_the_journal_fails_is_written_once_it_works_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    with Peer(silent_to={"command"}) as peer, journaling(path, peer.address) as runtime:
        call = Call(runtime, command_id="one", timeout_s=20.0)
        sent(peer)
        eventually(lambda: stored(path, "one").state == "sent")
        with locked(path):
            peer.push({"type": "result", "id": "one", "value": {}})
            assert isinstance(call.outcome(), CommandResult)
            assert stored(path, "one").state == "sent"
        eventually(lambda: stored(path, "one").state == "done")


def test_an_unusable_journal_prevents_the_start_unless_the_daemon_is_to_continue(path: Path) -> None:
    path.write_text("not a database\n" * 1_000)
    with Peer() as peer:
        with pytest.raises(JournalUnusableError, match="it is not a journal"), journaling(path, peer.address):
            raise AssertionError("the daemon started")
        with journaling(path, peer.address, when_unwritable="continue") as runtime:
            assert runtime.command("message", text="hi").ok
            eventually(lambda: runtime.status().journal.state == "failing")


def test_a_daemon_that_cannot_read_the_unsettled_commands_does_not_start(path: Path) -> None:
    damage_a_row(path)
    with Peer() as peer, pytest.raises(JournalUnusableError, match="it is damaged"), journaling(path, peer.address):
        pass


def test_a_repeated_error_is_logged_once(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    tries, unsettled = [], Journal.unsettled

    def count(read: Journal, client: str) -> list[JournalEntry]:
        tries.append(client)
        return unsettled(read, client)

    monkeypatch.setattr(Journal, "unsettled", count)
    damage_a_row(path)
    with Peer() as peer, journaling(path, peer.address, when_unwritable="continue"):
        eventually(lambda: len(tries) > 10)
    assert caplog.text.count("it is damaged") == 1

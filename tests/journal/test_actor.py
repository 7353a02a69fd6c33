from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_actor import Call, sent
from tests.journal.entries import done, entry
from tests.peer import Peer
from tests.runtimes import fresh, link_down, link_lost, link_up, restarted, running
from tests.waiting import eventually
from timmy_actors import CommandResult, RefusedError, Runtime
from timmy_actors.commands import actor as command_actor
from timmy_actors.daemon import JournalSettings
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import actor as journal_actor
from timmy_actors.journal import rows
from timmy_actors.journal.actor import Sweep
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.store import Journal
from timmy_actors.link import Received
from timmy_actors.protocol import JournalEntry, Result

CLIENT = "timmy-daemon"


@pytest.fixture
def path(runtime_folder: Path) -> Path:
    return runtime_folder / "timmy.journal"


@contextmanager
def journaling(path: Path, address: str, **settings: Any) -> Iterator[Runtime]:
    """A runtime with its journal at `path`, once its link is up."""
    with running(address, journal=JournalSettings(file=str(path), **settings)) as runtime:
        link_up(runtime)
        yield runtime


def stored(path: Path, command_id: str) -> JournalEntry:
    with Reader(path) as reader:
        (stored_entry,) = reader.named(command_id)
    return stored_entry


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the journal's write lock like another program."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.close()


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
    _write(path, _open("one", state="accepted", attempts=0))
    with Peer(boot="another") as peer, journaling(path, peer.address) as runtime:
        assert Call(runtime, command_id="one").refused() == "in_doubt"
        assert peer.count("command") == 0


def test_a_command_is_sent_again_past_its_deadline_but_not_past_the_servers_memory(path: Path) -> None:
    with Peer() as peer:
        _write(path, _open("young", accepted_ms=peer.now() - 100_000), _open("old", accepted_ms=peer.now() - 600_000))
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
        assert stored(path, "one").state == "sent"
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
        runtime.directory.tell("journal", _unwritable())
        restarted(runtime, "journal")
        assert runtime.command("message", text="hi", command_id="one").ok
        assert runtime.command("message", text="hi", command_id="two").ok
        assert peer.count("command") == 2


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


def test_with_on_trouble_continue_commands_are_executed_without_the_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "RETRY_S", 0.01)
    with Peer() as peer, journaling(path, peer.address, on_trouble="continue") as runtime:
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


def test_an_unusable_journal_prevents_the_start_unless_on_trouble_is_continue(path: Path) -> None:
    path.write_text("not a database\n" * 1_000)
    with Peer() as peer:
        with pytest.raises(JournalUnusableError, match="it is not a journal"), journaling(path, peer.address):
            raise AssertionError("the daemon started")
        with journaling(path, peer.address, on_trouble="continue") as runtime:
            assert runtime.command("message", text="hi").ok
            eventually(lambda: runtime.status().journal.state == "failing")


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


def test_expired_commands_are_deleted_but_never_unsettled_ones(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 0.0, 0.0))
    _write(path, done("old"), _open("open"))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 2.5 * 86_400, 0.0))
    _write(path, done("new"))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 3.5 * 86_400, 0.0))
    with Peer(silent_to={"command", "hello"}) as peer:
        settings = JournalSettings(file=str(path), keep_days=2.0)
        with running(peer.address, journal=settings) as runtime:
            runtime.directory.tell("journal", Sweep())
            eventually(lambda: runtime.shared.journal.value.entries == 2)
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["open", "new"]


@pytest.mark.parametrize("days", [40, -40])
def test_a_jump_of_the_wall_clock_does_not_execute_a_command_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        assert runtime.command("give_item", item="gold_001", command_id="one").ok
        true_time = time.time
        monkeypatch.setattr(time, "time", lambda: true_time() + days * 86_400)
        runtime.directory.tell("journal", Sweep())
        assert runtime.command("message", text="written after the sweep", command_id="two").ok
        assert runtime.command("give_item", item="gold_001", command_id="one").ok
        assert peer.count("command") == 2
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["one", "two"]


def test_expired_commands_are_deleted_in_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_actor, "DELETE_BATCH", 50)
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 0.0, 0.0))
    _write(path, *(done(str(number)) for number in range(200)))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 400 * 86_400.0, 0.0))
    with Peer() as peer, journaling(path, peer.address) as runtime:
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.entries == 150)
        runtime.directory.tell("journal", Sweep(begins=False))
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.entries == 100)


def test_a_log_held_by_a_stuck_reader_is_counted_and_reported_and_affects_no_command(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "LARGE_WAL_BYTES", 200_000)
    monkeypatch.setattr(journal_actor, "PUBLISH_S", 0.01)
    _write(path, done("first"))
    with Peer() as peer, journaling(path, peer.address, max_mb=1.0) as runtime:
        fresh(runtime)
        stuck = sqlite3.connect(path, isolation_level=None)
        stuck.execute("BEGIN")
        assert stuck.execute("SELECT COUNT(*) FROM command").fetchone() == (1,)
        for number in range(60):
            assert runtime.command("message", text="x" * 200, command_id=f"n{number}").ok
        eventually(lambda: "another program holds the journal" in "".join(runtime.status().reasons))
        status = runtime.status().journal
        assert status.wal_bytes > 200_000
        assert status.bytes > status.wal_bytes
        assert runtime.command("message", text="x" * 200, command_id="n0").ok
        assert peer.count("command") == 60
        stuck.close()
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.status().verdict == "ok" and runtime.shared.journal.value.wal_bytes < 200_000)


def test_the_oldest_commands_are_deleted_when_the_journal_exceeds_its_limit(path: Path) -> None:
    many = [done(str(number), arguments={"text": "x" * 1_000}) for number in range(2_000)]
    today = datetime.now(UTC)
    _write(path, *(entry.model_copy(update={"settled_at": today}) for entry in many))
    with Peer() as peer, journaling(path, peer.address, max_mb=1.0) as runtime:
        assert runtime.shared.journal.value.bytes > 2_000_000
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.bytes <= 900_000)
        assert runtime.shared.journal.value.entries < 1_000
        assert stored(path, "1999").state == "done"


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


def _open(key: str, **changes: Any) -> JournalEntry:
    fields = {"client": CLIENT, "state": "sent", "attempts": 1, **changes}
    return entry(key, **fields).model_copy(update={"arguments": {"player": "Timmy", "item": "gold_001", "count": 1}})


def _write(path: Path, *entries: JournalEntry) -> None:
    journal = Journal(path)
    for each in entries:
        journal.accept(each)
    journal.commit()
    journal.close()


def _unwritable() -> Any:
    from timmy_actors.journal.messages import Record

    return Record(JournalEntry.model_construct(id="broken"))


def _damage_a_row(path: Path) -> None:
    written = Journal(path)
    written.accept(entry(client=CLIENT))
    written.commit()
    written.close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("UPDATE command SET accepted_at = 1e300")
    database.close()


def test_a_daemon_that_cannot_read_the_unsettled_commands_does_not_start(path: Path) -> None:
    _damage_a_row(path)
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
    _damage_a_row(path)
    with Peer() as peer, journaling(path, peer.address, on_trouble="continue"):
        eventually(lambda: len(tries) > 10)
    assert caplog.text.count("it is damaged") == 1

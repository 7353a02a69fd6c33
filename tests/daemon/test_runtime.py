from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pykka
import pytest
from pykka.messages import ProxySetAttr

from tests.peer import Peer
from tests.runtimes import fresh, link_up, restarted, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime
from timmy_actors.embedded import luajit
from timmy_actors.errors import (
    ConfigError,
    DaemonNotReadyError,
    DaemonUnreachableError,
    EndpointInUseError,
    GaveUpError,
    LuaJitMissingError,
    StartFailedError,
)
from timmy_actors.link import LinkUp
from timmy_actors.portals import ListPortals
from timmy_actors.protocol import Pushed
from timmy_actors.supervision import ChildState
from timmy_actors.supervision.sockets import Arrived


def test_the_tree_has_the_documented_shape() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        parents = {entry.name: entry.parent for entry in runtime.directory.entries.values()}
        assert parents == {
            "link": "root", "connection": "link", "perception": "link", "command": "link",
            "health": "root", "gateway": "serving", "serving": "root", "journal": "root",
            "portals": "root", "portal": "portals", "desktop-control": "portals", "steam-info": "portals",
        }  # fmt: skip
        eventually(lambda: all(entry.state is ChildState.UP for entry in runtime.directory.entries.values()))


def test_it_can_be_stopped_twice_and_its_endpoint_served_again() -> None:
    with Peer() as peer:
        with running(peer.address) as runtime:
            fresh(runtime)
            runtime.stop()
            assert runtime.wait(0)
            assert runtime.failure is None
        with running(peer.address) as again:
            fresh(again)


def test_a_runtime_starts_only_once() -> None:
    with Peer() as peer:
        with running(peer.address) as runtime:
            with pytest.raises(StartFailedError, match="started before"):
                runtime.start()
            fresh(runtime)
        with pytest.raises(StartFailedError, match="create a new one"):
            runtime.start()


def test_a_second_daemon_refuses_to_start_and_leaves_the_first_alone() -> None:
    with Peer() as peer, running(peer.address) as first:
        fresh(first)
        with pytest.raises(EndpointInUseError, match="process"), running(peer.address):
            pass
        assert first.command("message", text="alive").ok


def test_two_daemons_in_one_process_share_nothing(runtime_folder: Path) -> None:
    with Peer() as one, Peer(boot="other") as two, running(one.address) as first:
        with running(two.address, endpoint=f"ipc://{runtime_folder}/second.sock") as second:
            assert fresh(first).boot == "boot-1"
            assert fresh(second).boot == "other"
        assert first.command("message", text="alive").ok


def test_a_tree_that_gives_up_ends_with_its_reason_and_can_be_stopped() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        for times in (1, 2, 3):
            runtime.directory.tell("health", ProxySetAttr(("_shared",), None))
            restarted(runtime, "health", times)
        runtime.directory.tell("health", ProxySetAttr(("_shared",), None))
        assert runtime.wait(PATIENCE_S)
        assert isinstance(runtime.failure, GaveUpError)
        assert "health" in str(runtime.failure)
        assert {entry.state for entry in runtime.directory.entries.values()} == {ChildState.DOWN}


def test_a_link_whose_actors_fail_too_often_is_restarted_whole_before_the_daemon_gives_up() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        for times in (1, 2, 3):
            runtime.directory.tell("command", ProxySetAttr(("_pending",), None))
            runtime.directory.tell("command", LinkUp(times, "boot-1"))
            restarted(runtime, "command", times)
        runtime.directory.tell("command", ProxySetAttr(("_pending",), None))
        runtime.directory.tell("command", LinkUp(4, "boot-1"))
        restarted(runtime, "link")
        assert not runtime.wait(0)
        link_up(runtime)


def test_a_start_that_fails_says_which_actor_and_why_and_releases_the_endpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Runtime, "check", lambda _self: None)
    with Peer() as peer:
        fails = pytest.raises(StartFailedError, match=r"portal did not start: .*nowhere\.json")
        with fails, running(peer.address, portals_file=str(tmp_path / "nowhere.json")):
            pass
        with running(peer.address) as runtime:
            fresh(runtime)


def test_a_world_whose_token_cannot_be_written_fails_the_start_and_releases_the_endpoint(runtime_folder: Path) -> None:
    token = runtime_folder / "timmy-actors" / "daemon.sock.world-token"
    token.parent.mkdir(mode=0o700)
    token.mkdir()
    for _ in range(2):
        with pytest.raises(ConfigError, match="cannot write the token"):
            Runtime.from_config().start()


def test_a_daemon_whose_world_cannot_run_in_this_python_says_so_before_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(luajit, "CANDIDATES", ("lupa.no_such_luajit",))
    with pytest.raises(LuaJitMissingError, match=r"pip install 'timmy_actors\[embedded\]'") as missing:
        Runtime.from_config()
    assert missing.value.exit_code == os.EX_UNAVAILABLE
    with Peer() as peer, running(peer.address) as runtime:
        runtime.check()


def test_the_status_of_a_daemon_that_was_not_started_is_refused() -> None:
    with pytest.raises(StartFailedError, match="has not started"):
        Runtime.from_config().status()


def test_what_must_survive_survives_a_crash_of_the_link() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        known = fresh(runtime)
        runtime.directory.tell("connection", Arrived("game", []))
        link_up(runtime, after=known.epoch)
        assert runtime.snapshot().position == known.position
        assert runtime.directory.entries["perception"].restarts == 0


def test_what_happens_from_the_call_on_is_watched_in_process_too() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        all_players, jiub = runtime.watch(), runtime.watch("Jiub")
        peer.happen("chat", text="hello")
        peer.happen("chat", player="Jiub", text="hi")
        peer.perceive(x=7.0)
        pushes = [next(all_players) for _ in range(3)]
        assert [pushed.event.data["text"] for pushed in pushes[:2] if pushed.event] == ["hello", "hi"]
        assert pushes[2].snapshot == fresh(runtime, x=7.0)
        event = next(jiub).event
        assert event is not None
        assert event.player == "Jiub"
        with pytest.raises(RefusedError) as refused:
            runtime.watch("")
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "player")


def test_a_watch_ends_with_the_daemon_even_while_it_is_waited_for() -> None:
    ends: list[BaseException] = []

    def read(watch: Iterator[Pushed]) -> None:
        try:
            next(watch)
        except DaemonUnreachableError as error:
            ends.append(error)

    with Peer() as peer, running(peer.address) as runtime:
        waiting = threading.Thread(target=read, args=(runtime.watch("Nobody"),))
        waiting.start()
        fresh(runtime)
    waiting.join(PATIENCE_S)
    assert [str(end) for end in ends] == ["the daemon has ended"]
    with pytest.raises(DaemonUnreachableError):
        next(runtime.watch())


def test_the_portal_is_chosen_and_listed() -> None:
    with Peer() as peer, running(peer.address, portal="bannerlord") as runtime:
        assert runtime.portals().chosen == "bannerlord"
        assert [portal.id for portal in runtime.portals().portals] == ["bannerlord", "morrowind"]
        portal = runtime.shared.portal.value
        assert portal is not None
        assert portal.app_id == 261550


def test_the_choice_of_a_portal_outlives_its_actors_crash() -> None:
    with Peer() as peer, running(peer.address, portal="bannerlord") as runtime:
        runtime.directory.tell("portal", ProxySetAttr(("_portals",), None))
        runtime.directory.tell("portal", ListPortals())
        restarted(runtime, "portal")
        assert runtime.portals().chosen == "bannerlord"
        eventually(lambda: runtime.status().portal == "bannerlord")


def test_wait_ready_reports_what_is_missing() -> None:
    with Peer(silent_to={"subscribe"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        with pytest.raises(DaemonNotReadyError, match="no player is perceived"):
            runtime.wait_ready(timeout_s=0.3)
        peer.perceive(full=True)
        assert runtime.wait_ready() is runtime
        assert not runtime.snapshot().stale


def test_the_status_of_an_ended_daemon_is_down() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        eventually(lambda: runtime.status().link.state == "up")
        runtime.stop()
        ended = runtime.status()
    assert (ended.verdict, ended.link.state) == ("down", "down")
    assert ended.reasons == ("the daemon has ended: it was stopped",)


def test_an_interrupted_start_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with Peer() as peer:
        with monkeypatch.context() as patched:
            patched.setattr(Runtime, "_await_start", interrupt)
            with pytest.raises(KeyboardInterrupt), running(peer.address):
                pass
        with running(peer.address) as again:
            fresh(again)


def test_many_threads_may_stop_it_at_once() -> None:
    program = """
import threading
from tests.peer import Peer
from tests.runtimes import running

with Peer() as peer, running(peer.address) as runtime:
    together = threading.Barrier(8)

    def stop():
        together.wait()
        runtime.stop()

    threads = [threading.Thread(target=stop) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""
    # In a process of its own: libzmq aborts when two threads end one context.
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_an_actor_whose_supervisor_is_ending_is_not_restarted(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = pykka.ThreadingActor.start()
    ended.stop()
    with running(peer.address) as runtime:
        monkeypatch.setattr(runtime.directory, "ref", lambda _name: ended)
        with pytest.raises(RefusedError, match="link is ending: try again") as refused:
            runtime.restart("perception")
        monkeypatch.undo()
    assert refused.value.code == "unavailable"

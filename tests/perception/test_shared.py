from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, link_up, running
from timmy_actors import RefusedError, Runtime, connect
from timmy_actors.errors import TimmyError
from timmy_actors.protocol import PerceptionOutput, Revision

WAIT_S = 20.0


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        peer.counts = True
        yield peer


@contextmanager
def waiting(runtime: Runtime, after: Revision, timeout_s: float = WAIT_S) -> Iterator[Future[PerceptionOutput]]:
    """A call of `snapshot(after=...)` that waits in a thread."""
    with ThreadPoolExecutor(1) as pool:
        started = threading.Event()

        def ask() -> PerceptionOutput:
            started.set()
            return runtime.snapshot(after=after, timeout_s=timeout_s)

        future = pool.submit(ask)
        assert started.wait(WAIT_S)
        yield future


def produced(runtime: Runtime) -> Revision:
    revision = runtime.command("message", text="hi").revision
    assert revision is not None
    return revision


def test_a_result_carries_its_revision(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        assert [produced(runtime).number, produced(runtime).number] == [1, 2]
        assert produced(runtime).boot == peer.boot


def test_a_snapshot_that_shows_the_revision_is_waited_for(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        after = produced(runtime)
        with waiting(runtime, after) as future:
            peer.perceive(x=5.0, shows=0)
            fresh(runtime, x=5.0)
            assert not future.done()
            peer.perceive(x=6.0, shows=after.number)
            seen = future.result(WAIT_S)
        assert seen.position is not None
        assert (seen.position.x, seen.revision, seen.stale) == (6.0, after.number, False)


def test_a_revision_that_is_already_shown_is_answered_at_once(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        after = produced(runtime)
        peer.perceive(x=6.0, shows=after.number)
        fresh(runtime, x=6.0)
        assert runtime.snapshot(after=after, timeout_s=0.001).revision == after.number


def test_an_expired_request_is_refused_with_the_last_revision_and_removed(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        after = produced(runtime)
        with pytest.raises(RefusedError, match="the last snapshot shows revision 0") as refused:
            runtime.snapshot(after=after, timeout_s=0.05)
        assert refused.value.code == "expired"
        peer.perceive(x=6.0, shows=after.number)
        assert runtime.snapshot(after=after, timeout_s=WAIT_S).revision == after.number


def test_a_snapshot_of_a_restarted_server_shows_every_earlier_revision(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        after = produced(runtime)
        port, epoch = peer.port, runtime.shared.link.value.epoch
        with waiting(runtime, after) as future:
            peer.__exit__()
            with Peer(port=port, boot="boot-2"):
                link_up(runtime, after=epoch)
                assert future.result(WAIT_S).boot == "boot-2"


@pytest.mark.parametrize("timeout_s", [0, -1, 61, float("nan")])
def test_a_timeout_out_of_range_is_refused(peer: Peer, timeout_s: float) -> None:
    with running(peer.address) as runtime, connect() as daemon:
        for game in (runtime, daemon):
            with pytest.raises(RefusedError) as refused:
                game.snapshot(after=Revision(boot="b", number=1), timeout_s=timeout_s)
            assert (refused.value.code, refused.value.field) == ("bad_arguments", "timeout_s")


def test_a_stopping_daemon_answers_every_waiting_request(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        after = produced(runtime)
        with waiting(runtime, after) as future:
            runtime.stop()
            with pytest.raises(TimmyError):
                future.result(WAIT_S)


def test_a_client_in_another_process_can_wait_for_a_revision(peer: Peer) -> None:
    with running(peer.address) as runtime, connect() as daemon, ThreadPoolExecutor(1) as pool:
        fresh(runtime)
        result = daemon.command("message", text="hi")
        assert result.revision == Revision(boot=peer.boot, number=1)
        future = pool.submit(daemon.snapshot, after=result.revision, timeout_s=WAIT_S)
        peer.perceive(x=6.0, shows=1)
        assert future.result(WAIT_S).revision == 1
        with pytest.raises(RefusedError) as refused:
            daemon.snapshot(after=Revision(boot=peer.boot, number=2), timeout_s=0.05)
        assert refused.value.code == "expired"

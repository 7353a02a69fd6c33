from __future__ import annotations

import threading
import time

import pytest

from tests.supervision.lifecycles import Doer, end, fail, join, launch
from timmy_actors.errors import ActorGoneError, AskTimeoutError, NoSuchActorError, RefusedError
from timmy_actors.supervision import ChildState, Directory, Entry


def test_an_unknown_or_unavailable_name_is_refused_with_its_state() -> None:
    directory = Directory()
    with pytest.raises(NoSuchActorError, match="the name is unknown"):
        directory.ref("unknown")
    directory.write(Entry("late", state=ChildState.WAITING))
    with pytest.raises(NoSuchActorError, match="waiting to restart"):
        directory.ref("late")


def test_an_ask_of_an_unknown_name_fails_through_its_reply() -> None:
    with pytest.raises(NoSuchActorError):
        Directory().ask("unknown", "message", timeout_s=1.0).wait()


def test_an_ask_with_wait_s_gets_the_next_incarnation() -> None:
    directory, actor = Directory(), Doer()
    launch(actor)
    threading.Timer(0.02, directory.write, (Entry("name", ref=actor.actor_ref),)).start()
    assert directory.ask("name", lambda _: "answer", timeout_s=5.0, wait_s=5.0).wait() == "answer"
    end(actor)


@pytest.mark.timing
def test_waiting_for_an_incarnation_is_bounded_by_the_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(NoSuchActorError):
        Directory().ask("unknown", "message", timeout_s=0.02, wait_s=60.0).wait()
    assert time.monotonic() - started < 30


def test_an_undelivered_message_is_counted() -> None:
    directory = Directory()
    actor = Doer()
    launch(actor)
    directory.write(Entry("name", ref=actor.actor_ref))
    assert directory.tell("name", lambda _: None)
    end(actor)
    assert not directory.tell("name", "dead")
    assert not directory.tell("unknown", "unknown")
    assert directory.dead_letters.count == 2


def test_an_ask_of_an_ended_actor_fails_at_once() -> None:
    directory, actor = Directory(), Doer()
    launch(actor)
    directory.write(Entry("name", ref=actor.actor_ref))
    end(actor)
    with pytest.raises(ActorGoneError):
        directory.ask("name", lambda _: None, timeout_s=60.0).wait()


def test_a_missing_answer_is_a_timeout() -> None:
    directory, actor, release = Directory(), Doer(), threading.Event()
    launch(actor)
    directory.write(Entry("name", ref=actor.actor_ref))
    with pytest.raises(AskTimeoutError):
        directory.ask("name", lambda _: release.wait(), timeout_s=0.02).wait()
    release.set()
    end(actor)


def test_a_refusal_and_a_crash_reach_the_asker() -> None:
    directory, actor = Directory(), Doer()
    launch(actor)
    directory.write(Entry("name", ref=actor.actor_ref))
    with pytest.raises(RefusedError):
        directory.ask("name", fail(RefusedError("unavailable", "no")), timeout_s=5.0).wait()
    with pytest.raises(ValueError, match="bug"):
        directory.ask("name", fail(ValueError("bug")), timeout_s=5.0).wait()
    join(actor)


def test_the_depth_of_a_mailbox_is_read_without_a_message() -> None:
    actor = Doer()
    entry = Entry("name", ref=actor.actor_ref)
    for _ in range(3):
        actor.actor_ref.tell("unread")
    assert entry.depth == 3
    assert Entry("unknown").depth == 0


def test_a_reader_sees_an_immutable_snapshot() -> None:
    directory = Directory()
    directory.write(Entry("name", generation=1))
    seen = directory.entries
    directory.write(Entry("name", generation=2))
    assert (seen["name"].generation, directory.entries["name"].generation) == (1, 2)

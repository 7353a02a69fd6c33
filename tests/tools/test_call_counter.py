"""The counts of what one call takes in the daemon."""

from __future__ import annotations

from collections import Counter
from threading import Thread

from timmy_actors.supervision import Backoff
from tools.call_counter import CallCounter, Run, summary

FUNCTION = Backoff.__post_init__.__code__


def test_a_call_is_counted_in_the_thread_that_makes_it_while_it_is_asked_for() -> None:
    counter = CallCounter()
    counter.install()
    try:
        with counter.counting() as run:
            other = Thread(target=Backoff, name="other")
            other.start()
            other.join()
            Backoff()
        Backoff()
    finally:
        counter.remove()
    assert run.calls["other", FUNCTION] == 1
    assert run.calls["MainThread", FUNCTION] == 1


def test_what_not_every_run_did_belongs_to_something_else() -> None:
    step = ("command", FUNCTION)
    runs = [
        Run(Counter({step: 3}), Counter({"Accept": 1}), 5),
        Run(Counter({step: 2, ("health", FUNCTION): 9}), Counter({"Accept": 1, "Ping": 4}), 7),
    ]
    assert summary("teleport", runs).row() == "| teleport | 1 | 2 | 1 | 5 | 1 |"

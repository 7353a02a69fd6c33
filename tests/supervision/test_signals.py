"""Tests that a signal handler, which interrupts its own thread anywhere, can send without a deadlock."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

SENDING = """
import faulthandler, logging, signal, sys
from timmy_actors.supervision import Directory, SupervisionEvent
from timmy_actors.supervision.log_relay import RELAY
faulthandler.dump_traceback_later(60, exit=True)
logging.disable(logging.CRITICAL)
directory, event = Directory(), SupervisionEvent("started", "a", 1, "", 0.0)
subscription = directory.events.subscribe()
interrupted, sent = 0, 0

def send():
    global sent
    directory.tell("unknown", "x")
    sent += 1
    directory.events.publish(event)
    directory.events.recent, directory.dead_letters.recent
    directory.ask("unknown", "x", timeout_s=1)
    directory.demonitor(directory.monitor("unknown", id))
    directory.events.unsubscribe(directory.events.subscribe())

def interrupt(*_):
    global interrupted
    interrupted += 1
    send()
    signal.setitimer(signal.ITIMER_REAL, 0.0005)

signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.0005)
while interrupted < 500:
    send()
signal.setitimer(signal.ITIMER_REAL, 0)
assert directory.dead_letters.count == sent, (directory.dead_letters.count, sent)
print("sent")
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timers")
def test_a_signal_handler_may_send_whatever_it_interrupts() -> None:
    ended = subprocess.run([sys.executable, "-c", SENDING], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("sent\n", 0), ended.stderr

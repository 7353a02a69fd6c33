"""A bare relay of commands: threads that pass frames to a DEALER and back, and validate nothing.

The caller hands a frame to the thread of the socket and waits; that thread hands the answer back: two hand-overs, the
fewest that a socket with a thread of its own can have. With a journal a third thread stands between the two: it commits
the same rows as the daemon, when a command is accepted and when it is settled.
"""

from __future__ import annotations

import socket as sockets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

import zmq

FRAME = b'{"type":"command","id":"%s","name":"message","arguments":{"text":"hello"},"deadline":1}'
TABLE = """
CREATE TABLE command (
    number INTEGER PRIMARY KEY, client TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, arguments TEXT NOT NULL,
    state TEXT NOT NULL, accepted_at REAL NOT NULL, boot TEXT NOT NULL, accepted_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL, due REAL NOT NULL, host TEXT NOT NULL, attempts INTEGER NOT NULL,
    epoch INTEGER NOT NULL, sent_at REAL, settled_at REAL, value TEXT, error TEXT, revision INTEGER, settled_age REAL,
    checksum INTEGER, UNIQUE (client, id)
);
CREATE INDEX unsettled ON command (client) WHERE settled_at IS NULL;
"""
BOOT = "0123456789abcdef0123456789abcdef"
INSERT = f"""
INSERT INTO command VALUES (NULL, 'relay', ?, 'message', '{{"player":"Timmy","text":"hello"}}', 'accepted', ?, '{BOOT}',
    1, 6000, ?, '{BOOT}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 1)
"""
UPDATE = """
UPDATE command SET state = 'done', attempts = 1, epoch = 1, sent_at = ?, settled_at = ?, value = ?, settled_age = 0.0
WHERE client = 'relay' AND id = ?
"""


class Relay:
    """One call at a time to the ROUTER at `address`; `journal` is the file to commit to, None for no journal."""

    def __init__(self, address: str, journal: Path | None = None) -> None:
        self._address, self._journal = address, journal
        self._to_journal: SimpleQueue[tuple[Callable[..., None], Any] | None] = SimpleQueue()
        self._to_socket: SimpleQueue[bytes | None] = SimpleQueue()
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._waker, self._woken = sockets.socketpair()
        self._number = 0
        self._threads = [threading.Thread(target=self._relay)]
        if journal is not None:
            self._threads.append(threading.Thread(target=self._write))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._to_journal.put(None)
        self._send(None)
        for thread in self._threads:
            thread.join()
        self._waker.close()
        self._woken.close()

    def call(self) -> bytes:
        """Send one command, and wait for its answer."""
        self._number += 1
        key = b"%d" % self._number
        if self._journal is None:
            self._send(FRAME % key)
        else:
            self._to_journal.put((self._accept, key))
        return self._answers.get()

    def _send(self, frame: bytes | None) -> None:
        self._to_socket.put(frame)
        self._waker.send(b"\0")

    def _relay(self) -> None:
        context: zmq.Context[Any] = zmq.Context()
        dealer: zmq.Socket[bytes] = context.socket(zmq.DEALER)
        dealer.connect(self._address)
        poller = zmq.Poller()
        poller.register(self._woken.fileno(), zmq.POLLIN)
        poller.register(dealer, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if dealer in ready:
                self._answered(dealer.recv())
            if self._woken.fileno() in ready:
                self._woken.recv(1)
                frame = self._to_socket.get()
                if frame is None:
                    break
                dealer.send(frame)
        context.destroy(linger=0)

    def _answered(self, answer: bytes) -> None:
        if self._journal is None:
            self._answers.put(answer)
        else:
            self._to_journal.put((self._settle, answer))

    def _write(self) -> None:
        assert self._journal is not None
        self._database = sqlite3.connect(self._journal, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = normal")
        self._database.executescript(TABLE)
        while (work := self._to_journal.get()) is not None:
            step, argument = work
            step(argument)
        self._database.close()

    def _accept(self, key: bytes) -> None:
        self._key = key.decode()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(INSERT, (self._key, time.time(), time.monotonic()))
        self._database.execute("COMMIT")
        self._send(FRAME % key)

    def _settle(self, answer: bytes) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(UPDATE, (time.time(), time.time(), answer.decode(), self._key))
        self._database.execute("COMMIT")
        self._answers.put(answer)

"""A world in lockstep in a process of its own: its crash is an error here, and it can be copied with `fork(2)`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

from timmy_actors.embedded.framing import Receiver, send
from timmy_actors.embedded.lockstep import LockstepTurn, check_seed
from timmy_actors.embedded.lockstep_server import to_error
from timmy_actors.errors import WorldGoneError

ANSWER_WITHIN_S = 60.0
"""How long a request may take, before its process counts as lost; a turn takes milliseconds."""
RESTORE_WITHIN_S = 3600.0
"""How long `restore` may take: the longest history has a million turns."""
END_WITHIN_S = 5.0


class WorldProcess:
    """The process, and the connection to it. Not for several threads at once.

    Raises:
        WorldGoneError: from every call: the process has ended, or did not answer in time and was killed.
    """

    def __init__(
        self,
        connection: socket.socket,
        pid: int,
        *,
        child: subprocess.Popen[bytes] | None = None,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self.pid = pid
        """The process's id."""
        self._answer_within_s = answer_within_s
        self._connection, self._receiver = connection, Receiver(connection)
        self._process = os.pidfd_open(pid)
        self._child = child

    @classmethod
    def start(cls, seed: int = 1, *, answer_within_s: float = ANSWER_WITHIN_S) -> Self:
        """Start a process with a new world.

        Raises:
            ConfigError: the seed is out of range.
        """
        check_seed(seed)
        connection, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "timmy_actors.embedded.lockstep_server", str(theirs.fileno()), str(seed)]
            child = subprocess.Popen(  # noqa: S603  our own module
                command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True
            )
        return cls(connection, child.pid, child=child, answer_within_s=answer_within_s)

    def turn(self, turn: LockstepTurn) -> bytes:
        """Take a turn; see `Turns`."""
        return self._ask(["turn", *turn])

    def reset(self, seed: int) -> None:
        """Start the world again, from its seed."""
        self._ask(["reset", seed])

    def save(self) -> bytes:
        """The world's state; see `Turns`."""
        return self._ask(["save"])

    def restore(self, saved: bytes) -> None:
        """Bring the world to a saved state; see `Turns`."""
        self._ask(["restore", saved.decode(errors="replace")], within_s=RESTORE_WITHIN_S)

    def fork(self) -> Self:
        """A copy of the world as it is now, in a process of its own: both go on independently. Takes milliseconds."""
        connection, theirs = socket.socketpair()
        with theirs:
            pid = int(self._ask(["fork"], (theirs.fileno(),)))
        return type(self)(connection, pid, answer_within_s=self._answer_within_s)

    def close(self) -> None:
        """End the process; a second call does nothing."""
        if self._process < 0:
            return
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # a fork of this process may hold it open too
        self._connection.close()
        watch = select.poll()
        watch.register(self._process, select.POLLIN)
        if not watch.poll(END_WITHIN_S * 1000):
            self._kill()
            watch.poll()
        os.close(self._process)
        self._process = -1
        if self._child is not None:
            self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _ask(self, request: list[object], descriptors: tuple[int, ...] = (), *, within_s: float | None = None) -> bytes:
        payload, within_s = json.dumps(request).encode(), within_s or self._answer_within_s
        try:
            self._connection.settimeout(within_s)
            send(self._connection, payload, descriptors)
            answer = self._receiver.receive()
        except TimeoutError:
            self._kill()
            answer, why = None, f"did not answer within {within_s:g} s"
        except OSError as error:
            answer, why = None, f"cannot be reached: {error.strerror or error}"
        except BaseException:
            self._kill()  # its answer, read later, would count as that to the next request
            raise
        else:
            why = "has ended"
        if answer is None:
            raise WorldGoneError(f"the process {self.pid} of the world {why}")
        failure = to_error(answer)
        if failure is not None:
            raise failure
        return answer

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

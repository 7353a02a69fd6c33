"""The process of one world of an evaluation: plays the episodes that its owner sends, until the connection ends."""

from __future__ import annotations

import signal
import sys
from contextlib import closing
from multiprocessing.connection import Connection

from timmy_actors.errors import TimmyError
from timmy_actors.fleet.evaluation.answers import answer, failure
from timmy_actors.fleet.evaluation.world_tree import WorldTree
from timmy_actors.system import when_parent_ends


def serve(connection: Connection, policy: str) -> None:
    """Answer each episode with its result; end when the connection does, or after a failure at the start."""
    try:
        with closing(WorldTree(policy)) as tree:
            while True:
                connection.send_bytes(answer(tree, connection.recv_bytes()))
    except (EOFError, ConnectionError):
        return
    except TimmyError as error:
        connection.send_bytes(failure(error))


def main() -> None:
    """Serve the connection whose descriptor is the first argument; the second is the policy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the owner, which closes the connection
    when_parent_ends(signal.SIGKILL)
    with Connection(int(sys.argv[1])) as connection:
        serve(connection, sys.argv[2])


if __name__ == "__main__":
    main()

"""The process of one world of an evaluation: plays the episodes that its owner sends, until the connection ends."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import closing
from multiprocessing.connection import Connection

from timmy_actors.errors import TimmyError
from timmy_actors.fleet.evaluation.records import PlannedEpisode
from timmy_actors.fleet.evaluation.world_tree import WorldTree
from timmy_actors.system import when_parent_ends


def serve(connection: Connection, policy: str) -> None:
    """Answer each episode with its result, or with `{"error": ...}` and end."""
    try:
        with closing(WorldTree(policy)) as tree:
            while True:
                episode = PlannedEpisode.model_validate_json(connection.recv_bytes())
                connection.send_bytes(tree.play(episode).model_dump_json().encode())
    except (EOFError, ConnectionError):
        return
    except TimmyError as error:
        connection.send_bytes(json.dumps({"error": str(error)}).encode())


def main() -> None:
    """Serve the connection whose descriptor is the first argument; the second is the policy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the owner, which closes the connection
    when_parent_ends(signal.SIGKILL)
    with Connection(int(sys.argv[1])) as connection:
        serve(connection, sys.argv[2])


if __name__ == "__main__":
    main()

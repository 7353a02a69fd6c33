"""Gives mutated datagrams to a logged-in player client in this process: they may change nothing but a counter.

Usage: python -m tests.fuzz.datagram_fuzz [DATAGRAMS] [--seed N]

The datagrams are those of recorded sessions, with bytes changed, cut off or appended, and frames of connected ones
around mutated packets. Prints a report. Exit status 1 if one raised an error or ended the session.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.fuzz.listener_fuzz import say
from tests.player_client.logins import Host
from tests.player_client.recorded import recorded
from timmy_actors.player_client.body import Body
from timmy_actors.player_client.connection import PlayerConnection
from timmy_actors.player_client.endings import Ending
from timmy_actors.player_client.item_acts import ITEM_ACTS
from timmy_actors.player_client.perceiving import perceive
from timmy_actors.player_client.raknet.datagrams import DataDatagram, Frame, Reliability
from timmy_actors.player_client.session import Received

REPORT_EVERY = 100_000
PERCEIVE_EVERY = 50


def fuzz(count: int, seed: int) -> int:
    """One run: the exit status."""
    chance = random.Random(seed)
    datagrams = [bytes.fromhex(row["hex"]) for row in recorded("datagrams")]
    packets = [bytes.fromhex(row["hex"]) for row in recorded("packets")]
    began, endings, client = time.monotonic(), 0, _client()
    body = Body(client.session, ITEM_ACTS)
    for number in range(1, count + 1):
        data = _mutated(chance, chance.choice(datagrams))
        if chance.random() < 0.5:
            packet = _mutated(chance, chance.choice(packets)) or b"\x8a"
            data = DataDatagram(number % (1 << 24), (Frame(Reliability.UNRELIABLE, packet[:1400]),)).encode()
        try:
            events = client.receive(data, 200.0)
            for event in events:
                if isinstance(event, Received):
                    body.receive(event.packet)
            if number % PERCEIVE_EVERY == 0:
                perceive(client.session, name="Timmy", epoch=1)
            list(client.datagrams(200.0))
        except Exception as error:  # noqa: BLE001  any error is what this looks for
            say(f"seed {seed}, datagram {number}: {type(error).__name__}: {error}: {data.hex()}")
            return 1
        if any(isinstance(event, Ending) for event in events):
            endings += 1  # a disconnection, or a login that a packet ended: legitimate words of a server
            client = _client()
            body = Body(client.session, ITEM_ACTS)
        if number % REPORT_EVERY == 0:
            say(f"{number} datagrams, {endings} sessions ended by what they said")
    say(f"seed {seed}: {count} datagrams in {time.monotonic() - began:.0f} s, no error; {endings} sessions ended")
    return 0


def _client() -> PlayerConnection:
    host = Host()
    client = host.join()
    host.run(1)
    return client


def _mutated(chance: random.Random, data: bytes) -> bytes:
    mutated = bytearray(data)
    for _ in range(chance.randint(0, 4)):
        if mutated:
            mutated[chance.randrange(len(mutated))] = chance.randrange(256)
    if chance.random() < 0.2:
        del mutated[chance.randrange(len(mutated) + 1) :]
    if chance.random() < 0.1:
        mutated += chance.randbytes(chance.randint(1, 20))
    return bytes(mutated)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("datagrams", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.exit(fuzz(arguments.datagrams, arguments.seed))


if __name__ == "__main__":
    main()

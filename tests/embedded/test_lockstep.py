"""Worlds in lockstep: equal to the bridge behind its socket, repeatable, saved, copied and lost."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
import zmq

from tests.waiting import eventually
from timmy_actors.embedded import LockstepTurn, LockstepWorld, WorldProcess
from timmy_actors.embedded.lockstep import start_lua
from timmy_actors.errors import ConfigError, WorldGoneError

pytest.importorskip("lupa.luajit21")

TIMMY = "Timmy"
OBSERVE = json.dumps({"type": "observe", "id": "observe", "player": TIMMY})
LOCATE = json.dumps({"type": "observe", "id": "observe", "player": TIMMY, "sections": ["position", "nearby_actors"]})
FOREVER_MS = 10**9


def command(key: str, name: str, **arguments: Any) -> str:
    arguments["player"] = TIMMY
    return json.dumps({"type": "command", "id": key, "name": name, "arguments": arguments, "deadline": FOREVER_MS})


def actions(seed: int) -> Iterator[str | None]:
    """What a restless player does: the same for the same seed."""
    chance = random.Random(seed)
    for number in range(10**6):
        yield chance.choice(
            [
                None,
                command(f"{number}", "walk", seconds=0.5),
                command(f"{number}", "run", direction="left", seconds=0.2),
                command(f"{number}", "turn", by=chance.randrange(-180, 180)),
                command(f"{number}", "jump"),
                command(f"{number}", "attack"),
                command(f"{number}", "look"),
                command(f"{number}", "cast", spell="hearth heal"),
                command(
                    f"{number}", "add_effect", spell="haste", effect=79, attribute="Speed", magnitude=5, duration_s=9
                ),
                command(f"{number}", "chat", text=f"This is line {number}."),
            ]
        )


def play(world: LockstepWorld | WorldProcess, turns: list[LockstepTurn]) -> list[bytes]:
    return [world.turn(turn) for turn in turns]


def test_equal_seeds_and_actions_give_equal_bytes_also_from_a_saved_and_from_a_copied_world() -> None:
    looks = itertools.cycle([OBSERVE, LOCATE, LOCATE, LOCATE, LOCATE])
    turns = [LockstepTurn(action, 100, look) for _, action, look in zip(range(1000), actions(7), looks, strict=False)]
    with WorldProcess.start(3) as first, WorldProcess.start(3) as second:
        answers = play(first, turns[:500])
        saved, copy = first.save(), first.fork()
        answers += play(first, turns[500:])
        assert play(second, turns) == answers
        second.restore(saved)
        assert play(second, turns[500:]) == answers[500:]
        with copy:
            assert play(copy, turns[500:]) == answers[500:]
    assert len({json.loads(answer)["perception"]["sections"]["position"]["x"] for answer in answers}) > 100


def test_another_seed_gives_another_world() -> None:
    turns = [LockstepTurn(None, 1000, LOCATE)] * 30
    with closing(LockstepWorld(1)) as one, closing(LockstepWorld(2)) as another:
        assert play(one, turns) != play(another, turns)


def test_the_copies_of_a_world_go_on_independently() -> None:
    east = LockstepTurn(command("east", "run", direction="right", seconds=1), 2000, LOCATE)
    west = LockstepTurn(command("west", "run", direction="left", seconds=1), 2000, LOCATE)
    stay = LockstepTurn(None, 2000, LOCATE)
    with WorldProcess.start(1) as world, world.fork() as first, world.fork() as second:
        places = [json.loads(w.turn(t))["perception"]["sections"]["position"]["x"] for w, t in
                  ((world, stay), (first, east), (second, west))]  # fmt: skip
    assert len(set(places)) == 3


class Networked:
    """The same world behind its socket: messages go through ZMTP and JSON, and time passes as in lockstep."""

    def __init__(self, seed: int) -> None:
        self._lua = start_lua(seed, listen=True)
        self._lockstep = self._lua.require("simulator.lockstep")
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: list[zmq.Socket[bytes]] = []
        self._answers: dict[str, bytes] = {}
        self.join()

    def join(self) -> None:
        """Connect once more, and talk over this connection from now on."""
        self._socket = self._context.socket(zmq.DEALER)
        self._sockets.append(self._socket)  # the context closes it at the end
        self._socket.connect(f"tcp://127.0.0.1:{int(self._lua.require('timmy.bridge').port)}")
        self.ask(json.dumps({"type": "hello", "id": "hello", "client": "networked"}))

    def ask(self, message: str) -> bytes:
        """Send a message, and wait for its answer, without any game time."""
        self._socket.send(message.encode())
        key = json.loads(message)["id"]
        eventually(lambda: key in self._read())
        return self._answers.pop(key)

    def turn(self, turn: LockstepTurn) -> bytes:
        if turn.command is not None:
            self._socket.send(turn.command.encode())
            # An answer to a ping proves that the command before it was read.
            self.ask(json.dumps({"type": "ping", "id": "ping"}))
        self._lockstep.turn(None, turn.ms, None)
        assert turn.observe is not None
        return self.ask(turn.observe)

    def _read(self) -> dict[str, bytes]:
        self._lockstep.poll()
        while self._socket.poll(0):
            answer = self._socket.recv()
            self._answers[json.loads(answer)["id"]] = answer
        return self._answers

    def close(self) -> None:
        self._context.destroy(linger=0)
        self._lockstep.poll()


def test_clients_can_join_while_time_stands_still() -> None:
    with closing(Networked(5)) as networked:
        networked.join()


def test_what_is_observed_equals_what_goes_over_the_network_in_200_steps() -> None:
    with closing(LockstepWorld(5)) as lockstep, closing(Networked(5)) as networked:
        for _, action in zip(range(200), actions(5), strict=False):
            turn = LockstepTurn(action, 100, OBSERVE)
            answer = lockstep.turn(turn)
            assert b'"perception":' + networked.turn(turn) + b"}" in answer


def test_a_saved_world_that_is_damaged_or_of_another_version_is_refused() -> None:
    with closing(LockstepWorld(1)) as world:
        for _ in range(10):
            world.turn(LockstepTurn(None, 1000, LOCATE))
        saved = world.save()
        for damaged, reason in (
            (saved[:-1], "not a saved world"),
            (saved.replace(b'"turns":[0', b'"turns":[1'), "beyond the distinct turns"),
            (saved.replace(b'"seed":1', b'"seed":-1'), "seed"),
            (saved.replace(b'"seed":1', b'"seed":2'), "takes its turns otherwise"),
        ):
            with pytest.raises(ConfigError, match=reason):
                world.restore(damaged)
        world.restore(saved)


def test_a_killed_world_is_lost_and_its_copy_is_not() -> None:
    with WorldProcess.start(1) as world, world.fork() as copy:
        os.kill(world.pid, signal.SIGKILL)
        with pytest.raises(WorldGoneError, match=str(world.pid)):
            world.turn(LockstepTurn(None, 100, LOCATE))
        assert json.loads(copy.turn(LockstepTurn(None, 100, LOCATE)))["game_ms"] == 100


def test_a_stopped_world_is_killed_when_it_does_not_answer() -> None:
    with WorldProcess.start(1, answer_within_s=0.3) as source:
        os.kill(source.pid, signal.SIGSTOP)
        with pytest.raises(WorldGoneError, match="did not answer within"):
            source.turn(LockstepTurn(None, 100, LOCATE))


def test_the_processes_of_worlds_end_with_their_owners_connection() -> None:
    with WorldProcess.start(1) as world:
        copy = world.fork()
        pids = world.pid, copy.pid
        copy.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_dead_server_is_a_lost_world() -> None:
    with closing(LockstepWorld(1)) as world:
        world._lua.execute("TimmyDies = function() error('a script is broken') end")
        world._lua.execute("tes3mp.StartTimer(tes3mp.CreateTimer('TimmyDies', 10))")
        with pytest.raises(WorldGoneError, match="a script is broken"):
            world.turn(LockstepTurn(None, 100, LOCATE))


def test_time_passes_in_turns_only() -> None:
    with closing(LockstepWorld(1)) as world:
        times = [json.loads(world.turn(LockstepTurn(None, ms, None)))["game_ms"] for ms in (0, 10, 0, 5, 500)]
    assert [later - earlier for earlier, later in pairwise(times)] == [10, 0, 5, 500]

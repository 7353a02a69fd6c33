from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, running
from timmy_actors import RefusedError, Runtime, connect
from timmy_actors.client import Calls
from timmy_actors.protocol import NEEDS_CLIENT_INPUT, Action, CommandResult, PerceptionOutput, Revision
from timmy_actors.protocol.command import guidance
from timmy_actors.worlds import AsyncWorld, PlayerBody, WorldInterface

EXAMPLE = Path(__file__).parents[2] / "examples" / "wanderer.py"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        yield peer


@pytest.fixture
def runtime(peer: Peer) -> Iterator[Runtime]:
    with running(peer.address) as runtime:
        fresh(runtime)
        yield runtime


@contextmanager
def over(runtime: Runtime, kind: str) -> Iterator[Calls]:
    """The game in this process, or from another one."""
    if kind == "runtime":
        yield runtime
        return
    with connect() as daemon:
        yield daemon


@pytest.fixture(params=["runtime", "connect"])
def body(runtime: Runtime, request: pytest.FixtureRequest) -> Iterator[PlayerBody]:
    with over(runtime, request.param) as game:
        yield PlayerBody(game)


def test_whether_an_object_is_a_body_can_be_checked(body: PlayerBody, runtime: Runtime) -> None:
    assert isinstance(body, WorldInterface)
    assert not isinstance(runtime, WorldInterface)


def test_a_body_sees_what_the_game_knows_of_its_player(body: PlayerBody, runtime: Runtime) -> None:
    assert body.observe() == runtime.snapshot()


def test_an_executed_action_has_its_outcome_and_id(body: PlayerBody) -> None:
    result = body.act(Action(action="message", params={"text": "hi"}))
    assert (result.success, result.outcome, result.code) == (True, "done", None)
    assert result.command_id


@pytest.mark.parametrize(
    ("verb", "params"),
    [("swim", {}), ("persuade", {}), ("walk", {"seconds": 2}), ("attack", {}), ("open", {"unique_index": "1-0"})],
)
def test_what_needs_a_clients_input_says_what_it_would_take(
    body: PlayerBody, peer: Peer, verb: str, params: dict[str, Any]
) -> None:
    peer.refusal = {"code": "needs_client_input", "message": guidance(verb), "field": "name"}
    result = body.act(Action(action=verb, params=params))
    assert (result.success, result.outcome, result.code) == (False, "refused", "needs_client_input")
    assert result.needs == NEEDS_CLIENT_INPUT[verb]
    assert result.field == "name"


def test_a_refusal_has_its_code_and_field_and_is_not_raised(body: PlayerBody) -> None:
    result = body.act(Action(action="give_item", params={"item": "gold_001", "count": 0}))
    assert (result.outcome, result.code, result.field) == ("refused", "bad_arguments", "count")


def test_an_unknown_player_cannot_be_observed(runtime: Runtime) -> None:
    with pytest.raises(RefusedError, match="Nobody"):
        PlayerBody(runtime, "Nobody").observe()


class Recorder(Calls):
    """A game that records its commands, and refuses them with `declines`."""

    def __init__(self, declines: RefusedError | None = None) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.ids: list[str | None] = []
        self.awaited: list[tuple[Revision | None, float]] = []
        self.perceived = 0
        self._declines = declines

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = None, timeout_s: float = 1
    ) -> PerceptionOutput:
        self.awaited.append((after, timeout_s))
        if after is not None and after.number > self.perceived:
            raise RefusedError("expired", "not perceived")
        known = {
            "player": player or "Timmy",
            "pid": 0,
            "boot": "b",
            "epoch": 1,
            "revision": self.perceived,
            "revisions": {},
        }
        return PerceptionOutput.model_validate(known)

    def command(
        self, name: str, /, *, timeout_s: float = 1, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        self.commands.append((name, arguments))
        self.ids.append(command_id)
        if self._declines:
            raise self._declines
        produced = Revision(boot="b", number=len(self.commands))
        return CommandResult(id=command_id or "", value={"command": name}, revision=produced)


@pytest.mark.parametrize(
    ("options", "command", "arguments"),
    [
        ({}, "chat", {"text": "Hi"}),
        ({"manner": "announce"}, "broadcast", {"text": "Hi"}),
        ({"to": "Jiub"}, "whisper", {"to": "Jiub", "text": "Hi"}),
        ({"to": "Jiub", "manner": "whisper"}, "whisper", {"to": "Jiub", "text": "Hi"}),
        ({"to": "Jiub", "manner": "show"}, "message_box", {"player": "Jiub", "text": "Hi"}),
    ],
)
def test_each_manner_of_speaking_is_a_command(options: dict[str, Any], command: str, arguments: dict[str, Any]) -> None:
    game = Recorder()
    assert PlayerBody(game).speak("Hi", **options).success
    assert game.commands == [(command, arguments)]


@pytest.mark.parametrize("options", [{"manner": "whisper"}, {"manner": "show"}, {"to": "Jiub", "manner": "announce"}])
def test_a_text_without_or_with_a_wrong_recipient_is_refused(options: dict[str, Any]) -> None:
    game = Recorder()
    result = PlayerBody(game).speak("Hi", **options)
    assert (result.outcome, result.code, result.field, game.commands) == ("refused", "bad_arguments", "to", [])


def test_a_body_of_a_named_player_acts_for_that_player() -> None:
    game = Recorder()
    body = PlayerBody(game, "Jiub")
    body.act(Action(action="teleport", params={"to": "Balmora"}))
    assert game.commands == [("teleport", {"player": "Jiub", "to": "Balmora"})]
    assert body.observe().player == "Jiub"


def test_an_action_repeated_under_its_id_is_the_same_command() -> None:
    game = Recorder()
    body = PlayerBody(game)
    first = body.act(Action(action="chat", params={"text": "Hi"}))
    body.act(Action(action="chat", params={"text": "Hi"}), command_id=first.command_id)
    body.act(Action(action="chat", params={"text": "Hi"}))
    assert game.ids[0] == game.ids[1] == first.command_id
    assert game.ids[2] != first.command_id


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("in_doubt", "unknown"), ("game_refused", "failed"), ("internal", "failed"), ("no_such_place", "refused")],
)
def test_the_outcome_says_whether_it_may_have_been_done(code: Any, outcome: str) -> None:
    result = PlayerBody(Recorder(RefusedError(code, "no"))).act(Action(action="teleport", params={"to": "X"}))
    assert (result.outcome, result.code, result.success) == (outcome, code, False)


HELLO = Action(action="chat", params={"text": "Hi"})


def test_what_an_action_did_is_waited_for() -> None:
    game = Recorder()
    body = PlayerBody(game)
    result = body.act(HELLO)
    assert result.revision == Revision(boot="b", number=1)
    game.perceived = 1
    assert body.observe(after=result, deadline_s=3).revision == 1
    assert game.awaited == [(result.revision, 3)]


def test_what_is_not_perceived_in_time_is_refused() -> None:
    body = PlayerBody(Recorder())
    with pytest.raises(RefusedError, match="not perceived"):
        body.observe(after=body.act(HELLO))


def test_an_action_and_the_world_after_it_come_together() -> None:
    game = Recorder()
    game.perceived = 1
    result, seen = PlayerBody(game).act(HELLO, observe=True)
    assert (result.success, seen.revision, seen.stale) == (True, 1, False)


def test_a_world_that_does_not_show_the_action_yet_is_stale_and_the_result_is_not_lost() -> None:
    step = PlayerBody(Recorder()).act(HELLO, observe=True)
    assert (step.result.success, step.seen.stale, step.seen.stale_reason) == (True, True, "not perceived")


def test_the_world_before_an_action_is_never_passed_off_as_the_one_after_it() -> None:
    game = Recorder()
    body = PlayerBody(game)
    assert not body.observe().stale
    body.act(HELLO)
    seen = body.observe()
    assert (seen.stale, seen.stale_reason) == (True, "no snapshot since the last action")
    game.perceived = 1
    assert not body.observe().stale


def test_after_an_action_that_was_declined_nothing_is_waited_for() -> None:
    game = Recorder(RefusedError("no_such_place", "no"))
    step = PlayerBody(game).act(HELLO, observe=True)
    assert (step.result.revision, step.seen.stale, game.awaited[0][0]) == (None, False, None)


def test_a_body_can_be_waited_for_as_a_coroutine() -> None:
    async def live() -> tuple[str, bool, bool]:
        world = AsyncWorld(PlayerBody(Recorder()))
        seen, done, spoken = await asyncio.gather(world.observe(), world.act(HELLO), world.speak("Hi", to="Jiub"))
        step = await world.act(HELLO, observe=True)
        return seen.player, done.success and spoken.success, step.seen.stale

    assert asyncio.run(live()) == ("Timmy", True, True)


def test_the_example_lives(runtime: Runtime) -> None:
    spec = importlib.util.spec_from_file_location("wanderer", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    wanderer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wanderer)
    body: WorldInterface = PlayerBody(runtime)
    lines = wanderer.wander(body)
    assert lines[0].startswith("Timmy stands in ")
    assert lines[1:] == ["teleport: done", "walk: done", "greeting: done"]

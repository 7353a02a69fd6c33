"""Agents in the embedded world: what they do is what they see next, and what they say is what they hear."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import eventually
from timmy_actors import Daemon
from timmy_actors.protocol import Action, PerceptionOutput
from timmy_actors.worlds import PlayerBody

BALMORA = ("-3, -2", -23894.0, -15079.0)
WAIT_S = 60.0


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with DaemonProcess(tmp_path_factory.mktemp("hearing")) as process, process.connect() as connected:
        eventually(lambda: "Jiub" in heard_of(connected), WAIT_S)
        yield connected


def heard_of(daemon: Daemon) -> list[str]:
    seen = daemon.snapshot().nearby_players
    return [] if seen is None else [player.name for player in seen.players]


def place(seen: PerceptionOutput | None) -> tuple[str, float, float] | None:
    position = None if seen is None else seen.position
    return None if position is None else (position.cell, position.x, position.y)


def lines(seen: PerceptionOutput) -> list[tuple[str | None, str]]:
    assert seen.chat is not None
    return [(line.player, line.text) for line in seen.chat.lines]


def test_an_agent_sees_what_its_action_did_and_never_where_it_was_not(daemon: Daemon) -> None:
    timmy = PlayerBody(daemon, "Timmy")
    timmy.act(Action(action="teleport", params={"x": -11264, "y": -70912, "z": 220}), observe=True)
    before = place(timmy.observe())
    seen: set[tuple[str, float, float] | None] = set()
    with daemon_watch(daemon, seen):
        result, after = timmy.act(Action(action="teleport", params={"to": "Balmora"}), observe=True)
    assert (result.outcome, after.stale, place(after)) == ("done", False, BALMORA)
    assert seen <= {before, BALMORA}
    assert BALMORA in seen
    assert after.position is not None
    assert after.position.place == "Balmora"


class daemon_watch:  # noqa: N801  reads as a statement
    """Writes down every place at which Timmy is said to be, until it was said to be in Balmora."""

    def __init__(self, daemon: Daemon, seen: set[tuple[str, float, float] | None]) -> None:
        self._pushes = daemon.watch("Timmy")
        self._seen = seen
        self._thread = threading.Thread(target=self._write_down, daemon=True)

    def _write_down(self) -> None:
        for pushed in self._pushes:
            if pushed.snapshot is not None:
                self._seen.add(place(pushed.snapshot))
            if BALMORA in self._seen:
                return

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()


def test_an_agent_hears_itself_within_one_push(daemon: Daemon) -> None:
    timmy = PlayerBody(daemon, "Timmy")
    said = timmy.speak("Hello, myself")
    assert said.value["heard_by"] == ["Jiub", "Timmy"]
    assert lines(timmy.observe(after=said))[-1] == ("Timmy", "Timmy (0): Hello, myself")


def test_two_agents_talk(daemon: Daemon) -> None:
    timmy, jiub = PlayerBody(daemon, "Timmy"), PlayerBody(daemon, "Jiub")
    asked = timmy.speak("What is your name?")
    assert lines(jiub.observe(after=asked))[-1] == ("Timmy", "Timmy (0): What is your name?")
    answered = jiub.speak("They call me Jiub.", to="Timmy")
    reply = ("Jiub", "Jiub (1) to Timmy (0): They call me Jiub.")
    assert lines(timmy.observe(after=answered))[-1] == reply
    assert lines(jiub.observe(after=answered))[-1] == reply


def test_what_is_typed_as_a_command_is_declined_as_speech_and_run_as_a_command(daemon: Daemon) -> None:
    timmy = PlayerBody(daemon, "Timmy")
    assert timmy.speak("/me waves").code == "bad_arguments"
    done = timmy.act(Action(action="chat_command", params={"text": "/me waves"}))
    assert lines(timmy.observe(after=done))[-1] == ("Timmy", "Timmy (0) waves")


def test_a_line_is_an_event_of_each_who_reads_it(daemon: Daemon) -> None:
    pushes = daemon.watch("Timmy")
    PlayerBody(daemon, "Jiub").speak("Do you hear me?")
    event = next(pushed.event for pushed in pushes if pushed.event is not None and pushed.event.event == "chat")
    assert (event.player, event.data["speaker"], event.data["text"]) == ("Timmy", "Jiub", "Jiub (1): Do you hear me?")

"""How an episode ends, and what is remembered of it, in virtual time."""

from __future__ import annotations

import pytest

from tests.heartbeat.virtual import BOOT, Virtual, snapshot, walk
from timmy_actors.heartbeat import ToolCall, View
from timmy_actors.heartbeat.effects import (
    Act,
    Think,
)
from timmy_actors.recording import Usage


def test_a_finish_ends_the_episode() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(ToolCall("finish", {"outcome": "failure", "reason": "the door is locked"}))
    assert run.record().outcome == "waited"
    end = run.end()
    assert (end.outcome, end.reason) == ("failure", "the door is locked")
    assert run.core.status().episode is None


def test_a_stop_waits_for_the_action_under_way() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk())
    act = run.take(Act)
    assert run.core.stop("on request") == []
    run.effects.append(act)
    run.done()
    run.record()
    assert run.end().outcome == "stopped"


def test_a_script_that_is_over_ends_the_episode() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(over="the script is played")
    assert (run.end().reason, run.core.status().reason) == ("the script is played", "the script is played")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"max_tokens": 100}, "the episode used 120 tokens of 100"), ({"max_cost": 0.5}, "the episode cost 0.6 of 0.5")],
)
def test_a_budget_ends_the_episode(limits: dict[str, float], reason: str) -> None:
    run = Virtual(**limits)
    for _ in range(2):
        run.tick()
        run.see()
        run.propose(ToolCall("wait"), usage=Usage(prompt_tokens=50, completion_tokens=10, cost=0.3))
        run.record()
    end = run.end()
    assert (end.outcome, end.reason) == ("budget", reason)


def test_what_had_not_happened_in_a_restored_world_is_forgotten() -> None:
    run = Virtual()
    run.beat(walk(1), view=View(snapshot(game_ms=1_000)))
    run.beat(walk(2), view=View(snapshot(200, game_ms=2_000)))
    run.tick()
    run.see(View(snapshot(game_ms=1_500)))
    question = run.take(Think).question
    assert [line[:6] for line in question.memory] == ["beat 1"]
    assert "restored" in question.feedback[0]


def test_another_server_process_has_a_clock_of_its_own() -> None:
    run = Virtual()
    run.beat(walk(), view=View(snapshot(game_ms=9_000)))
    run.tick()
    run.see(View(snapshot(game_ms=1, boot=f"{BOOT}-next")))
    assert len(run.take(Think).question.memory) == 1


def test_the_memory_keeps_to_its_budget() -> None:
    run = Virtual(memory_chars=300)
    for number in range(20):
        run.beat(walk(), view=View(snapshot(number * 200.0)))
    run.tick()
    run.see()
    memory = run.take(Think).question.memory
    assert 0 < sum(map(len, memory)) <= 300
    assert memory[-1].startswith("beat 20")


def test_an_episode_is_resumed_with_the_next_number() -> None:
    run = Virtual()
    run.core.start("e", run.now, next_beat=42)
    run.core.remember(["beat 41: ..."], "the daemon was restarted", Usage(prompt_tokens=7))
    assert run.core.status().tokens == 7
    run.tick()
    run.see()
    question = run.take(Think).question
    assert (question.beat, question.memory, question.feedback) == (42, ("beat 41: ...",), ("the daemon was restarted",))

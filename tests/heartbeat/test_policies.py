"""Scripts, functions and replays as policies, the thread they run in, and the prompt of a model."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S
from timmy_actors.errors import ConfigError, EpisodesUnusableError, RefusedError
from timmy_actors.heartbeat import (
    Proposal,
    PythonPolicy,
    Question,
    ReplayPolicy,
    ScriptedPolicy,
    Toolbox,
    ToolCall,
    load_script,
)
from timmy_actors.heartbeat.prompting import compose
from timmy_actors.heartbeat.thinker import Thinker
from timmy_actors.portals import Caller, load_catalog, load_prompts
from timmy_actors.recording import BeatCall, BeatRecord, Decision, EpisodeWriter
from timmy_actors.system import config_folder

SCRIPT = "- {text: go, calls: [{tool: walk, arguments: {seconds: 1}}]}\n- {calls: [{tool: wait}]}\n"


def ask(policy: Any, beat: int = 1, **fields: Any) -> Proposal:
    proposal = policy.decide(Question(beat=beat, goal="", observation={}, **fields), Caller())
    assert isinstance(proposal, Proposal)
    return proposal


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT)
    return path


def test_a_script_is_played_by_the_beats_number_and_ends(script: Path) -> None:
    policy = ScriptedPolicy(load_script(script))
    assert ask(policy, 1) == Proposal("go", (ToolCall("walk", {"seconds": 1}),))
    assert ask(policy, 2).calls == (ToolCall("wait"),)
    assert ask(policy, 3).over == "the script is played"
    assert ask(ScriptedPolicy(load_script(script), repeats=True), 3).text == "go"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "the script: must have at least 1 items"),
        ("- {text: hi}", "0.calls: is required"),
        ("- {calls: [{tool: walk, seconds: 1}]}", "0.calls.0.seconds: is no field here"),
        ("- {calls: [", "cannot be read as YAML"),
        ("hello", "the script: must be a list"),
    ],
)
def test_a_wrong_script_is_refused_with_its_field(script: Path, content: str, reason: str) -> None:
    script.write_text(content)
    with pytest.raises(ConfigError) as error:
        load_script(script)
    assert str(error.value).startswith(f"{script}: ")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("result", "calls"),
    [
        (None, (ToolCall("wait"),)),
        ({"tool": "walk"}, (ToolCall("walk"),)),
        (ToolCall("walk"), (ToolCall("walk"),)),
        ([{"tool": "walk", "arguments": {"seconds": 1}}], (ToolCall("walk", {"seconds": 1}),)),
        ((ToolCall("walk"), ToolCall("wait")), (ToolCall("walk"), ToolCall("wait"))),
        (Proposal("x"), ()),
    ],
)  # fmt: skip
def test_a_function_decides(result: Any, calls: tuple[ToolCall, ...]) -> None:
    assert ask(PythonPolicy(lambda question: result)).calls == calls


@pytest.mark.parametrize("result", ["walk", 7, [1], {"name": "walk"}])
def test_what_a_function_must_not_return_is_an_error(result: Any) -> None:
    with pytest.raises(TypeError, match="must"):
        ask(PythonPolicy(lambda question: result))


def test_a_replay_repeats_the_decisions_but_not_the_steps_of_plans(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    for number, by in enumerate(("model", "plan", "plan", "human"), start=1):
        call = BeatCall(id="1", name=f"tool-{number}", arguments={"n": number})
        decision = Decision(text=by, calls=(call,), by=by)
        writer.write(BeatRecord(beat=number, time=datetime.now(UTC), outcome="acted", decision=decision))
    writer.close("stopped")
    policy = ReplayPolicy(tmp_path / "one")
    assert ask(policy, 1).calls == (ToolCall("tool-1", {"n": 1}),)
    assert ask(policy, 4).calls == (ToolCall("tool-4", {"n": 4}),)  # nothing is asked while the plan is carried out
    assert ask(policy, 5).over == "the episode is replayed"
    assert ask(ReplayPolicy(tmp_path / "one"), 2).calls == (ToolCall("tool-4", {"n": 4}),)
    with pytest.raises(EpisodesUnusableError):
        ReplayPolicy(tmp_path / "two")


class Slow:
    """A policy that decides when it is told to, or cancelled."""

    is_slow = True

    def __init__(self) -> None:
        self.go = threading.Event()
        self.closed = False

    def decide(self, question: Question, caller: Caller) -> Proposal:
        caller.on_leave(self.go.set)
        self.go.wait(PATIENCE_S)
        self.go.clear()
        return Proposal(text=str(question.beat))

    def close(self) -> None:
        self.closed = True


def test_a_policy_decides_in_a_thread_of_its_own_and_a_cancelled_question_makes_way() -> None:
    policy, answers = Slow(), list[str]()
    answered = threading.Event()
    thinker = Thinker(policy)

    def done(proposal: Proposal) -> None:
        answers.append(proposal.text)
        if proposal.text == "2":
            answered.set()

    thinker.ask(Question(beat=1, goal="", observation={}), done)
    thinker.cancel()
    thinker.ask(Question(beat=2, goal="", observation={}), done)
    while not answered.wait(0.01):
        policy.go.set()
    thinker.close()
    assert answers[-1] == "2"
    assert policy.closed


def test_a_policy_that_is_stuck_is_dismissed_without_waiting_for_it() -> None:
    stuck, returns = threading.Event(), threading.Event()

    class Stuck(Slow):
        def decide(self, question: Question, caller: Caller) -> Proposal:
            stuck.set()
            returns.wait(PATIENCE_S)
            return Proposal()

    policy = Stuck()
    thinker = Thinker(policy)
    thinker.ask(Question(beat=1, goal="", observation={}), lambda _: None)
    assert stuck.wait(PATIENCE_S)
    thinker.dismiss()
    assert not policy.closed  # it still decides
    returns.set()
    thinker.close()
    assert policy.closed


def test_a_policy_that_fails_is_a_reason_and_no_end(caplog: pytest.LogCaptureFixture) -> None:
    answers, answered = list[Proposal](), threading.Event()

    def done(proposal: Proposal) -> None:
        answers.append(proposal)
        answered.set()

    class Wrong(Slow):
        def decide(self, question: Question, caller: Caller) -> Any:
            if question.beat == 1:
                raise ValueError("out of ideas")
            return "walk"

    thinker = Thinker(Wrong())
    with caplog.at_level(logging.CRITICAL):
        for beat in (1, 2):
            answered.clear()
            thinker.ask(Question(beat=beat, goal="", observation={}), done)
            assert answered.wait(PATIENCE_S)
    thinker.close()
    assert [answer.problem for answer in answers] == [
        "ValueError: out of ideas",
        "the policy returned str, not a Proposal",
    ]


def test_a_prompt_keeps_to_its_budget_memory_first_then_the_observation() -> None:
    observation = {"position": {"x": 1}, "books": "b" * 3_000, "inventory": "i" * 3_000}
    question = Question(beat=1, goal="go", observation=observation, memory=tuple(f"beat {n}: x" for n in range(500)))
    whole = compose(question, None, 100_000)[1].text
    assert "beat 0:" in whole
    assert "bbbb" in whole
    middle = compose(question, None, 8_000)
    assert sum(len(message.text) for message in middle) <= 8_100
    assert "beat 0:" not in middle[1].text
    assert "beat 499:" in middle[1].text
    small = compose(question, None, 4_500)[1].text
    assert "bbbb" not in small
    assert "iiii" in small
    assert "left_out" in small


def test_the_portals_prompts_teach_the_model_its_game() -> None:
    catalog = config_folder() / "portals.json"
    morrowind = next(entry for entry in load_catalog(catalog) if entry.id == "morrowind")
    system = compose(Question(beat=1, goal="", observation={}), load_prompts(morrowind), 100_000)[0].text
    assert "I see Balmora ahead, I should follow the road north." in system
    assert 'execute_action {"action":"forward 3s","params":{}}' in system


def test_tools_have_schemas_and_validate_calls() -> None:
    toolbox = Toolbox(("walk", "chat"), player="Timmy", bindings={}, longest_s=5.0)
    assert toolbox.names == ("walk", "chat", "execute_action", "plan", "wait", "finish")
    walk = toolbox.schemas[0]
    assert walk["description"].startswith("Walk for some seconds")
    assert "player" not in walk["parameters"]["properties"]
    for call, reason in (
        (ToolCall("walk", {"seconds": 6}), "an action has 5 s in a beat"),
        (ToolCall("execute_action", {"action": "fly away"}), "no action 'fly away'"),
        (ToolCall("execute_action", {"action": "press_key"}), "key: is required"),
        (ToolCall("plan", {"steps": []}), "at least 1 items"),
        (ToolCall("plan", {"steps": [{"tool": "plan"}]}), "a step's tool must be one of"),
        (ToolCall("plan", {"steps": [{"tool": "walk", "arguments": {"seconds": -1}}]}), "steps.0: walk: seconds"),
        (ToolCall("plan", {"steps": [{"tool": "wait"}] * 17}), "at most 16 items"),
        (ToolCall("finish", {"outcome": "maybe"}), "must be 'success' or 'failure'"),
        (ToolCall("wait", {"seconds": 1}), "is no field here"),
        (ToolCall("teleport", {}), "no tool 'teleport'"),
    ):
        with pytest.raises(RefusedError) as refused:
            toolbox.parse(call)
        assert reason in refused.value.message
    with pytest.raises(RefusedError, match="no command 'fly'"):
        Toolbox(("fly",), player="Timmy", bindings=None)

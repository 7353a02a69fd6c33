"""The policy `openai` with llama.cpp's server for Python, and a model of random weights.

What such a model says is noise in the form that the server's grammar forces: the right keys and words, numbers out of
every bound, arguments that end in mid-word.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import BuildSettings
from tests.heartbeat.virtual import COMMANDS
from tests.portals.environments import environment
from tests.waiting import eventually
from tests.wires import free_port
from timmy_actors.daemon import Runtime, Settings
from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat import OpenAiOptions, OpenAiPolicy, Proposal, Question, Toolbox
from timmy_actors.portals import Caller
from timmy_actors.recording import read_episode
from timmy_actors.system import config_folder

PACKAGES = ("llama-cpp-python[server]==0.3.36", "gguf==0.19.0")
BUILD = BuildSettings(
    variables={"CMAKE_ARGS": "-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG'"},
    within_s=4 * 3_600,
)
"""There is no built one: on an idle machine it takes about 15 minutes, without what reads pictures."""
MAKE_GGUF = Path(__file__).parent / "llama_cpp" / "make_gguf.py"
CONTEXT_TOKENS = 8_192
SERVES_WITHIN_S = 120.0
ANSWERS_WITHIN_S = 120.0
BEATS, BEATS_WITHIN_S = 10, 1_800.0
"""Decisions of one thread, beside other programs."""
DIRECTIONS = {"forward", "back", "left", "right"}
TOOLS = Toolbox(COMMANDS, player="Timmy", bindings=None)

pytestmark = pytest.mark.timeout(5 * 3_600)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a running server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        with serving(tmp_path_factory.mktemp("llama")) as url:
            yield url


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    python, model, port = environment(*PACKAGES, build=BUILD) / "python", folder / "model.gguf", free_port()
    subprocess.run([str(python), str(MAKE_GGUF), str(model)], check=True, timeout=SERVES_WITHIN_S)
    command = [str(python), "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n_ctx", str(CONTEXT_TOKENS), "--chat_format", "chatml", "--n_threads", "1"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})
        try:
            eventually(
                lambda: server.poll() is not None or answers(f"http://127.0.0.1:{port}/v1/models"), SERVES_WITHIN_S
            )
            assert server.poll() is None, (folder / "log").read_text()[-4_000:]
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()
            server.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1.0):
            return True
    except OSError:
        return False


@contextmanager
def asking(endpoint: str, **options: Any) -> Iterator[OpenAiPolicy]:
    policy = OpenAiPolicy(OpenAiOptions(base_url=endpoint, model="random", temperature=2.0, **options))
    try:
        yield policy
    finally:
        policy.close()


def ask(policy: OpenAiPolicy, number: int) -> Proposal:
    goal = f"Walk to milestone {number}."  # a model of random weights answers each text with other noise
    question = Question(number, goal, {"position": {"x": 1}}, tools=TOOLS.schemas, deadline_s=ANSWERS_WITHIN_S)
    return policy.decide(question, Caller())


def streamed(endpoint: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of an answer, as they are on the wire."""
    body = json.dumps({"model": "random", "stream": True, "temperature": 2.0, **request}).encode()
    call = urllib.request.Request(f"{endpoint}/chat/completions", body, {"content-type": "application/json"})
    with urllib.request.urlopen(call, timeout=ANSWERS_WITHIN_S) as answer:
        lines = [line[len(b"data: ") :].strip() for line in answer if line.startswith(b"data: ")]
    assert lines[-1] == b"[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_every_chunk_repeats_the_calls_id_and_name_and_the_last_one_hides_that_it_was_cut(endpoint: str) -> None:
    chat = next(tool for tool in TOOLS.schemas if tool["name"] == "chat")
    cut = 0
    for number in range(5):  # a model of random weights may end its text by itself
        request = {
            "messages": [{"role": "user", "content": f"Say line {number}."}],
            "tools": [{"type": "function", "function": chat}],
            "tool_choice": {"type": "function", "function": {"name": "chat"}},
            "max_tokens": 12,
        }
        choices = [chunk["choices"][0] for chunk in streamed(endpoint, request)]
        parts = [part for choice in choices for part in choice["delta"].get("tool_calls") or ()]
        assert len(parts) > 3
        assert len({part["id"] for part in parts}) == 1
        assert {part["function"]["name"] for part in parts} == {"chat"}
        assert choices[-1]["finish_reason"] == "tool_calls"
        cut += not is_json("".join(part["function"]["arguments"] for part in parts))
    assert cut > 0


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def test_the_grammar_forces_keys_and_words_but_no_bounds_and_each_call_is_validated(endpoint: str) -> None:
    refused, accepted = [], 0
    with asking(endpoint, tool_choice="walk", max_output_tokens=300) as policy:
        for number in range(30):
            (call,) = ask(policy, number).calls
            assert call.tool == "walk"
            assert set(call.arguments) <= {"direction", "seconds", "distance"}
            assert call.arguments.get("direction", "forward") in DIRECTIONS
            try:
                TOOLS.parse(call)
                accepted += 1
            except RefusedError as error:
                refused.append(error.message)
    assert accepted + len(refused) == 30
    assert any("walk: seconds: must be" in reason or "walk: distance: must be" in reason for reason in refused), refused


def test_arguments_that_the_server_cuts_in_mid_word_are_refused_with_what_to_do(endpoint: str) -> None:
    with asking(endpoint, tool_choice="chat", max_output_tokens=12) as policy:
        proposals = [ask(policy, number) for number in range(5)]
    cut = [call.problem for proposal in proposals for call in proposal.calls if call.problem is not None]
    assert cut
    assert all(problem.endswith("they were cut: answer in fewer words") for problem in cut), cut
    for proposal in proposals:
        assert proposal.problem is None
        assert proposal.usage is not None
        assert proposal.usage.completion_tokens > 0


def test_a_model_that_is_not_made_to_call_a_tool_answers_in_prose(endpoint: str) -> None:
    with asking(endpoint, max_output_tokens=16) as policy:
        proposal = ask(policy, 1)
    assert (proposal.calls, proposal.problem) == ((), None)


def test_a_prompt_longer_than_the_models_context_is_a_reason_that_says_what_to_do(endpoint: str) -> None:
    with asking(endpoint, max_output_tokens=16, context_chars=10 * CONTEXT_TOKENS) as policy:
        question = Question(1, "Go. " * CONTEXT_TOKENS, {}, tools=TOOLS.schemas, deadline_s=ANSWERS_WITHIN_S)
        proposal = policy.decide(question, Caller())
    assert proposal.calls == ()
    assert (proposal.problem or "").endswith("lower heartbeat.openai.context_chars"), proposal.problem


def test_a_daemon_beats_on_whatever_the_model_says(endpoint: str, runtime_folder: Path) -> None:
    settings = Settings.model_validate(
        {
            "journal": {"file": str(runtime_folder / "journal")},
            "recording": {"folder": str(runtime_folder / "episodes")},
            "heartbeat": {
                "enabled": True,
                "rate_hz": 5.0,
                "decide_timeout_s": ANSWERS_WITHIN_S,
                "policy": "openai",
                "commands": ["walk"],
                "repeats": 1_000,
                "openai": {
                    "base_url": endpoint,
                    "model": "random",
                    "tool_choice": "walk",
                    "temperature": 2.0,
                    "max_output_tokens": 300,
                    "context_chars": CONTEXT_TOKENS // 2,
                },
            },
        }
    )
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{runtime_folder}/daemon") as timmy:
        outcomes: set[str] = set()
        eventually(lambda: refused_and_beats_on(timmy, outcomes), BEATS_WITHIN_S)
        assert timmy.heartbeat().phase == "autonomous"
        timmy.heartbeat("stop")
        eventually(lambda: timmy.heartbeat().episode is None, ANSWERS_WITHIN_S)
    (folder,) = (runtime_folder / "episodes").glob("*/beats.jsonl")
    beats = read_episode(folder.parent).beats
    assert len(beats) >= BEATS
    assert all(beat.reason for beat in beats if beat.outcome in ("refused", "failed"))
    assert any(beat.outcome == "refused" for beat in beats)
    answered = [beat for beat in beats if beat.decision is not None and beat.decision.calls]
    assert answered
    assert all(beat.usage is not None and beat.usage.completion_tokens > 0 for beat in answered)


def refused_and_beats_on(timmy: Runtime, outcomes: set[str]) -> bool:
    """Whether enough beats are over, among them one whose call was refused."""
    status = timmy.heartbeat()
    if status.last is not None:
        outcomes.add(status.last.outcome)
    return status.beats >= BEATS and "refused" in outcomes

"""The policy of a model, with a stand-in for the model's endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.heartbeat.stand_in import (
    Answer,
    ModelStandIn,
    calls,
    chunk,
    dies,
    nothing,
    part,
    prose,
    refuses,
    refuses_pictures,
    silent,
    streams,
)
from tests.heartbeat.virtual import COMMANDS
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat import OpenAiOptions, OpenAiPolicy, Proposal, Question, Toolbox, ToolCall
from timmy_actors.portals import Caller

TOOLS = Toolbox(COMMANDS, player="Timmy", bindings=None)
JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def endpoint() -> Iterator[ModelStandIn]:
    with ModelStandIn().running() as stand_in:
        yield stand_in


@pytest.fixture
def policy(endpoint: ModelStandIn) -> Iterator[OpenAiPolicy]:
    policy = OpenAiPolicy(
        OpenAiOptions(base_url=endpoint.url, model="m", api_key="s3cret", price_input=1.0, price_output=10.0)
    )
    yield policy
    policy.close()


def question(**fields: object) -> Question:
    whole = {"beat": 1, "goal": "go north", "observation": {"position": {"x": 1}}, "tools": TOOLS.schemas}
    return Question(**{**whole, "deadline_s": PATIENCE_S, **fields})  # type: ignore[arg-type]


def ask(policy: OpenAiPolicy, endpoint: ModelStandIn, *script: Answer, **fields: object) -> Proposal:
    endpoint.script.extend(script)
    return policy.decide(question(**fields), Caller())


def test_an_answer_is_assembled_from_chunks_that_repeat_id_and_name(
    policy: OpenAiPolicy, endpoint: ModelStandIn
) -> None:
    wanted = (("walk", {"seconds": 2}), ("turn", {"by": 90}))
    proposal = ask(policy, endpoint, calls(*wanted, text="north"), memory=("beat 0: x",), feedback=("careful",))
    assert proposal.text == "north"
    assert proposal.calls == tuple(ToolCall(name, arguments) for name, arguments in wanted)
    assert proposal.usage is not None
    assert (proposal.usage.prompt_tokens, proposal.usage.completion_tokens) == (100, 20)
    assert proposal.usage.cost == pytest.approx((100 + 200) / 1e6)
    (request,) = endpoint.requests
    assert [tool["function"]["name"] for tool in request["tools"]] == list(TOOLS.names)
    user = request["messages"][1]["content"]
    assert [message.text for message in proposal.prompt] == [each["content"] for each in request["messages"]]
    for content in ("Goal: go north", "Note: careful", "beat 0: x", '{"position":{"x":1}}'):
        assert content in user
    assert "s3cret" not in json.dumps(request)


@pytest.mark.parametrize("numbered", [0, None])
def test_servers_that_number_every_call_alike_are_understood(
    policy: OpenAiPolicy, endpoint: ModelStandIn, numbered: int | None
) -> None:
    parts = [part("walk", "{}", index=numbered, call_id="a"), part("turn", '{"by": 1}', index=numbered, call_id="b")]
    proposal = ask(policy, endpoint, streams([chunk(tool_calls=[each]) for each in parts] + [chunk(finish="stop")]))
    assert proposal.calls == (ToolCall("walk", {}), ToolCall("turn", {"by": 1}))


def test_arguments_that_come_as_an_object_are_taken(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    answer = streams([chunk(tool_calls=[part("walk", {"seconds": 2})]), chunk(finish="stop")])
    assert ask(policy, endpoint, answer).calls == (ToolCall("walk", {"seconds": 2}),)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('{"seconds": 1', "walk: the arguments are no JSON"),
        ('{"text": "hel', "walk: the arguments are no JSON"),
        ("[1, 2]", "walk: the arguments must be a JSON object"),
        ('{"seconds": ' + "9" * 5_000 + "}", "walk: the arguments are no JSON"),
        ('{"seconds": 99999999999999999999}', "walk: seconds: must be at most 60"),
        ('{"seconds": NaN}', "walk: arguments: must be JSON"),
        ('{"seconds": "\\ud800"}', "walk: arguments: must be JSON"),
        ('{"seconds": 1, "text": "' + "x" * 20_000 + '"}', "walk: arguments: must be JSON of at most 16384 bytes"),
        ("[" * 5_000, "walk: the arguments are no JSON"),
    ],
)
def test_bad_arguments_are_refused_with_the_reason(
    policy: OpenAiPolicy, endpoint: ModelStandIn, arguments: str, reason: str
) -> None:
    answer = streams([chunk(tool_calls=[part("walk", arguments)]), chunk(finish="tool_calls")])
    (call,) = ask(policy, endpoint, answer).calls
    with pytest.raises(RefusedError) as refused:
        TOOLS.parse(call)
    assert refused.value.message.startswith(reason)


def test_an_answer_that_was_too_long_says_that_its_arguments_were_cut(
    policy: OpenAiPolicy, endpoint: ModelStandIn
) -> None:
    answer = streams([chunk(tool_calls=[part("chat", '{"text": "and so')]), chunk(finish="length")])
    (call,) = ask(policy, endpoint, answer).calls
    assert call.problem is not None
    assert call.problem.endswith("they were cut, because the answer was too long")


@pytest.mark.parametrize("arguments", ['{"text": "and so', '{"text": "and so", ', '{"text": ', "{"])
def test_arguments_that_are_cut_though_the_server_says_it_has_finished_are_called_cut(
    policy: OpenAiPolicy, endpoint: ModelStandIn, arguments: str
) -> None:
    answer = streams([chunk(tool_calls=[part("chat", arguments)]), chunk(finish="tool_calls")])
    (call,) = ask(policy, endpoint, answer).calls
    assert (call.problem or "").endswith("they were cut: answer in fewer words")


def test_arguments_that_are_no_json_within_are_not_called_cut(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    answer = streams([chunk(tool_calls=[part("chat", '{"text": hello}')]), chunk(finish="tool_calls")])
    (call,) = ask(policy, endpoint, answer).calls
    assert (call.problem or "").endswith(")")


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("", None),
        ("auto", "auto"),
        ("required", "required"),
        ("walk", {"type": "function", "function": {"name": "walk"}}),
    ],
)
def test_the_model_is_made_to_call_a_tool_as_configured(endpoint: ModelStandIn, choice: str, sent: object) -> None:
    policy = OpenAiPolicy(OpenAiOptions(base_url=endpoint.url, model="m", tool_choice=choice))
    ask(policy, endpoint, calls(("walk", {})))
    policy.close()
    assert endpoint.requests[0].get("tool_choice") == sent


@pytest.mark.parametrize(("answer", "text"), [(prose("I walk north"), "I walk north"), (nothing, "")])
def test_prose_and_nothing_are_answers_without_calls(
    policy: OpenAiPolicy, endpoint: ModelStandIn, answer: Answer, text: str
) -> None:
    proposal = ask(policy, endpoint, answer)
    assert (proposal.text, proposal.calls, proposal.problem) == (text, (), None)


def test_a_thousand_calls_are_counted(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    many = [chunk(tool_calls=[part("walk", "{}", index=n, call_id=str(n))]) for n in range(1_000)]
    assert len(ask(policy, endpoint, streams([*many, chunk(finish="tool_calls")])).calls) == 1_000


def test_an_answer_without_an_end_is_broken_off(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    long = streams([chunk(content="x" * 100_000)] * 20)
    proposal = ask(policy, endpoint, long)
    assert proposal.problem == "the model's answer has no end: it was broken off"
    assert proposal.usage is not None
    assert proposal.usage.completion_tokens > 200_000


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (dies, "the endpoint"),
        (streams([chunk(content="half")], done=False), "the endpoint's answer broke off before its end"),
        (streams([], done=False), "lower heartbeat.openai.context_chars"),
        (refuses(500, "out of memory"), "the endpoint refused: HTTP 500"),
        (refuses(401, "who are you"), "check heartbeat.openai.api_key_file"),
        (refuses(404, "no such model"), "check the model's name"),
        (lambda handler, _: (handler.begin(), handler.wfile.write(b"data: {oops\n\n")), "the endpoint"),
    ],
    ids=["dies", "no end", "nothing", "500", "401", "404", "no JSON"],
)
def test_what_goes_wrong_is_the_reason_why_there_is_no_decision(
    policy: OpenAiPolicy, endpoint: ModelStandIn, answer: Answer, reason: str
) -> None:
    proposal = ask(policy, endpoint, answer, calls(("walk", {})))
    assert proposal.calls == ()
    assert reason in (proposal.problem or "")
    assert ask(policy, endpoint).calls == (ToolCall("walk", {}),)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None), ("-1", None), ("1e9", 600.0)])
def test_a_limit_of_the_rate_says_when_to_come_back(
    policy: OpenAiPolicy, endpoint: ModelStandIn, header: str, seconds: float | None
) -> None:
    proposal = ask(policy, endpoint, refuses(429, "slow down", retry_after=header))
    assert "HTTP 429" in (proposal.problem or "")
    assert proposal.retry_after_s == seconds


def test_an_endpoint_that_is_away_is_a_reason_too() -> None:
    with ModelStandIn().running() as gone:
        url = gone.url
    host = urlsplit(url).netloc
    policy = OpenAiPolicy(OpenAiOptions(base_url=url.replace("://", "://me:secret@"), model="m"))
    try:
        assert (policy.decide(question(), Caller()).problem or "").startswith(f"the endpoint at {host} failed: ")
    finally:
        policy.close()


def test_silence_ends_at_the_deadline(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    proposal = ask(policy, endpoint, silent, deadline_s=0.2)
    assert proposal.problem == "the model did not answer within 0.2 s"


def test_a_decision_that_is_of_no_use_any_more_is_cancelled(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    endpoint.script.append(silent)
    caller = Caller()

    def leave() -> None:
        eventually(lambda: endpoint.requests)
        caller.leave()

    thread = threading.Thread(target=leave)
    thread.start()
    assert policy.decide(question(), caller).problem == "cancelled"
    thread.join(PATIENCE_S)


def test_a_refused_picture_is_left_out_from_then_on(
    policy: OpenAiPolicy, endpoint: ModelStandIn, tmp_path: Path
) -> None:
    picture = tmp_path / "seen.jpg"
    picture.write_bytes(JPEG)
    first = ask(policy, endpoint, refuses_pictures(calls(("walk", {}))), picture=picture)
    assert first.calls == (ToolCall("walk", {}),)
    assert "image input is not supported" in (first.remark or "")
    second = ask(policy, endpoint, picture=picture)
    assert (second.remark, len(endpoint.requests)) == (None, 3)


def test_a_picture_is_sent_and_stays_out_of_the_record(
    policy: OpenAiPolicy, endpoint: ModelStandIn, tmp_path: Path
) -> None:
    picture = tmp_path / "seen.jpg"
    picture.write_bytes(JPEG)
    proposal = ask(policy, endpoint, calls(("walk", {})), picture=picture)
    sent = endpoint.requests[0]["messages"][1]["content"][1]["image_url"]["url"]
    assert sent.startswith("data:image/jpeg;base64,")
    assert "base64" not in "".join(message.text for message in proposal.prompt)


def test_a_picture_that_was_deleted_is_not_sent(policy: OpenAiPolicy, endpoint: ModelStandIn, tmp_path: Path) -> None:
    ask(policy, endpoint, calls(("walk", {})), picture=tmp_path / "gone.jpg")
    assert isinstance(endpoint.requests[0]["messages"][1]["content"], str)


def test_an_endpoint_that_reports_no_usage_is_charged_by_length(policy: OpenAiPolicy, endpoint: ModelStandIn) -> None:
    usage = ask(policy, endpoint, prose("word " * 100)).usage
    assert usage is not None
    assert usage.completion_tokens == 500 // 4
    assert usage.prompt_tokens > 50

"""The policy of a language model, at any endpoint that speaks OpenAI's chat completions: Ollama, vLLM, llama.cpp."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from timmy_actors.errors import ConfigError
from timmy_actors.heartbeat.assembling import Assembly, TooLongError
from timmy_actors.heartbeat.prompting import compose
from timmy_actors.heartbeat.proposal import Proposal, Question
from timmy_actors.portals import Caller, Prompts
from timmy_actors.recording import PromptMessage, Usage

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

log = logging.getLogger(__name__)

MILLION = 1_000_000
CHARS_PER_TOKEN = 4
"""About so many; an endpoint that does not report what it used is charged by this."""
MAX_PICTURE_BYTES = 8_000_000
MAX_REASON = 300
BROKEN_OFF = "the endpoint's answer broke off before its end"
EMPTY = (
    "the endpoint ended its answer before the first word: where the prompt is longer than the model's context, lower"
    " heartbeat.openai.context_chars"
)
MAX_RETRY_AFTER_S = 600.0
NO_KEY = "none"
"""What local endpoints, which need no key, are sent."""
KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
TOOL_CHOICES = ("auto", "required")
NOT_THE_PICTURE = (401, 403, 404, 408, 429)
"""Statuses that say nothing about a picture."""


@dataclass(frozen=True)
class OpenAiOptions:
    """The settings of the policy."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    images: bool = True
    context_chars: int = 60_000
    max_output_tokens: int = 2_000
    temperature: float | None = None
    tool_choice: str = ""
    """`auto`, `required`, or the name of the only tool that the model may call; empty: as the endpoint likes."""
    price_input: float = 0.0
    """Per million tokens of the prompt."""
    price_output: float = 0.0
    """Per million tokens of the answer."""
    prompts: Prompts | None = None
    """What teaches the model the portal's game."""


def check_openai() -> None:
    """Check that the client is installed.

    Raises:
        ConfigError: it is not.
    """
    if find_spec("openai") is None:
        raise ConfigError("heartbeat.policy: openai is not installed: pip install 'timmy_actors[openai]'")


class OpenAiPolicy:
    """Asks the model once a decision, and streams its answer; nothing is retried but a refused picture."""

    is_slow = True

    def __init__(self, options: OpenAiOptions) -> None:
        self._options = options
        self._sends_pictures = options.images
        self._runner = asyncio.Runner()
        self._client: AsyncOpenAI | None = None

    def decide(self, question: Question, caller: Caller) -> Proposal:
        """Ask the model. What goes wrong is the proposal's `problem`."""
        return self._runner.run(self._cancellable(question, caller))

    def close(self) -> None:
        """Close the connections."""
        with contextlib.closing(self._runner):
            if self._client is not None:
                self._runner.run(self._client.close())

    async def _cancellable(self, question: Question, caller: Caller) -> Proposal:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(self._decide(question))

        def cancel() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(task.cancel)

        caller.on_leave(cancel)
        try:
            async with asyncio.timeout(question.deadline_s):
                return await task
        except TimeoutError:
            return Proposal(problem=f"the model did not answer within {question.deadline_s:g} s")
        except asyncio.CancelledError:
            return Proposal(problem="cancelled")

    async def _decide(self, question: Question) -> Proposal:
        messages = compose(question, self._options.prompts, self._options.context_chars)
        picture = _data_url(question.picture) if self._sends_pictures else None
        proposal = await self._ask(question, messages, picture)
        if picture is None or not proposal.refuses_picture:
            return proposal.proposal
        again = await self._ask(question, messages, None)
        if again.proposal.problem is not None:
            return again.proposal
        self._sends_pictures = False
        remark = f"the model refuses pictures, and is asked without from now on: {proposal.proposal.problem}"
        log.warning("%s", remark)
        return _with_remark(again.proposal, remark)

    async def _ask(self, question: Question, messages: Sequence[PromptMessage], picture: str | None) -> _Answer:
        import openai  # noqa: PLC0415  takes seconds, and memory: only where a model decides

        assembly = Assembly()
        try:
            stream = await self._connected().chat.completions.create(**self._request(question, messages, picture))
            async with stream:
                async for chunk in stream:
                    assembly.add(chunk)
        except openai.APIStatusError as error:
            return _Answer(_refused(error), error.status_code not in NOT_THE_PICTURE)
        except TooLongError:
            return self._broken("the model's answer has no end: it was broken off", assembly, messages)
        except (openai.OpenAIError, OSError) as error:
            return self._broken(f"the endpoint at {self._host} failed: {_words(error)}", assembly, messages)
        except Exception as error:  # noqa: BLE001  see below
            # The transport's own errors reach us raw when a stream breaks off, as do chunks that are no JSON.
            return self._broken(f"the endpoint's answer broke off: {_words(error)}", assembly, messages)
        if assembly.finished is None:
            return self._broken(BROKEN_OFF if assembly.chars else EMPTY, assembly, messages)
        return _Answer(self._proposal(assembly, messages))

    def _request(self, question: Question, messages: Sequence[PromptMessage], picture: str | None) -> dict[str, Any]:
        system, user = messages
        content: Any = user.text
        if picture is not None:
            content = [{"type": "text", "text": user.text}, {"type": "image_url", "image_url": {"url": picture}}]
        request: dict[str, Any] = {
            "model": self._options.model,
            "messages": [{"role": "system", "content": system.text}, {"role": "user", "content": content}],
            "tools": [{"type": "function", "function": tool} for tool in question.tools],
            "max_tokens": self._options.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._options.temperature is not None:
            request["temperature"] = self._options.temperature
        if choice := self._options.tool_choice:
            named = {"type": "function", "function": {"name": choice}}
            request["tool_choice"] = choice if choice in TOOL_CHOICES else named
        return request

    @property
    def _host(self) -> str:
        """Host and port, without a password that the URL may have."""
        return urlsplit(self._options.base_url).netloc.rpartition("@")[2]

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI  # noqa: PLC0415  as above

            options = self._options
            self._client = AsyncOpenAI(base_url=options.base_url, api_key=options.api_key or NO_KEY, max_retries=0)
        return self._client

    def _broken(self, problem: str, assembly: Assembly, messages: Sequence[PromptMessage]) -> _Answer:
        """What the model has answered before it broke off is charged."""
        return _Answer(Proposal(problem=problem, usage=self._usage(assembly, messages) if assembly.chars else None))

    def _proposal(self, assembly: Assembly, messages: Sequence[PromptMessage]) -> Proposal:
        usage = self._usage(assembly, messages)
        return Proposal(assembly.text, assembly.calls, prompt=tuple(messages), usage=usage)

    def _usage(self, assembly: Assembly, messages: Sequence[PromptMessage]) -> Usage:
        asked = sum(len(message.text) for message in messages)
        prompt = assembly.prompt_tokens if assembly.prompt_tokens is not None else asked // CHARS_PER_TOKEN
        said = assembly.completion_tokens
        answer = said if said is not None else assembly.chars // CHARS_PER_TOKEN
        cost = (prompt * self._options.price_input + answer * self._options.price_output) / MILLION
        return Usage(prompt_tokens=prompt, completion_tokens=answer, cost=cost)


@dataclass(frozen=True)
class _Answer:
    proposal: Proposal
    refuses_picture: bool = False
    """Whether the endpoint may have refused the picture."""


def _refused(error: APIStatusError) -> Proposal:
    remedies = {401: ": check heartbeat.openai.api_key_file", 403: ": check the key", 404: ": check the model's name"}
    remedy = remedies.get(error.status_code, "")
    reason = f"the endpoint refused: HTTP {error.status_code}: {_words(error)}{remedy}"
    return Proposal(problem=reason, retry_after_s=_retry_after_s(error.response.headers.get("retry-after")))


def _retry_after_s(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:  # a date, which is rare, or nothing
        return None
    return min(seconds, MAX_RETRY_AFTER_S) if seconds >= 0 else None


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_REASON]


def _with_remark(proposal: Proposal, remark: str) -> Proposal:
    return Proposal(proposal.text, proposal.calls, remark=remark, prompt=proposal.prompt, usage=proposal.usage)


def _data_url(picture: Path | None) -> str | None:
    """A picture of bearable size as a URL; None: there is none."""
    kind = None if picture is None else KINDS.get(picture.suffix.lower())
    if picture is None or kind is None:
        return None
    try:
        if picture.stat().st_size > MAX_PICTURE_BYTES:
            return None
        return f"data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode('ascii')}"
    except OSError:  # deleted since then, to keep the folder's size
        return None

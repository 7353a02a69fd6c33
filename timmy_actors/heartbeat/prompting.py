"""Writes the prompt of a question, within a budget of characters. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from timmy_actors.heartbeat.proposal import Json, Question
from timmy_actors.portals import Prompts
from timmy_actors.recording import PromptMessage

SYSTEM = """You play a game through tools. Each turn you are shown what is perceived, what you did before, and what came
of it. Answer with one or a few tool calls, and a short thought in plain words before them. A refused call names its
reason and what to do instead: never repeat it unchanged. What changes nothing twice will change nothing the third
time."""
LEAST_NEEDED = (
    "books", "topics", "kills", "factions", "spells", "quests", "journal", "inventory", "equipment", "nearby_objects",
    "world", "chat", "portal", "nearby_players", "nearby_actors", "dialog", "stats", "condition",
)  # fmt: skip
"""The sections of an observation, in the order in which they are left out where the prompt is too long."""
CUT = "… (cut)"


def compose(question: Question, prompts: Prompts | None, budget: int) -> tuple[PromptMessage, ...]:
    """The messages; the memory is shortened first, then the observation.

    Args:
        budget: the most characters of the messages and the tools together.
    """
    system = SYSTEM if prompts is None else "\n\n".join(_teach(prompts))
    fixed = [f"Goal: {question.goal}"] if question.goal else []
    fixed += [f"Note: {line}" for line in question.feedback]
    tools = len(json.dumps(question.tools))
    left = budget - len(system) - tools - sum(len(line) + 1 for line in fixed)
    seen = _observation(question.observation, max(0, left))
    memory = _newest(question.memory, left - len(seen))
    past = ["What happened:", *memory] if memory else []
    user = "\n".join([*fixed, *past, "What is perceived now:", seen])
    return PromptMessage(role="system", text=system), PromptMessage(role="user", text=user)


def _teach(prompts: Prompts) -> Iterator[str]:
    yield prompts.system.strip()
    yield "\n".join(["Actions for execute_action:", *(f"- {each.name}: {each.use}" for each in prompts.actions)])
    yield "\n".join(f"{each.name}: {each.see} {each.know} {each.do}" for each in prompts.scenes)
    yield "\n".join(["Examples:", *(_example(each.see, each.think, each.action) for each in prompts.decisions)])
    yield SYSTEM


def _example(see: str, think: str, action: object) -> str:
    call = "wait {}" if action is None else f"execute_action {action.model_dump_json()}"  # type: ignore[attr-defined]
    return f"You see: {see} You think: {think} You call: {call}"


def _observation(observation: Json, room: int) -> str:
    kept = dict(observation)
    text = _as_json(kept)
    for section in LEAST_NEEDED:
        if len(text) <= room:
            return text
        if kept.pop(section, None) is not None:
            text = _as_json({**kept, "left_out": "some sections, for lack of room"})
    return text if len(text) <= room else text[: max(0, room - len(CUT))] + CUT


def _as_json(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _newest(lines: Sequence[str], room: int) -> list[str]:
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept[::-1]

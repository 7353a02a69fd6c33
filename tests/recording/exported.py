"""Episodes with all that the exports tell apart: success and failure, overrides, forks, refusals, portal actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.recording.beats import STORED_WITHIN_S, beat, picture
from timmy_actors.recording import (
    BeatCall,
    CallError,
    CallOutcome,
    Decision,
    EpisodeOutcome,
    EpisodeWriter,
    Override,
    Usage,
)

NORTH = Decision(text="The road leads north.", calls=(BeatCall(id="call-1", name="walk"),), by="openai")
SLEEP = Decision(
    text="I should sleep.", calls=(BeatCall(id="call-1", name="rest", arguments={"hours": 8}),), by="openai"
)
HUMAN = Decision(text="The gate is open.", calls=(BeatCall(id="call-1", name="open"),), by="human")
SAVE = Decision(
    text="I should save.",
    calls=(
        BeatCall(id="call-1", name="hotkey", arguments={"keys": "ctrl s"}),
        BeatCall(id="call-2", name="click", arguments={"x": 30, "y": 20}),
        BeatCall(id="call-3", name="journal"),
    ),
)


def episodes(folder: Path) -> dict[str, Path]:
    """One episode of each kind, two beats each; the second has no picture."""
    refused = CallOutcome(call_id="call-1", error=CallError(code="no_such_target", message="no door"))
    journal = {"action": "press_key", "params": {"key": "j"}}
    saved = (CallOutcome(call_id="call-1"), CallOutcome(call_id="call-2"), CallOutcome(call_id="call-3", value=journal))
    override = Override(policy=SLEEP, human=HUMAN)
    return {
        "good": _record(folder, "good", "success", decision=NORTH, usage=Usage(prompt_tokens=50, completion_tokens=7)),
        "bad": _record(folder, "bad", "failure", decision=SLEEP),
        "taken": _record(folder, "taken", "stopped", decision=HUMAN, override=override, phase="correcting"),
        "refused": _record(folder, "refused", "stopped", decision=NORTH, results=(refused,), outcome="refused"),
        "fork-a": _record(folder, "fork-a", "stopped", decision=NORTH, state="s1", score=0.9),
        "fork-b": _record(folder, "fork-b", "stopped", decision=SLEEP, state="s1", score=0.2),
        "portal": _record(folder, "portal", "stopped", decision=SAVE, results=saved),
    }


def _record(folder: Path, name: str, ended: EpisodeOutcome, **fields: Any) -> Path:
    writer = EpisodeWriter(folder, episode_id=name, meta={"goal": "Go north.", "model": "tiny"})
    fields = {"results": (CallOutcome(call_id="call-1"),), **fields}
    writer.write(beat(1, **fields), picture((len(name) * 20, 90, 30)))
    writer.write(beat(2, **{**fields, "state": None}))
    assert writer.flush(STORED_WITHIN_S)
    writer.close(ended)
    return writer.episode

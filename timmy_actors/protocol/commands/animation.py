"""Animations and voices of a player, and sounds played to a player."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class PlayAnimation(CommandArguments):
    """Let a player play an animation that every race has, `count` times."""

    command = "play_animation"
    idempotent = False
    example = {"animation": "idle4"}

    animation: Literal[
        "idle2", "idle3", "idle4", "idle5", "idle6", "idle7", "idle8", "idle9",
        "hit1", "hit2", "hit3", "hit4", "hit5", "pickprobe",
    ]  # fmt: skip
    count: Annotated[int, Field(ge=1, le=100)] = 1


class PlaySpeech(CommandArguments):
    """Let a player speak a voice file, by its path below the game's `Sound` folder."""

    command = "play_speech"
    idempotent = False
    example = {"file": r"Vo\d\m\Hlo_DM001.mp3"}

    file: Name


class PlaySound(CommandArguments):
    """Play a sound of the data files to a player, by its id."""

    command = "play_sound"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"sound": "thunder0"}

    sound: Name


COMMANDS = (PlayAnimation, PlaySound, PlaySpeech)

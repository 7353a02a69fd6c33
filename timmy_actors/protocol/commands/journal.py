"""A player's quest journal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class JournalCommand(CommandArguments):
    """Add a quest's entry to the journal, or with `kind="index"` set its stage without a text."""

    command = "journal"
    idempotent = True
    example = {"quest": "ms_fargoth", "index": 10}

    quest: Name
    index: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Literal["entry", "index"] = "entry"


COMMANDS = (JournalCommand,)

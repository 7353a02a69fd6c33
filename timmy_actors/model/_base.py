from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_INTEGER = 10**14 - 1
"""The largest integer that crosses the wire: Lua's JSON keeps 14 digits."""


class Model(BaseModel):
    """A frozen value; fields it does not know are ignored, so that a newer peer can say more."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, populate_by_name=True)


class StrictModel(Model):
    """A frozen value that refuses unknown fields: what a person or a client wrote."""

    model_config = ConfigDict(extra="forbid")


Integer = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A game identifier, player, cell or quest name: one line, no control characters."""

"""The command actor's options and bound."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PENDING = 1_000
"""Pending commands; more are refused as `overloaded`."""


@dataclass(frozen=True)
class CommandOptions:
    """The client's name, and how its commands are journaled."""

    client: str
    journaled: bool
    goes_on: bool
    """Whether commands are accepted while the journal cannot be written."""

"""The configuration of the heartbeat's actor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from timmy_actors.heartbeat.core_options import CoreOptions
from timmy_actors.heartbeat.proposal import Policy
from timmy_actors.protocol import Perceives
from timmy_actors.recording import EpisodeLimits


@dataclass(frozen=True)
class HeartbeatOptions:
    """The configuration of the heartbeat's actor."""

    core: CoreOptions
    policies: tuple[Callable[[], Policy] | None, ...]
    """Creates each policy of the core's; None: a person decides.

    Raises:
        TimmyError: the policy cannot be created; the heartbeat pauses with the message.
    """
    player: str
    perceives: Perceives
    commands: tuple[str, ...]
    """The commands of the bridge that are tools."""
    folder: Path
    """Of the episodes."""
    journal: Path | None
    """The command journal; None: commands are not journaled."""
    begins: bool = True
    """Whether an episode begins with the daemon."""
    is_embedded: bool = False
    """Whether the world's time can be stopped."""
    limits: EpisodeLimits = field(default_factory=EpisodeLimits)
    secrets: Collection[str] = ()
    """Texts that no record may have."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """What each episode says of itself at its head."""

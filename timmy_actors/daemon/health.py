"""The health report: derives one verdict with its reasons from the shared state, without asking a busy actor."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.perception import MAX_PLAYERS, as_of
from timmy_actors.protocol import (
    ActorHealth,
    DeadLetterHealth,
    GameDataStatus,
    Health,
    HeartbeatStatus,
    JournalStatus,
    LinkStatus,
    PerceptionHealth,
    PlayerClientStatus,
    Verdict,
    WorldStatus,
)
from timmy_actors.serving import actor_health
from timmy_actors.supervision import Actor, ChildState, Directory
from timmy_actors.version import __version__

NO_JOURNAL = JournalStatus(state="off")
PERIOD_S = 0.25
"""How often the verdict is updated."""
LATEST_DEAD_LETTERS = 10
DEEP_MAILBOX = 1_000
"""More waiting messages than this are reported."""
NEEDED_SCOPES = ("observe", "act")
"""The scopes that a daemon's token must have."""
SLOW_TICK_MS = 100.0
"""A longest tick of the server's loop that players begin to notice."""


@dataclass(frozen=True)
class _Publish:
    """Timer: publish the health."""


class HealthActor(Actor):
    """Publishes a new `Health` every `PERIOD_S`, and on every message."""

    def __init__(self, *, endpoint: str, directory: Directory, shared: SharedState) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._directory = directory
        self._shared = shared
        self._started = datetime.now(UTC)

    def on_start(self) -> None:
        """Publish at once, then every `PERIOD_S`."""
        self._publish()
        self.mailbox.schedule("up", 0.0, _Publish())  # and once more when this actor itself counts as up
        self.mailbox.schedule("publish", PERIOD_S, _Publish(), every=True)

    def on_receive(self, _message: Any) -> None:
        """Update the verdict."""
        self._publish()

    def _publish(self) -> None:
        shared = self._shared
        portal = shared.portal.value
        now = self._directory.clock.now()
        actors = tuple(actor_health(entry, now) for entry in self._directory.entries.values())
        perceptions = tuple(_perceptions(shared, time.monotonic()))
        left_out = shared.perceptions.players_left_out.value
        verdict, reasons = assess(
            shared.link.value,
            actors,
            perceptions,
            self._directory.abandoned.alive,
            shared.journal.value,
            world=shared.world.value,
            players_left_out=left_out,
            heartbeat=shared.heartbeat.value,
            player_client=shared.player_client.value,
            game_data=shared.game_data.value,
        )
        shared.health.value = Health(
            verdict=verdict,
            reasons=reasons,
            version=__version__,
            pid=os.getpid(),
            endpoint=self._endpoint,
            started=self._started,
            timestamp=datetime.now(UTC),
            portal=portal.id if portal is not None else "",
            portal_status=shared.portal_status.value,
            link=shared.link.value,
            world=shared.world.value,
            journal=shared.journal.value,
            player_client=shared.player_client.value,
            http=shared.http.value,
            heartbeat=shared.heartbeat.value,
            game_data=shared.game_data.value,
            perceptions=perceptions,
            players_left_out=left_out,
            actors=actors,
            abandoned=self._directory.abandoned.alive,
            dead_letters=self._directory.dead_letters.count,
            latest_dead_letters=tuple(_dead_letters(self._directory)),
        )


def assess(
    link: LinkStatus,
    actors: tuple[ActorHealth, ...],
    perceptions: tuple[PerceptionHealth, ...],
    abandoned: int = 0,
    journal: JournalStatus = NO_JOURNAL,
    *,
    world: WorldStatus | None = None,
    players_left_out: int = 0,
    heartbeat: HeartbeatStatus | None = None,
    player_client: PlayerClientStatus | None = None,
    game_data: GameDataStatus | None = None,
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict, and the reasons against a better one. Pure."""
    reasons = [*_link_reasons(link, world), *_actor_reasons(actors), *_perception_reasons(link, perceptions)]
    reasons += [*_journal_reasons(journal), *_heartbeat_reasons(heartbeat), *_player_client_reasons(player_client)]
    if game_data is not None and game_data.state == "off":
        reasons.append(f"the game's files are not used: {game_data.reason}")
    if players_left_out:
        reasons.append(
            f"{players_left_out} players are not perceived: the server has more than the limit of {MAX_PLAYERS}"
        )
    if abandoned:
        reasons.append(f"{abandoned} hung actors were abandoned: restart the daemon to free what they hold")
    if not link.carries:
        return "down", tuple(reasons)
    return ("degraded" if reasons else "ok"), tuple(reasons)


def _link_reasons(link: LinkStatus, world: WorldStatus | None) -> Iterator[str]:
    if world is not None and world.state != "up" and not link.carries:
        yield "no link to the game: the embedded world is not up; the daemon starts it"
    elif link.state == "suspect":
        yield "the game server has gone silent: frozen, overloaded, or the network is slow"
    elif not link.carries:
        yield f"no link to the game at {link.address or 'an unknown address'}: {link.reason or link.state}"
    elif lacking := _lacking_scopes(link):
        scopes = " and ".join(map(repr, lacking))
        yield f"the daemon's token lacks the scope {scopes}: add it in the server's token file"
    elif link.load is not None and link.load.tick_max_ms > SLOW_TICK_MS:
        yield f"the server's loop was blocked for {link.load.tick_max_ms:.0f} ms"


def _lacking_scopes(link: LinkStatus) -> list[str]:
    return [scope for scope in NEEDED_SCOPES if link.server is not None and scope not in link.server.scopes]


def _journal_reasons(journal: JournalStatus) -> Iterator[str]:
    if journal.state == "failing":
        effect = "commands go on without it" if journal.goes_on else "no command is taken"
        yield f"{effect}: {journal.reason}"
    elif journal.reason:
        yield journal.reason


def _heartbeat_reasons(heartbeat: HeartbeatStatus | None) -> Iterator[str]:
    if heartbeat is None:
        return
    if heartbeat.guard == "paused":
        yield f"the heartbeat is paused: {heartbeat.reason}"
    elif heartbeat.guard != "ok":
        yield f"the heartbeat's policy {heartbeat.policy} repeats itself: {heartbeat.guard_reason}"
    if heartbeat.waits:
        yield f"the heartbeat cannot begin: {heartbeat.reason}"
    if heartbeat.recording is not None:
        yield f"beats are not recorded: {heartbeat.recording}"


def _player_client_reasons(status: PlayerClientStatus | None) -> Iterator[str]:
    if status is not None and status.state in ("waiting", "refused"):
        yield f"the player client is not in the world of {status.server}: {status.reason}"


def _actor_reasons(actors: tuple[ActorHealth, ...]) -> Iterator[str]:
    for actor in actors:
        if actor.state != ChildState.UP.value and actor.name != "connection":
            yield f"{actor.name} is {actor.state}: {actor.last_reason or 'unknown reason'}"
        if actor.mailbox_depth > DEEP_MAILBOX:
            yield f"{actor.name} is behind: {actor.mailbox_depth} messages wait"


def _perception_reasons(link: LinkStatus, perceptions: tuple[PerceptionHealth, ...]) -> Iterator[str]:
    if link.carries and not any(not perception.stale for perception in perceptions):
        yield "no player is perceived: check that the player is in the game and logged in"


def _dead_letters(directory: Directory) -> Iterator[DeadLetterHealth]:
    now = time.monotonic()
    for letter in directory.dead_letters.recent[-LATEST_DEAD_LETTERS:]:
        yield DeadLetterHealth(to=letter.to, kind=letter.kind, why=letter.why, age_s=round(letter.age_s(now), 3))


def _perceptions(shared: SharedState, now: float) -> Iterator[PerceptionHealth]:
    link, snapshots = shared.link.value, shared.perceptions.snapshots.value
    received_at = shared.perceptions.received_at
    for published in snapshots.values():
        snapshot = as_of(published, link)
        age_s = max(0.0, now - received_at.get(snapshot.player, now))
        yield PerceptionHealth(player=snapshot.player, age_s=round(age_s, 3), stale=snapshot.stale)

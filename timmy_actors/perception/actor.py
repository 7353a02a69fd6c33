"""The perception actor: merges the game's pushes into immutable snapshots that any thread can read at any time."""

from __future__ import annotations

import itertools
import logging
import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

from timmy_actors.gamedata import Library
from timmy_actors.link import LinkDown, LinkUp, Received, Transmit
from timmy_actors.perception.frames import Entities, apply_changes, merge_frame
from timmy_actors.perception.merged import Merged, Snapshot, output_of
from timmy_actors.perception.messages import Await, Happened
from timmy_actors.perception.retention import (
    MAX_PLAYERS,
    absent_since,
    as_of,
    make_room,
    mark_stale,
    merge,
    of_boot,
    without_expired,
)
from timmy_actors.perception.shared import Awaiting, Perceptions
from timmy_actors.perception.words import (
    add_words,
    add_words_to_entities,
    add_words_to_event,
    add_words_to_sections,
)
from timmy_actors.protocol import (
    Error,
    Event,
    EventName,
    Frame,
    FramePerception,
    Perception,
    SectionName,
    Subscribe,
    Subscribed,
)
from timmy_actors.supervision import DEFERRED, Actor, Directory, SharedValue

log = logging.getLogger(__name__)

NAME = "perception"
SWEEP_S = 60.0
"""How often expired snapshots are removed."""
MOST_LEFT_OUT = 10_000
"""The highest number of left-out players that is counted."""
MAX_SLOTS = 65_536
"""The most slots of players that are known; a game server numbers fewer."""


@dataclass(frozen=True)
class _Sweep:
    """Timer: forget the players that have been absent for long."""


@dataclass(frozen=True)
class _Overdue:
    """Timer: the first waiting `Await` expires."""


class PerceptionActor(Actor):
    """Publishes the last known snapshot of each player. Snapshots outlive the link and are then marked stale
    (`Perceptions.snapshot`).

    After a gap in the sequence it subscribes again and waits for full snapshots.
    """

    actor_in_senders_thread = (Received,)

    def __init__(
        self,
        *,
        player: str,
        rate_hz: float,
        radius: float,
        directory: Directory,
        shared: Perceptions,
        library: SharedValue[Library | None],
    ) -> None:
        super().__init__()
        self._player = player
        self._rate_hz = rate_hz
        self._radius = radius
        self._directory = directory
        self._shared = shared
        self._library = library
        self._words: Library | None = None
        """The index whose words the snapshots have."""
        self._ids = itertools.count(1)
        self._epoch = 0
        self._boot = ""
        self._seq: int | None = None
        self._pending_id: str | None = None
        """The id of the unanswered subscription: pushes that arrive before its answer belong to the previous one."""
        self._absent_since: dict[str, float] = {}
        """Since when each absent player has been absent, in monotonic seconds."""
        self._awaiting = Awaiting(shared)
        self._complete: set[str] = set()
        """Players with no lost push since their last full snapshot: a delta may be merged only for these."""
        self._left_out: set[str] = set()
        """Players whose snapshots exceed MAX_PLAYERS."""
        self._entities: Entities = {}
        """The entities of the current subscription."""
        self._names: dict[int, str] = {}
        """The players of the current subscription by slot."""

    def on_start(self) -> None:
        """Subscribe if the link is already up: only an earlier incarnation received its `LinkUp`."""
        self.mailbox.schedule("sweep", SWEEP_S, _Sweep(), every=True)
        link = self._shared.link.value
        if link.carries and link.boot is not None:
            self._begin(link.epoch, link.boot, seq=None)
        else:
            self._publish_down(link.epoch, link.reason or link.state)

    def on_receive(self, message: Any) -> Any:
        """Handle link changes and pushes, and answer `Await` requests."""
        match message:
            case Await():
                return self._await(message)
            case LinkUp(epoch, boot) if epoch > self._epoch:
                self._begin(epoch, boot, seq=0)
            case LinkDown(epoch, reason) if epoch >= self._epoch:
                self._publish_down(epoch, reason)
            case Received(epoch, received) if epoch == self._epoch:
                self._on_game(received)
            case _Sweep():
                self._sweep()
            case _Overdue():
                self._answer_waiting()
        return None

    def on_stop(self) -> None:
        """Refuse all waiting requests."""
        self._awaiting.dismiss("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """Refuse all waiting requests."""
        self._awaiting.dismiss("the perception actor failed and restarts: ask again")

    def _await(self, wanted: Await) -> object:
        snapshot = self._awaiting.match(wanted)
        if snapshot is not None:
            return snapshot
        self._awaiting.add(wanted, self.take_reply())
        self._watch_waiting()
        return DEFERRED

    def _answer_waiting(self) -> None:
        self._awaiting.answer()
        self._watch_waiting()

    def _watch_waiting(self) -> None:
        due = self._awaiting.next_due()
        if due is not None:
            self.mailbox.schedule("overdue", due - time.monotonic(), _Overdue())

    def _begin(self, epoch: int, boot: str, *, seq: int | None) -> None:
        self._epoch, self._boot, self._seq = epoch, boot, seq
        self._pending_id = None
        self._left_out.clear()
        self._shared.players_left_out.value = 0
        link = self._shared.link.value.model_copy(update={"state": "up", "epoch": epoch, "boot": boot, "reason": None})
        self._shared.watchers.publish_link(Happened(link=link), up=True)
        self._resubscribe()

    def _publish_down(self, epoch: int, reason: str) -> None:
        # The shared status may already describe the next connection attempt.
        link = self._shared.link.value.model_copy(update={"state": "down", "epoch": epoch, "reason": reason})
        snapshots = self._shared.snapshots.value.values()
        stale = (Happened(snapshot=as_of(snapshot, link)) for snapshot in snapshots if not snapshot.stale)
        self._shared.watchers.publish_link(Happened(link=link), *stale, up=False)

    def _resubscribe(self) -> None:
        self._complete.clear()
        if self._pending_id is None:
            self._subscribe()

    def _subscribe(self) -> None:
        self._pending_id = f"{NAME}-{self._epoch}-{next(self._ids)}"
        subscription = Subscribe(
            id=self._pending_id,
            sections=get_args(SectionName),
            rate_hz=self._rate_hz,
            radius=self._radius,
            events=get_args(EventName),
        )
        self._directory.tell("connection", Transmit(self._epoch, NAME, subscription))

    def _on_game(self, message: Any) -> None:
        match message:
            case Perception():
                self._check_sequence(message.seq)
                self._add_words(message)
                self._merge(message)
            case Event():
                self._check_sequence(message.seq)
                if self._words is not None:
                    add_words_to_event(message, self._words)
                self._on_event(message)
            case Frame():
                self._check_sequence(message.seq)
                self._on_frame(message)
            case Subscribed(id=self._pending_id):
                self._pending_id = None
                self._entities.clear()
                self._names.clear()
            case Error():
                self._pending_id = None
                log.error("the game server declined the subscription: %s", message.error.message)

    def _add_words(self, received: Perception | Frame) -> None:
        library = self._library.value
        if library is not None:
            if isinstance(received, Perception):
                add_words(received, library)
            else:
                add_words_to_entities(received.entities.whole, library)
        if library is not self._words:  # the sections received before have none, or others: get all again
            self._words = library
            self._resubscribe()

    def _check_sequence(self, seq: int | None) -> None:
        if seq is None:
            return
        before, self._seq = self._seq, seq
        if before is not None and seq != before + 1:
            log.warning("pushes %d to %d were lost: subscribing again for full snapshots", before + 1, seq - 1)
            self._shared.watchers.count_lost(seq - before - 1)
            self._resubscribe()

    def _on_frame(self, frame: Frame) -> None:
        self._add_words(frame)
        apply_changes(self._entities, frame.entities)
        for perception in frame.perceptions:
            player = self._player_in(perception.pid, perception.player)
            if player is not None:
                self._store(player, self._merged(player, perception, frame))
            elif len(self._names) < MAX_SLOTS:
                self._drop_delta(f"slot {perception.pid}")

    def _player_in(self, slot: int, player: str | None) -> str | None:
        """The player in a slot, which the first frame of a subscription names; None: unknown."""
        if player is not None and (slot in self._names or len(self._names) < MAX_SLOTS):
            self._names[slot] = player
        return self._names.get(slot)

    def _merged(self, player: str, perception: FramePerception, frame: Frame) -> Merged | None:
        if not perception.full and player not in self._complete:
            return None
        previous = self._shared.snapshots.value.get(player)
        base = previous if isinstance(previous, Merged) else None
        merged = merge_frame(
            base, perception, self._entities, boot=self._boot, epoch=self._epoch, game_ms=frame.game_ms
        )
        received = perception.sections.model_fields_set
        if merged is not None and received and self._words is not None:
            changed = {name: section for name, section in merged.sections.items() if name in received}
            add_words_to_sections(changed, self._words)
        return merged

    def _merge(self, perception: Perception) -> None:
        if not perception.full and perception.player not in self._complete:
            self._store(perception.player, None)
            return
        previous = self._shared.snapshots.value.get(perception.player)
        base = output_of(previous) if previous is not None else None
        self._store(perception.player, merge(base, perception, boot=self._boot, epoch=self._epoch))

    def _store(self, player: str, merged: Snapshot | None) -> None:
        """Publish a player's new snapshot, if there is room for it; None: its base snapshot is missing."""
        snapshots = self._shared.snapshots.value
        previous = snapshots.get(player)
        if previous is None or previous.boot != self._boot:
            snapshots = of_boot(snapshots, self._boot, player=self._player)
        room = make_room(player, snapshots, self._shared.received_at, player=self._player, epoch=self._epoch)
        if room is None:
            self._leave_out(player)
            return
        if merged is None:
            self._drop_delta(player)
            return
        if len(room) < len(self._shared.snapshots.value):
            self._complete &= room.keys()
        self._complete.add(player)
        self._shared.received_at[player] = time.monotonic()  # before its snapshot
        self._publish({**room, player: merged})
        self._shared.watchers.publish(Happened(snapshot=merged))

    def _drop_delta(self, whose: str) -> None:
        log.debug("dropped a delta of %s: its base snapshot is missing", whose)
        self._resubscribe()

    def _leave_out(self, player: str) -> None:
        if player in self._left_out or len(self._left_out) >= MOST_LEFT_OUT:
            return
        if not self._left_out:
            log.warning(
                "the server reports more than %d players: the snapshots of further players are not stored", MAX_PLAYERS
            )
        self._left_out.add(player)
        self._shared.players_left_out.value = len(self._left_out)

    def _on_event(self, event: Event) -> None:
        snapshots = self._shared.snapshots.value
        if event.event == "disconnect" and event.player in snapshots:
            left = mark_stale(snapshots[event.player], "the player has left the game")
            self._publish({**snapshots, event.player: left})
        self._shared.watchers.publish(Happened(event=event))

    def _sweep(self) -> None:
        snapshots, now = self._shared.snapshots.value, time.monotonic()
        self._absent_since = absent_since(snapshots, self._epoch, self._absent_since, now=now)
        retained = without_expired(snapshots, self._absent_since, player=self._player, now=now)
        if len(retained) < len(snapshots):
            self._complete &= retained.keys()
            self._publish(retained)

    def _publish(self, snapshots: dict[str, Snapshot]) -> None:
        self._shared.snapshots.value = MappingProxyType(snapshots)
        received_at = self._shared.received_at
        if len(received_at) > len(snapshots):
            for name in received_at.keys() - snapshots.keys():
                del received_at[name]
        self._answer_waiting()

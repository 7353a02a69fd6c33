"""The perception: merges what the game pushes into immutable snapshots that anybody can read at any time."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from timmy_actors.link import LinkDown, LinkUp, Received, Transmit
from timmy_actors.perception.messages import Await, Happened
from timmy_actors.perception.retention import (
    MAX_PLAYERS,
    as_of,
    gone_since,
    mark_stale,
    merge,
    of_boot,
    room_for,
    worth_keeping,
)
from timmy_actors.perception.shared import Awaiting, Perceptions
from timmy_actors.protocol import (
    Error,
    Event,
    EventName,
    Perception,
    PerceptionOutput,
    SectionName,
    Subscribe,
    Subscribed,
)
from timmy_actors.supervision import DEFERRED, Actor, Directory

log = logging.getLogger(__name__)

NAME = "perception"
SWEEP_S = 60.0
"""How often it is looked whose snapshots are not worth keeping."""
MOST_LEFT_OUT = 10_000
"""Players without room that are counted."""


class PerceptionActor(Actor):
    """Last known snapshots outlive the link; who reads them sees by its state whether they hold
    (`Perceptions.snapshot`).

    A gap in the sequence asks for everything anew.
    """

    def __init__(
        self,
        *,
        player: str,
        rate_hz: float,
        radius: float,
        directory: Directory,
        shared: Perceptions,
    ) -> None:
        super().__init__()
        self._player = player
        self._rate_hz = rate_hz
        self._radius = radius
        self._directory = directory
        self._shared = shared
        self._ids = itertools.count(1)
        self._epoch = 0
        self._boot = ""
        self._seq: int | None = None
        self._asked: str | None = None
        """The subscription that is not answered yet: what arrives before its answer belongs to the one before it."""
        self._gone: dict[str, float] = {}
        """Since when players are gone."""
        self._awaiting = Awaiting(shared)
        self._whole: set[str] = set()
        """Players of whom nothing was lost since their last full snapshot: only to these a delta may be added."""
        self._left_out: set[str] = set()
        """Players for whom there was no room."""

    def on_start(self) -> None:
        """If the link is up already, ask for everything: an earlier incarnation had been told of it."""
        self.mailbox.schedule("sweep", SWEEP_S, "sweep", every=True)
        link = self._shared.link.value
        if link.carries and link.boot is not None:
            self._begin(link.epoch, link.boot, seq=None)
        else:
            self._tell_down(link.epoch, link.reason or link.state)

    def on_receive(self, message: Any) -> Any:
        """Follow the link and what comes over it; answer who waits for something of it."""
        match message:
            case Await():
                return self._await(message)
            case LinkUp(epoch, boot) if epoch > self._epoch:
                self._begin(epoch, boot, seq=0)
            case LinkDown(epoch, reason) if epoch >= self._epoch:
                self._tell_down(epoch, reason)
            case Received(epoch, received) if epoch == self._epoch:
                self._on_game(received)
            case "sweep":
                self._sweep()
            case "overdue":
                self._answer_waiting()
        return None

    def on_stop(self) -> None:
        """Leave nobody waiting."""
        self._awaiting.dismiss("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """The same."""
        self._awaiting.dismiss("the perception failed, and begins anew")

    def _await(self, wanted: Await) -> object:
        found = self._awaiting.found(wanted)
        if found is not None:
            return found
        self._awaiting.add(wanted, self.take_reply())
        self._watch_waiting()
        return DEFERRED

    def _answer_waiting(self) -> None:
        self._awaiting.answer()
        self._watch_waiting()

    def _watch_waiting(self) -> None:
        due = self._awaiting.next_due()
        if due is not None:
            self.mailbox.schedule("overdue", due - time.monotonic(), "overdue")

    def _begin(self, epoch: int, boot: str, *, seq: int | None) -> None:
        self._epoch, self._boot, self._seq = epoch, boot, seq
        self._asked = None
        self._left_out.clear()
        self._shared.players_left_out.value = 0
        link = self._shared.link.value.model_copy(update={"state": "up", "epoch": epoch, "boot": boot, "reason": None})
        self._shared.watchers.tell_link(Happened(link=link), up=True)
        self._ask_anew()

    def _tell_down(self, epoch: int, reason: str) -> None:
        # The board's may be of the next try already.
        link = self._shared.link.value.model_copy(update={"state": "down", "epoch": epoch, "reason": reason})
        snapshots = self._shared.snapshots.value.values()
        stale = (Happened(snapshot=as_of(snapshot, link)) for snapshot in snapshots if not snapshot.stale)
        self._shared.watchers.tell_link(Happened(link=link), *stale, up=False)

    def _ask_anew(self) -> None:
        self._whole.clear()
        if self._asked is None:
            self._subscribe()

    def _subscribe(self) -> None:
        self._asked = f"{NAME}-{self._epoch}-{next(self._ids)}"
        subscription = Subscribe(
            id=self._asked,
            sections=get_args(SectionName),
            rate_hz=self._rate_hz,
            radius=self._radius,
            events=get_args(EventName),
        )
        self._directory.tell("connection", Transmit(self._epoch, NAME, subscription))

    def _on_game(self, message: Any) -> None:
        match message:
            case Perception():
                self._follow(message.seq)
                self._merge(message)
            case Event():
                self._follow(message.seq)
                self._on_event(message)
            case Subscribed(id=self._asked):
                self._asked = None
            case Error():
                self._asked = None
                log.error("the game server declined the subscription: %s", message.error.message)

    def _follow(self, seq: int | None) -> None:
        if seq is None:
            return
        before, self._seq = self._seq, seq
        if before is not None and seq != before + 1:
            log.warning("pushes %d to %d were lost: asking for everything anew", before + 1, seq - 1)
            self._shared.watchers.tell_lost(seq - before - 1)
            self._ask_anew()

    def _merge(self, perception: Perception) -> None:
        snapshots = self._shared.snapshots.value
        previous = snapshots.get(perception.player)
        if previous is None or previous.boot != self._boot:
            snapshots = of_boot(snapshots, self._boot, player=self._player)
        heard_at = self._shared.received_at.value
        room = room_for(perception.player, snapshots, heard_at, player=self._player, epoch=self._epoch)
        if room is None:
            self._leave_out(perception.player)
            return
        whole = perception.full or perception.player in self._whole
        merged = merge(previous, perception, boot=self._boot, epoch=self._epoch) if whole else None
        if merged is None:
            log.debug("dropped a delta of %s: what it is to be added to is not known", perception.player)
            self._ask_anew()
            return
        self._whole &= room.keys()
        self._whole.add(merged.player)
        self._publish({**room, merged.player: merged}, {merged.player: time.monotonic()})
        self._shared.watchers.tell(Happened(snapshot=merged))

    def _leave_out(self, player: str) -> None:
        if player in self._left_out or len(self._left_out) >= MOST_LEFT_OUT:
            return
        if not self._left_out:
            log.warning("the server names more than %d players: those beyond are counted, not kept", MAX_PLAYERS)
        self._left_out.add(player)
        self._shared.players_left_out.value = len(self._left_out)

    def _on_event(self, event: Event) -> None:
        snapshots = self._shared.snapshots.value
        if event.event == "disconnect" and event.player in snapshots:
            left = mark_stale(snapshots[event.player], "the player has left the game")
            self._publish({**snapshots, event.player: left})
        self._shared.watchers.tell(Happened(event=event))

    def _sweep(self) -> None:
        snapshots, now = self._shared.snapshots.value, time.monotonic()
        self._gone = gone_since(snapshots, self._epoch, self._gone, now=now)
        kept = worth_keeping(snapshots, self._gone, player=self._player, now=now)
        if len(kept) < len(snapshots):
            self._whole &= kept.keys()
            self._publish(kept)

    def _publish(self, snapshots: dict[str, PerceptionOutput], heard: Mapping[str, float] | None = None) -> None:
        times = {**self._shared.received_at.value, **(heard or {})}
        # Before the snapshots: who finds one finds its time.
        self._shared.received_at.value = MappingProxyType({name: times[name] for name in snapshots})
        self._shared.snapshots.value = MappingProxyType(snapshots)
        self._answer_waiting()

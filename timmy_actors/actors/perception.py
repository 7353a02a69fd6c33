"""The perception: merges what the game pushes into immutable snapshots that anybody can read at any time."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, get_args

from timmy_actors.actors.board import Board
from timmy_actors.actors.messages import Happened, LinkUp, Received, Transmit
from timmy_actors.link.merge import mark_stale, merge
from timmy_actors.model.event import EventName
from timmy_actors.model.message import Error, Event, Perception, Subscribe
from timmy_actors.model.perception import PerceptionOutput, SectionName
from timmy_actors.supervision import Actor, Directory

log = logging.getLogger(__name__)

NAME = "perception"


class PerceptionActor(Actor):
    """Last known snapshots outlive the link; who reads them sees by its state whether they hold (`Board.snapshot`).

    A gap in the sequence asks for everything anew.
    """

    def __init__(
        self, *, rate_hz: float, radius: float, directory: Directory, board: Board, listeners: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._rate_hz = rate_hz
        self._radius = radius
        self._directory = directory
        self._board = board
        self._listeners = tuple(listeners)
        self._ids = itertools.count(1)
        self._epoch = 0
        self._boot = ""
        self._seq = 0

    def on_start(self) -> None:
        """If the link is up already, ask for everything: an earlier incarnation had been told of it."""
        link = self._board.link.value
        if link.state == "up" and link.boot is not None:
            self._begin(link.epoch, link.boot)

    def on_receive(self, message: Any) -> None:
        """Follow the link and what comes over it."""
        match message:
            case LinkUp(epoch, boot):
                self._begin(epoch, boot)
            case Received(epoch, received) if epoch == self._epoch:
                self._on_game(received)

    def _begin(self, epoch: int, boot: str) -> None:
        self._epoch, self._boot, self._seq = epoch, boot, 0
        self._subscribe()

    def _subscribe(self) -> None:
        subscription = Subscribe(
            id=f"{NAME}-{self._epoch}-{next(self._ids)}",
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
            case Error():
                log.error("the game server declined the subscription: %s", message.error.message)

    def _follow(self, seq: int | None) -> None:
        if seq is None:
            return
        expected, self._seq = self._seq + 1, seq
        if seq != expected:
            log.warning("pushes %d to %d were lost: asking for everything anew", expected, seq - 1)
            self._subscribe()

    def _merge(self, perception: Perception) -> None:
        previous = self._board.snapshots.value.get(perception.player)
        merged = merge(previous, perception, boot=self._boot, epoch=self._epoch)
        if merged is None:
            log.warning("a delta of %s without a snapshot before it: asking for everything anew", perception.player)
            self._subscribe()
            return
        self._publish({**self._board.snapshots.value, merged.player: merged})
        self._tell_listeners(Happened(snapshot=merged))

    def _on_event(self, event: Event) -> None:
        snapshots = self._board.snapshots.value
        if event.event == "disconnect" and event.player in snapshots:
            left = mark_stale(snapshots[event.player], "the player has left the game")
            self._publish({**snapshots, event.player: left})
        self._tell_listeners(Happened(event=event))

    def _publish(self, snapshots: dict[str, PerceptionOutput]) -> None:
        self._board.snapshots.value = MappingProxyType(snapshots)

    def _tell_listeners(self, happened: Happened) -> None:
        for name in self._listeners:
            self._directory.tell(name, happened)

"""The portal: which games there are, and which one the agent is in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from timmy_actors.actors.board import Board
from timmy_actors.model.endpoint import Portals
from timmy_actors.portals.catalogue import choose, load_catalogue
from timmy_actors.supervision import Actor


@dataclass(frozen=True)
class ListPortals:
    """Answered with `Portals`."""


class PortalActor(Actor):
    """Holds the catalogue and the choice."""

    def __init__(self, *, catalogue: Path, portal_id: str, board: Board) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._portal_id = portal_id
        self._board = board

    def on_start(self) -> None:
        """Read the catalogue and choose."""
        self._portals = load_catalogue(self._catalogue)
        self._board.portal.value = choose(self._portals, self._portal_id, self._catalogue)

    def on_receive(self, _message: ListPortals) -> Portals:
        """Tell what there is."""
        return Portals(chosen=self._portal_id, portals=self._portals)

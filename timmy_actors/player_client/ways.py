"""Ways that other players were seen to walk, for a body without the game's data files. Bounded and pure."""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.movement import Point
from timmy_actors.player_client.packets.packet import Packet
from timmy_actors.player_client.view import Player, View

GRID, STOREY = 96.0, 128.0
"""The size of a spot, along the ground and in height, in game units: what is seen within it is one place."""
MAX_SPOTS = 20_000
"""The most spots that are remembered, those of some 2 million game units of ways: the oldest are forgotten."""
MAX_STEPS = 16
"""The most steps from one spot."""
MAX_WALKERS = 1000
LONGEST_STEP = 512.0
"""A longer step between two positions is a teleport, or datagrams were lost, in game units."""
STEEP = 1.5
"""The height of a step over its length above which nobody walks up: it is a fall, or a flight."""
JOIN = 4
"""How many spots away a seen way may begin and end; straight lines lead to it and from it."""
AWRY = 24.0
"""How far a straight leg may lead past the seen points that it replaces, in game units."""
WALKING = frozenset(("PLAYER_POSITION", "USER_DISCONNECTED"))
"""Packets that say where a player is."""
FARTHEST = 1e7
"""No position is farther from the origin, in game units."""

Spot = tuple[str, int, int, int]
"""An interior cell's name (outside: ""), and the number of the spot along each axis."""


@dataclass
class _Known:
    """A spot: the point at which the first player was seen there, and where players went from it."""

    at: Point
    steps: dict[Spot, None] = field(default_factory=dict)


class SeenWays:
    """Remembers where players walked, and finds ways along it."""

    def __init__(self) -> None:
        self._spots: OrderedDict[Spot, _Known] = OrderedDict()
        self._walkers: OrderedDict[int, tuple[Spot, Point]] = OrderedDict()

    def receive(self, packet: Packet, view: View) -> None:
        """Take a packet into account that a view has taken: it may say where another player walks."""
        if packet.name not in WALKING or packet.guid == view.me.guid:
            return
        player = view.others.get(packet.guid)
        if player is None or player.cell is None or player.placement is None or not _walks(player):
            self.lost(packet.guid)
        else:
            self.saw(packet.guid, player.cell, player.placement[:3])

    def saw(self, guid: int, cell: Cell, at: Point) -> None:
        """A player was seen at a point of a cell."""
        if not all(abs(value) < FARTHEST for value in at):  # not a number is not less
            return
        spot = _spot(cell.name, at)
        before = self._walkers.pop(guid, None)
        self._walkers[guid] = (spot, at)
        if len(self._walkers) > MAX_WALKERS:
            self._walkers.popitem(last=False)
        self._remember(spot, at)
        if before is not None and before[0] != spot and before[0][0] == cell.name:
            self._step(before[0], spot, before[1], at)

    def lost(self, guid: int) -> None:
        """A player left, or does not walk: its next position continues no way."""
        self._walkers.pop(guid, None)

    def find(self, cell: Cell, start: Point, end: Point) -> list[Point] | None:
        """The points of the shortest seen way from a point to another of the same space, the last of which is the end.

        None: no player was seen to walk from here to there.
        """
        starts, goals = dict(self._near(cell.name, start)), dict(self._near(cell.name, end))
        spots = self._search(starts, goals, end)
        return None if spots is None else [*_straighten([self._spots[spot].at for spot in spots]), end]

    def __len__(self) -> int:
        return len(self._spots)

    def _remember(self, spot: Spot, at: Point) -> None:
        if spot in self._spots:
            self._spots.move_to_end(spot)
            return
        self._spots[spot] = _Known(at)
        if len(self._spots) > MAX_SPOTS:
            self._spots.popitem(last=False)

    def _step(self, start: Spot, end: Spot, walked_from: Point, to: Point) -> None:
        if start not in self._spots or math.dist(walked_from, to) > LONGEST_STEP:
            return
        rise = (to[2] - walked_from[2]) / max(1.0, math.dist(walked_from[:2], to[:2]))
        if rise <= STEEP:
            self._join(start, end)
        if rise >= -STEEP:
            self._join(end, start)

    def _join(self, start: Spot, end: Spot) -> None:
        steps = self._spots[start].steps
        if len(steps) < MAX_STEPS:
            steps[end] = None

    def _near(self, name: str, at: Point) -> Iterator[tuple[Spot, float]]:
        """The spots around a point, with their distances."""
        _, column, row, storey = _spot(name, at)
        around = range(-JOIN, JOIN + 1)
        for spot in ((name, column + dx, row + dy, storey + dz) for dx in around for dy in around for dz in (-1, 0, 1)):
            known = self._spots.get(spot)
            if known is not None and math.dist(known.at, at) <= JOIN * GRID:
                yield spot, math.dist(known.at, at)

    def _search(self, starts: dict[Spot, float], goals: dict[Spot, float], end: Point) -> list[Spot] | None:
        """The spots of the shortest way, by A*."""
        costs, before, done = dict(starts), dict[Spot, Spot](), set[Spot]()
        queue = [(cost + math.dist(self._spots[spot].at, end), spot) for spot, cost in starts.items()]
        heapq.heapify(queue)
        best, last = math.inf, None
        while queue and queue[0][0] < best:
            _, spot = heapq.heappop(queue)
            if spot in done:
                continue
            done.add(spot)
            if spot in goals and costs[spot] + goals[spot] < best:
                best, last = costs[spot] + goals[spot], spot
            here = self._spots[spot]
            for other in here.steps:
                known = self._spots.get(other)  # it may have been forgotten
                if known is None or other in done:
                    continue
                cost = costs[spot] + math.dist(here.at, known.at)
                if cost < costs.get(other, math.inf):
                    costs[other], before[other] = cost, spot
                    heapq.heappush(queue, (cost + math.dist(known.at, end), other))
        return None if last is None else _trace(before, last)


def _walks(player: Player) -> bool:
    flags = player.facts.get("PLAYER_ANIM_FLAGS", {})
    return not (player.dead or flags.get("flying") or flags.get("no_clip"))


def _spot(name: str, at: Point) -> Spot:
    return name, math.floor(at[0] / GRID), math.floor(at[1] / GRID), math.floor(at[2] / STOREY)


def _trace(before: dict[Spot, Spot], last: Spot) -> list[Spot]:
    spots = [last]
    while spots[-1] in before:
        spots.append(before[spots[-1]])
    return spots[::-1]


def _straighten(points: list[Point]) -> list[Point]:
    """Leave out points that a straight leg passes anyway."""
    kept, first = points[:1], 0
    for number in range(2, len(points)):
        if any(_aside(points[first], points[number], point) > AWRY for point in points[first + 1 : number]) or (
            math.dist(points[first], points[number]) > LONGEST_STEP
        ):
            first = number - 1
            kept.append(points[first])
    return kept if len(points) < 2 else [*kept, points[-1]]


def _aside(start: Point, end: Point, point: Point) -> float:
    """How far a point is from the leg between two others."""
    leg = [b - a for a, b in zip(start, end, strict=True)]
    along = sum(a * (p - s) for a, p, s in zip(leg, point, start, strict=True)) / max(1e-9, sum(a * a for a in leg))
    part = min(1.0, max(0.0, along))
    return math.dist(point, [s + a * part for s, a in zip(start, leg, strict=True)])

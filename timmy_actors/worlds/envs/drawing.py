"""Draws what a player perceives: a map seen from above, north up. Pure."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from timmy_actors.worlds.tasks.episode import State
from timmy_actors.worlds.tasks.task import Task

SIZE: Final = 256
"""Pixels of a side."""
SPAN: Final = 2048.0
"""Game units from one side to the other."""
OUTSIDE, INSIDE, GRID = (222, 226, 205), (214, 205, 190), (200, 205, 184)
PLAYER, HEADING, ACTOR, DEAD, GOAL = (20, 60, 160), (120, 150, 220), (170, 60, 40), (130, 130, 130), (30, 130, 50)
GRID_UNITS: Final = 256.0
COLUMNS, ROWS = 41, 21

Picture = NDArray[np.uint8]


def draw_map(task: Task, state: State) -> Picture:
    """The map as an array of `SIZE` x `SIZE` pixels: player (blue), living actors (red), dead ones (grey), goals."""
    here = state.sections["position"]
    picture: Picture = np.empty((SIZE, SIZE, 3), np.uint8)
    picture[:] = OUTSIDE if here["exterior"] else INSIDE
    _grid(picture, here["x"], here["y"])
    for x, y, colour, radius in _marks(task, state):
        _disc(picture, x - here["x"], y - here["y"], colour, radius)
    yaw = math.radians(here["yaw"])
    for distance in range(0, 100, 10):
        _disc(picture, distance * math.sin(yaw), distance * math.cos(yaw), HEADING, 2)
    _disc(picture, 0, 0, PLAYER, 5)
    return picture


def describe(task: Task, state: State) -> str:
    """The map as text, with the task's goal and the score: `@` player, `o` actor, `x` dead actor, `G` goal."""
    here = state.sections["position"]
    lines = [[" "] * COLUMNS for _ in range(ROWS)]
    letters = {ACTOR: "o", DEAD: "x", GOAL: "G"}
    for x, y, colour, _ in _marks(task, state):
        column = round((x - here["x"]) / SPAN * COLUMNS + COLUMNS / 2 - 0.5)
        row = round((here["y"] - y) / SPAN * ROWS + ROWS / 2 - 0.5)
        if 0 <= column < COLUMNS and 0 <= row < ROWS:
            lines[row][column] = letters[colour]
    lines[ROWS // 2][COLUMNS // 2] = "@"
    status = (
        f"{state.game_ms / 1000:.2f} s, score {state.score:.2f}, facing {here['yaw']:.0f} degrees, in {here['cell']}"
    )
    return "\n".join([task.goal, status, *("".join(line).rstrip() for line in lines)])


def _marks(task: Task, state: State) -> list[tuple[float, float, tuple[int, int, int], int]]:
    goals = [condition.place(state.sections) for condition in task.success]
    marks = [(goal.x, goal.y, GOAL, 6) for goal in goals if goal is not None]
    actors = state.sections["nearby_actors"]["actors"]
    return [*marks, *((actor["x"], actor["y"], DEAD if actor.get("dead") else ACTOR, 4) for actor in actors)]


def _grid(picture: Picture, x: float, y: float) -> None:
    across, down = np.arange(SIZE), np.arange(SIZE)
    units = SPAN / SIZE
    on_column = (x + (across - SIZE / 2) * units) % GRID_UNITS < units
    on_row = (y + (SIZE / 2 - down) * units) % GRID_UNITS < units
    picture[:, on_column] = GRID
    picture[on_row, :] = GRID


def _disc(picture: Picture, dx: float, dy: float, colour: tuple[int, int, int], radius: int) -> None:
    column, row = round(SIZE / 2 + dx / SPAN * SIZE), round(SIZE / 2 - dy / SPAN * SIZE)
    rows, columns = np.ogrid[:SIZE, :SIZE]
    picture[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = colour

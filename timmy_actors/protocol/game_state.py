"""An agent's perception through a portal: the `GameState`, with its missing parts and the reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import Model, StrictModel
from timmy_actors.protocol.action import Extent, split_numbers
from timmy_actors.protocol.mistake import first_mistake

ProblemCode = Literal[
    "server_unavailable",
    "outcome_unknown",
    "no_such_tool",
    "bad_arguments",
    "tool_failed",
    "bad_result",
    "too_large",
    "no_window",
    "two_windows",
    "window_hidden",
    "not_aimed",
    "folder_unwritable",
    "no_space",
    "stale_frame",
    "black_frame",
    "not_settled",
    "no_key",
    "no_user",
    "no_data",
    "unreadable",
]

Shade = Annotated[int, Field(ge=0, le=255)]
Count = Annotated[int, Field(ge=0)]
WAIT_S = 5.0
"""The bundled server's default wait."""


class LookOptions(StrictModel):
    """Options of a screenshot. An option that the server does not support causes a problem (`bad_arguments`)."""

    region: Annotated[tuple[Count, Count, Extent, Extent] | None, BeforeValidator(split_numbers)] = None
    """x, y, width and height of the part to capture, in pixels of the window. None: all of it."""
    max_width: Extent | None = None
    """A wider picture is scaled down; an action's `image_size` says which picture its point refers to."""
    max_height: Extent | None = None
    wait_until: Literal["stable", "change"] | None = None
    """`stable`: nothing has moved for 0.3 s. `change`: the picture differs from the last one."""
    wait_s: Annotated[float, Field(gt=0, le=30)] | None = None
    """The longest wait; then the picture is taken anyway, with a problem of code `not_settled`. None: 5."""

    @property
    def waits_s(self) -> float:
        """The longest wait that these options add to a screenshot."""
        return 0.0 if self.wait_until is None else self.wait_s or WAIT_S


def make_look(options: dict[str, Any]) -> LookOptions:
    """Build the options from a caller's arguments.

    Raises:
        RefusedError: `bad_arguments` with the invalid option.
    """
    try:
        return LookOptions.model_validate(options)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", f"capture: {mistake.at('options')}", mistake.field or "options") from error


class Problem(Model):
    """A part of the state that is missing or invalid: which, why by a code of the closed list, and a message."""

    what: str
    """The field's path: `visual.screenshot_path`."""
    code: ProblemCode
    message: str


class PixelColour(Model):
    """The colour at one of the points of the portal's entry."""

    at: tuple[int, int]
    rgb: tuple[Shade, Shade, Shade]


class Visual(Model):
    """The screen. Coordinates are relative to the captured window if there is one, else to the screen."""

    screenshot_path: str | None = None
    """The screenshot taken for this state; None if there is none (see `problems`)."""
    screen_size: tuple[Count, Count] | None = None
    """Width and height of the screen, in pixels."""
    mouse_position: tuple[int, int] | None = None
    pixels: tuple[PixelColour, ...] | None = None
    """The colours of the portal's `pixels`, in order; None if its entry has none."""
    os: str | None = None
    window: str | None = None
    """The title of the captured window; None: the whole screen."""
    image_size: tuple[Count, Count] | None = None
    """Width and height of the screenshot, in pixels."""


class Stat(Model):
    """A statistic that the game records about its player."""

    name: str
    value: float


class NewsItem(Model):
    """A news item about the game."""

    title: str
    date: datetime | None = None
    url: str | None = None


class PlayedGame(Model):
    """A game that the player played in the last two weeks."""

    app_id: Count
    name: str = ""
    hours_two_weeks: float | None = None
    hours_total: float | None = None


class GameContext(Model):
    """Steam's data on the game and its player, and the end of the game's log."""

    app_id: int
    playtime_hours: float | None = None
    achievements_unlocked: Count | None = None
    achievements_total: Count | None = None
    current_players_online: Count | None = None
    recently_played: tuple[PlayedGame, ...] | None = None
    stats: tuple[Stat, ...] | None = None
    news: tuple[NewsItem, ...] | None = None
    ages_s: dict[str, float] = Field(default_factory=dict)
    """The age of the data, in seconds, by the spec's tool that it comes from."""
    log: tuple[str, ...] | None = None
    """The last lines of the portal's `log_file`; None if its entry has none."""


class GameState(Model):
    """The state of the game at one moment, as far as it could be captured."""

    portal_id: str
    timestamp: datetime
    """When the capture started, UTC: nothing visual in it is older."""
    visual: Visual
    game_context: GameContext
    problems: tuple[Problem, ...] = ()
    """The missing or invalid parts, and why."""
    took_ms: float = 0.0

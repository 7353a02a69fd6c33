"""What an agent perceives through a portal: the `GameState`, with what is missing in it and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import Model, StrictModel, first_mistake
from timmy_actors.protocol.action import Extent, split_numbers

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
"""What the bundled server waits where it is not told how long."""


class LookOptions(StrictModel):
    """What a screenshot is to be like. What a server cannot do is a problem (`bad_arguments`) instead of a picture."""

    region: Annotated[tuple[Count, Count, Extent, Extent] | None, BeforeValidator(split_numbers)] = None
    """x, y, width and height of the part that is wanted, in the window's own pixels. None: all of it."""
    max_width: Extent | None = None
    """The picture is made smaller where it is wider; an action's `image_size` says which picture its point is in."""
    max_height: Extent | None = None
    wait_until: Literal["stable", "change"] | None = None
    """`stable`: nothing has moved for 0.3 s. `change`: it differs from the last picture of it that was taken."""
    wait_s: Annotated[float, Field(gt=0, le=30)] | None = None
    """How long to wait for that at most; the picture is taken then, with a problem of code `not_settled`. None: 5."""

    @property
    def waits_s(self) -> float:
        """How much longer a screenshot may take than one that waits for nothing."""
        return 0.0 if self.wait_until is None else self.wait_s or WAIT_S


def make_look(options: dict[str, Any]) -> LookOptions:
    """Options as a caller gives them.

    Raises:
        RefusedError: `bad_arguments` with the option at fault.
    """
    try:
        return LookOptions.model_validate(options)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", f"capture: {mistake.at('options')}", mistake.field or "options") from error


class Problem(Model):
    """Something that could not be had, or does not hold: what, why by a code of the closed list, and in words."""

    what: str
    """The field's path: `visual.screenshot_path`."""
    code: ProblemCode
    message: str


class PixelColour(Model):
    """The colour at a point that the portal's entry names."""

    at: tuple[int, int]
    rgb: tuple[Shade, Shade, Shade]


class Visual(Model):
    """What the screen shows. Coordinates are the window's where the screenshot is aimed at one, else the screen's."""

    screenshot_path: str | None = None
    """The newest picture, made for this state; None where none could be had (see `problems`)."""
    screen_size: tuple[Count, Count] | None = None
    """Width and height of the screen, in pixels."""
    mouse_position: tuple[int, int] | None = None
    pixels: tuple[PixelColour, ...] | None = None
    """The colours of the portal's `pixels`, in their order; None where the entry names none."""
    os: str | None = None
    window: str | None = None
    """The title of the window that the screenshot shows; None: it shows the whole screen."""
    image_size: tuple[Count, Count] | None = None
    """Width and height of the screenshot, in pixels."""


class Stat(Model):
    """One of the numbers that a game keeps of its player."""

    name: str
    value: float


class NewsItem(Model):
    """A piece of news of the game."""

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
    """What Steam knows of the game and its player, and what the game's log says."""

    app_id: int
    playtime_hours: float | None = None
    achievements_unlocked: Count | None = None
    achievements_total: Count | None = None
    current_players_online: Count | None = None
    recently_played: tuple[PlayedGame, ...] | None = None
    stats: tuple[Stat, ...] | None = None
    news: tuple[NewsItem, ...] | None = None
    ages_s: dict[str, float] = Field(default_factory=dict)
    """How old what stands here is, in seconds, by the spec's tool that it came from."""
    log: tuple[str, ...] | None = None
    """The last lines of the portal's `log_file`; None where the entry names none."""


class GameState(Model):
    """A moment of the game, as far as it could be perceived."""

    portal_id: str
    timestamp: datetime
    """When the capture began, UTC: nothing visual in it is older."""
    visual: Visual
    game_context: GameContext
    problems: tuple[Problem, ...] = ()
    """What is missing or does not hold, and why."""
    took_ms: float = 0.0

"""Parses the answers of the Steam tools of different servers, and defines how long each stays valid. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from timmy_actors.errors import ToolError
from timmy_actors.protocol import NewsItem, PlayedGame, Stat

MAX_DEPTH = 6
MAX_ITEMS = 500
KEY_VARIABLE = "STEAM_API_KEY"

Context = dict[str, Any]
"""Fields of `GameContext`."""


@dataclass(frozen=True)
class SteamPart:
    """A Steam tool: how long its answer stays valid, and how it is parsed."""

    fresh_s: float
    """Seconds until the tool is called again. Steam allows about 100,000 calls per day and key, and blocks more."""
    fields: tuple[str, ...]
    """The fields of `game_context` that it fills."""
    read: Callable[[Any, int], Context]
    needs_user: bool = False


FAILED_FRESH_S = 60.0
"""Seconds until a failed call is retried."""


def read_players(value: Any, _app_id: int) -> Context:
    """The number of current players."""
    return {"current_players_online": _whole(_find(value, ("player_count", "current_players", "players")))}


def read_achievements(value: Any, _app_id: int) -> Context:
    """The number of unlocked achievements, and their total."""
    unlocked, total = _find(value, ("unlocked", "achieved_count")), _find(value, ("total", "total_count"))
    if unlocked is None or total is None:
        listed = _list(value, ("achievements",))
        unlocked = sum(1 for item in listed if item.get("achieved") in (1, True))
        total = len(listed)
    return {"achievements_unlocked": _whole(unlocked), "achievements_total": _whole(total)}


def read_stats(value: Any, _app_id: int) -> Context:
    """The player's statistics in the game."""
    listed = _list(value, ("stats",))
    return {"stats": tuple(Stat(name=_text(item, "name"), value=_number(item.get("value"))) for item in listed)}


def read_news(value: Any, _app_id: int) -> Context:
    """The news, the newest first."""
    items = _list(value, ("newsitems", "news"))
    return {
        "news": tuple(NewsItem(title=_text(item, "title"), date=_date(item), url=item.get("url")) for item in items)
    }


def read_recently_played(value: Any, app_id: int) -> Context:
    """The games played in the last two weeks, and the total playing time of this game."""
    games = tuple(_game(item) for item in _list(value, ("games",)))
    this = next((game for game in games if game.app_id == app_id), None)
    hours = {} if this is None or this.hours_total is None else {"playtime_hours": this.hours_total}
    return {"recently_played": games, **hours}


PARTS: dict[str, SteamPart] = {
    "steam-current-players": SteamPart(60.0, ("current_players_online",), read_players),
    "steam-news": SteamPart(3600.0, ("news",), read_news),
    "steam-recently-played": SteamPart(
        300.0, ("playtime_hours", "recently_played"), read_recently_played, needs_user=True
    ),
    "steam-player-achievements": SteamPart(
        300.0, ("achievements_unlocked", "achievements_total"), read_achievements, needs_user=True
    ),
    "steam-user-stats": SteamPart(300.0, ("stats",), read_stats, needs_user=True),
}


def read_part(tool: str, value: Any, app_id: int) -> Context:
    """The `game_context` fields in a tool's answer.

    Raises:
        ToolError: `no_key`, `no_data` or `tool_failed`: the answer is a message; `bad_result`: it cannot be parsed.
    """
    if isinstance(value, str):
        raise error_of_text(tool, value)
    try:
        return PARTS[tool].read(value, app_id)
    except (TypeError, ValueError, AttributeError, OverflowError, OSError) as error:  # OSError: a date out of time_t
        raise ToolError("bad_result", f"{tool}: the answer cannot be parsed: {error}"[:300]) from error


def error_of_text(tool: str, text: str) -> ToolError:
    """The error for a server's message, with the matching code."""
    lacks_key = KEY_VARIABLE in text and "403" not in text  # 403: Steam rejected the key
    code = "no_key" if lacks_key else "tool_failed" if text.startswith("Error") else "no_data"
    return ToolError(code, f"{tool}: {' '.join(text.split())[:300]}")


@dataclass(frozen=True)
class CachedAnswer:
    """The cached answer of one tool."""

    context: Context
    error: ToolError | None
    """The error of the last call; None: it succeeded."""
    asked_at: float
    """When the last call ended (monotonic seconds)."""
    received_at: float | None
    """When `context` was received; None: never."""

    def is_due(self, part: SteamPart, now: float) -> bool:
        """Whether the tool is to be called again."""
        return now - self.asked_at >= (part.fresh_s if self.error is None else min(FAILED_FRESH_S, part.fresh_s))


def updated(before: CachedAnswer | None, outcome: Context | ToolError, now: float) -> CachedAnswer:
    """The cached answer after a call; after a failed one, the older answer remains with its age."""
    if isinstance(outcome, ToolError):
        return CachedAnswer(before.context if before else {}, outcome, now, before.received_at if before else None)
    return CachedAnswer(outcome, None, now, now)


def _find(value: Any, names: tuple[str, ...], depth: int = 0) -> Any:
    """The value of the first of these names, at any depth up to `MAX_DEPTH`."""
    if depth > MAX_DEPTH or not isinstance(value, Mapping):
        return None
    for name in names:
        if name in value:
            return value[name]
    return next((item for inner in value.values() if (item := _find(inner, names, depth + 1)) is not None), None)


def _list(value: Any, names: tuple[str, ...]) -> Sequence[Mapping[str, Any]]:
    items = _find(value, names)
    if items is None and isinstance(value, Mapping) and (reason := _reason(value)):
        raise ToolError("no_data", reason)
    if items is None and value == {"response": {}}:
        return ()  # Valve's answer for an empty list
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise TypeError(f"it contains no list of {names[0]}")
    return [item for item in items[:MAX_ITEMS] if isinstance(item, Mapping)]


def _reason(value: Mapping[str, Any]) -> str | None:
    reason = _find(value, ("error", "message"))
    return reason[:300] if isinstance(reason, str) and reason else None


def _game(item: Mapping[str, Any]) -> PlayedGame:
    return PlayedGame(
        app_id=_whole(item.get("appid", item.get("app_id"))),
        name=str(item.get("name") or ""),
        hours_two_weeks=_hours(item, "playtime_2weeks_hours", "playtime_2weeks"),
        hours_total=_hours(item, "playtime_hours", "playtime_forever"),
    )


def _hours(item: Mapping[str, Any], in_hours: str, in_minutes: str) -> float | None:
    for name, per_hour in ((in_hours, 1), (in_minutes, 60)):
        if item.get(name) is not None:
            return round(_number(item[name]) / per_hour, 1)
    return None


def _date(item: Mapping[str, Any]) -> datetime | None:
    seconds = item.get("date")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _text(item: Mapping[str, Any], name: str) -> str:
    text = item.get(name)
    if not isinstance(text, str):
        raise TypeError(f"{name} is not a text: {text!r}")
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _whole(value: Any) -> int:
    number = _number(value)
    if number < 0 or not number.is_integer():
        raise ValueError(f"{value!r} is not a whole number of 0 or more")
    return int(number)

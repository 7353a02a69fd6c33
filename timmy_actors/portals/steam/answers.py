"""What Steam's tools answer, whichever server gave it, and how long it holds. Pure."""

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
    """One of Steam's tools: for how long its answer holds, what it says."""

    fresh_s: float
    """Seconds until it is asked again. Steam allows some 100,000 calls a day and key, and blocks who asks more."""
    fields: tuple[str, ...]
    """What it fills in `game_context`."""
    read: Callable[[Any, int], Context]
    needs_user: bool = False


FAILED_FRESH_S = 60.0
"""Seconds until a call that failed is tried again."""


def read_players(value: Any, _app_id: int) -> Context:
    """How many play now."""
    return {"current_players_online": _whole(_find(value, ("player_count", "current_players", "players")))}


def read_achievements(value: Any, _app_id: int) -> Context:
    """How many achievements the player has, of how many."""
    unlocked, total = _find(value, ("unlocked", "achieved_count")), _find(value, ("total", "total_count"))
    if unlocked is None or total is None:
        listed = _list(value, ("achievements",))
        unlocked = sum(1 for item in listed if item.get("achieved") in (1, True))
        total = len(listed)
    return {"achievements_unlocked": _whole(unlocked), "achievements_total": _whole(total)}


def read_stats(value: Any, _app_id: int) -> Context:
    """The game's own numbers."""
    listed = _list(value, ("stats",))
    return {"stats": tuple(Stat(name=_text(item, "name"), value=_number(item.get("value"))) for item in listed)}


def read_news(value: Any, _app_id: int) -> Context:
    """The newest news first."""
    items = _list(value, ("newsitems", "news"))
    return {
        "news": tuple(NewsItem(title=_text(item, "title"), date=_date(item), url=item.get("url")) for item in items)
    }


def read_recently_played(value: Any, app_id: int) -> Context:
    """What was played in the last two weeks, and for how long this game ever was."""
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
    """What a tool's answer fills in.

    Raises:
        ToolError: `no_key`, `no_data`: the server says in words why it has nothing; `bad_result`.
    """
    if isinstance(value, str):
        raise in_words(tool, value)
    try:
        return PARTS[tool].read(value, app_id)
    except (TypeError, ValueError, AttributeError, OverflowError, OSError) as error:  # OSError: a date out of time_t
        raise ToolError("bad_result", f"{tool}: the answer is not understood: {error}"[:300]) from error


def in_words(tool: str, told: str) -> ToolError:
    """What a server says in words, with the code that fits."""
    lacks_key = KEY_VARIABLE in told and "403" not in told  # else there is one, and Steam turned it down
    code = "no_key" if lacks_key else "tool_failed" if told.startswith("Error") else "no_data"
    return ToolError(code, f"{tool}: {' '.join(told.split())[:300]}")


@dataclass(frozen=True)
class Kept:
    """What is known of one tool's answer."""

    context: Context
    trouble: ToolError | None
    asked_at: float
    """Monotonic seconds: when it was asked last."""
    got_at: float | None
    """When what is in `context` came; None: never."""

    def is_due(self, part: SteamPart, now: float) -> bool:
        """Whether it is to be asked again."""
        return now - self.asked_at >= (part.fresh_s if self.trouble is None else min(FAILED_FRESH_S, part.fresh_s))


def keep(before: Kept | None, outcome: Context | ToolError, now: float) -> Kept:
    """What is known after an answer; a failure leaves the older answer, which says how old it is."""
    if isinstance(outcome, ToolError):
        return Kept(before.context if before else {}, outcome, now, before.got_at if before else None)
    return Kept(outcome, None, now, now)


def _find(value: Any, names: tuple[str, ...], depth: int = 0) -> Any:
    """The value under the first of these names, however deep a server wraps it."""
    if depth > MAX_DEPTH or not isinstance(value, Mapping):
        return None
    for name in names:
        if name in value:
            return value[name]
    return next((found for inner in value.values() if (found := _find(inner, names, depth + 1)) is not None), None)


def _list(value: Any, names: tuple[str, ...]) -> Sequence[Mapping[str, Any]]:
    found = _find(value, names)
    if found is None and isinstance(value, Mapping) and (told := _reason(value)):
        raise ToolError("no_data", told)
    if found is None and value == {"response": {}}:
        return ()  # how Valve says that there is none
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise TypeError(f"there is no list of {names[0]} in it")
    return [item for item in found[:MAX_ITEMS] if isinstance(item, Mapping)]


def _reason(value: Mapping[str, Any]) -> str | None:
    told = _find(value, ("error", "message"))
    return told[:300] if isinstance(told, str) and told else None


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
    found = item.get(name)
    if not isinstance(found, str):
        raise TypeError(f"{name} is {found!r}")
    return found


def _number(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TypeError(f"{found!r} is no number")
    return float(found)


def _whole(found: Any) -> int:
    number = _number(found)
    if number < 0 or not number.is_integer():
        raise ValueError(f"{found!r} is no count")
    return int(number)

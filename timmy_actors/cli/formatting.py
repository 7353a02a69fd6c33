"""Formats values for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timmy_actors.protocol import (
        Description,
        GameEvent,
        GameRoute,
        Gauge,
        Health,
        HeartbeatStatus,
        JournalEntry,
        JournalStatus,
        LastBeat,
        LinkStatus,
        PerceptionOutput,
        Position,
        TickLoad,
        WorldClock,
    )

LONGEST_REASON = 100
"""Characters of an error shown on its command's line; `journal show` has the whole message."""


def describe_position(position: Position) -> str:
    """A position in one line."""
    spot = f"{position.x:.0f}, {position.y:.0f}, {position.z:.0f}"
    if position.place is not None:
        return f"{position.place} (cell {position.cell}) at {spot}"
    return f"cell {position.cell} at {spot}"


def describe_snapshot(snapshot: PerceptionOutput) -> list[str]:
    """A snapshot in lines, the position first."""
    where = f"stands in {describe_position(snapshot.position)}" if snapshot.position is not None else "is in the game"
    lines = [f"{snapshot.player} {where}" + (f"  [stale: {snapshot.stale_reason}]" if snapshot.stale else "")]
    if snapshot.stats is not None:
        stats = snapshot.stats
        lines.append(
            f"  level {stats.level} {stats.race} {stats.character_class}, health {_gauge(stats.health)},"
            f" magicka {_gauge(stats.magicka)}, fatigue {_gauge(stats.fatigue)}"
        )
    if snapshot.inventory is not None:
        items = ", ".join(f"{item.count} {item.ref_id}" for item in snapshot.inventory.items)
        lines.append(f"  carries {items or 'nothing'}")
    if snapshot.quests is not None and snapshot.quests.stages:
        lines.append("  quests " + ", ".join(f"{quest} at {stage}" for quest, stage in snapshot.quests.stages.items()))
    if snapshot.nearby_players is not None:
        lines += [f"  near: {player.name}, {player.distance:.0f} away" for player in snapshot.nearby_players.players]
    if snapshot.nearby_actors is not None:
        lines += [f"  near: {actor.ref_id}, {actor.distance:.0f} away" for actor in snapshot.nearby_actors.actors]
    if snapshot.world is not None:
        weather = (
            f", {snapshot.world.weather.current} in {snapshot.world.weather.region}" if snapshot.world.weather else ""
        )
        lines.append(f"  it is {_clock(snapshot.world.hour)} on day {snapshot.world.day}{weather}")
    return lines


def describe_event(event: GameEvent) -> str:
    """An event in one line."""
    data = ", ".join(f"{key}: {value}" for key, value in event.data.items())
    return f"{event.player}: {event.event}" + (f" ({data})" if data else "")


def describe_link(link: LinkStatus) -> str:
    """The link in one line."""
    if not link.carries:
        return f"{link.state}: {link.reason or 'unknown reason'}"
    round_trip = f", round trip {link.round_trip_ms:.1f} ms" if link.round_trip_ms is not None else ""
    return f"{link.state} at {link.address}{round_trip}{_lag(link.load)}"


def _lag(load: TickLoad | None) -> str:
    if load is None:
        return ""
    full = f", {load.deferred} of {load.polls} polls used up their budget" if load.deferred else ""
    share = f", of which the bridge {load.share:.1%}" if load.tick_ms > 0 else ""
    return f", server tick {load.tick_ms:.1f} ms (worst {load.tick_max_ms:.1f}){share}{full}"


def describe_health(health: Health) -> list[str]:
    """The lines that `status` shows above the tree."""
    lines = [f"{health.verdict}" + (f": {health.reasons[0]}" if health.reasons else "")]
    lines += [f"    and {reason}" for reason in health.reasons[1:]]
    lines += [
        f"daemon   {health.version}, process {health.pid}, at {health.endpoint}",
        f"link     {describe_link(health.link)}",
    ]
    if health.world is not None:
        frozen = f", frozen by {health.world.frozen_by}" if health.world.frozen_by is not None else ""
        numbers = (("process", health.world.pid), ("port", health.world.port))
        process = "".join(f", {what} {number}" for what, number in numbers if number is not None)
        lines.append(f"world    embedded, {health.world.state}{process}{frozen}")
    if health.world is not None and health.world.token_file is not None:
        lines.append(f"token    {health.world.token_file}")
    lines.append(f"journal  {describe_journal(health.journal)}")
    lines.append(f"portal   {health.portal}" + _portal_state(health))
    for seen in health.perceptions:
        lines.append(f"player   {seen.player}, seen {seen.age_s:.1f} s ago" + (" (stale)" if seen.stale else ""))
    return [*lines, *_describe_options(health)]


def _describe_options(health: Health) -> Iterator[str]:
    """The parts that run only if they are enabled."""
    if (http := health.http) is not None:
        yield f"http     {http.state} at {http.url}, its token is in {http.token_file}{_why(http.reason)}"
    if (data := health.game_data) is not None:
        yield f"files    {data.state}, {data.files} of the data files, {len(data.faults)} faults{_why(data.reason)}"
    if (beat := health.heartbeat) is not None:
        running = "no episode" if beat.episode is None else f"{beat.phase}, {beat.beats} beats in {beat.episode}"
        yield f"beat     {running}{_why(beat.reason)}"
    if (client := health.player_client) is not None:
        holds = f", responsible for the actors of {'; '.join(client.authority)}" if client.authority else ""
        yield f"client   {client.state} as {client.name} at {client.server}{holds}{_why(client.reason)}"


def _why(reason: str | None) -> str:
    return "" if reason is None else f": {reason}"


def describe_journal(journal: JournalStatus) -> str:
    """The journal in one line."""
    match journal.state:
        case "ok":
            return f"{journal.entries} commands, {journal.bytes / 1e6:.1f} MB, {journal.file}"
        case "failing":
            return "failing, commands are not journaled" if journal.goes_on else "failing, commands are refused"
    return "off: a crash of the daemon loses the pending commands"


def describe_entry(entry: JournalEntry) -> str:
    """A journaled command in one line."""
    arguments = " ".join(f"{key}={value}" for key, value in entry.arguments.items())
    why = f": {entry.error.code}: {_short(entry.error.message)}" if entry.error is not None else ""
    return f"{_moment(entry.accepted_at)}  {entry.state:<8}  {entry.id}  {entry.name} {arguments}{why}"


def describe_entry_whole(entry: JournalEntry) -> list[str]:
    """A journaled command with all its fields."""
    lines = [
        f"id        {entry.id}",
        f"client    {entry.client}",
        f"command   {entry.name} " + " ".join(f"{key}={value}" for key, value in entry.arguments.items()),
        f"state     {entry.state}",
        f"accepted  {_moment(entry.accepted_at)} for the server process {entry.boot}",
    ]
    if entry.sent_at is not None:
        lines.append(f"sent      {_moment(entry.sent_at)}, {_times(entry.attempts)} epoch {entry.epoch}")
    if entry.settled_at is not None:
        lines.append(f"settled   {_moment(entry.settled_at)}")
    if entry.value is not None:
        lines.append("value     " + ", ".join(f"{key} {value}" for key, value in entry.value.items()))
    if entry.error is not None:
        lines.append(f"error     {entry.error.code}: {entry.error.message}")
    return lines


def describe_clock(clock: WorldClock) -> list[str]:
    """The embedded world's clock in lines."""
    state = f"frozen by {clock.frozen_by}" if clock.frozen_by is not None else "running"
    passed = clock.passed
    since = f"{passed.game_ms} ms of game time, {passed.real_ms} ms of real time, {passed.steps} steps"
    return [
        f"{state}, at {clock.game_ms} ms of game time ({clock.real_ms} ms of real time, {clock.steps} steps)",
        f"    since the last call: {since}",
    ]


def describe_heartbeat(status: HeartbeatStatus) -> list[str]:
    """The heartbeat in lines."""
    why = f": {status.reason}" if status.reason else ""
    if status.episode is None:
        return [f"no episode{why}", f"    tools: {', '.join(status.tools)}"]
    skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(status.skipped.items()))
    jitter = status.jitter_ms
    lines = [
        f"{'waits' if status.blocked else status.phase}{why}",
        f"episode  {status.episode}, {status.beats} beats at {status.rate_hz:g} Hz",
        f"policy   {status.policy}, {status.tokens} tokens, cost {status.cost:.4g}",
        f"jitter   {jitter.p50:.1f} ms (p99 {jitter.p99:.1f}, worst {jitter.max:.1f})",
        f"skipped  {skipped or 'none'}",
    ]
    if status.guard_reason is not None:
        lines.append(f"guard    {status.guard}: {status.guard_reason}")
    if status.recording is not None:
        lines.append(f"records  are lost: {status.recording}")
    if status.last is not None:
        lines.append(f"last     {_beat(status.last)}")
    return [*lines, f"tools    {', '.join(status.tools)}"]


def _beat(last: LastBeat) -> str:
    calls = ", ".join(last.calls) or "nothing"
    return f"beat {last.beat}: {calls}: {last.outcome}{f' ({_short(last.reason)})' if last.reason else ''}"


def _times(attempts: int) -> str:
    return "once, in" if attempts == 1 else f"{attempts} times, last in"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 3] + "..."


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"


def _portal_state(health: Health) -> str:
    status = health.portal_status
    return "" if status is None else f", {status.state}" + (f": {status.reasons[0]}" if status.reasons else "")


def _gauge(gauge: Gauge) -> str:
    return f"{gauge.current:.0f}/{gauge.base:.0f}"


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{int(hour % 1 * 60):02d}"


def describe_record(record: Description) -> list[str]:
    """A record of the game's data files, a line each: its name, text, places, doors, stages and numbers."""
    lines = [f"{record.name or record.id} ({record.kind} {record.id}, {record.file})"]
    lines += [record.text] if record.text else []
    lines += [f"{stage:>5}: {text}" for stage, text in record.stages.items()]
    lines += [f"at {place.x:.0f}, {place.y:.0f}, {place.z:.0f} in {place.cell}" for place in record.places]
    lines += [f"door {door.unique_index} leads to {door.to}" for door in record.doors]
    return [*lines, *(f"{name}: {value}" for name, value in record.fields.items())]


def describe_route(route: GameRoute) -> list[str]:
    """A way on foot: its points, a line each, and its length."""
    if route.reason:
        return [route.reason]
    lines = [
        f"{point.x:.0f}, {point.y:.0f}, {point.z:.0f} in {point.cell}"
        + (f", through door {point.door}" if point.door else "")
        for point in route.waypoints
    ]
    return [*lines, f"{route.distance:.0f} game units"]

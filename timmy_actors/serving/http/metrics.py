"""Prometheus metrics: counted as requests are answered, or read from the daemon's health when they are collected."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from timmy_actors.errors import StartFailedError
from timmy_actors.perception import Happened
from timmy_actors.protocol import (
    COMMANDS,
    ActionResult,
    CommandRequest,
    GameState,
    Health,
    HeartbeatStatus,
    LinkStatus,
    ServiceRequest,
    TickLoad,
)
from timmy_actors.serving.answers import explain
from timmy_actors.serving.service import Service
from timmy_actors.supervision import Reply

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
MS_PER_S = 1_000.0
VERDICTS = ("ok", "degraded", "down")
PHASES = ("autonomous", "paused", "correcting")


class Metrics:
    """The registry of one server, and what is counted. Thread-safe."""

    def __init__(self, service: Service) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "timmy_http_requests", "HTTP requests that were answered.", ["route", "method", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "timmy_http_request_seconds", "From a request's head to its answer.", ["route"], buckets=SECONDS,
            registry=registry,
        )  # fmt: skip
        self._by_route: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """The counters of the routes seen: looking them up by their labels takes longer than counting."""
        self._commands = Counter(
            "timmy_commands", "Commands answered, by every way into the daemon.", ["command", "outcome"],
            registry=registry,
        )  # fmt: skip
        self._command_seconds = Histogram(
            "timmy_command_seconds", "From a command to its answer.", buckets=SECONDS, registry=registry
        )
        self._portal_calls = Counter(
            "timmy_portal_calls", "Captures and actions through the portal.", ["call", "outcome"], registry=registry
        )
        self._portal_seconds = Histogram(
            "timmy_portal_call_seconds", "From such a call to its answer.", ["call"], buckets=SECONDS, registry=registry
        )
        self._events = Counter("timmy_events", "Events of the game.", ["event"], registry=registry)
        ProcessCollector(registry=registry)
        registry.register(HealthCollector(service))

    def on_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        key = route, method, status
        counted = self._by_route.get(key)
        if counted is None:
            counter = self._requests.labels(route, method, str(status))
            counted = self._by_route[key] = counter, self._request_seconds.labels(route)
        counted[0].inc()
        counted[1].observe(seconds)

    def on_answer(self, request: ServiceRequest, reply: Reply, seconds: float) -> None:
        """Count an answered command, capture or action."""
        if isinstance(request, CommandRequest):
            name = request.name if request.name in COMMANDS else "unknown"
            self._commands.labels(name, _outcome(reply)).inc()
            self._command_seconds.observe(seconds)
        else:
            self._portal_calls.labels(request.type, _outcome(reply)).inc()
            self._portal_seconds.labels(request.type).observe(seconds)

    def on_event(self, happened: Happened) -> None:
        """Count an event."""
        if happened.event is not None:
            self._events.labels(happened.event.event).inc()

    def text(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the format that `accept` asks for, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


def _outcome(reply: Reply) -> str:
    try:
        value = reply.get(timeout=0)
    except Exception as error:  # noqa: BLE001  an error is an outcome
        return explain(error).code
    match value:
        case ActionResult(outcome=outcome):
            return outcome
        case GameState(problems=problems) if problems:
            return "incomplete"
    return "done"


class HealthCollector(Collector):
    """Reads the daemon's health."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """The metrics of the current health; none before the daemon has started."""
        try:
            health = self._service.status()
        except StartFailedError:
            return
        yield from _daemon(health)
        yield from _link(health.link)
        yield from _actors(health)
        yield from _journal(health)
        yield from _perceptions(health)
        yield from _servers(health)
        yield from _heartbeat(health.heartbeat)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _daemon(health: Health) -> Iterator[Metric]:
    info = GaugeMetricFamily("timmy_build_info", "Always 1; the label is the version.", labels=["version"])
    info.add_metric([health.version], 1)
    yield info
    verdicts = GaugeMetricFamily("timmy_health", "1 for the daemon's verdict, else 0.", labels=["verdict"])
    for verdict in VERDICTS:
        verdicts.add_metric([verdict], health.verdict == verdict)
    yield verdicts
    yield _gauge("timmy_start_time_seconds", "When the daemon started, Unix time.", health.started.timestamp())


def _link(link: LinkStatus) -> Iterator[Metric]:
    yield _gauge("timmy_link_up", "Whether the link to the game is up.", link.carries)
    yield CounterMetricFamily("timmy_link_connections", "Attempts to connect to the game.", value=link.epoch)
    if link.round_trip_ms is not None:
        yield _gauge("timmy_link_round_trip_seconds", "The last round trip to the game.", link.round_trip_ms / MS_PER_S)
    load = link.load
    if load is not None:
        yield _gauge("timmy_server_tick_seconds", "Mean tick of the game server.", load.tick_ms / MS_PER_S)
        yield _gauge("timmy_server_tick_max_seconds", "Longest tick of late.", load.tick_max_ms / MS_PER_S)
        yield _gauge("timmy_server_poll_seconds", "Mean time of the bridge in a tick.", load.poll_ms / MS_PER_S)
        yield _gauge("timmy_server_poll_max_seconds", "Longest time of the bridge.", load.poll_max_ms / MS_PER_S)
        yield from _costs(load)


def _costs(load: TickLoad) -> Iterator[Metric]:
    yield _gauge("timmy_server_bridge_share", "The bridge's share of the server's loop, 0 to 1.", load.share)
    sections = GaugeMetricFamily(
        "timmy_server_section_seconds", "Time of a section's pushes since the last pong.", labels=["section"]
    )
    for name, cost in sorted(load.sections.items()):
        sections.add_metric([name], cost.ms / MS_PER_S)
    late = GaugeMetricFamily("timmy_server_push_late_seconds", "Mean lateness of pushes.", labels=["subscriber"])
    late_max = GaugeMetricFamily(
        "timmy_server_push_late_max_seconds", "Longest lateness of a push.", labels=["subscriber"]
    )
    for one in load.subscribers:
        late.add_metric([one.client], one.late_ms / MS_PER_S)
        late_max.add_metric([one.client], one.late_max_ms / MS_PER_S)
    yield from (sections, late, late_max)


def _actors(health: Health) -> Iterator[Metric]:
    up = GaugeMetricFamily("timmy_actor_up", "Whether an actor is up.", labels=["actor"])
    restarts = CounterMetricFamily("timmy_actor_restarts", "Restarts of an actor.", labels=["actor"])
    depth = GaugeMetricFamily("timmy_actor_mailbox_messages", "Messages that wait.", labels=["actor"])
    for actor in health.actors:
        up.add_metric([actor.name], actor.state == "up")
        restarts.add_metric([actor.name], actor.restarts)
        depth.add_metric([actor.name], actor.mailbox_depth)
    yield from (up, restarts, depth)
    yield _gauge("timmy_abandoned_actors", "Hung actors that still hold a thread.", health.abandoned)
    yield CounterMetricFamily("timmy_dead_letters", "Messages that reached no actor.", value=health.dead_letters)


def _journal(health: Health) -> Iterator[Metric]:
    journal = health.journal
    if journal.state == "off":
        return
    yield _gauge("timmy_journal_ok", "Whether the command journal can be written.", journal.state == "ok")
    yield _gauge("timmy_journal_entries", "Commands in the journal.", journal.entries)
    yield _gauge("timmy_journal_bytes", "Its size on disk.", journal.bytes)


def _perceptions(health: Health) -> Iterator[Metric]:
    age = GaugeMetricFamily("timmy_perception_age_seconds", "Age of a player's snapshot.", labels=["player"])
    stale = GaugeMetricFamily("timmy_perception_stale", "Whether it is stale.", labels=["player"])
    for perception in health.perceptions:
        age.add_metric([perception.player], perception.age_s)
        stale.add_metric([perception.player], perception.stale)
    yield from (age, stale)
    yield _gauge("timmy_players_left_out", "Players beyond the limit.", health.players_left_out)


def _servers(health: Health) -> Iterator[Metric]:
    if health.portal_status is None:
        return
    up = GaugeMetricFamily("timmy_mcp_server_up", "Whether an MCP server is ready.", labels=["server"])
    starts = CounterMetricFamily("timmy_mcp_server_starts", "How often it was started.", labels=["server"])
    for server in health.portal_status.servers:
        up.add_metric([server.name], server.state == "ready")
        starts.add_metric([server.name], server.generation)
    yield from (up, starts)


def _heartbeat(status: HeartbeatStatus | None) -> Iterator[Metric]:
    if status is None:
        return
    beats = CounterMetricFamily("timmy_heartbeat_beats", "Beats of the current episode.", value=status.beats)
    skipped = CounterMetricFamily("timmy_heartbeat_skipped", "Beats that did not take place.", labels=["reason"])
    for reason, count in status.skipped.items():
        skipped.add_metric([reason], count)
    jitter = GaugeMetricFamily("timmy_heartbeat_jitter_seconds", "Delay of the last beats.", labels=["quantile"])
    for quantile, value in (("0.5", status.jitter_ms.p50), ("0.99", status.jitter_ms.p99), ("1", status.jitter_ms.max)):
        jitter.add_metric([quantile], value / MS_PER_S)
    phases = GaugeMetricFamily("timmy_heartbeat_phase", "1 for the heartbeat's phase, else 0.", labels=["phase"])
    for phase in PHASES:
        phases.add_metric([phase], status.episode is not None and status.phase == phase)
    yield from (beats, skipped, jitter, phases)
    yield CounterMetricFamily("timmy_heartbeat_tokens", "Tokens that the episode used.", value=status.tokens)
    yield CounterMetricFamily("timmy_heartbeat_late_answers", "Answers of given-up beats.", value=status.late_answers)
    yield _gauge("timmy_heartbeat_repeats", "Whether the policy repeats itself.", status.guard != "ok")
    yield _gauge("timmy_heartbeat_recording", "Whether every beat is recorded.", status.recording is None)

"""Whether a process traces, and what becomes of it if OpenTelemetry, its packages or its collector fail."""

from __future__ import annotations

import logging
import random
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.telemetry.collector import Collector
from tests.waiting import PATIENCE_S
from timmy_actors import Runtime, telemetry
from timmy_actors.telemetry import Span, Tracer
from timmy_actors.telemetry.switch import wanted_by
from timmy_actors.telemetry.tracing import Tracer as TracerOf

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def started(name: str = "a span") -> Span:
    tracer = telemetry.tracer()
    assert tracer is not None
    span = tracer.start(name)
    assert span is not None
    return span


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({ENDPOINT: "http://127.0.0.1:4318"}, True),
        ({ENDPOINT: " "}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", ENDPOINT: "http://127.0.0.1:4318"}, False),
        ({"OTEL_SDK_DISABLED": "true", ENDPOINT: "http://127.0.0.1:4318"}, False),
    ],
)
def test_only_the_standard_variables_turn_it_on(environment: dict[str, str], *, wanted: bool) -> None:
    assert wanted_by(environment) is wanted


def test_a_daemon_and_its_client_load_nothing_of_it_while_it_is_off() -> None:
    program = (
        "import sys, timmy_actors.daemon.runtime, timmy_actors.client.async_connection, timmy_actors.client.connection;"
        "from timmy_actors import telemetry; assert telemetry.tracer() is None;"
        "telemetry.install('x'); assert telemetry.tracer() is None; print(*sys.modules)"
    )
    command = [sys.executable, "-c", program]
    modules = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert "timmy_actors.telemetry.switch" in modules
    assert [name for name in modules if name.startswith(("opentelemetry", "timmy_actors.telemetry.tracing"))] == []


def test_spans_reach_the_collector_with_the_services_name(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    started("mine").end()
    assert collector.find("mine").service == "timmy-actors"
    telemetry.stop()
    monkeypatch.setenv("OTEL_SERVICE_NAME", "vvardenfell")
    started("named").end()
    assert collector.find("named").service == "vvardenfell"


def test_a_stop_exports_what_is_left(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    monkeypatch.setattr("timmy_actors.telemetry.switch.STOP_WITHIN_S", PATIENCE_S)
    started("the last").end()
    telemetry.stop()
    assert [span.name for span in collector.spans] == ["the last"]


def test_a_program_that_seeds_random_gets_new_ids(collector: Collector) -> None:
    ids = []
    for _ in range(2):
        random.seed(1)
        ids.append(started().traceparent)
    assert None not in ids
    assert ids[0] != ids[1]


def test_a_program_with_its_own_provider_is_traced_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    with provider.get_tracer("program").start_as_current_span("outer"):
        started("inner").end()
    inner, outer = memory.get_finished_spans()
    assert (inner.name, inner.parent) == ("inner", outer.get_span_context())


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        (("OTEL_TRACES_EXPORTER", "zipkin"), "no exporter 'zipkin' is installed"),
        (("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke"), "'smoke' must be one of http/protobuf, grpc"),
        (("OTEL_BSP_MAX_QUEUE_SIZE", "-1"), "correct the variables that begin with OTEL_"),
    ],
)
def test_a_wrong_variable_is_logged_once_and_turns_it_off(
    variable: tuple[str, str], said: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setenv(*variable)
    assert [telemetry.tracer(), telemetry.tracer()] == [None, None]
    assert [said in record.getMessage() for record in caplog.records if "tracing" in record.getMessage()] == [True]


def test_a_missing_package_is_named_with_its_remedy(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "timmy_actors.telemetry.provider", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert telemetry.tracer() is None
    assert "pip install 'timmy_actors[otel]'" in caplog.text


@pytest.mark.parametrize("fault", ["refuses", "hangs", "is gone"])
def test_a_collector_that_fails_hurts_no_command_and_no_stop(
    fault: str, collector: Collector, runtime: Runtime, request: pytest.FixtureRequest
) -> None:
    monkeypatch, caplog = request.getfixturevalue("monkeypatch"), request.getfixturevalue("caplog")
    match fault:
        case "refuses":
            collector.status = 400
        case "hangs":
            collector.hangs = True
        case _:
            monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
            monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "60")
    assert runtime.command("give_item", item="gold_001").value == {"echo": "give_item"}
    if fault != "is gone":
        assert collector.asked.wait(60)
    assert runtime.command("give_item", item="gold_001").value == {"echo": "give_item"}
    telemetry.stop()  # returns, although a collector that hangs still does
    assert [record.name for record in caplog.records if record.name.startswith("opentelemetry")] == []


def test_a_collector_that_fails_is_logged_once_and_so_is_its_return(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "timmy_actors")
    collector.status = 400
    for name in ("lost", "lost too"):
        collector.asked.clear()
        started(name).end()
        assert collector.asked.wait(60)
    telemetry.stop()
    collector.status = 200
    said = [record.getMessage() for record in caplog.records if "spans" in record.getMessage()]
    assert said == ["spans cannot be exported, and are lost: check the collector and OTEL_EXPORTER_OTLP_ENDPOINT"]


class Broken(SpanProcessor):
    """A program's processor with a defect."""

    def on_start(self, span: object, parent_context: object = None) -> None:
        raise ValueError("secret")

    def on_end(self, span: ReadableSpan) -> None:
        raise KeyError("secret")


def test_a_processor_that_raises_costs_the_span_only(caplog: pytest.LogCaptureFixture) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(Broken())
    tracer: Tracer = TracerOf(provider)
    assert [tracer.start("x"), tracer.start("y")] == [None, None]
    assert caplog.text.count("a span was lost") <= 1
    assert "secret" not in caplog.text

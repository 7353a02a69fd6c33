"""OpenTelemetry's SDK, set up from the standard variables; it reads most of them itself (`OTEL_BSP_*`, say)."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import entry_points

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator

from timmy_actors.errors import ConfigError
from timmy_actors.telemetry.tracing import Tracer
from timmy_actors.version import __version__

log = logging.getLogger(__name__)

GROUP = "opentelemetry_traces_exporter"
"""The entry points under which packages register exporters."""
PROTOCOLS = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
DEFAULT_PROTOCOL = "http/protobuf"
PROTOCOL_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
NOISY = ("opentelemetry.exporter", "opentelemetry.sdk")
"""They log each batch that cannot be exported, some with the address; `GuardedExporter` logs it once."""
UNNAMED = "unknown_service"
"""The SDK's name for a service that no variable names."""


class Exporting:
    """A tracer whose spans are exported."""

    def __init__(self, provider: TracerProvider, exporters: Sequence[SpanExporter]) -> None:
        self._provider = provider
        self._exporters = exporters
        self.tracer = Tracer(provider)

    def make_global(self) -> None:
        """Trace the libraries of this process too."""
        trace.set_tracer_provider(self._provider)

    def stop(self, within_s: float) -> None:
        """Export what is left, and end; an exporter that takes longer, as it retries for seconds, is ended."""
        ending = threading.Thread(target=self._provider.shutdown, name="end of tracing", daemon=True)
        with contextlib.suppress(RuntimeError):  # the interpreter is ending, and starts no more threads
            ending.start()
            ending.join(within_s)
        for exporter in self._exporters:
            exporter.shutdown()


class GuardedExporter(SpanExporter):
    """Hands spans on to an exporter, and logs when it begins to fail, and when it works again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._fails = False
        self._ended = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch; a failure drops it."""
        try:
            result = self._exporter.export(spans)
        except Exception:  # noqa: BLE001  whatever it raises: tracing is not needed
            result = SpanExportResult.FAILURE
        self._note(fails=result is not SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        """End the exporter, and its retries."""
        if self._ended:
            return
        self._ended = True
        try:
            self._exporter.shutdown()
        except Exception as error:  # noqa: BLE001  whatever it raises: tracing is not needed
            log.warning("an exporter of traces could not be ended: %s", type(error).__name__)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what the exporter itself holds."""
        return self._exporter.force_flush(timeout_millis)

    def _note(self, *, fails: bool) -> None:
        if fails and not self._fails:
            log.warning("spans cannot be exported, and are lost: check the collector and OTEL_EXPORTER_OTLP_ENDPOINT")
        elif self._fails and not fails:
            log.info("spans are exported again")
        self._fails = fails


class RandomIds(IdGenerator):
    """Ids from the system's source. The SDK takes them from `random`, where a program that seeds it repeats them."""

    def generate_span_id(self) -> int:
        """A new span's id."""
        return _not_zero(64)

    def generate_trace_id(self) -> int:
        """A new trace's id."""
        return _not_zero(128)


def start(service: str) -> Exporting:
    """Set tracing up as the variables ask.

    Raises:
        ConfigError: they name an exporter or a protocol that is not installed.
    """
    exporters = [GuardedExporter(_exporter(name)) for name in _names()]
    resource = Resource.create({SERVICE_VERSION: __version__})
    if str(resource.attributes.get(SERVICE_NAME, UNNAMED)).startswith(UNNAMED):
        resource = resource.merge(Resource({SERVICE_NAME: service}))
    provider = TracerProvider(resource=resource, id_generator=RandomIds(), shutdown_on_exit=False)
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Exporting(provider, exporters)


def _names() -> list[str]:
    listed = os.environ.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    return [name.strip().lower() for name in listed.split(",")]


def _exporter(name: str) -> SpanExporter:
    if name == "console":
        return ConsoleSpanExporter(out=sys.stderr)  # an MCP server's standard output is its client's
    registered = _otlp() if name == "otlp" else name
    for entry in entry_points(group=GROUP, name=registered):
        exporter: SpanExporter = entry.load()()
        return exporter
    raise ConfigError(f"no exporter {registered!r} is installed; installed are: {', '.join(_installed())}")


def _otlp() -> str:
    asked = (os.environ.get(name, "").strip() for name in PROTOCOL_VARIABLES)
    protocol = next(filter(None, asked), DEFAULT_PROTOCOL)
    if protocol not in PROTOCOLS:
        raise ConfigError(f"{PROTOCOL_VARIABLES[1]}: {protocol!r} must be one of {', '.join(PROTOCOLS)}")
    return PROTOCOLS[protocol]


def _installed() -> list[str]:
    return sorted({"console", *entry_points(group=GROUP).names})


def _not_zero(bits: int) -> int:
    return secrets.randbelow(2**bits - 1) + 1

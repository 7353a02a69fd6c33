"""A stand-in for an OpenTelemetry collector: it receives OTLP over HTTP, as protobuf, and keeps the spans."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.waiting import eventually

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import KeyValue

PATH = "/v1/traces"


@dataclass(frozen=True)
class Received:
    """A span that arrived."""

    service: str
    name: str
    kind: str
    trace_id: str
    id: str
    parent: str
    started: int
    ended: int
    """Nanoseconds since 1970."""
    failed: bool
    attributes: Mapping[str, str | int | float]

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.id}-01"


class Collector:
    """The server. `status` is what it answers; `hang` makes it answer nothing until it is closed."""

    def __init__(self) -> None:
        self.status = 200
        self.hangs = False
        self.asked = threading.Event()
        """Whether a request has arrived."""
        self._closing = threading.Event()
        self._spans: list[Received] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector._receive(self)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as in the base
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that exports to it, soon after each span."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "20", "NO_PROXY": "127.0.0.1"}

    @property
    def spans(self) -> tuple[Received, ...]:
        """All spans so far."""
        return tuple(self._spans)

    def find(self, name: str, **attributes: str | int) -> Received:
        """Wait for a span of this name and with these attributes, given with _ for each dot."""

        def matches(span: Received) -> bool:
            known = {key.replace(".", "_"): value for key, value in span.attributes.items()}
            return span.name == name and attributes.items() <= known.items()

        return eventually(lambda: [span for span in self.spans if matches(span)])[0]

    def _receive(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["content-length"]))
        self.asked.set()
        if self.hangs:
            self._closing.wait()
        elif self.status == 200:
            self._spans += _read(body)
        request.send_response(self.status)
        request.send_header("content-length", "0")
        request.end_headers()


def _read(body: bytes) -> list[Received]:
    message = ExportTraceServiceRequest.FromString(body)
    return [
        _received(str(_plain(resource.resource.attributes).get("service.name")), span)
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _received(service: str, span: Span) -> Received:
    return Received(
        service=service,
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        started=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes=_plain(span.attributes),
    )


def _plain(attributes: list[KeyValue]) -> dict[str, str | int | float]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value") or "string_value") for item in attributes}

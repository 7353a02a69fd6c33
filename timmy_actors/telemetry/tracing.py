"""Spans over OpenTelemetry's interface. Nothing here raises: tracing must not hurt what it observes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from timmy_actors.telemetry.attributes import Attribute
from timmy_actors.version import __version__

log = logging.getLogger(__name__)

Attributes = Mapping[Attribute, str | int | float]
Kind = Literal["internal", "client", "server"]
T = TypeVar("T")

KINDS: dict[Kind, SpanKind] = {"internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT, "server": SpanKind.SERVER}
LIBRARY = "timmy_actors"
TRACEPARENT = "traceparent"
LONGEST_TEXT = 256
"""Characters of an attribute's value."""
NS_PER_S = 1_000_000_000

_propagator = TraceContextTextMapPropagator()
_failures: set[type[Exception]] = set()


class Tracer:
    """Starts spans of a provider. Thread-safe."""

    def __init__(self, provider: trace.TracerProvider) -> None:
        self._tracer = provider.get_tracer(LIBRARY, __version__)

    def start(
        self,
        name: str,
        kind: Kind = "internal",
        *,
        parent: str | None = None,
        attributes: Attributes | None = None,
        at: float | None = None,
    ) -> Span | None:
        """Start a span, now or `at` UTC seconds; None if OpenTelemetry fails.

        Its parent is the span with the traceparent `parent`, else this thread's or task's current one, if any.
        """

        def begin() -> Span:
            span = self._tracer.start_span(
                name, _context(parent), KINDS[kind], _plain(attributes or {}), start_time=_nanoseconds(at)
            )
            return Span(span)

        return _guarded(begin)


class Span:
    """One span. It is exported once it has ended."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.traceparent = _traceparent(span.get_span_context())
        """For those that continue the trace; None if OpenTelemetry records none."""

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Make it the current span of this thread or task, so that it is the parent of those that name none."""
        with trace.use_span(self._span, record_exception=False, set_status_on_exception=False):
            yield

    def rename(self, name: str) -> None:
        """Give it another name, once that is known."""
        _guarded(lambda: self._span.update_name(name))

    def end(self, attributes: Attributes | None = None, *, error: str | None = None, at: float | None = None) -> None:
        """End it, now or `at` UTC seconds; `error` is the code of a failure."""

        def finish() -> None:
            if error is not None:
                self._span.set_status(Status(StatusCode.ERROR))
                self._span.set_attribute(Attribute.ERROR.value, error)
            self._span.set_attributes(_plain(attributes or {}))
            self._span.end(_nanoseconds(at))

        _guarded(finish)


def own_tracer() -> Tracer | None:
    """A tracer of the provider that the program has set itself; None: it has set none."""
    provider = trace.get_tracer_provider()
    return None if isinstance(provider, trace.ProxyTracerProvider) else Tracer(provider)


def _context(parent: str | None) -> Context | None:
    """The context of a span's parent; None: the current one."""
    if parent is None:
        return None
    context = _propagator.extract({TRACEPARENT: parent}, Context())
    return context if trace.get_current_span(context).get_span_context().is_valid else None


def _traceparent(context: trace.SpanContext) -> str | None:
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _plain(attributes: Attributes) -> dict[str, str | int | float]:
    return {name.value: value[:LONGEST_TEXT] if isinstance(value, str) else value for name, value in attributes.items()}


def _nanoseconds(at: float | None) -> int | None:
    return None if at is None else int(at * NS_PER_S)


def _guarded(call: Callable[[], T]) -> T | None:
    """Call into OpenTelemetry, where a program's own processors run too; each kind of error is logged once."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  an observer must not hurt
        if type(error) not in _failures:
            _failures.add(type(error))
            log.warning("a span was lost: OpenTelemetry failed with %s", type(error).__name__)
        return None

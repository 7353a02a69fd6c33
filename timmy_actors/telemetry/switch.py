"""Whether this process traces, and with which tracer. It imports OpenTelemetry only if it does."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timmy_actors.telemetry.provider import Exporting
    from timmy_actors.telemetry.tracing import Tracer

log = logging.getLogger(__name__)

EXPORTER = "OTEL_TRACES_EXPORTER"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
API = "opentelemetry.trace"
STOP_WITHIN_S = 1.0
"""How long the end of a process waits for its last spans to be exported."""


@dataclass
class _State:
    is_settled: bool = False
    tracer: Tracer | None = None
    exporting: Exporting | None = None
    """What the variables set up; None if they ask for nothing, or if the program has a provider of its own."""


_state = _State()
_lock = threading.Lock()


def tracer() -> Tracer | None:
    """This process's tracer; None: tracing is off.

    It is on if the program has set OpenTelemetry's tracer provider itself, or else if the standard variables name where
    to export spans to.
    """
    if _state.is_settled:
        return _state.tracer
    return _choose("timmy-actors", is_program=False)


def install(service: str) -> None:
    """Decide for a program of ours: if the variables ask for tracing, libraries in it are traced too.

    `service` is the program's name in traces, unless `OTEL_SERVICE_NAME` gives another one.
    """
    _choose(service, is_program=True)
    _state.is_settled = True


def stop() -> None:
    """Export what is left, for at most `STOP_WITHIN_S`, and end tracing; a later call of `tracer` starts it again."""
    with _lock:
        exporting, _state.exporting = _state.exporting, None
        _state.tracer, _state.is_settled = None, False
    if exporting is not None:
        atexit.unregister(stop)
        exporting.stop(STOP_WITHIN_S)


def _choose(service: str, *, is_program: bool) -> Tracer | None:
    wanted = wanted_by(os.environ)
    if not wanted and API not in sys.modules:
        return None  # not settled: the program may load OpenTelemetry later
    with _lock:
        if not _state.is_settled:
            try:
                _settle(service, wanted=wanted, is_program=is_program)
            except Exception as error:  # noqa: BLE001  whatever fails in the exporter's packages: tracing is not needed
                _state.is_settled = True
                log.warning("tracing is off: %s", _remedy(error))
        return _state.tracer


def _settle(service: str, *, wanted: bool, is_program: bool) -> None:
    from timmy_actors.telemetry.tracing import own_tracer  # noqa: PLC0415  OpenTelemetry's interface is an extra

    own = own_tracer()
    if own is None and wanted:
        from timmy_actors.telemetry.provider import start  # noqa: PLC0415  and so is its SDK

        _state.exporting = start(service)
        atexit.register(stop)
        if is_program:
            _state.exporting.make_global()
    _state.tracer = own if _state.exporting is None else _state.exporting.tracer
    _state.is_settled = _state.tracer is not None


def wanted_by(environment: os._Environ[str] | dict[str, str]) -> bool:
    """Whether the standard variables ask for tracing: an exporter or an endpoint is named, and nothing disables it."""
    if not any(name in environment for name in (EXPORTER, *ENDPOINTS)):  # the usual case, twice per command
        return False
    exporter = environment.get(EXPORTER, "").strip().lower()
    if exporter == "none" or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    return bool(exporter or any(environment.get(name, "").strip() for name in ENDPOINTS))


def _remedy(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is missing: pip install 'timmy_actors[otel]'"
    return f"{type(error).__name__}: {error}: correct the variables that begin with OTEL_"

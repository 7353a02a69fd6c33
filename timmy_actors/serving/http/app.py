"""Puts the application together: routes, problem details, and the layers around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from timmy_actors.errors import ActorError, HostError, RefusedError
from timmy_actors.protocol import mistake_of
from timmy_actors.serving.http.api import Api
from timmy_actors.serving.http.command_routes import command_routes
from timmy_actors.serving.http.counting import Counting, metrics_routes
from timmy_actors.serving.http.episode_routes import episode_routes
from timmy_actors.serving.http.event_routes import event_routes
from timmy_actors.serving.http.fleet_routes import fleet_routes
from timmy_actors.serving.http.game_data_routes import game_data_routes
from timmy_actors.serving.http.guard import Guard, TokenCheck, TokenGuard
from timmy_actors.serving.http.health_routes import health_routes
from timmy_actors.serving.http.heartbeat_routes import heartbeat_routes
from timmy_actors.serving.http.journal_files import JournalFiles
from timmy_actors.serving.http.journal_routes import journal_routes
from timmy_actors.serving.http.metrics import Metrics
from timmy_actors.serving.http.options import HttpOptions
from timmy_actors.serving.http.portal_routes import portal_routes
from timmy_actors.serving.http.problems import (
    MEDIA_TYPE,
    ProblemDetails,
    ProblemError,
    make_problem,
    problem_of,
    problem_response,
)
from timmy_actors.serving.http.tracing import Tracing
from timmy_actors.serving.http.tree_routes import tree_routes
from timmy_actors.serving.http.world_routes import world_routes
from timmy_actors.telemetry import tracer
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

STATIC = Path(__file__).parent / "static"
ALLOWED_HEADERS = ("authorization", "content-type", "idempotency-key", "last-event-id", "prefer", "traceparent")
DESCRIPTION = "Perceive and act in the game through a timmy_actors daemon. Every error is a problem (RFC 9457)."
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own (0.165) would add a second span a request, with the query and the client's address."""
PROBLEMS = {
    400: "The request cannot be read: broken JSON.",
    401: "No token, or a wrong one.",
    403: "Not permitted: the Host, the Origin, or the daemon's own scopes.",
    404: "There is no such thing.",
    405: "The path has no such method.",
    408: "The body did not arrive in time.",
    409: "The game refused it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A parameter or field is invalid.",
    500: "A failure of the daemon.",
    503: "Not available now: try again later.",
    504: "No answer in time: `code` says whether it may have been executed.",
}


def make_app(api: Api, metrics: Metrics, token: str) -> ASGIApp:
    """The application with all its layers."""
    check = TokenCheck(token, api.causes)
    app = FastAPI(
        title="timmy_actors",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    journal = JournalFiles(api.options)
    for router in (
        world_routes(api),
        command_routes(api, journal),
        health_routes(api),
        metrics_routes(metrics),
        journal_routes(journal),
        episode_routes(api),
        heartbeat_routes(api),
        portal_routes(api),
        tree_routes(api),
        game_data_routes(api),
        fleet_routes(api),
        event_routes(api, check),
    ):
        app.router.routes.extend(router.routes)  # `include_router` matches in two steps, which takes twice as long
    if STATIC.is_dir():
        app.router.default = _files_or(app.router.default)
    answer_errors(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return _layers(app, api, metrics, check)


def _files_or(nothing: ASGIApp) -> ASGIApp:
    """The dashboard's files, for the paths of no route. A mount would also answer for methods that a route lacks."""
    files = StaticFiles(directory=STATIC, html=True)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (files if scope["type"] == "http" else nothing)(scope, receive, send)

    return answer


def _layers(app: FastAPI, api: Api, metrics: Metrics, check: TokenCheck) -> ASGIApp:
    options = api.options
    inner = app if tracer() is None else Tracing(app)
    layered = TokenGuard(inner, token=check, is_private=lambda path: _is_private(path, options), causes=api.causes)
    outer: ASGIApp = layered
    if options.allowed_origins:
        outer = CORSMiddleware(
            layered,
            allow_origins=options.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=ALLOWED_HEADERS,
            expose_headers=("location", "retry-after"),
        )
    guard = Guard(outer, hosts=options.allowed_hosts, origins=options.allowed_origins, causes=api.causes)
    return Counting(guard, metrics)


def _is_private(path: str, options: HttpOptions) -> bool:
    return path.startswith("/v1") or (path == "/metrics" and not options.metrics_public)


def answer_errors(app: FastAPI) -> None:
    """Answer every error with a problem."""

    async def on_declined(_: Request, error: Exception) -> Response:
        return problem_response(problem_of(error))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  as it is registered
        problem = error.problem if isinstance(error, ProblemError) else _http_problem(error)
        return problem_response(problem, error.headers)

    async def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  as it is registered
        return problem_response(_invalid(error))

    async def on_host(_: Request, error: Exception) -> Response:
        return problem_response(make_problem(503, str(error), code="unavailable"))

    app.add_exception_handler(RefusedError, on_declined)
    app.add_exception_handler(ActorError, on_declined)
    app.add_exception_handler(HostError, on_host)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)


def _http_problem(error: HTTPException) -> ProblemDetails:
    details = {404: "there is nothing at this path: /openapi.json lists the paths", 405: "this path has no such method"}
    return make_problem(error.status_code, details.get(error.status_code, error.detail))


def _invalid(error: RequestValidationError) -> ProblemDetails:
    first: ErrorDetails = error.errors()[0]
    if first["type"] == "json_invalid":
        return make_problem(400, f"the body is not JSON: {first['ctx']['error']}", code="bad_message")
    part, *path = first["loc"]
    details: ErrorDetails = {**first, "loc": tuple(path)}
    mistake = mistake_of(details)
    return make_problem(422, mistake.at(f"the request's {part}"), code="bad_arguments", field=mistake.field)


def _add_problems(schema: dict[str, Any]) -> None:
    """Replace FastAPI's own error model by the problems that every operation can answer with."""
    components = schema["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"]["ProblemDetails"] = ProblemDetails.model_json_schema()
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if not path.startswith("/health"):
                operation["security"] = [{"bearer": []}]
            operation["responses"].pop("422", None)
            for status, description in PROBLEMS.items():
                operation["responses"].setdefault(str(status), {"description": description, "content": content})


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        _add_problems(schema)
        app.openapi_schema = schema
    return app.openapi_schema

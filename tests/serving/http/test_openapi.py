from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.serving.http.daemons import HttpDaemon
from tests.waiting import PATIENCE_S

ENDLESS = "/v1/events"
SLOW = ("/v1/capture", "/v1/execute")
"""Each call waits for a desktop server; `test_routes.py` calls them."""
EXAMPLES = 4
BY_OPERATION = ("POST /v1/commands", "POST /v1/clock", "POST /v1/heartbeat")
EXCLUDED = {path: [positive_data_acceptance] for path in BY_OPERATION}
"""What must be given depends on the command's name (`GET /v1/commands` has the schemas), or on the operation."""
EXCLUDED |= {
    name: [not_a_server_error] for name in ("GET /v1/records", "GET /v1/record", "POST /v1/route", "GET /v1/terrain")
}
"""This daemon has no game data: they answer 503, as documented. `tests/gamedata/test_daemon.py` has one with it."""


def document(daemon: HttpDaemon) -> Any:
    return daemon.get("/openapi.json")


def test_it_is_openapi_3_1_with_examples_and_problems(daemon: HttpDaemon) -> None:
    openapi = document(daemon)
    assert openapi["openapi"].startswith("3.1")
    command = openapi["paths"]["/v1/commands"]["post"]
    problem = command["responses"]["400"]["content"]["application/problem+json"]
    assert problem["schema"]["$ref"].endswith("/ProblemDetails")
    assert openapi["components"]["schemas"]["CommandBody"]["examples"]
    assert "HTTPValidationError" not in openapi["components"]["schemas"]
    assert command["security"] == [{"bearer": []}]
    assert "security" not in openapi["paths"]["/health/ready"]["get"]


def test_the_document_names_every_route_of_the_contract(daemon: HttpDaemon) -> None:
    assert set(document(daemon)["paths"]) == {
        "/health/live", "/health/ready", "/metrics", "/v1/capture", "/v1/captures/{name}", "/v1/clock", "/v1/commands",
        "/v1/commands/{command_id}", "/v1/episodes", "/v1/episodes/{episode}", "/v1/episodes/{episode}/pictures/{beat}",
        "/v1/events", "/v1/execute", "/v1/fleet", "/v1/heartbeat", "/v1/journal", "/v1/players", "/v1/portals",
        "/v1/portals/{portal}/check", "/v1/portals/{portal}/use", "/v1/record", "/v1/records", "/v1/route",
        "/v1/snapshot", "/v1/status", "/v1/terrain", "/v1/tree", "/v1/tree/{name}/restart",
    }  # fmt: skip


def test_the_server_keeps_what_the_document_says(daemon: HttpDaemon) -> None:
    schema = schemathesis.openapi.from_dict(document(daemon)).exclude(path_regex="|".join((ENDLESS, *SLOW)))
    results = list(schema.get_all_operations())
    assert len(results) == 27
    for result in results:
        assert isinstance(result, Ok)
        check(daemon, result.ok())


def check(daemon: HttpDaemon, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def conforms(case: Any) -> None:
        headers = {"Authorization": f"Bearer {daemon.token}"}
        response = case.call(base_url=daemon.status.url, headers=headers, timeout=PATIENCE_S)
        case.validate_response(response, excluded_checks=EXCLUDED.get(operation.label, []))

    conforms()

"""Health, for supervisors of processes and for people: `/health/live`, `/health/ready`, `/v1/status`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from timmy_actors.protocol import Health, JournalStatus, StatusRequest
from timmy_actors.serving.http.api import Api, as_json
from timmy_actors.serving.http.models import Check, Checks

MAX_AGE_S = 10.0
"""The daemon updates its health four times a second: an older one says that it hangs."""
NEEDED_ACTORS = ("connection", "perception", "command")
"""Without these, the daemon neither perceives nor acts."""


def health_routes(api: Api) -> APIRouter:
    """The routes; the first two need no token; they name the player and the game server's address."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live", response_model=Checks, responses={503: {"model": Checks}})
    async def live() -> Response:
        """Whether the daemon runs: restart it if not."""
        return _answer(check_alive(api.service.status(), datetime.now(UTC)))

    @router.get("/health/ready", response_model=Checks, responses={503: {"model": Checks}})
    async def ready() -> Response:
        """Whether the daemon perceives its player and takes commands: wait if not."""
        return _answer(check_ready(api.service.status(), api.service.player, datetime.now(UTC)))

    @router.get("/v1/status", response_model=Health)
    async def status() -> Response:
        """The verdict, its reasons, the link, the journal, the portal and the actors."""
        return as_json(await api.ask(StatusRequest(id="http")))

    return router


def check_alive(health: Health, now: datetime) -> Checks:
    """The conditions of life. Pure."""
    age_s = (now - health.timestamp).total_seconds()
    reason = f"the daemon's health was not updated for {age_s:.0f} s" if age_s > MAX_AGE_S else ""
    return _checks(Check(name="actors", ok=not reason, reason=reason))


def check_ready(health: Health, player: str, now: datetime) -> Checks:
    """The conditions of readiness. Pure."""
    link = "" if health.link.carries else f"the link is {health.link.state}: {health.link.reason or 'not up yet'}"
    return _checks(
        *check_alive(health, now).checks,
        Check(name="link", ok=not link, reason=link),
        _check_player(health, player),
        _check_journal(health.journal),
        *_check_actors(health),
    )


def _check_player(health: Health, player: str) -> Check:
    perception = next((one for one in health.perceptions if one.player == player), None)
    if perception is None:
        return Check(name="player", ok=False, reason=f"{player} is not perceived: not in the game, or not logged in")
    reason = "its last snapshot is stale" if perception.stale else ""
    return Check(name="player", ok=not reason, reason=reason)


def _check_journal(journal: JournalStatus) -> Check:
    refuses = journal.state == "failing" and not journal.goes_on
    return Check(name="journal", ok=not refuses, reason=(journal.reason or "") if refuses else "")


def _check_actors(health: Health) -> Iterator[Check]:
    states = {actor.name: actor for actor in health.actors}
    for name in NEEDED_ACTORS:
        actor = states.get(name)
        reason = "it was not started"
        if actor is not None:
            reason = "" if actor.state == "up" else f"it is {actor.state}: {actor.last_reason or 'unknown reason'}"
        yield Check(name=name, ok=not reason, reason=reason)


def _checks(*checks: Check) -> Checks:
    return Checks(ok=all(check.ok for check in checks), checks=checks)


def _answer(checks: Checks) -> Response:
    return as_json(checks, 200 if checks.ok else 503)

"""The supervision tree: `/v1/tree`, and restarting one of its actors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ActorHealth, Health, Name, RestartRequest
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json
from timmy_actors.serving.http.models import RestartAccepted, Tree, TreeNode
from timmy_actors.serving.http.problems import ProblemError, make_problem

ROOT = "root"


def tree_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["supervision"])

    @router.get("/v1/tree", response_model=Tree)
    async def tree() -> Response:
        """Every actor below its supervisor, with its state, restarts, and what it is busy with."""
        return as_json(make_tree(api.service.status()))

    @router.post("/v1/tree/{name}/restart", status_code=202, response_model=RestartAccepted)
    async def restart(name: Annotated[Name, Path(examples=["perception"])]) -> Response:
        """Restart an actor, and the children of a supervisor. It counts as no failure."""
        try:
            actor = await api.ask(RestartRequest(id=REQUEST_ID, actor=name))
        except RefusedError as refused:
            if refused.code != "bad_arguments":
                raise
            raise ProblemError(make_problem(404, f"no actor {name!r}: GET /v1/tree lists them")) from refused
        return as_json(RestartAccepted(name=name, generation=actor.generation), 202, {"location": "/v1/tree"})

    return router


def make_tree(health: Health) -> Tree:
    """The health's actors, nested. Pure."""
    return Tree(
        timestamp=health.timestamp,
        root=TreeNode(
            name=ROOT,
            state="up",
            generation=1,
            restarts=0,
            last_reason=None,
            mailbox_depth=0,
            busy_s=None,
            busy_with=None,
            children=_children(health.actors, ROOT),
        ),
        abandoned=health.abandoned,
        dead_letters=health.dead_letters,
    )


def _children(actors: tuple[ActorHealth, ...], parent: str) -> tuple[TreeNode, ...]:
    return tuple(
        TreeNode(**actor.model_dump(exclude={"parent"}), children=_children(actors, actor.name))
        for actor in actors
        if actor.parent == parent
    )

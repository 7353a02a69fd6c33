"""Commands: give one, list them, and look up what became of one."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from timmy_actors.errors import ActorError, RefusedError
from timmy_actors.protocol import COMMANDS, CommandRequest, CommandResult, MessageId
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json
from timmy_actors.serving.http.journal_files import JournalFiles
from timmy_actors.serving.http.models import (
    CommandAccepted,
    CommandBody,
    CommandDescription,
    CommandList,
    CommandOutcome,
    CommandStatus,
    status_of,
)
from timmy_actors.serving.http.problems import ProblemError, make_problem, problem_of

KEY = r"^[\x20-\x7e]{1,128}$"
"""Printable ASCII: HTTP gives other bytes of a header no meaning."""
RESPOND_ASYNC = "respond-async"


def command_routes(api: Api, journal: JournalFiles) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["commands"])

    @router.get("/v1/commands", response_model=CommandList)
    async def commands() -> Response:
        """The commands, each with the JSON Schema of its arguments and an example."""
        return Response(_list_json(), media_type="application/json")

    @router.post(
        "/v1/commands",
        response_model=CommandOutcome,
        responses={202: {"model": CommandAccepted, "description": "Accepted: `Location` is its status resource."}},
    )
    async def command(
        body: CommandBody,
        idempotency_key: Annotated[
            str | None,
            Header(
                pattern=KEY,
                description="The command's id: repeated under it, the command is executed once.",
                examples=["a-1"],
            ),
        ] = None,
        prefer: Annotated[
            str | None,
            Header(
                max_length=256, description="`respond-async`: answer as soon as the command is accepted (RFC 7240)."
            ),
        ] = None,
    ) -> Response:
        """Execute a command in the game, and wait for its result."""
        key = idempotency_key or secrets.token_hex(16)
        early = RESPOND_ASYNC in _preferences(prefer)
        request = CommandRequest(
            id=REQUEST_ID,
            name=body.name,
            arguments=body.arguments,
            command_id=key,
            timeout_s=body.timeout_s,
            until="accepted" if early else "done",
        )
        try:
            result: CommandResult = await api.ask(request)
        except (RefusedError, ActorError) as error:
            raise ProblemError(problem_of(error, key)) from error
        if early:
            return _accepted(result.id)
        return as_json(CommandOutcome(command_id=result.id, value=result.value or {}, revision=result.revision))

    @router.get("/v1/commands/{command_id:path}", response_model=CommandStatus)
    async def command_status(command_id: Annotated[MessageId, Path(examples=["a-1"])]) -> Response:
        """What became of a command, from the journal."""
        entry = await journal.find(command_id)
        if entry is None:
            raise ProblemError(make_problem(404, "the journal has no command with this id: it was not accepted"))
        return as_json(status_of(entry))

    return router


def _preferences(prefer: str | None) -> set[str]:
    return {part.partition(";")[0].strip().lower() for part in (prefer or "").split(",")}


def _accepted(key: str) -> Response:
    path = f"/v1/commands/{quote(key, safe='')}"
    headers = {"location": path, "preference-applied": RESPOND_ASYNC}
    return as_json(CommandAccepted(command_id=key, status=path), 202, headers)


@cache
def _list_json() -> bytes:
    commands = tuple(_describe(name) for name in sorted(COMMANDS))
    return CommandList(commands=commands).model_dump_json(by_alias=True).encode()


def _describe(name: str) -> CommandDescription:
    model = COMMANDS[name]
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    return CommandDescription(
        name=name,
        description=(model.__doc__ or "").strip(),
        idempotent=model.idempotent,
        names_player=model.names_player,
        arguments=schema,
        example=model.whole_example(),
    )

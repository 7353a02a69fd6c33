"""The answers of a world's process to its owner: a result, or a failure that ends the evaluation. JSON both ways."""

from __future__ import annotations

import json

from timmy_actors.errors import ConfigError, TimmyError
from timmy_actors.fleet.evaluation.records import EpisodeResult, PlannedEpisode
from timmy_actors.fleet.evaluation.world_tree import WorldTree

FAILURE = b'{"error"'


def answer(tree: WorldTree, request: bytes) -> bytes:
    """Play the episode of a request."""
    try:
        return tree.play(PlannedEpisode.model_validate_json(request)).model_dump_json().encode()
    except TimmyError as error:
        return failure(error)


def failure(error: TimmyError) -> bytes:
    """The answer of a world that cannot play."""
    return json.dumps({"error": str(error)}).encode()


def read_answer(received: bytes) -> EpisodeResult:
    """The result in an answer.

    Raises:
        ConfigError: the answer is a failure.
    """
    if received.startswith(FAILURE):
        raise ConfigError(json.loads(received)["error"])
    return EpisodeResult.model_validate_json(received)

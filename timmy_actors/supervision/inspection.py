"""What a supervisor answers about its children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from timmy_actors.supervision.actor import Actor
from timmy_actors.supervision.control import ChildCount, ChildInfo
from timmy_actors.supervision.roster import Child


def which(children: Sequence[Child], actors: Mapping[str, Actor]) -> tuple[ChildInfo, ...]:
    """Every child, in the order of starting; `actors` are the running incarnations."""
    return tuple(
        ChildInfo(
            child.id, child.state.value, child.generation, child.restarts, _supervises(child, actors), child.words
        )
        for child in children
    )


def count(children: Sequence[Child], actors: Mapping[str, Actor]) -> ChildCount:
    """How many children there are, by kind."""
    supervisors = sum(_supervises(child, actors) for child in children)
    active = sum(child.alive for child in children)
    return ChildCount(len(children), active, supervisors, len(children) - supervisors)


def _supervises(child: Child, actors: Mapping[str, Actor]) -> bool:
    actor = actors.get(child.id)
    return actor is not None and actor.actor_supervises

"""The contents of containers and actors' inventories."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name, StrictModel
from timmy_actors.protocol.commands._arguments import ItemCount, OfObject
from timmy_actors.protocol.commands.objects import BARREL, OBJECT_ERRORS

MOST_STACKS = 200


class Stack(StrictModel):
    """An item and its count."""

    item: Name
    count: ItemCount = 1


class PutInContainer(OfObject):
    """Put items into a container, or give them to an actor."""

    command = "put_in_container"
    idempotent = False
    errors = OBJECT_ERRORS
    example = {**BARREL, "item": "gold_001", "count": 10}

    item: Name
    count: ItemCount = 1


class TakeFromContainer(OfObject):
    """Take items out of a container or from an actor, which must have that many."""

    command = "take_from_container"
    idempotent = False
    errors = OBJECT_ERRORS
    example = {**BARREL, "item": "ingred_bread_01", "count": 2}

    item: Name
    count: ItemCount = 1


class SetContainer(OfObject):
    """Set the contents of a container or an actor's inventory."""

    command = "set_container"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "items": [{"item": "gold_001", "count": 100}, {"item": "torch"}]}

    items: Annotated[list[Stack], Field(max_length=MOST_STACKS)]


COMMANDS = (PutInContainer, SetContainer, TakeFromContainer)

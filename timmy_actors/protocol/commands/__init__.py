"""The commands, one topic per file, each a model whose fields are the command's arguments."""

from timmy_actors.protocol.commands import (
    actors,
    ai,
    allies,
    animation,
    api,
    character,
    chat,
    client_input,
    containers,
    dialogs,
    factions,
    inventory,
    journal,
    lifecycle,
    objects,
    operators,
    position,
    records,
    reputation,
    settings,
    shapeshift,
    spells,
    stats,
    topics,
    world,
)
from timmy_actors.protocol.commands._arguments import EVERY_COMMAND, CommandArguments

TOPICS = (
    actors,
    ai,
    allies,
    animation,
    api,
    character,
    chat,
    client_input,
    containers,
    dialogs,
    factions,
    inventory,
    journal,
    lifecycle,
    objects,
    operators,
    position,
    records,
    reputation,
    settings,
    shapeshift,
    spells,
    stats,
    topics,
    world,
)

COMMANDS: dict[str, type[CommandArguments]] = {model.command: model for topic in TOPICS for model in topic.COMMANDS}

__all__ = ["COMMANDS", "EVERY_COMMAND", "CommandArguments"]

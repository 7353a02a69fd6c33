"""The commands an agent can give, one topic a file, each a model whose fields are the command's arguments."""

from timmy_actors.model.commands import (
    actors,
    ai,
    api,
    character,
    chat,
    containers,
    dialogs,
    factions,
    inventory,
    journal,
    knowledge,
    objects,
    position,
    records,
    spells,
    stats,
    world,
)
from timmy_actors.model.commands._arguments import EVERY_COMMAND, CommandArguments

TOPICS = (
    actors,
    ai,
    api,
    character,
    chat,
    containers,
    dialogs,
    factions,
    inventory,
    journal,
    knowledge,
    objects,
    position,
    records,
    spells,
    stats,
    world,
)

COMMANDS: dict[str, type[CommandArguments]] = {model.command: model for topic in TOPICS for model in topic.COMMANDS}

__all__ = ["COMMANDS", "EVERY_COMMAND", "CommandArguments"]

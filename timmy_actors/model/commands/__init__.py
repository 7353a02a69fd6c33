"""The commands an agent can give, one topic a file, each a model whose fields are the command's arguments."""

from timmy_actors.model.commands import (
    actors,
    ai,
    api,
    character,
    chat,
    company,
    containers,
    dialogs,
    factions,
    fate,
    inventory,
    journal,
    knowledge,
    objects,
    performance,
    position,
    records,
    renown,
    settings,
    shape,
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
    company,
    containers,
    dialogs,
    factions,
    fate,
    inventory,
    journal,
    knowledge,
    objects,
    performance,
    position,
    records,
    renown,
    settings,
    shape,
    spells,
    stats,
    world,
)

COMMANDS: dict[str, type[CommandArguments]] = {model.command: model for topic in TOPICS for model in topic.COMMANDS}

__all__ = ["COMMANDS", "EVERY_COMMAND", "CommandArguments"]

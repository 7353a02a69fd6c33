"""The commands an agent can give, one topic a file, each a model whose fields are the command's arguments."""

from timmy_actors.protocol.commands import actors
from timmy_actors.protocol.commands import ai
from timmy_actors.protocol.commands import api
from timmy_actors.protocol.commands import character
from timmy_actors.protocol.commands import chat
from timmy_actors.protocol.commands import allies
from timmy_actors.protocol.commands import containers
from timmy_actors.protocol.commands import dialogs
from timmy_actors.protocol.commands import factions
from timmy_actors.protocol.commands import lifecycle
from timmy_actors.protocol.commands import inventory
from timmy_actors.protocol.commands import journal
from timmy_actors.protocol.commands import topics
from timmy_actors.protocol.commands import objects
from timmy_actors.protocol.commands import animation
from timmy_actors.protocol.commands import position
from timmy_actors.protocol.commands import records
from timmy_actors.protocol.commands import reputation
from timmy_actors.protocol.commands import settings
from timmy_actors.protocol.commands import shapeshift
from timmy_actors.protocol.commands import spells
from timmy_actors.protocol.commands import stats
from timmy_actors.protocol.commands import world
from timmy_actors.protocol.commands._arguments import EVERY_COMMAND, CommandArguments

TOPICS = (
    actors,
    ai,
    allies,
    animation,
    api,
    character,
    chat,
    containers,
    dialogs,
    factions,
    inventory,
    journal,
    lifecycle,
    objects,
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

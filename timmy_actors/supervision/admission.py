"""Validates a supervisor's settings and the actors that its factories return."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from timmy_actors.errors import SpecError
from timmy_actors.supervision.actor import Actor, Lifecycle
from timmy_actors.supervision.checks import is_count, require
from timmy_actors.supervision.directory import Directory
from timmy_actors.supervision.mailbox import Mailbox
from timmy_actors.supervision.restart import Intensity
from timmy_actors.supervision.spec import ChildSpec


def check_settings(
    children: object, directory: object, intensity: object, max_children: object, random: object
) -> None:
    """Check the settings of a supervisor.

    Raises:
        SpecError: a setting is invalid; the message names it and the remedy.
    """
    is_list = isinstance(children, Iterable) and not isinstance(children, str | bytes)
    require(is_list, "supervisor: children", children, "must be a list of ChildSpecs")
    require(isinstance(directory, Directory), "supervisor: directory", directory, "must be a Directory")
    valid = intensity is None or isinstance(intensity, Intensity)
    require(valid, "supervisor: intensity", intensity, "must be an Intensity")
    valid = max_children is None or is_count(max_children)
    require(valid, "supervisor: max_children", max_children, "must be a number of children, or None for no limit")
    require(random is None or isinstance(random, Random), "supervisor: random", random, "must be a random.Random")


def create_actor(spec: ChildSpec, lifecycle: Lifecycle, directory: Directory) -> Actor:
    """Create a child's actor by its factory, with the clock and the dead letters of its tree.

    Raises:
        SpecError: the factory returned something other than a new `Actor` with a `Mailbox`.
    """
    actor, where = spec.factory(), f"child {spec.id!r}: factory"
    if not isinstance(actor, Actor):
        raise SpecError(
            f"{where}: it returned a {type(actor).__name__}: it must return a timmy_actors.supervision.Actor"
        )
    if actor.actor_thread is not None:
        raise SpecError(f"{where}: it returned an actor that is already launched: it must create a new one each time")
    if not isinstance(actor.actor_inbox, Mailbox):
        kind = type(actor.actor_inbox).__name__
        raise SpecError(f"{where}: its actor's inbox is a {kind}: it must be a timmy_actors.supervision.Mailbox")
    actor.actor_name, actor.actor_lifecycle = spec.id, lifecycle
    actor.mailbox.clock, actor.mailbox.dead_letters = directory.clock, directory.dead_letters
    return actor

"""What a supervisor does not take: settings that cannot work, and what a factory made that is no actor to follow."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from timmy_actors.errors import SpecError
from timmy_actors.supervision.actor import Actor
from timmy_actors.supervision.checks import is_count, require
from timmy_actors.supervision.directory import Directory
from timmy_actors.supervision.mailbox import Mailbox
from timmy_actors.supervision.restart import Intensity
from timmy_actors.supervision.spec import ChildSpec


def check_settings(
    children: object, directory: object, intensity: object, max_children: object, random: object
) -> None:
    """See that a supervisor can be made of these.

    Raises:
        SpecError: it cannot; the message names the setting and the remedy.
    """
    is_list = isinstance(children, Iterable) and not isinstance(children, str | bytes)
    require(is_list, "supervisor: children", children, "must be ChildSpecs, one after the other")
    require(isinstance(directory, Directory), "supervisor: directory", directory, "must be a Directory")
    right = intensity is None or isinstance(intensity, Intensity)
    require(right, "supervisor: intensity", intensity, "must be an Intensity")
    right = max_children is None or is_count(max_children)
    require(right, "supervisor: max_children", max_children, "must be a number of children, or None for any")
    require(random is None or isinstance(random, Random), "supervisor: random", random, "must be a random.Random")


def fresh_actor(spec: ChildSpec) -> Actor:
    """What a child's factory makes.

    Raises:
        SpecError: it is no actor that a supervisor can follow.
    """
    actor, where = spec.factory(), f"child {spec.id!r}: factory"
    if not isinstance(actor, Actor):
        raise SpecError(f"{where}: it made a {type(actor).__name__}: it must make a timmy_actors.supervision.Actor")
    if actor.actor_thread is not None:
        raise SpecError(f"{where}: it gave an actor that was launched already: it must make a fresh one each time")
    if not isinstance(actor.actor_inbox, Mailbox):
        kind = type(actor.actor_inbox).__name__
        raise SpecError(f"{where}: its actor's inbox is a {kind}: it must be a timmy_actors.supervision.Mailbox")
    return actor

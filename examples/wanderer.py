"""An agent in a dozen lines: it looks around, goes to Balmora, greets whoever is there, and finds a limit.

Start a daemon (`timmy-actors run`), then: `python examples/wanderer.py`
"""

from __future__ import annotations

from timmy_actors import connect
from timmy_actors.protocol import Action
from timmy_actors.worlds import PlayerBody, WorldInterface


def wander(world: WorldInterface) -> list[str]:
    """What happened, line by line."""
    seen = world.observe()
    told = [f"{seen.player} stands in {seen.position.place or seen.position.cell}" if seen.position else "nowhere"]
    for action in (Action(action="teleport", params={"to": "Balmora"}), Action(action="walk")):
        result = world.act(action)
        told.append(f"{action.action}: {'done' if result.success else result.needs or result.reason}")
    greeted = world.speak("Hello, Balmora!")
    told.append(f"greeting: {greeted.outcome}")
    return told


if __name__ == "__main__":
    with connect() as daemon:
        print("\n".join(wander(PlayerBody(daemon))))  # noqa: T201 - to whoever runs it

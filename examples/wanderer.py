"""A minimal agent: it looks around, teleports to Balmora, greets the players there, and tries an unsupported action.

Start a daemon (`timmy-actors run`), then: `python examples/wanderer.py`
"""

from __future__ import annotations

from timmy_actors import connect
from timmy_actors.protocol import Action
from timmy_actors.worlds import PlayerBody, WorldInterface


def wander(world: WorldInterface) -> list[str]:
    """Run the agent once; a log of what happened, one line per step."""
    seen = world.observe()
    log = [f"{seen.player} stands in {seen.position.place or seen.position.cell}" if seen.position else "nowhere"]
    for action in (Action(action="teleport", params={"to": "Balmora"}), Action(action="walk")):
        result = world.act(action)
        log.append(f"{action.action}: {'done' if result.success else result.needs or result.reason}")
    greeted = world.speak("Hello, Balmora!")
    log.append(f"greeting: {greeted.outcome}")
    return log


if __name__ == "__main__":
    with connect() as daemon:
        print("\n".join(wander(PlayerBody(daemon))))  # noqa: T201 - the example's output

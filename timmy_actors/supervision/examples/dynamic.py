"""Dynamic children: a supervisor that starts without children and is asked to start one per visitor.

They are temporary: a visitor that fails is removed and not restarted.
"""

from functools import partial
from typing import cast

from timmy_actors.supervision import ChildCount, ChildSpec, CountChildren, RestartType, StartChild, StopChild
from timmy_actors.supervision.examples.stage import Stage, Worker, running, show

PATIENCE_S = 5.0


def main() -> None:
    """Run the example."""
    with running([]) as stage:
        for name in ("ann", "bob", "cid"):
            visitor = ChildSpec(name, partial(Worker, name), RestartType.TEMPORARY)
            stage.supervisor.actor_ref.ask(StartChild(visitor), timeout=PATIENCE_S)
        show(f"{_active(stage)} visitors are here")
        stage.crash("bob")
        show(f"{_active(stage)} visitors are left, and the names are {', '.join(stage.directory.entries)}")
        show("ann is asked to leave")
        stage.supervisor.actor_ref.ask(StopChild("ann"), timeout=PATIENCE_S)
        show(f"{_active(stage)} visitor is left")


def _active(stage: Stage) -> int:
    return cast("ChildCount", stage.supervisor.actor_ref.ask(CountChildren(), timeout=PATIENCE_S)).active


if __name__ == "__main__":
    main()

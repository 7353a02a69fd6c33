"""one_for_all: each child depends on all others, so all restart when one fails."""

from timmy_actors.supervision import Strategy
from timmy_actors.supervision.examples.stage import running, show, worker


def main() -> None:
    """Run the example."""
    with running([worker("reader"), worker("parser"), worker("writer")], Strategy.ONE_FOR_ALL) as stage:
        stage.crash("parser")
        generations = {name: entry.generation for name, entry in stage.directory.entries.items()}
        show(f"generations: {generations}: all of them are new")


if __name__ == "__main__":
    main()

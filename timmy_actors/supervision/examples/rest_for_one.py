"""rest_for_one: each child depends on the ones before it, so the failed one and those after it restart."""

from timmy_actors.supervision import Strategy
from timmy_actors.supervision.examples.stage import running, show, worker


def main() -> None:
    """Run the example."""
    with running([worker("database"), worker("cache"), worker("server")], Strategy.REST_FOR_ONE) as stage:
        stage.crash("cache")
        generations = {name: entry.generation for name, entry in stage.directory.entries.items()}
        show(f"generations: {generations}: database was left alone")


if __name__ == "__main__":
    main()

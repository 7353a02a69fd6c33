"""rest_for_one: each child builds on the ones before it, so one that fails takes along those that came after."""

from timmy_actors.supervision import Strategy
from timmy_actors.supervision.examples.stage import running, tell, worker


def main() -> None:
    """Tell the story."""
    with running([worker("database"), worker("cache"), worker("server")], Strategy.REST_FOR_ONE) as stage:
        stage.crash("cache")
        generations = {name: entry.generation for name, entry in stage.directory.entries.items()}
        tell(f"generations: {generations}: database was left alone")


if __name__ == "__main__":
    main()

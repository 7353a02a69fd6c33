"""one_for_all: none makes sense without the others, so one that fails takes all of them along."""

from timmy_actors.supervision import Strategy
from timmy_actors.supervision.examples.stage import running, tell, worker


def main() -> None:
    """Tell the story."""
    with running([worker("reader"), worker("parser"), worker("writer")], Strategy.ONE_FOR_ALL) as stage:
        stage.crash("parser")
        generations = {name: entry.generation for name, entry in stage.directory.entries.items()}
        tell(f"generations: {generations}: all of them are new")


if __name__ == "__main__":
    main()

"""one_for_one: the children are independent, so only the failed one restarts."""

from timmy_actors.supervision.examples.stage import running, show, worker


def main() -> None:
    """Run the example."""
    with running([worker("weather"), worker("music"), worker("lights")]) as stage:
        stage.crash("music")
        music = stage.directory.entries["music"]
        show(f"music is {music.state.value} in generation {music.generation}, the others never noticed")


if __name__ == "__main__":
    main()

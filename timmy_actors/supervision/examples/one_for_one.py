"""one_for_one: the children do not need each other, so only the one that failed is replaced."""

from timmy_actors.supervision.examples.stage import running, tell, worker


def main() -> None:
    """Tell the story."""
    with running([worker("weather"), worker("music"), worker("lights")]) as stage:
        stage.crash("music")
        music = stage.directory.entries["music"]
        tell(f"music is {music.state.value} in generation {music.generation}, the others never noticed")


if __name__ == "__main__":
    main()

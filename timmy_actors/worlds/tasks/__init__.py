"""Tasks: a goal, a start and a score that is read from the game's state, the same for every way to play them."""

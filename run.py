"""Run the daemon from a checkout: `python run.py` is `timmy-actors run`."""

import sys

from timmy_actors.cli import main

if __name__ == "__main__":
    main(["run", *sys.argv[1:]])

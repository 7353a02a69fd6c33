"""`python -m timmy_actors`: the command line."""

from timmy_actors.cli import main

if __name__ == "__main__":
    main()

"""One example per strategy: `python -m timmy_actors.supervision.examples.one_for_one`, and so on.

Each runs in virtual time: nothing sleeps, and every run prints the same.
"""

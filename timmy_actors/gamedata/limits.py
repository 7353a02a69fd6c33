"""The limits that the settings check too. Apart from the rest: a daemon without game data loads nothing else."""

MAX_FILES = 255
"""The most files of a load order: a reference has one byte for the number of its file."""

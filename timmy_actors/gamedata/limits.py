"""The limits that the settings check too. Apart from the rest: a daemon without game data loads nothing else."""

MAX_FILES = 255

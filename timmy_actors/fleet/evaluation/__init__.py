"""Evaluations: all tasks with a policy, over many worlds, in a file that survives every crash."""

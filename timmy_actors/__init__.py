"""An actor-based supervision runtime that keeps an agent alive in a game world."""

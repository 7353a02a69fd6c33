"""`timmy-actors doctor`: checks what a daemon needs, and names the remedy of each fault."""

from timmy_actors.cli.doctor.command import doctor

__all__ = ["doctor"]

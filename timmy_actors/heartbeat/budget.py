"""What an episode may use at the model's endpoint. Pure."""

from __future__ import annotations

from timmy_actors.recording import Usage


class Budget:
    """Counts tokens and cost; a limit of 0 is none."""

    def __init__(self, max_tokens: int, max_cost: float) -> None:
        self._max_tokens = max_tokens
        self._max_cost = max_cost
        self.tokens = 0
        self.cost = 0.0

    def add(self, usage: Usage | None) -> None:
        """Count a decision."""
        if usage is not None:
            self.tokens += usage.prompt_tokens + usage.completion_tokens
            self.cost += usage.cost

    @property
    def exhausted(self) -> str | None:
        """Why it is used up; None: it is not."""
        if 0 < self._max_tokens <= self.tokens:
            return f"the episode used {self.tokens} tokens of {self._max_tokens}"
        if 0 < self._max_cost <= self.cost:
            return f"the episode cost {self.cost:.4g} of {self._max_cost:g}"
        return None

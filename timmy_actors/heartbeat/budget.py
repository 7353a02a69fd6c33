"""What an episode may use at the model's endpoint. Pure."""

from __future__ import annotations

from timmy_actors.recording import Usage


class Budget:
    """Counts tokens and cost; a limit of 0 is none."""

    def __init__(self, max_tokens: int, max_cost: float) -> None:
        self._max_tokens = max_tokens
        self._max_cost = max_cost
        self.used = Usage()
        """What all decisions have used."""

    def add(self, usage: Usage | None) -> None:
        """Count a decision."""
        if usage is not None:
            self.used = Usage(
                prompt_tokens=self.used.prompt_tokens + usage.prompt_tokens,
                completion_tokens=self.used.completion_tokens + usage.completion_tokens,
                cost=self.used.cost + usage.cost,
            )

    @property
    def tokens(self) -> int:
        """The tokens of prompts and answers."""
        return self.used.prompt_tokens + self.used.completion_tokens

    @property
    def exhausted(self) -> str | None:
        """Why it is used up; None: it is not."""
        if 0 < self._max_tokens <= self.tokens:
            return f"the episode used {self.tokens} tokens of {self._max_tokens}"
        if 0 < self._max_cost <= self.used.cost:
            return f"the episode cost {self.used.cost:.4g} of {self._max_cost:g}"
        return None

# mypy: ignore-errors
"""One GRPO step of TRL with `TaskTools` as its environment, in TRL's environment; prints what came of it.

The model is a tiny one with random weights, so its text is not sampled but comes from a script: two rollouts, which
call tools. All the rest is TRL's own: the discovery of the tools, the parsing of the calls, the rewards, and the step.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import torch
import trl
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from timmy_actors.worlds import TaskTools

TEMPLATE = Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja"
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
SCRIPTS = (
    (("turn", {"degrees": -75}), ("go_forward", {"steps": 4}), ("use", {"action": "open-door"}), None),
    (("turn", {"degrees": 90}), ("go_forward", {"steps": 1}), ("look", {}), None),
)
"""The calls of each rollout; None: the model's last answer."""


def tokenizer() -> PreTrainedTokenizerFast:
    """A token for each byte, and the special ones."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens(list(SPECIAL))
    words = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    words.chat_template = TEMPLATE.read_text(encoding="utf-8")
    return words


class ScriptedModel(Qwen3ForCausalLM):
    """Computes as any model does, and generates what the script says."""

    def generate(self, input_ids=None, **_):
        """The prompts, each with the next completion of its rollout."""
        texts = [self.words.decode(row) for row in input_ids]
        self.prompts += texts
        completions = [self.words(self._next(number, text))["input_ids"] for number, text in enumerate(texts)]
        width = max(map(len, completions))
        pad = self.words.pad_token_id
        rows = [ids + [pad] * (width - len(ids)) for ids in completions]
        return torch.cat([input_ids, torch.tensor(rows, device=input_ids.device)], dim=1)

    def _next(self, rollout: int, text: str) -> str:
        call = SCRIPTS[rollout][text.partition("user\n")[2].count("<tool_response>")]
        if call is None:
            return "Done.<|im_end|>"
        name, arguments = call
        return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call><|im_end|>"


def main() -> None:
    """Take the step."""
    torch.set_num_threads(1)
    words = tokenizer()
    config = Qwen3Config(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=16_384,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
        tie_word_embeddings=False,
    )
    model = ScriptedModel(config)
    model.words, model.prompts = words, []
    rows = [{"prompt": [{"role": "user", "content": ""}], "task": "reach-tradehouse", "seed": 5}]
    with tempfile.TemporaryDirectory() as folder:
        settings = GRPOConfig(
            output_dir=folder,
            use_cpu=True,
            per_device_train_batch_size=2,
            num_generations=2,
            max_steps=1,
            max_completion_length=8_000,
            report_to=[],
            save_strategy="no",
            logging_steps=1,
            learning_rate=1e-3,
        )
        trainer = GRPOTrainer(
            model=model,
            args=settings,
            train_dataset=Dataset.from_list(rows),
            processing_class=words,
            environment_factory=TaskTools,
        )
        before = [value.detach().clone() for value in model.parameters()]
        trainer.train()
    changed = any(not torch.equal(*pair) for pair in zip(before, model.parameters(), strict=True))
    log = next(entry for entry in trainer.state.log_history if "reward" in entry)
    output = {
        "tools": sorted(tool.__name__ for tool in trainer.tools),
        "scores": [environment.get_reward() for environment in trainer.environments],
        "prompt": model.prompts[0],
        "seen": [environment.look() for environment in trainer.environments],
        "log": {name: value for name, value in log.items() if isinstance(value, int | float)},
        "changed": changed,
    }
    sys.stdout.write(json.dumps(output) + "\n")


if __name__ == "__main__":
    main()

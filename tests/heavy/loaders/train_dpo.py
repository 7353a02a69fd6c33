# mypy: ignore-errors
"""One DPO step of TRL on CPU from exported rows: train_dpo.py FOLDER CACHE MAX_LENGTH.

The vision model and its processor are tiny and built here, with random weights. For each row it prints a JSON object:
image tokens in the batch, completion tokens, the gradient's norm, the loss.
"""

import json
import sys
from pathlib import Path

import datasets
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from trl import DPOConfig, DPOTrainer

SIDE, PATCH = 32, 8
IMAGE_TOKENS = (SIDE // PATCH) ** 2
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def make_processor():
    """A processor with a character as a token."""
    special = ["<pad>", "<s>", "</s>", "<unk>", "<image>", "<system>", "<user>", "<assistant>", "<tool>"]
    characters = [chr(code) for code in range(32, 127)] + ["\n"]
    vocabulary = {token: number for number, token in enumerate(special + characters)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.add_special_tokens(special)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    pictures = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    return LlavaProcessor(
        image_processor=pictures,
        tokenizer=fast,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )


def make_model(processor):
    """A model of a few thousand weights."""
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=SIDE,
        patch_size=PATCH,
    )
    text = LlamaConfig(
        vocab_size=len(processor.tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=4096,
        pad_token_id=processor.tokenizer.pad_token_id,
    )  # fmt: skip
    config = LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=processor.tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
    )
    torch.manual_seed(1)
    return LlavaForConditionalGeneration(config)


def main(folder, cache, max_length):
    """Train one step for each row."""
    rows = datasets.load_dataset("imagefolder", data_dir=folder, split="train", cache_dir=cache)
    rows = rows.select_columns(["prompt", "chosen", "rejected", "images"])
    processor = make_processor()
    image_token = processor.tokenizer.convert_tokens_to_ids("<image>")
    for number in range(len(rows)):
        model, reference = make_model(processor), make_model(processor)
        arguments = DPOConfig(
            output_dir=str(Path(cache) / f"out-{number}"), per_device_train_batch_size=1, max_steps=1, use_cpu=True,
            report_to=[], save_strategy="no", logging_steps=1, max_length=max_length, gradient_checkpointing=False,
            learning_rate=1e-3, bf16=False, dataloader_pin_memory=False, disable_tqdm=True,
        )  # fmt: skip
        trainer = DPOTrainer(
            model=model,
            ref_model=reference,
            args=arguments,
            train_dataset=rows.select([number]),
            processing_class=processor,
        )
        batch = next(iter(trainer.get_train_dataloader()))
        trainer.train()
        logged = next(entry for entry in trainer.state.log_history if "grad_norm" in entry)
        images = len(rows[number]["images"])
        line = {
            "image_tokens": int((batch["input_ids"] == image_token).sum()),
            "expected_image_tokens": 2 * IMAGE_TOKENS * images,
            "completion_tokens": [int(count) for count in batch["completion_mask"].sum(dim=1)],
            "gradient": float(logged["grad_norm"]),
            "loss": float(logged["loss"]),
        }
        sys.stdout.write(json.dumps(line) + "\n")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

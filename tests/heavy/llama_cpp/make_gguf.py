# mypy: ignore-errors
"""Writes a language model of a few thousand random weights: make_gguf.py FILE. Its tokens are bytes."""

import sys

import gguf
import numpy

CONTEXT, WIDTH, HEADS, INNER, BLOCKS = 8_192, 64, 2, 64, 1
SPECIAL = [("<unk>", gguf.TokenType.UNKNOWN), ("<s>", gguf.TokenType.CONTROL), ("</s>", gguf.TokenType.CONTROL)]
TOKENS = SPECIAL + [(f"<0x{byte:02X}>", gguf.TokenType.BYTE) for byte in range(256)]
BLOCK = {
    "attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, WIDTH), "attn_v": (WIDTH, WIDTH), "attn_output": (WIDTH, WIDTH),
    "ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER),
}  # fmt: skip


def main(path):
    """Write the model."""
    chance = numpy.random.default_rng(17)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in TOKENS])
    writer.add_token_scores([0.0] * len(TOKENS))
    writer.add_token_types([int(kind) for _, kind in TOKENS])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)

    def weights(name, *shape):
        writer.add_tensor(f"{name}.weight", chance.standard_normal(shape, dtype=numpy.float32) * 0.1)

    def norm(name):
        writer.add_tensor(f"{name}.weight", numpy.ones(WIDTH, dtype=numpy.float32))

    weights("token_embd", len(TOKENS), WIDTH)
    for number in range(BLOCKS):
        norm(f"blk.{number}.attn_norm")
        norm(f"blk.{number}.ffn_norm")
        for name, shape in BLOCK.items():
            weights(f"blk.{number}.{name}", *shape)
    norm("output_norm")
    weights("output", len(TOKENS), WIDTH)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(sys.argv[1])

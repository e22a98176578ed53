"""Text encoders a few weights large, and a tokenizer that needs no vocabulary file."""

from __future__ import annotations

from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen2_5_VLTextConfig,
    Qwen2_5_VLTextModel,
    T5Config,
    T5EncoderModel,
    UMT5Config,
    UMT5EncoderModel,
)

VOCABULARY = 262
"""Of every text encoder: three special entries, the 256 bytes, and room for three more."""

WIDTH = 32
"""Of the hidden states of every text encoder here."""


def a_byte_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer for any text, one entry a byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<pad>", "</s>", "<unk>"]
    vocabulary = {text: number for number, text in enumerate(special + alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=512,
    )


def a_umt5_encoder() -> UMT5EncoderModel:
    """The text encoder of the Wan models."""
    config = UMT5Config(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=8,
        pad_token_id=0,
        eos_token_id=1,
    )
    return UMT5EncoderModel(config).eval()


def a_chat_tokenizer() -> PreTrainedTokenizerFast:
    """The tokenizer for an encoder that takes the prompt as a conversation."""
    tokenizer = a_byte_tokenizer()
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    return tokenizer


def a_t5_encoder(*, vocabulary: int) -> T5EncoderModel:
    """The text encoder of CogVideoX, and the one that reads quoted words for HunyuanVideo."""
    config = T5Config(
        vocab_size=vocabulary, d_model=WIDTH, d_kv=8, d_ff=37, num_layers=2, num_heads=4
    )
    return T5EncoderModel(config).eval()


def a_qwen_encoder() -> Qwen2_5_VLTextModel:
    """The text encoder of HunyuanVideo-1.5, which reads its third state from the end."""
    config = Qwen2_5_VLTextConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=3,
        initializer_range=0.5,
        num_attention_heads=2,
        num_key_value_heads=2,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 3, 3]},
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
    )
    return Qwen2_5_VLTextModel(config).eval()


def a_gemma3_encoder(*, layers: int) -> Gemma3ForConditionalGeneration:
    """The text encoder of LTX-2, with the eyes that it never opens."""
    config = Gemma3Config(
        text_config={
            "vocab_size": VOCABULARY,
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_hidden_layers": layers,
            "initializer_range": 0.5,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "head_dim": 16,
            "sliding_window": 16,
            "pad_token_id": 0,
            "eos_token_id": 1,
            "bos_token_id": 1,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 28,
            "patch_size": 14,
        },
        mm_tokens_per_image=4,
        boi_token_index=VOCABULARY - 3,
        eoi_token_index=VOCABULARY - 2,
        image_token_index=VOCABULARY - 1,
    )
    return Gemma3ForConditionalGeneration(config).eval()

"""What else the extra must bring so that real checkpoints load: LoRA files, older vocabularies."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from sentencepiece import SentencePieceTrainer
from transformers import T5Tokenizer

from tests.models.test_tiny import frames, load
from tests.models.tiny.lora import write_tiny_lora


@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "wan2.2-t2v-a14b", "ltx-2", "cogvideox-t2v"])
def test_a_lora_changes_the_film_as_long_as_it_is_loaded(
    checkpoint: Callable[[str], Path], name: str, tmp_path: Path
) -> None:
    lora = write_tiny_lora(checkpoint(name), tmp_path / "paint.safetensors")
    pipeline = load(checkpoint(name))
    plain = frames(pipeline)
    pipeline.load_lora_weights(lora.parent, weight_name=lora.name, adapter_name="paint")
    assert not np.array_equal(plain, frames(pipeline))
    pipeline.unload_lora_weights()
    assert np.array_equal(plain, frames(pipeline))


def test_a_vocabulary_of_sentencepiece_is_read(tmp_path: Path) -> None:
    """CogVideoX has no other."""
    vocabulary = BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(f"the cat walks by the sea {number} times" for number in range(100)),
        model_writer=vocabulary,
        vocab_size=35,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    (tmp_path / "spiece.model").write_bytes(vocabulary.getvalue())
    tokenizer = T5Tokenizer.from_pretrained(tmp_path)
    assert tokenizer.decode(tokenizer("the cat").input_ids) == "the cat</s>"

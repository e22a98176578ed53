"""The extra brings what reads the vocabulary files of older checkpoints."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from sentencepiece import SentencePieceTrainer
from transformers import T5Tokenizer


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

"""Of a repository, the parts of the checkpoint are taken, and nothing that may run code."""

from __future__ import annotations

import json

import pytest

from matinee.core.errors import NotFound
from matinee.weights.selection import RemoteFile, is_inside, parts_of, wanted_files

PARTS = frozenset({"transformer", "vae", "tokenizer"})


def files(*paths: str) -> list[RemoteFile]:
    return [RemoteFile(path=path, size_bytes=1, digest="git:0") for path in paths]


def taken(*paths: str) -> list[str]:
    return [file.path for file in wanted_files(files(*paths), PARTS)]


def test_the_index_names_the_parts_that_the_checkpoint_has() -> None:
    index = {
        "_class_name": "WanPipeline",
        "boundary_ratio": 0.9,
        "vae": ["diffusers", "AutoencoderKLWan"],
        "image_encoder": [None, None],
    }
    assert parts_of(json.dumps(index).encode()) == {"vae"}


@pytest.mark.parametrize("index", [b"", b"[]", b"\xff", b"<html>"])
def test_an_index_that_is_none_is_refused(index: bytes) -> None:
    with pytest.raises(NotFound):
        parts_of(index)


def test_weights_in_pieces_come_with_their_index() -> None:
    pieces = [f"transformer/diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    index = "transformer/diffusion_pytorch_model.safetensors.index.json"
    assert taken(*pieces, index) == [*pieces, index]


def test_other_precisions_are_left() -> None:
    assert taken(
        "vae/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
        "vae/diffusion_pytorch_model.safetensors.index.fp16.json",
    ) == ["vae/diffusion_pytorch_model.safetensors"]


def test_what_is_no_part_is_left() -> None:
    assert taken(
        "model_index.json",
        "LICENSE.txt",
        "ltx-2-19b-dev.safetensors",
        "upsampler/model.safetensors",
        "assets/cat.png",
        "README.md",
    ) == ["LICENSE.txt", "model_index.json"]


def test_code_is_never_taken() -> None:
    assert taken("transformer/model.py", "tokenizer/run.sh", "tokenizer/vocab.txt") == [
        "tokenizer/vocab.txt"
    ]


def test_weights_in_other_formats_beside_safe_ones_are_left() -> None:
    assert taken("vae/model.safetensors", "vae/model.bin") == ["vae/model.safetensors"]


def test_a_part_with_unsafe_weights_alone_is_refused() -> None:
    with pytest.raises(NotFound, match=r"'vae' as 'diffusion_pytorch_model\.pt' only"):
        taken("transformer/model.safetensors", "vae/diffusion_pytorch_model.pt")


@pytest.mark.parametrize(
    "path", ["../x.json", "/etc/x.json", "vae/../../x.json", "vae\\x.json", ""]
)
def test_a_path_that_leads_out_is_not_inside(path: str) -> None:
    assert not is_inside(path)
    assert taken(f"vae/../{path}", path) == []
